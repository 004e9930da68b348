"""Who acted, as a sentence names him."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from audit.part import PEOPLE
from audit.sentences.hearer import Hearer
from audit.told import Told
from schemas.texts import Texts

OPERATOR: Final = "operator"
AFTER_A_RESTORE: Final = "tombstone"
"""Why the gateway itself closes again what a restored backup brought back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who acted: `is_hidden` where his organisation is not named, and `organisation` and `role` with it.

    `makes_sure` says that it was the gateway, which cannot say whose word a restored backup lost.
    """

    text: str
    organisation: str | None = None
    role: str | None = None
    is_reader: bool = False
    is_machine: bool = False
    is_hidden: bool = False
    makes_sure: bool = False


def who_acted(told: Told, actor: Mapping[str, Any], hearer: Hearer, texts: Texts) -> Who:
    """Return who acted in `told`, whose field `actor` is given, for `hearer`."""
    form = actor.get("form")
    if form in PEOPLE:
        return _human(str(form), actor.get("id"), hearer, texts)
    if told.organisation == OPERATOR:
        return _of_schakel(actor, texts)
    if told.organisation in hearer.unnamed:
        key = "who.system" if form == "client" else "who.officer" if form == "officer" else "who.somebody"
        return Who(text=texts(key), is_machine=form == "client", is_hidden=True)
    return _of_organisation(form, told.organisation, actor.get("role"), hearer, texts)


def _human(form: str, name: Any, hearer: Hearer, texts: Texts) -> Who:
    if name is not None and name == hearer.reader:
        return Who(text=texts("who.you"), is_reader=True)
    return Who(text=texts("who.mentor")) if form == "mentor" else Who(text=texts("who.another"), is_hidden=True)


def _of_schakel(actor: Mapping[str, Any], texts: Texts) -> Who:
    if actor.get("form") == "officer":
        return Who(text=texts("who.officer-of", organisation=texts("gateway")), organisation=OPERATOR)
    makes_sure = actor.get("because") == AFTER_A_RESTORE
    return Who(text=texts("who.operator"), organisation=OPERATOR, makes_sure=makes_sure)


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
