"""The rules as lines of text, read off their rows: one rule, one rule set, and what differs between two."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from consent.ends import FOREVER
from consent.explanation.catalogue import Texts, texts_in
from consent.law.basis import Basis
from consent.law.listing import LAW, Row, bases, differences, digest_of, of_rule_set, purposes_of, row, rows, rule_set
from consent.law.numbers import Number, Standing
from consent.rulesets import RULE_SETS, RuleSet
from gateway.registry.said import NEEDED
from gateway.rules.confirmed import Said
from schemas.calendar import local_day, written

_WIDTH: Final = 14
_OF_THE_SET: Final = frozenset({"since", "until", "status"})
_WITHOUT_THE_HOLDER: Final = (
    "review HOLDER_DECISION_PENDING, or EVIDENCE_INSUFFICIENT where only somebody else decided; "
    "withhold HOLDER_REFUSED, or CATEGORY_EXCLUDED where it covers other categories"
)
_UNCHECKED: Final = "the text of the law was not checked when these rules were written"
_STANDING: Final[Mapping[Standing, str]] = {
    Standing.WRITTEN: "in the decisions that it decides",
    Standing.UNWRITTEN: "nowhere: it decides, but no decision carries its number",
    Standing.AT_THE_DOOR: "nowhere: the gateway keeps to it, outside the decision",
    Standing.OFF: "in every decision that meets it: it is switched off",
    Standing.NOT_IN_SET: "nowhere: the rule sets have no rule for it, so it opens nothing",
}


class UnknownRuleError(ValueError):
    """There is no rule of this number; the message says where the numbers are listed."""


def period(rules: RuleSet) -> str:
    """Return from which day until which day, exclusive, a rule set holds."""
    since = local_day(rules.since)
    return f"from {since}" if rules.until == FOREVER else f"{since} until {local_day(rules.until)}"


def told_of(rules: RuleSet, said: Mapping[str, Said]) -> Iterator[str]:
    """Yield whether a rule set is confirmed, and by whom, when and why."""
    if not rules.needs_confirmation:
        yield "needs no confirmation"
        return
    found = said.get(rules.name)
    if found is None:
        yield "unconfirmed (its confirmations cannot be read here)"
        return
    yield "confirmed" if len(found) >= NEEDED else f"unconfirmed: {len(found)} of {NEEDED} officers confirmed it"
    for each in found:
        yield f"{each.officer}, {written(each.recorded_at)}: {each.because}"


def show_rule(number: str) -> Iterator[str]:
    """Yield the lines of a rule: its titles, articles and period; of a basis its conditions, in order.

    Raises:
        UnknownRuleError: there is none.
    """
    asked = number.casefold()
    found = [each for each in rows() if asked in {each.number.casefold(), each.number.partition("(")[0].casefold()}]
    if not found:
        raise UnknownRuleError(f"there is no rule `{number}`; `schakel rules show {RULE_SETS[0].name}` lists them")
    for each in found:
        yield each.number
        yield _line("nl", each.title.nl)
        yield _line("en", each.title.en)
        yield _line("articles", ", ".join(each.articles) or "none: an interpretation, or policy")
        yield _line("in force", _in_force(each))
        yield _line("rule sets", ", ".join(rules.name for rules in RULE_SETS if of_rule_set(rules, [each])))
        yield from _number(each) if isinstance(each, Number) else _basis(each, texts_in("en"))


def show_rule_set(rules: RuleSet, said: Mapping[str, Said]) -> Iterator[str]:
    """Yield the lines of a rule set: its rows, and what each purpose tries in which order."""
    yield f"rule set {rules.name}"
    yield _line("in force", period(rules))
    for place, line in enumerate(told_of(rules, said)):
        yield _line("" if place else "status", line)
    if rules.needs_confirmation:
        yield _line("why", _UNCHECKED)
    yield _line("digest", digest_of(rules))
    yield from ("", "rules")
    for each in of_rule_set(rules, rows()):
        articles = f" ({', '.join(each.articles)})" if each.articles else ""
        yield _line(f"  {each.number}", f"{each.title.en}{articles}")
    yield from ("", "purposes, and the rules that each tries, in order")
    for purpose, tried in rule_set(rules)["purposes"].items():
        yield f"  {purpose:<26}{' '.join(tried) or 'none: it opens nothing'}"


def show_differences(one: RuleSet, other: RuleSet) -> Iterator[str]:
    """Yield a line for everything in which two rule sets differ."""
    found = differences(one, other)
    yield f"{one.name} -> {other.name}"
    for each in found:
        yield f"  {each.place}: {_value(each.before)} -> {_value(each.after)}"
    if not [each for each in found if each.place not in _OF_THE_SET]:
        yield "  no rule differs"


def _in_force(found: Row) -> str:
    until = "" if found.in_force_until is None else f" until {found.in_force_until}"
    return f"from {found.in_force_from}{until}"


def _number(number: Number) -> Iterator[str]:
    yield _line("says (nl)", number.says.nl)
    yield _line("says (en)", number.says.en)
    yield _line("found back", _STANDING[number.standing])
    carrying = [basis.number for basis in bases() if number.number in basis.obligations | basis.at_12_to_15]
    if carrying:
        yield _line("carried by", ", ".join(carrying))


def _basis(basis: Basis[Any], en: Texts) -> Iterator[str]:
    told = row(basis)
    yield _line("purposes", ", ".join(purposes_of(basis.number)))
    if told["applies"] != "always":
        yield _line("asked where", f"{_sentence(told['applies'], en)}; else it is passed over")
    yield "conditions, in order, and what the first that fails answers"
    for place, (sentence, answer) in enumerate(_conditions(basis, told, en), start=1):
        yield f"  {place:>2}. {sentence}: {answer}"
    opens = "those that the holder's decision names" if basis.categories is None else ", ".join(told["categories"])
    yield _line("categories", opens or "none")
    if basis.approves_by_itself is not None:
        yield _line("by itself", f"a yes that names none covers {', '.join(sorted(basis.approves_by_itself))}")
    yield _line("obligations", _duties(told["obligations"]))
    if basis.at_12_to_15:
        yield _line("at 12 to 15", _duties(told["at_12_to_15"]))
    if told["lasts"] is not None:
        yield _line("lasts", told["lasts"])


def _conditions(basis: Basis[Any], told: Mapping[str, Any], en: Texts) -> Iterator[tuple[str, str]]:
    """Yield the conditions of a row, as sentences, in the order in which `consent.law.basis.weigh` asks them."""
    if basis.consent is not None:
        yield "everybody whose yes is needed said yes to this", "the reason of the first line of 5.3 that applies"
    for each in told["asks"]:
        yield _condition(each, en)
    if basis.facts is not None:
        yield f"there is a fact that it may rest on ({_facts(told['facts'])})", f"withhold {basis.without}"
    for each in told["meets"]:
        yield _condition(each, en)
    if basis.holder_decides:
        yield "the holder decided, and said yes", _WITHOUT_THE_HOLDER
    for each in told["decided"]:
        yield _condition(each, en)
    if basis.categories is not None:
        yield "the category is one of those below", "withhold CATEGORY_EXCLUDED"
    if not basis.opens_restricted:
        yield "the use of the record is not restricted", "withhold RESTRICTED"


def _facts(told: Any) -> str:
    """Return what a finder of facts looks for: its name, or what it was made with."""
    return ", ".join(_value(each) for each in told["find"].values()) if isinstance(told, dict) else _spelled(told)


def _condition(told: Mapping[str, Any], en: Texts) -> tuple[str, str]:
    return _sentence(told["holds"], en), f"{told['otherwise']} {told['reason']}"


def _sentence(told: Any, en: Texts) -> str:
    """Return a condition as a sentence: of the catalogue, or its name, with what it was made with."""
    name, made_with = next(iter(told.items())) if isinstance(told, dict) else (told, {})
    said = en(f"condition.{name}") if f"condition.{name}" in en else _spelled(name)
    given = ", ".join(_value(each) for each in made_with.values() if each not in ([], None))
    return f"{said} ({given})" if given else said


def _spelled(name: str) -> str:
    return name.strip("_").replace("_", " ")


def _duties(numbers: Iterable[str]) -> str:
    titles = {each.number: each.title.en for each in LAW.numbers}
    return "; ".join(f"{number} {titles.get(number, '')}".strip() for number in numbers)


def _value(told: Any) -> str:
    if told is None:
        return "none"
    if isinstance(told, list):
        return ", ".join(_value(each) for each in told) or "none"
    if isinstance(told, dict):
        return "{" + ", ".join(f"{key}: {_value(each)}" for key, each in told.items()) + "}"
    return str(told)


def _line(name: str, said: str) -> str:
    return f"{name:<{_WIDTH}}{said}"
