"""The page of the table of the facts contract: whose word makes a fact, confirms it and ends it."""

from typing import Final, Literal

from consent.whose.allowed import ROWS
from consent.whose.row import Confirmation, Row
from consent.whose.words import Who

Language = Literal["nl", "en"]

_WORDS: Final = {
    "nl": {
        "title": "Wiens woord",
        "intro": (
            "Wie een feit mag vastleggen, wie het bevestigt, en wie het mag beëindigen. Wat beschermt werkt\n"
            "meteen, op het woord van één persoon. Wat opent heeft vaak een tweede woord nodig: niemand bevestigt\n"
            "zijn eigen feit, of een feit dat zijn eigen organisatie binnenlaat. Een aangesloten register bevestigt\n"
            "zelf. Wie iets niet mag, krijgt steeds hetzelfde antwoord, en de poging staat in het logboek.\n\n"
            "Een organisatie die van zichzelf zegt dat zij helpt, is meteen hulpverlener voor wat beschermt. Voor\n"
            "wat opent is zij dat pas als een register of een hulpverlener van een andere organisatie het ook zegt\n"
            "(die bevestigt het, of werkt in de hulp met haar samen), of als zij er het langst is; ook dan\n"
            "bevestigt zij niets dat er eerder was dan zij.\n\n"
            "Dat gezag eindigt of geschorst is, geldt meteen voor wie het had: hij krijgt niets meer. Maar zijn ja\n"
            "blijft nodig, en tegen zijn nee gaat niets, tot een tweede organisatie of een register het ook zegt.\n\n"
            "Wat een dossier is en van wie, zegt het systeem van de dossierhouder; daarover staat hier niets."
        ),
        "header": "| feit | vastgelegd door | bevestigd door | beëindigd door |",
        "or": " of ",
    },
    "en": {
        "title": "Whose word",
        "intro": (
            "Who may record a fact, who confirms it, and who may end it. What protects works at once, on the word\n"
            "of one person. What opens often needs a second word: nobody confirms his own fact, nor a fact that\n"
            "lets his own organisation in. A connected register confirms by itself. Who may not do something\n"
            "always gets the same answer, and that it was tried is in the log.\n\n"
            "An organisation that says of itself that it helps is a helper at once for what protects. For what\n"
            "opens it is one where a register or a helper of another organisation says so too (he confirms it, or\n"
            "carries out joint help with it), or where it is there longest; even then it confirms nothing that was\n"
            "there before it.\n\n"
            "That authority ends or is suspended counts at once for who had it: he gets nothing more. But his yes\n"
            "stays needed, and nothing goes against his no, until a second organisation or a register says so too.\n\n"
            "What a record is and whose, the holder's system says; nothing of that stands here."
        ),
        "header": "| fact | recorded by | confirmed by | ended by |",
        "or": " or ",
    },
}


def whose_word_page(language: Language) -> str:
    """Return the table in a language."""
    words = _WORDS[language]
    rows = "\n".join(_line(row, language) for row in ROWS)
    return f"# {words['title']}\n\n{words['intro']}\n\n{words['header']}\n|---|---|---|---|\n{rows}\n"


def _line(row: Row, language: Language) -> str:
    confirmed = [f"`{one.name}`{_only(one, language)}: {_people(one.by, language)}" for one in row.confirmations]
    ended = [f"`{one.field}`: {_people(one.by, language)}" for one in row.closings]
    title = row.nl if language == "nl" else row.en
    cells = (f"{title} (`{row.section}`)", _people(row.recorded_by, language), _cell(confirmed), _cell(ended))
    return f"| {' | '.join(cells)} |"


def _only(confirmation: Confirmation, language: Language) -> str:
    if confirmation.only is None:
        return ""
    return f" ({confirmation.only[0 if language == 'nl' else 1]})"


def _people(people: tuple[Who, ...], language: Language) -> str:
    return _WORDS[language]["or"].join(one.nl if language == "nl" else one.en for one in people)


def _cell(parts: list[str]) -> str:
    return "; ".join(parts) if parts else "-"
