"""Rows of law: numbers LB that are no basis of their own: an overlay, what is switched off, what has no rule here.

Source: decision contract, 5.1 (LB-03) and section 3 (research); `law.md` table A.
"""

from typing import Final

from consent.law.basis import Title
from consent.law.numbers import Number, Standing


def _elsewhere(number: str, title: Title, articles: tuple[str, ...], says: Title) -> Number:
    return Number(number=number, title=title, articles=articles, says=says, standing=Standing.NOT_IN_SET)


BESIDE: Final[tuple[Number, ...]] = (
    Number(
        number="LB-03",
        title=Title("Uitdrukkelijk ja bij een medisch dossier", "An express yes for a medical file"),
        articles=("Wabvpz 15a", "Jw 7.3.11 lid 1"),
        standing=Standing.UNWRITTEN,
        says=Title(
            "Onder de WGBO telt een ja alleen als het uitdrukkelijk is gegeven. Het komt boven op LB-02; een besluit "
            "noemt LB-02, of CONSENT_UNSPECIFIC.",
            "Under the WGBO a yes counts only where it was given expressly. It comes on top of LB-02; a decision "
            "names LB-02, or CONSENT_UNSPECIFIC.",
        ),
    ),
    _elsewhere(
        "LB-14",
        Title("Veilig Thuis aan anderen", "Veilig Thuis to others"),
        ("Wmo 4.1.1 lid 2", "Wmo 5.1.6", "Wmo 5.3.3"),
        Title("Veilig Thuis vertelt zelf, buiten Schakel om.", "Veilig Thuis tells by itself, outside Schakel."),
    ),
    _elsewhere(
        "LB-21",
        Title("Instelling aan rechter of Raad", "Institution to court or Board"),
        ("BW 1:265j", "BW 1:265k", "Jw 3.3"),
        Title("Verslagen gaan langs hun eigen weg.", "Reports go their own way."),
    ),
    _elsewhere(
        "LB-22",
        Title("Toezicht en calamiteiten", "Supervision and calamities"),
        ("Jw 9.2 lid 3", "Jw 4.1.8"),
        Title("Een toezichthouder vraagt het de houder zelf.", "An inspector asks the holder himself."),
    ),
    Number(
        number="LB-30",
        title=Title("Onderzoek", "Research"),
        articles=("Jw 7.3.12", "BW 7:458", "UAVG 24"),
        standing=Standing.OFF,
        says=Title(
            "Het doel `research` staat uit: elk antwoord is FEATURE_DISABLED.",
            "The purpose `research` is switched off: every answer is FEATURE_DISABLED.",
        ),
    ),
    _elsewhere(
        "LB-31",
        Title("Overleden jeugdige", "A youth who died"),
        ("Jw 7.3.12a", "BW 7:458a"),
        Title("De houder beslist zelf, buiten Schakel om.", "The holder decides himself, outside Schakel."),
    ),
    _elsewhere(
        "LB-33",
        Title("Verwijsindex risicojongeren", "Reference index of youths at risk"),
        ("Jw 7.1.4.1",),
        Title("Uitgezet; er is geen doel voor.", "Switched off; there is no purpose for it."),
    ),
    _elsewhere(
        "LB-34",
        Title("Bericht van gesloten opname", "Notice of a closed admission"),
        ("Jw 6.1.13 lid 2 (oude nummering)",),
        Title("De instelling stuurt het bericht zelf.", "The institution sends the notice by itself."),
    ),
    _elsewhere(
        "LB-35",
        Title("Vertrouwenspersoon", "Confidential counsellor"),
        ("Jw 4.1.9",),
        Title(
            "Rust op toestemming: LB-01 of LB-02, met het doel `counsellor-support`.",
            "Rests on consent: LB-01 or LB-02, with the purpose `counsellor-support`.",
        ),
    ),
    _elsewhere(
        "LB-36",
        Title("Pleegouder bij overleg over het plan", "Foster parent in talks about the plan"),
        ("Jw 4.1.3 lid 3 en 6",),
        Title("Wat een pleegouder krijgt, staat bij LB-18.", "What a foster parent gets stands with LB-18."),
    ),
    _elsewhere(
        "LB-37",
        Title("Beleidsinformatie", "Policy statistics"),
        ("Jw 7.4.1 tot en met 7.4.4",),
        Title("Gaat niet langs Schakel.", "Does not go through Schakel."),
    ),
    _elsewhere(
        "LB-39",
        Title("Therapeutische exceptie", "Therapeutic exception"),
        ("Jw 7.3.2 lid 4",),
        Title("De hulpverlener beslist zelf, buiten Schakel om.", "The professional decides himself, outside Schakel."),
    ),
)
