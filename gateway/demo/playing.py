"""Playing a step of the story over the gateway's doors, and saying what of it was not as the story says it must be."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from consent.naming import PERSON_SYSTEM
from gateway.demo import family
from gateway.demo.family import Step
from gateway.demo.stage import Said, Stage
from gateway.demo.texts import Texts
from gateway.sandbox.call import CallError
from gateway.sandbox.credentials import CredentialsError
from schemas.words import Result

PLAN: Final = "/api/v1/exchange/plan"
HOLDERS: Final = ("de-linde", "de-waard", "schuldhulp-stad")
"""The three institutions that hold a part of the plan."""

BSN: Final = "http://fhir.nl/fhir/NamingSystem/bsn"

_SHOWN_OF_MANY: Final = 2
_NOT_AVAILABLE: Final = "urn:schakel:problem:not-available"


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a step: the answer, the gateway's officer's view of it, and what De Linde heard of it.

    `withdrawal` is the answer to who took back his consent, None where nobody did. `broken` is why the step could not
    be played to its end.
    """

    step: Step
    answer: Said = field(default_factory=lambda: Said(0, {}))
    officer: Said = field(default_factory=lambda: Said(0, {}))
    heard: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    withdrawal: Said | None = None
    broken: str = ""

    def elements(self) -> list[Mapping[str, Any]]:
        """Return the elements of the plan that came, in its order."""
        found: list[Mapping[str, Any]] = self.answer.body.get("plan", {}).get("elements", [])
        return found

    def held_back(self) -> list[Mapping[str, Any]]:
        """Return what was found and does not pass, as the officer sees it: without content."""
        return [each for each in self.officer.body.get("elements", []) if each["result"] != Result.RELEASE]

    def not_asked(self) -> list[Mapping[str, Any]]:
        """Return which categories which holder was not asked for, and why, as the officer sees it."""
        found: list[Mapping[str, Any]] = self.officer.body.get("not_asked", [])
        return found

    def asked(self) -> dict[str, str]:
        """Return who was asked, and whether he `answered` or was `silent`."""
        return {each["organisation"]: each["status"] for each in self.answer.body.get("sources", [])}


async def play(stage: Stage, step: Step) -> Played:
    """Let what comes before the request of `step` happen, ask, and look with the officer's own token."""
    before = len(stage.institutions.de_linde.heard())
    try:
        await stage.learn(step.facts)
        withdrawal = await _withdraw(stage, step)
        answer = await stage.call(asker(step), "POST", PLAN, question(step))
        request_id = answer.body.get("request_id", "")
        officer = await stage.call("officer", "GET", f"/api/v1/decisions/{request_id}")
    except (CallError, CredentialsError) as error:
        return Played(step, broken=str(error))
    heard = tuple(stage.institutions.de_linde.heard()[before:])
    return Played(step, answer, officer, heard, withdrawal)


async def _withdraw(stage: Stage, step: Step) -> Said | None:
    if step.withdraw is None:
        return None
    path = f"/api/v1/facts/consents/{step.withdraw['consent']}/close"
    return await stage.call(f"person:{step.withdraw['by']}", "POST", path, {})


def asker(step: Step) -> str:
    """Return who asks in `step`, as the credentials file calls him."""
    [(form, id_)] = step.request["requester"].items()
    return f"{form}:{id_}"


def question(step: Step) -> dict[str, Any]:
    """Return the body that is asked. A professional knows the BSN; the aunt does not, and need not."""
    told = {name: value for name, value in step.request.items() if name not in {"requester", "about"}}
    about = step.request["about"]
    if "professional" in step.request["requester"]:
        return {"person": {"system": BSN, "value": family.identifiers()[BSN][about]}, **told}
    return {"person": {"system": PERSON_SYSTEM, "value": about}, **told}


def label(element: Mapping[str, Any]) -> str:
    """Return what an element says: its text, or the name of a contact."""
    return str(element.get("text") or element.get("name") or "")


def faults(played: Played, texts: Texts) -> list[str]:
    """Return what is not as the story says, a sentence each; empty where all is well."""
    if played.broken:
        return [texts("fault.broken", why=played.broken)]
    return [
        *_of_withdrawal(played, texts),
        *_of_answer(played, texts),
        *_of_elements(played, texts),
        *_of_sources(played, texts),
        *_of_officer(played, texts),
    ]


def _of_withdrawal(played: Played, texts: Texts) -> Iterator[str]:
    if played.withdrawal is not None and played.withdrawal.status != 201:  # noqa: PLR2004 - RFC 9110 section 15.3.2
        yield texts("fault.withdrawal", status=played.withdrawal.status)


def _of_answer(played: Played, texts: Texts) -> Iterator[str]:
    must = 200 if played.step.released else 403
    if played.answer.status != must:
        yield texts("fault.status", status=played.answer.status, must=must)
    elif not played.step.released and played.answer.body.get("type") != _NOT_AVAILABLE:
        yield texts("fault.not-available")


def _of_elements(played: Played, texts: Texts) -> Iterator[str]:
    came = Counter((each["source"]["organisation"], label(each)) for each in played.elements())
    must = Counter((holder, text) for holder, told in played.step.released.items() for text in told)
    for key, differs in (("fault.missing", must - came), ("fault.too-much", came - must)):
        for holder in sorted({holder for holder, _ in differs}):
            told = sorted(text for of, text in differs.elements() if of == holder)
            shown = "; ".join(f"“{text}”" for text in told[:_SHOWN_OF_MANY])
            more = " …" if told[_SHOWN_OF_MANY:] else ""
            yield texts(key, holder=texts.name(holder), count=len(told), shown=shown + more)


def _of_sources(played: Played, texts: Texts) -> Iterator[str]:
    asked = played.asked()
    for holder in sorted(set(asked) ^ set(played.step.sources)):
        yield texts("fault.asked" if holder in asked else "fault.not-asked", holder=texts.name(holder))
    for holder in sorted(name for name, status in asked.items() if status != "answered"):
        yield texts("fault.silent", holder=texts.name(holder))
    if played.heard and "de-linde" not in played.step.sources:
        yield texts("fault.heard", count=len(played.heard))


def _of_officer(played: Played, texts: Texts) -> Iterator[str]:
    if played.officer.status != 200:  # noqa: PLR2004 - RFC 9110 section 15.3.1
        yield texts("fault.officer", status=played.officer.status)
        return
    # Officers see no content, so what was held back is compared by holder and reason.
    held = Counter((each["holder"], each["reason"]) for each in played.held_back())
    must = Counter((holder, why) for holder, told in played.step.withheld.items() for why in told.values())
    for holder, why in sorted({*(held - must), *(must - held)}):
        counts = {"count": held[holder, why], "must": must[holder, why]}
        yield texts("fault.held-back", holder=texts.name(holder), reason=why, **counts)
    found = {(each["holder"], each["category"]): each["reason"] for each in played.not_asked()}
    for holder, told in played.step.unasked.items():
        for category, why in told.items():
            if found.get((holder, category)) != why:
                words = {"holder": texts.name(holder), "category": texts.word("category", category)}
                yield texts("fault.unasked", reason=why, **words)
