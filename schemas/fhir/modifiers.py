"""Resources that say that they do not mean what they seem to say, or that they should never have been.

Source: FHIR R4 (4.0.1), extensibility.html section 2.4.0.1 and resource.html section 2.26.3.5: who does not know a
`modifierExtension` or the `implicitRules` of a resource must not use it. `entered-in-error` is a value of every status.
"""

from collections.abc import Mapping
from typing import Any, Final

_MODIFIERS: Final = ("modifierExtension", "implicitRules")
_STATUSES: Final = ("status", "lifecycleStatus")
_ERROR: Final = "entered-in-error"


def unusable(resource: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the member that makes `resource` unusable, and why, or None."""
    modifier = modifier_of(resource)
    if modifier is not None:
        return modifier, "changes the meaning in a way that nobody here knows"
    for name in _STATUSES:
        if resource.get(name) == _ERROR:
            return name, "entered in error"
    if _ERROR in _codes(resource.get("verificationStatus")):
        return "verificationStatus", "entered in error"
    return None


def _codes(concept: object) -> list[object]:
    codings = concept.get("coding") if isinstance(concept, dict) else None
    return [each.get("code") for each in codings if isinstance(each, dict)] if isinstance(codings, list) else []


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
