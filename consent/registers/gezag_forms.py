"""The forms of the register's answer about authority, read strictly.

Source: `Gezagsrelatie`, `GezagOuder`, `Derde` and `Minderjarige` of the BRP interfaces, versions 1 and 2. Two things
are stricter here: a key that the form does not have is an error, since it could change what the answer means, and so
is a relation without the holders that its type speaks of.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from consent.world.fields import FieldError, Reader, expected, flag, items, only, plain_text
from consent.world.shape import Shape, shape
from schemas.words import AuthorityKind

_NUMBER: Final = re.compile(r"\d{9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Named:
    """A holder as the register names him; `unknown` where it says that it does not know him."""

    key: str
    kind: AuthorityKind
    number: str | None
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relation of the answer, without names, sexes, ages and explanations: they are not needed, so not kept."""

    minor: str
    holders: tuple[Named, ...] = ()
    nobody: bool = False
    undetermined: bool = False
    under_investigation: bool = False


def citizen_service_number(value: Any) -> str:
    """Return a number of nine digits; the register has tested it."""
    if type(value) is str and _NUMBER.fullmatch(value):
        return value
    raise expected("a citizen service number of nine digits")


def _not_read(value: Any) -> Any:
    """Take what a decision does not need, whatever it is."""
    return value


def _values(*, source: Mapping[str, Any], **values: Any) -> dict[str, Any]:  # noqa: ARG001 - every shape hands it over
    return values


def _form(keys: Mapping[str, Reader]) -> Shape[dict[str, Any]]:
    return shape(_values, keys, note=False)


_MINOR: Final = _form({"burgerservicenummer!": citizen_service_number, "naam": _not_read, "leeftijd": _not_read})
_PARENT: Final = _form({"burgerservicenummer": citizen_service_number, "naam": _not_read, "geslacht": _not_read})
_KNOWN: Final = _form({"type!": only("BekendeDerde"), "burgerservicenummer": citizen_service_number, "naam": _not_read})
_UNKNOWN: Final = _form({"type!": only("OnbekendeDerde")})


def _parent(key: str, value: Any) -> Named:
    return Named(key, AuthorityKind.PARENTAL, _PARENT.read(value).get("burgerservicenummer"))


def _guardian(value: Any) -> Named:
    return Named("derden", AuthorityKind.GUARDIANSHIP, _KNOWN.read(value).get("burgerservicenummer"))


def _other(value: Any) -> list[Named]:
    """Return who holds authority together with a parent, and is none."""
    if type(value) is dict and value.get("type") == "OnbekendeDerde":
        _UNKNOWN.read(value)
        return [Named("derde", AuthorityKind.JOINT_NON_PARENT, None, unknown=True)]
    return [Named("derde", AuthorityKind.JOINT_NON_PARENT, _KNOWN.read(value).get("burgerservicenummer"))]


def _both(value: Any) -> list[Named]:
    found = items(lambda one: _parent("ouders", one))(value)
    if len(found) != 2:  # noqa: PLR2004 - a child has at most two legal parents
        raise expected("two parents")
    return found


def _guardians(value: Any) -> list[Named]:
    """Return the guardians; an empty list says that there is one who is not named."""
    found = [] if value == [] else items(_guardian)(value)
    if len(found) > 2:  # noqa: PLR2004 - BW 1:282
        raise expected("at most two guardians")
    return found


_HOLDERS: Final = ("ouders", "ouder", "derde", "derden")
_COMMON: Final[Mapping[str, Reader]] = {
    "type!": plain_text,
    "minderjarige!": lambda value: _MINOR.read(value)["burgerservicenummer"],
    "inOnderzoek": flag,
}
_PARENTS: Final = _form({**_COMMON, "ouders!": _both})
_NOTHING_KNOWN: Final = _form({**_COMMON, "toelichting": plain_text})
NOBODY: Final = "TijdelijkGeenGezag"
UNDETERMINED: Final = "GezagNietTeBepalen"
FORMS: Final[Mapping[str, Shape[dict[str, Any]]]] = {
    "EenhoofdigOuderlijkGezag": _form({**_COMMON, "ouder!": lambda value: [_parent("ouder", value)]}),
    "GezamenlijkOuderlijkGezag": _PARENTS,
    "TweehoofdigOuderlijkGezag": _PARENTS,  # its name in version 1
    "GezamenlijkGezag": _form({**_COMMON, "ouder!": lambda value: [_parent("ouder", value)], "derde!": _other}),
    "Voogdij": _form({**_COMMON, "derden": _guardians}),
    NOBODY: _NOTHING_KNOWN,
    UNDETERMINED: _NOTHING_KNOWN,
}
"""By the type of the relation."""


def _relationship(value: Any) -> Relationship:
    if type(value) is not dict:
        raise expected("a mapping")
    told = value.get("type")
    form = FORMS.get(told) if type(told) is str else None
    if form is None:
        raise FieldError((".type", f"expected one of {', '.join(FORMS)}"))
    read = form.read(value)
    return Relationship(
        minor=read["minderjarige"],
        holders=tuple(named for key in _HOLDERS for named in read.get(key, ())),
        nobody=told == NOBODY,
        undetermined=told == UNDETERMINED,
        under_investigation=read.get("inOnderzoek", False),
    )


def relationships_of(value: Any) -> list[Relationship]:
    """Return the relations of an answer; an empty list is an answer too.

    Raises:
        FieldError: with everything that is wrong, each with its place below the answer.
    """
    return [] if value == [] else items(_relationship)(value)
