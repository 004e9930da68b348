"""Who acted, as a sentence names him."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from audit.part import PEOPLE
from audit.sentences.hearer import Hearer
from audit.told import Told
from schemas.texts import Texts

OPERATOR: Final = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who acted: `is_hidden` where his organisation is not named, and `organisation` and `role` with it."""

    text: str
    organisation: str | None = None
    role: str | None = None
    is_reader: bool = False
    is_machine: bool = False
    is_hidden: bool = False


def who_acted(told: Told, actor: Mapping[str, Any], hearer: Hearer, texts: Texts) -> Who:
    """Return who acted in `told`, whose field `actor` is given, for `hearer`."""
    form = actor.get("form")
    if form in PEOPLE:
        return _human(str(form), actor.get("id"), hearer, texts)
    if told.organisation == OPERATOR:
        return _of_schakel(form, texts)
    if told.organisation in hearer.unnamed:
        key = "who.system" if form == "client" else "who.officer" if form == "officer" else "who.somebody"
        return Who(text=texts(key), is_machine=form == "client", is_hidden=True)
    return _of_organisation(form, told.organisation, actor.get("role"), hearer, texts)


def _human(form: str, name: Any, hearer: Hearer, texts: Texts) -> Who:
    if name is not None and name == hearer.reader:
        return Who(text=texts("who.you"), is_reader=True)
    return Who(text=texts("who.mentor")) if form == "mentor" else Who(text=texts("who.another"), is_hidden=True)


def _of_schakel(form: Any, texts: Texts) -> Who:
    if form == "officer":
        return Who(text=texts("who.officer-of", organisation=texts("gateway")), organisation=OPERATOR)
    return Who(text=texts("who.operator"), organisation=OPERATOR)


def _of_organisation(form: Any, organisation: str, role: Any, hearer: Hearer, texts: Texts) -> Who:
    name = hearer.names.get(organisation, organisation)
    if form == "client":
        return Who(text=texts("who.system-of", organisation=name), organisation=organisation, is_machine=True)
    if form == "officer":
        return Who(text=texts("who.officer-of", organisation=name), organisation=organisation)
    word = f"role.{role}"
    if role is None or role == "other" or word not in texts:
        return Who(text=texts("who.of", organisation=name), organisation=organisation)
    text = texts("who.of-as", organisation=name, role=texts(word))
    return Who(text=text, organisation=organisation, role=str(role))
