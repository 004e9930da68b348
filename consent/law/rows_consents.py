"""Rows of law: who must say yes, and what a no does (CV).

Source: decision contract, section 5; `law.md` table B.
"""

from typing import Final

from consent.law.basis import Title
from consent.law.numbers import Number, Standing

_FOR_MINORS: Final = ("Jw 7.3.4", "Jw 7.3.5", "Jw 7.3.15", "BW 7:450", "BW 7:465")

CONSENTS: Final[tuple[Number, ...]] = (
    Number(
        number="CV-01",
        title=Title("Jonger dan 12, gezamenlijk gezag", "Under 12, joint authority"),
        articles=(*_FOR_MINORS, "BW 1:245"),
        says=Title("Ieder die gezag heeft, moet ja zeggen.", "Every holder of authority must say yes."),
    ),
    Number(
        number="CV-02",
        title=Title("Jonger dan 12, één met gezag", "Under 12, one holder of authority"),
        articles=(*_FOR_MINORS, "BW 1:245"),
        says=Title("Wie alleen het gezag heeft, beslist alleen.", "Who alone holds authority decides alone."),
    ),
    Number(
        number="CV-03",
        title=Title("Jonger dan 12, gezag met een niet-ouder", "Under 12, authority with a non-parent"),
        articles=(*_FOR_MINORS, "BW 1:253sa", "BW 1:253t"),
        says=Title("De ouder en de niet-ouder moeten beiden ja zeggen.", "Parent and non-parent must both say yes."),
    ),
    Number(
        number="CV-04",
        title=Title("Jonger dan 12, voogdij", "Under 12, guardianship"),
        articles=(*_FOR_MINORS, "BW 1:280 tot en met 1:303"),
        says=Title(
            "De voogd zegt ja of nee; zijn er twee, dan beiden. Een instelling spreekt via wie er werkt.",
            "The guardian says yes or no; where there are two, both. An institution speaks through who works there.",
        ),
    ),
    Number(
        number="CV-05",
        title=Title("Ondertoezichtstelling laat het gezag zoals het is", "Supervision leaves authority as it is"),
        articles=("BW 1:255",),
        standing=Standing.UNWRITTEN,
        says=Title(
            "Voor ieder ander dan de instelling die de ondertoezichtstelling uitvoert, is hetzelfde ja nodig als "
            "zonder.",
            "For anybody but the institution that executes the supervision order, the same yes is needed as without "
            "it.",
        ),
    ),
    Number(
        number="CV-06",
        title=Title("Gezag onbekend, betwist of niet nagekeken", "Authority unknown, disputed or not verified"),
        articles=("BW 1:245",),
        says=Title("Dan kijkt de houder eerst.", "Then the holder looks first."),
    ),
    Number(
        number="CV-07",
        title=Title("Het nee van één met gezag", "The no of one holder of authority"),
        articles=("BW 1:253a",),
        says=Title(
            "Eén nee van iemand wiens ja nodig is, houdt tegen. Er wordt niet gestemd; de rechter kan beslissen.",
            "One no of somebody whose yes is needed blocks. There is no vote; the court can decide.",
        ),
    ),
    Number(
        number="CV-08",
        title=Title("Iemand met gezag is onbereikbaar", "A holder of authority is out of reach"),
        articles=("Jw 7.3.4",),
        says=Title(
            "Zijn er ten minste drie vastgelegde pogingen en zei hij nooit iets, dan kijkt de houder eerst.",
            "Where there are at least three documented attempts and he never said anything, the holder looks first.",
        ),
    ),
    Number(
        number="CV-09",
        title=Title("12 tot en met 15: samen", "12 to 15: together"),
        articles=("Jw 7.3.11 lid 1", *_FOR_MINORS),
        says=Title(
            "De jeugdige en ieder met gezag moeten ja zeggen. Trekt iemand met gezag zijn ja in, dan kijkt de houder "
            "eerst.",
            "The youth and every holder of authority must say yes. Where a holder of authority withdraws his yes, the "
            "holder of the record looks first.",
        ),
    ),
    Number(
        number="CV-10",
        title=Title("12 tot en met 15: een weloverwogen wens", "12 to 15: a considered wish"),
        articles=("Jw 7.3.4 lid 2",),
        says=Title(
            "Zegt iemand met gezag nee en blijft de jeugdige het na nadenken willen, dan kijkt de houder eerst.",
            "Where a holder of authority says no and the youth, after reflection, keeps wanting it, the holder of the "
            "record looks first.",
        ),
    ),
    Number(
        number="CV-11",
        title=Title("Ernstig nadeel als het niet wordt gedeeld", "Serious harm if it is not shared"),
        articles=("Jw 7.3.4 lid 2",),
        standing=Standing.UNWRITTEN,
        says=Title(
            "Toestemming wordt hierdoor niet ruimer. De houder kan vertellen langs LB-13 of LB-23.",
            "This makes consent no wider. The holder can tell along LB-13 or LB-23.",
        ),
    ),
    Number(
        number="CV-12",
        title=Title("12 tot en met 15, kan niet zelf beslissen", "12 to 15, not capable"),
        articles=("Jw 7.3.15", "BW 7:465"),
        says=Title(
            "Ieder met gezag zegt ja of nee. Verzet de jeugdige zich, dan kijkt de houder eerst.",
            "Every holder of authority says yes or no. Where the youth resists, the holder of the record looks first.",
        ),
    ),
    Number(
        number="CV-13",
        title=Title("12 tot en met 15, onduidelijk", "12 to 15, capacity unclear"),
        articles=("Jw 7.3.15 lid 2",),
        says=Title(
            "Als bij CV-09, maar de houder kijkt eerst.",
            "As CV-09, but the holder looks first.",
        ),
    ),
    Number(
        number="CV-14",
        title=Title("16 of 17: de jeugdige alleen", "16 or 17: the youth alone"),
        articles=("Jw 7.3.4", "Jw 7.3.11 lid 1", "BW 7:447"),
        says=Title("Het ja of nee van ouders telt niet.", "The yes or no of parents does not count."),
    ),
    Number(
        number="CV-15",
        title=Title("16 of 17, kan niet zelf beslissen", "16 or 17, not capable"),
        articles=("Jw 7.3.4 lid 3", "Jw 7.3.15", "BW 7:465"),
        says=Title(
            "Ieder met gezag zegt ja of nee. Een eerder schriftelijk nee van de jeugdige blijft staan.",
            "Every holder of authority says yes or no. An earlier written no of the youth stands.",
        ),
    ),
    Number(
        number="CV-16",
        title=Title("16 of 17, twijfel", "16 or 17, doubt"),
        articles=("Jw 7.3.15 lid 2",),
        says=Title("Als bij CV-14, maar de houder kijkt eerst.", "As CV-14, but the holder looks first."),
    ),
    Number(
        number="CV-17",
        title=Title("18 of ouder", "18 or older"),
        articles=("Jw 7.3.11 lid 1", "BW 7:457 lid 1"),
        says=Title("De persoon beslist zelf, en niemand anders.", "The person decides himself, and nobody else."),
    ),
    Number(
        number="CV-18",
        title=Title("18 of ouder, met curator of mentor", "18 or older, with a curator or mentor"),
        articles=("Jw 7.3.15 lid 3", "BW 7:465 lid 3"),
        says=Title(
            "Kan de persoon niet zelf beslissen, dan beslist de curator of mentor.",
            "Where the person cannot decide himself, the curator or mentor decides.",
        ),
    ),
    Number(
        number="CV-19",
        title=Title("18 of ouder, met gemachtigde, partner of familie", "18 or older, with a proxy, partner or family"),
        articles=("Jw 7.3.15 lid 3", "BW 7:465 lid 3"),
        says=Title(
            "Kan de persoon niet zelf beslissen en is er geen curator of mentor, dan beslist de eerste die er is: de "
            "schriftelijk gemachtigde, de partner, of een ouder, kind, broer of zus.",
            "Where the person cannot decide himself and there is no curator or mentor, the first that there is "
            "decides: the written proxy, the partner, or a parent, child or sibling.",
        ),
    ),
    Number(
        number="CV-20",
        title=Title("Wat over een ander gaat", "What is about another person"),
        articles=("Jw 7.3.11 lid 1",),
        standing=Standing.UNWRITTEN,
        says=Title(
            "Over gegevens van een ouder, broer of zus beslist hij zelf, of wie gezien zijn leeftijd voor hem "
            "beslist. Een besluit noemt dan G-07 en G-14.",
            "About data of a parent or sibling he decides himself, or who decides for him at his age. A decision "
            "then names G-07 and G-14.",
        ),
    ),
    Number(
        number="CV-21",
        title=Title("Een ja onder druk", "A yes under pressure"),
        articles=("AVG 7 lid 4",),
        says=Title(
            "Is een ja niet vrij gegeven, dan kijkt de houder eerst.",
            "Where a yes was not freely given, the holder looks first.",
        ),
    ),
    Number(
        number="CV-22",
        title=Title("Onbevoegd tot gezag", "Incompetent to hold authority"),
        articles=("BW 1:246", "BW 1:253ha", "BW 1:253q"),
        says=Title(
            "Het ja telt niet van een ouder die zelf minderjarig is (en niet meerderjarig verklaard) of onder "
            "curatele staat.",
            "The yes does not count of a parent who is a minor himself (and not declared of age) or is under "
            "guardianship.",
        ),
    ),
    Number(
        number="CV-23",
        title=Title("Een verjaardag", "A birthday"),
        articles=("Jw 7.3.4", "Jw 7.3.15", "BW 1:233"),
        standing=Standing.UNWRITTEN,
        says=Title(
            "Wie 12, 16 of 18 wordt, valt vanaf 00:00 uur onder de nieuwe regel. Elke vrijgave eindigt daar vanzelf.",
            "Who turns 12, 16 or 18 falls under the new rule from 00:00. Every release ends there by itself.",
        ),
    ),
)
