"""Rows of law: what must be done at a release (OB).

Source: decision contract, section 4, the column *obligations*; `law.md` 0.4.
"""

from typing import Final

from consent.law import categories
from consent.law.basis import Title
from consent.law.numbers import Number, Standing

OBLIGATIONS: Final[tuple[Number, ...]] = (
    Number(
        number=categories.CONSULT,
        title=Title("Overleggen", "Consult"),
        articles=("Jw 4.1.7", "BPSW-beroepscode 13"),
        says=Title(
            "Overleg met een collega, een aandachtsfunctionaris of Veilig Thuis.",
            "Consult a colleague, a child protection officer or Veilig Thuis.",
        ),
    ),
    Number(
        number="OB-DELAY",
        title=Title("Later vertellen", "Tell later"),
        standing=Standing.NOT_IN_SET,
        says=Title(
            "Uitstel van vertellen, met reden, een tweede paar ogen en een datum om opnieuw te kijken. Geen grondslag "
            "in deze regels legt het op.",
            "Postponed telling, with a reason, a second pair of eyes and a date to look again. No basis in these "
            "rules imposes it.",
        ),
    ),
    Number(
        number=categories.EXP,
        title=Title("Stoppen op de einddatum", "Stop on the end date"),
        says=Title(
            "Na de einddatum mag het niet meer worden gebruikt.",
            "After the end date it may no longer be used.",
        ),
    ),
    Number(
        number=categories.JUST,
        title=Title("Motiveren", "Justify"),
        says=Title(
            "Wie beslist, legt vast waarom.",
            "Who decides records why.",
        ),
    ),
    Number(
        number=categories.LOG,
        title=Title("Vastleggen", "Record"),
        articles=("NEN 7513", "Begz"),
        says=Title(
            "Elke vrijgave wordt vastgelegd in de log.",
            "Every release is recorded in the log.",
        ),
    ),
    Number(
        number=categories.MIN,
        title=Title("Niet meer dan nodig", "No more than necessary"),
        articles=("AVG 5 lid 1 onder c",),
        says=Title(
            "Per soort gegeven is gezien of het nodig is.",
            "It was seen for each kind of data that it is necessary.",
        ),
    ),
    Number(
        number=categories.NOFWD,
        title=Title("Niet doorgeven", "Do not pass on"),
        articles=("AVG 5 lid 1 onder b",),
        says=Title(
            "De ontvanger geeft het niet door voor een ander doel.",
            "The recipient does not pass it on for another purpose.",
        ),
    ),
    Number(
        number=categories.NOTE,
        title=Title("Aantekenen", "Note"),
        articles=("Jw 7.3.8",),
        says=Title(
            "De houder maakt een aantekening in het dossier.",
            "The holder makes a note in the file.",
        ),
    ),
    Number(
        number=categories.PART,
        title=Title("Per persoon scheiden", "Part by person"),
        articles=("Jw 7.3.11 lid 1",),
        says=Title(
            "Wat over een ander gaat, gaat niet mee.",
            "What is about somebody else does not go along.",
        ),
    ),
    Number(
        number="OB-POST(5d)",
        title=Title("Achteraf vertellen, binnen 5 dagen", "Tell afterwards, within 5 days"),
        says=Title(
            "De persoon hoort het achteraf, binnen vijf dagen.",
            "The person is told afterwards, within five days.",
        ),
    ),
    Number(
        number=categories.PRE,
        title=Title("Vooraf vertellen", "Tell beforehand"),
        articles=("BPSW-beroepscode 13",),
        says=Title(
            "De persoon of wie voor hem beslist, hoort het vooraf.",
            "The person, or who decides for him, is told beforehand.",
        ),
    ),
    Number(
        number=categories.RECON,
        title=Title("Opnieuw laten bevestigen", "Have it confirmed again"),
        says=Title(
            "De afspraak met de mentor wordt opnieuw bevestigd, ook bij elke verjaardag van 12, 16 of 18.",
            "The mandate of the mentor is confirmed again, at each 12th, 16th or 18th birthday too.",
        ),
    ),
    Number(
        number="OB-REV(2wd)",
        title=Title("Toetsen binnen 2 werkdagen", "Review within 2 working days"),
        says=Title(
            "Achteraf wordt binnen twee werkdagen gekeken of het terecht was.",
            "Within two working days it is looked at whether it was right.",
        ),
    ),
    Number(
        number="OB-REV(5wd)",
        title=Title("Toetsen binnen 5 werkdagen", "Review within 5 working days"),
        says=Title(
            "Achteraf wordt binnen vijf werkdagen gekeken of het terecht was.",
            "Within five working days it is looked at whether it was right.",
        ),
    ),
    Number(
        number="OB-WARN",
        title=Title("De ontvanger waarschuwen", "Warn the recipient"),
        standing=Standing.NOT_IN_SET,
        says=Title(
            "De ontvanger hoort dat een ja is ingetrokken of beperkt. Geen grondslag in deze regels legt het op.",
            "The recipient is told that a yes was withdrawn or limited. No basis in these rules imposes it.",
        ),
    ),
    Number(
        number=categories.YOUTH_FIRST,
        title=Title("Eerst met de jeugdige praten", "Talk with the youth first"),
        articles=("Jw 7.3.11 lid 3", "Jw 7.3.15 lid 4"),
        says=Title(
            "Praat met de jeugdige voordat een ouder het hoort, of hoort dat er iets is.",
            "Talk with the youth before a parent hears it, or hears that there is anything.",
        ),
    ),
)
