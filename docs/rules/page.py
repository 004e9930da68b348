"""The page of the rules, in Dutch and in English: every number and reason with its law, its example and its tests."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from consent.ends import FOREVER
from consent.explanation.catalogue import Language, Texts
from consent.law.basis import Basis, Title
from consent.law.categories import EVERY
from consent.law.listing import bases, name_of, purposes_of
from consent.law.numbers import Number, Standing
from consent.law.purposes import PURPOSES
from consent.law.rows_beside import BESIDE
from consent.law.rows_consents import CONSENTS
from consent.law.rows_gates import GATES
from consent.law.rows_obligations import OBLIGATIONS
from consent.rulesets import RULE_SETS
from docs.rules.conditions import conditions, gates
from docs.rules.naming import PROOF, named_by
from docs.rules.reach import shown
from docs.rules.words import words_in
from schemas.calendar import local_day
from schemas.words import Category, Reason

PROVES: Final = "test_an_example_shows_it"
"""The test of `PROOF` that has a case for each number and reason with an example."""
_MOST_TESTS: Final = 3
_MANY: Final = len(EVERY) // 2


def rules_page(language: Language) -> str:
    """Return the page in `language`."""
    return "\n".join(_lines(words_in(language))).rstrip() + "\n"


def _lines(words: Texts) -> Iterator[str]:
    yield from (f"# {words('page.title')}", "", words("page.intro"), words("page.sources"), "")
    yield from (words("page.not-law"), "")
    yield from _sets(words)
    yield from _order(words)
    yield from _purposes(words)
    yield from (*_heading("bases", words), words("holder.text"), "")
    for basis in bases():
        yield from _basis(basis, words)
    for section, numbers in (
        ("beside", BESIDE),
        ("gates", GATES),
        ("consents", CONSENTS),
        ("obligations", OBLIGATIONS),
    ):
        yield from _heading(section, words)
        for number in numbers:
            yield from _number(number, words)
    yield from _reasons(words)


def _heading(section: str, words: Texts) -> Iterator[str]:
    yield from (f"## {words(f'{section}.title')}", "", words(f"{section}.intro"), "")


def _table(head: str, rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield from (head, "|---" * (head.count("|") - 1) + "|")
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _sets(words: Texts) -> Iterator[str]:
    yield from _heading("sets", words)
    yield from _table(
        words("sets.head"),
        (
            (
                f"`{rules.name}`",
                words.day(local_day(rules.since)),
                words("sets.open") if rules.until == FOREVER else words.day(local_day(rules.until)),
                words("sets.unconfirmed" if rules.status else "sets.confirmed"),
            )
            for rules in RULE_SETS
        ),
    )


def _order(words: Texts) -> Iterator[str]:
    yield from (f"## {words('order.title')}", "", words("order.text"))
    yield from _table(words("bases.head"), _numbered(gates(words)))
    yield from (words("order.result"), "")


def _numbered(steps: Iterable[Any]) -> Iterator[tuple[str, str, str]]:
    return ((str(position), step.text, step.otherwise) for position, step in enumerate(steps, start=1))


def _purposes(words: Texts) -> Iterator[str]:
    yield from _heading("purposes", words)
    yield from _table(
        words("purposes.head"),
        (
            (
                words(f"purpose.{purpose}"),
                f"`{purpose}`",
                ", ".join(_link(basis.number) for basis in known) or words("purposes.none"),
            )
            for purpose, known in PURPOSES.items()
        ),
    )


def _title(number: str, title: Title, words: Texts) -> Iterator[str]:
    yield from (f'<a id="{_anchor(number)}"></a>', "", f"### {number} {_in(title, words)}", "")


def _basis(basis: Basis[Any], words: Texts) -> Iterator[str]:
    yield from _title(basis.number, basis.title, words)
    yield _item("articles", "; ".join(basis.articles), words)
    yield _item("period", _period(basis.in_force_from, basis.in_force_until, words), words)
    yield _item("purposes", ", ".join(words(f"purpose.{each}") for each in purposes_of(basis.number)), words)
    applies = f"applies.{name_of(basis.applies)}"
    if applies in words:
        yield _item("applies", words(applies), words)
    yield _item("categories", _categories(basis, words), words)
    yield _item("obligations", _obligations(basis, words), words)
    if basis.lasts is not None:
        yield f"- {words('row.lasts', hours=int(basis.lasts.total_seconds() // 3600))}"
    for flag, key in ((basis.opens_restricted, "row.restricted"), (basis.is_duty, "row.duty")):
        if flag:
            yield f"- {words(key)}"
    yield from _shown(basis.number, words)
    yield from _table(words("bases.head"), _numbered(conditions(basis, words)))


def _number(number: Number, words: Texts) -> Iterator[str]:
    yield from _title(number.number, number.title, words)
    yield from (_in(number.says, words), "")
    yield _item("articles", "; ".join(number.articles) or words("row.no-articles"), words)
    if number.standing is Standing.NOT_IN_SET:
        yield from (_item("standing", words(f"standing.{number.standing}"), words), "")
        return
    yield _item("period", _period(number.in_force_from, number.in_force_until, words), words)
    yield _item("standing", words(f"standing.{number.standing}"), words)
    imposed = [_link(basis.number) for basis in bases() if number.number in basis.obligations | basis.at_12_to_15]
    if imposed:
        yield _item("imposed-by", ", ".join(imposed), words)
    yield from _shown(number.number, words)


def _reasons(words: Texts) -> Iterator[str]:
    yield from _heading("reasons", words)
    yield from _table(
        words("reasons.head"),
        (
            (
                f'<a id="{_anchor(reason)}"></a>`{reason}`',
                words(f"reason.{reason}"),
                _example(reason, words),
                _tests(reason),
            )
            for reason in Reason
        ),
    )


def _shown(number: str, words: Texts) -> Iterator[str]:
    yield _item("example", _example(number, words), words)
    yield _item("tests", _tests(number), words)
    yield ""


def _item(key: str, said: str, words: Texts) -> str:
    return f"- **{words(f'row.{key}')}**: {said}"


def _period(since: date, until: date | None, words: Texts) -> str:
    if until is None:
        return words("row.from", since=words.day(since))
    return words("row.between", since=words.day(since), until=words.day(until))


def _categories(basis: Basis[Any], words: Texts) -> str:
    if basis.categories is None:
        own = basis.approves_by_itself
        return words("row.by-itself", categories=_names(own, words)) if own else words("row.decided")
    if basis.categories == EVERY:
        return words("row.every")
    if len(basis.categories) > _MANY:
        return words("row.all-but", categories=_names(frozenset(Category) - basis.categories, words))
    return _names(basis.categories, words) or words("row.none")


def _names(categories: frozenset[Category], words: Texts) -> str:
    return ", ".join(words(f"category.{each}") for each in Category if each in categories)


def _obligations(basis: Basis[Any], words: Texts) -> str:
    told = ", ".join(_link(each) for each in sorted(basis.obligations)) or words("row.none")
    if not basis.at_12_to_15:
        return told
    more = ", ".join(_link(each) for each in sorted(basis.at_12_to_15))
    return f"{told}, {words('row.at-12-to-15', obligations=more)}"


def _example(number: str, words: Texts) -> str:
    place = shown().get(number)
    if place is None:
        return words("row.no-example")
    name = f"{place.example}.yaml"
    return f"[{name}](../examples/{name}), {words('row.request', position=place.position)}"


def _tests(number: str) -> str:
    told = [f"`tests/{test.path}::{test.name}`" for test in named_by(number)[:_MOST_TESTS]]
    if number in shown():
        told.append(f"`tests/{PROOF}::{PROVES}[{number}]`")
    return "; ".join(told)


def _link(number: str) -> str:
    return f"[{number}](#{_anchor(number)})"


def _anchor(number: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in number.lower()).strip("-")


def _in(title: Title, words: Texts) -> str:
    return title.nl if words.language == "nl" else title.en
