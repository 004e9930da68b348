"""What of our entries FHIR R4 has no element for: one extension each, at the root of the Consent."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension: its name, FHIR's key of its value, the key of our entry, in which sections, and why it is there.

    `only` is the one value that it may say; its absence says the other.
    """

    name: str
    value: str
    key: str
    sections: tuple[str, ...]
    why: str
    only: bool | None = None


_YES: Final = ("consents",)
_BOTH: Final = ("consents", "refusals")

EXTENSIONS: Final[tuple[Extension, ...]] = (
    Extension(
        "withdrawn-on",
        "valueDateTime",
        "withdrawn_on",
        _BOTH,
        "when it was taken back; R4 has only the status",
    ),
    Extension(
        "any-holder",
        "valueBoolean",
        "holders",
        _YES,
        "the word `any`: it counts whoever has the records",
        only=True,
    ),
    Extension(
        "any-recipient",
        "valueBoolean",
        "recipients",
        _YES,
        "the word `any`; such a yes opens nothing (CV-09), and nobody can record one",
        only=True,
    ),
    Extension("free", "valueBoolean", "free", _YES, "false: it was not freely given (CV-21)", only=False),
    Extension("express", "valueBoolean", "express", _YES, "false: it was not given expressly (LB-03)", only=False),
    Extension(
        "identity-verified",
        "valueBoolean",
        "identity_verified",
        _YES,
        "false: it is not sure whose yes it is",
        only=False,
    ),
    Extension("form", "valueString", "form", _YES, "how it was given"),
    Extension(
        "identity",
        "valueCode",
        "identity",
        _YES,
        "how it was seen that it was he; with an assisted yes, and never shown again",
    ),
    Extension(
        "text-sha256",
        "valueString",
        "text_sha256",
        _YES,
        "the SHA-256 of the text that he was shown (`Attachment.hash` of R4 is SHA-1); never shown again",
    ),
    Extension("written", "valueBoolean", "written", ("refusals",), "true: he wrote it himself", only=True),
)

TOLD: Final = {
    "needs": ("valueCode", "a confirmation that it still lacks"),
    "recorded-at": ("valueInstant", "when it was recorded"),
    "recorded-by": (
        "valueReference",
        "the organisation that recorded it; none where a person did so himself, or where the log does not name it",
    ),
    "recorded-as": ("valueCode", "as what it was recorded: professional, person, mentor, register, system or operator"),
}
"""What stands beside a Consent that is read, and is refused in one that is sent: this gateway says it itself."""

BY_NAME: Final = {each.name: each for each in EXTENSIONS}
