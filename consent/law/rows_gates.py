"""Rows of law: the gates (G), which hold for every basis.

Source: decision contract, section 3; `law.md` part 1, *Cross-cutting gates*.
"""

from typing import Final

from consent.law.basis import Title
from consent.law.numbers import Number, Standing

GATES: Final[tuple[Number, ...]] = (
    Number(
        number="G-01",
        title=Title("Welke wet geldt", "Which law holds"),
        articles=("Jw 7.3.1 lid 1 en 3", "BW 7:446"),
        says=Title(
            "Van elk gegeven moet bekend zijn onder welke wet het wordt bewaard. Is dat niet zo, dan kijkt de houder "
            "eerst.",
            "It must be known under which law a record is kept. Where it is not, the holder looks first.",
        ),
    ),
    Number(
        number="G-02",
        title=Title("Leeftijd", "Age"),
        standing=Standing.UNWRITTEN,
        says=Title(
            "De leeftijd telt op het moment van vrijgeven, in Nederlandse tijd. Een verjaardag begint om 00:00 uur. "
            "Wie op 29 februari is geboren, is in een gewoon jaar op 1 maart jarig.",
            "Age counts at the moment of release, in Dutch time. A birthday begins at 00:00. Who was born on 29 "
            "February has it on 1 March in a common year.",
        ),
    ),
    Number(
        number="G-03",
        title=Title("Wilsbekwaamheid", "Capacity"),
        articles=("Jw 7.3.15 lid 2",),
        says=Title(
            "Vanaf 12 jaar gaan we ervan uit dat iemand zelf kan beslissen. Dat het anders is, moet voor deze "
            "beslissing zijn vastgesteld en telt 90 dagen. Is het onduidelijk, dan kijkt de houder eerst.",
            "From 12 a person is presumed able to decide. That it is otherwise must have been found for this "
            "decision, and counts for 90 days. Where it is unclear, the holder looks first.",
        ),
    ),
    Number(
        number="G-04",
        title=Title("Alleen wie gezag heeft", "Only holders of authority"),
        articles=("BW 1:245", "BW 1:253q"),
        says=Title(
            "Voor een minderjarige beslist alleen wie gezag heeft: geen stiefouder, pleegouder, grootouder of mentor. "
            "Het gezag moet zijn nagekeken, en wie het heeft moet bevoegd zijn.",
            "Only a holder of authority decides for a minor: no step-parent, foster parent, grandparent or mentor. "
            "The authority must have been verified, and its holder must be competent.",
        ),
    ),
    Number(
        number="G-05",
        title=Title("Wie geen ander is", "Who is no other person"),
        articles=("Jw 7.3.11 lid 2",),
        standing=Standing.UNWRITTEN,
        says=Title(
            "Wie rechtstreeks betrokken is bij dezelfde hulp, wie daarin vervangt, en wie voor de jeugdige moet "
            "beslissen, is voor de wet geen ander. Hun weg staat bij LB-04, LB-05 en LB-06.",
            "Who is directly involved in the same help, who stands in for him, and who must decide for the youth, is "
            "no other person to the law. Their ways are LB-04, LB-05 and LB-06.",
        ),
    ),
    Number(
        number="G-06",
        title=Title("Niet meer dan nodig", "No more than necessary"),
        articles=("AVG 5 lid 1 onder c", "Jw 7.3.11 lid 2 en 4", "Wmo 5.2.6", "BW 1:240"),
        says=Title(
            "Elke grondslag opent alleen de soorten gegevens die bij de taak horen. Werknotities gaan nooit weg; een "
            "BSN en gegevens over justitie gaan naar weinigen.",
            "Each basis opens only the kinds of data that belong to the task. Working notes never leave; a citizen "
            "service number and data about justice go to few.",
        ),
    ),
    Number(
        number="G-07",
        title=Title("Privacy van anderen", "Privacy of others"),
        articles=("Jw 7.3.11 lid 1", "BW 7:457 lid 1"),
        says=Title(
            "Gaat een gegeven ook over een ander, of komt het van een ander, dan blijft het, tenzij die ander ja zei "
            "of de wet ertoe verplicht.",
            "What is also about somebody else, or was told by somebody else, stays, unless that person said yes or "
            "the law makes it a duty.",
        ),
    ),
    Number(
        number="G-08",
        title=Title("Goed hulpverlenerschap", "The care of a good professional"),
        articles=("Jw 7.3.11 lid 3", "Jw 7.3.15 lid 4", "Jw 4.1.1 lid 3"),
        says=Title(
            "Een hulpverlener mag iets achterhouden als vrijgeven niet past bij goede zorg; bij een plicht wordt hij "
            "eerst gehoord. Wat in vertrouwen is verteld, gaat niet naar een ouder of mentor.",
            "A professional may keep something back where release cannot be reconciled with good care; against a duty "
            "he is heard first. What was told in confidence does not go to a parent or a mentor.",
        ),
    ),
    Number(
        number="G-09",
        title=Title("Dat er iets is, is ook beschermd", "Existence is protected too"),
        articles=("Jw 7.3.11 lid 1",),
        standing=Standing.UNWRITTEN,
        says=Title(
            "Wie niets krijgt, ziet niet of er iets was: het antwoord is steeds hetzelfde.",
            "Who gets nothing cannot see whether there was anything: the answer is always the same.",
        ),
    ),
    Number(
        number="G-10",
        title=Title("Het moment van vrijgeven", "The moment of release"),
        standing=Standing.UNWRITTEN,
        says=Title(
            "Toestemming, maatregel, leeftijd, mandaat en gezag tellen zoals ze zijn op het moment van vrijgeven.",
            "Consent, order, age, mandate and authority count as they are at the moment of release.",
        ),
    ),
    Number(
        number="G-11",
        title=Title("Vastleggen of niets", "On record or nothing"),
        articles=("NEN 7510", "NEN 7513"),
        standing=Standing.AT_THE_DOOR,
        says=Title(
            "Kan een vrijgave niet worden vastgelegd, dan gaat er niets weg (LOG_UNAVAILABLE).",
            "Where a release cannot be recorded, nothing leaves (LOG_UNAVAILABLE).",
        ),
    ),
    Number(
        number="G-12",
        title=Title("Een doel uit de lijst", "A purpose from the list"),
        articles=("AVG 5 lid 1 onder b", "AVG 6 lid 4"),
        standing=Standing.UNWRITTEN,
        says=Title(
            "Elke vraag heeft één doel, uit een vaste lijst. Wat voor het ene doel openstaat, staat dat niet voor een "
            "ander.",
            "Each request has one purpose, from a closed list. What is open for one purpose is not open for another.",
        ),
    ),
    Number(
        number="G-13",
        title=Title("Drang is geen grondslag", "Pressure (drang) is no basis"),
        standing=Standing.UNWRITTEN,
        says=Title(
            "Drang, preventieve jeugdbescherming, een overleg of casusregie opent niets.",
            "Pressure (drang), preventive child protection, a meeting or case management opens nothing.",
        ),
    ),
    Number(
        number="G-14",
        title=Title("Ieder over zichzelf", "Each about himself"),
        articles=("Jw 7.3.11 lid 1",),
        says=Title(
            "Het ja van de een opent nooit wat over de ander gaat, ook niet in een plan van het hele gezin.",
            "The yes of one never opens what is about another, not in a plan of the whole family either.",
        ),
    ),
)
