"""Resources that say that they do not mean what they seem to say, or that they should never have been.

Source: FHIR R4 (4.0.1), extensibility.html section 2.4.0.1 and resource.html section 2.26.3.5: who does not know a
`modifierExtension` or the `implicitRules` of a resource must not use it. `entered-in-error` is a value of every status.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from schemas.fhir.places import HOLDING
from schemas.fhir.rows import NotMadeError

_MODIFIERS: Final = ("modifierExtension", "implicitRules")
_NEGATED: Final = frozenset({"doNotPerform", "prohibited", "notDone"})
_NEGATIONS: Final = _NEGATED | {f"_{each}" for each in _NEGATED}
"""Members that turn what stands beside them round, or say that whether they do is not known.

R4 has the first, STU3 the others; for each a twin (R4, json.html, primitives).
"""
_TURNING: Final = _NEGATIONS.union(_MODIFIERS)
_STATUSES: Final = ("status", "lifecycleStatus", "verificationStatus")
_ERROR: Final = "entered-in-error"
_NOT_SO: Final = frozenset({"refuted", "not-done", "not-taken"})
_NORMAL: Final = "N"
"""The label that asks for nothing (v3 Confidentiality)."""


def looked_through(resource: Mapping[str, Any]) -> tuple[int, bool]:
    """Return how many values stand in `resource` that hold no other, and whether any member may turn something round.

    At any depth, and depth is no trap.
    """
    values, turning = 0, False
    waiting: list[Any] = [resource]
    for value in waiting:
        values += len(value)
        inside = value
        if type(value) is not list and isinstance(value, dict):
            turning = turning or not _TURNING.isdisjoint(value)
            inside = value.values()
        for each in inside:
            # Most are texts, and that is the cheapest to ask.
            kind = type(each)
            if kind is not str and (kind is dict or kind is list or isinstance(each, HOLDING)) and each:
                waiting.append(each)
    return values - len(waiting) + 1, turning


def unusable(resource: Mapping[str, Any], *, turning: bool = True) -> tuple[str, str] | None:
    """Return the member that makes `resource` unusable, and why, or None.

    `turning` as `looked_through` says; who has not looked through it leaves it, and every depth is searched.
    """
    modifier = modifier_of(resource) if turning else None
    if modifier is not None:
        return modifier, "changes the meaning in a way that nobody here knows"
    for name in _STATUSES:
        if name in resource and _ERROR in _codes(resource[name]):
            return name, "entered in error"
    return None


def turns_round(name: object, value: Any) -> bool:
    """Say whether the member `name` of a resource, with this value, turns round what stands beside it."""
    if name in _NEGATIONS:
        return value is not False
    return name in _STATUSES and not _NOT_SO.isdisjoint(each for each in _codes(value) if isinstance(each, str))


def asks_for_more(label: Any) -> bool:
    """Say whether a label of `meta.security` may ask to handle a resource otherwise than any other."""
    return not isinstance(label, dict) or label.get("code") != _NORMAL


def _codes(told: Any) -> list[Any]:
    """Return each code of a status, whether it is a code or a concept, and one or a list."""
    if type(told) is str:  # most are
        return [told]
    found = []
    for each in _several(told):
        inside = _several(each.get("coding")) if isinstance(each, dict) else (each,)
        found += [one.get("code") if isinstance(one, dict) else one for one in inside]
    return found


def _several(told: Any) -> Sequence[Any]:
    return told if isinstance(told, list) else (told,)


def modifier_of(resource: Mapping[str, Any]) -> str | None:
    """Return the name of a modifier that `resource` has, at any depth, or None."""
    waiting: list[object] = [resource]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for name in _MODIFIERS:
                if value.get(name):
                    return name
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return None


def refuse_negated(node: Any) -> None:
    """Go on only where nothing in `node`, at any depth, turns it round.

    Raises:
        NotMadeError: something does.
    """
    waiting = [node]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for name in sorted(_NEGATIONS & value.keys()):
                if value[name] is not False:
                    raise NotMadeError(f"`{name.removeprefix('_')}` turns it round")
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
