"""What token and clock add to the body of a new fact, by section, and what is wrong with what it says itself. Pure.

The first judges nothing, so that it can be asked of anybody; the second is for who may (facts contract, F1 and F7).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from gateway.facts.choosing import AGAIN, OFF, is_taken_back, switched_off
from gateway.facts.stage import Stage
from schemas.calendar import local_day, midnight, months_after, parse_moment

LONGEST_CONSENT: Final = 12
"""Months after which a consent ends whatever it says (decision contract, 5.1)."""

ASSISTED: Final = ("form", "identity", "text_sha256")
"""What says how somebody else's consent was taken down."""

Body = Mapping[str, Any]


def from_login(stage: Stage, section: str, body: Body) -> dict[str, Any]:
    """Return the fields that only token and clock may say."""
    return _OWN.get(section, _nothing)(stage, body)


def told_badly(stage: Stage, section: str, body: Body) -> tuple[str, ...]:
    """Return what is wrong with `body`, each as `field: what to do`; nothing where all is well."""
    return tuple(_WRONG.get(section, _nothing_wrong)(stage, body))


def _nothing(_stage: Stage, _body: Body) -> dict[str, Any]:
    return {}


def _person(_stage: Stage, _body: Body) -> dict[str, Any]:
    return {"family_of": None}


def _since(stage: Stage, body: Body) -> dict[str, Any]:
    return {"since": body.get("since", stage.at)}


def _on(stage: Stage, body: Body) -> dict[str, Any]:
    return {"on": body.get("on", stage.at)}


def _himself(stage: Stage) -> str | None:
    # A fact names only who is registered; of somebody who is not, the row and its event say who recorded it.
    known = stage.registry.source("professionals", stage.caller.id)
    return stage.caller.id if known is not None and known["organisation"] == stage.caller.organisation else None


def _capacity(stage: Stage, body: Body) -> dict[str, Any]:
    return {**_on(stage, body), "by": _himself(stage)}


def _referral(stage: Stage, body: Body) -> dict[str, Any]:
    return {**_on(stage, body), "by": _himself(stage) or stage.caller.organisation}


def _involvement(stage: Stage, body: Body) -> dict[str, Any]:
    own = [stage.caller.organisation]
    partners = body.get("organisations", own) if body["kind"] == "joint-help" else own
    return {**_since(stage, body), "organisations": partners}


def _mandate(stage: Stage, _body: Body) -> dict[str, Any]:
    return {"youth_chose_on": stage.at}


def _wish(stage: Stage, _body: Body) -> dict[str, Any]:
    return {"on": stage.at, "noted_by": _himself(stage)}


def _refusal(stage: Stage, body: Body) -> dict[str, Any]:
    own = "given_by" not in body
    return {**_given(stage, body), "written": True if own else body.get("written", False)}


def _consent(stage: Stage, body: Body) -> dict[str, Any]:
    own = "given_by" not in body
    sure = stage.caller.trusted if own else body.get("identity") != "not-seen"
    beside = {} if sure else {"identity_verified": False}
    return {**_given(stage, body), **beside, "form": "own-login" if own else body.get("form")}


def _given(stage: Stage, body: Body) -> dict[str, Any]:
    giver = _own_name(stage) if _names_himself(stage, body) else body.get("given_by", _own_name(stage))
    return {"given_by": giver, "on": stage.at}


def _own_name(stage: Stage) -> str:
    return stage.caller.organisation if stage.caller.form == "professional" else stage.caller.id


def _names_himself(stage: Stage, body: Body) -> bool:
    # INVARIANT: a body names nobody who records, nor does who gives his own word name himself (F1). What a professional
    # says is his organisation's word, so there he is one with his colleagues.
    if "given_by" not in body or stage.caller.form != "professional":
        return "given_by" in body
    named = body["given_by"]
    known = stage.registry.source("professionals", named)
    organisation = None if known is None else known["organisation"]
    return named in {stage.caller.id, _own_name(stage)} or organisation == stage.caller.organisation


_OWN: Final[Mapping[str, Callable[[Stage, Body], dict[str, Any]]]] = {
    "persons": _person,
    "capacity": _capacity,
    "assignments": _since,
    "involvements": _involvement,
    "referrals": _referral,
    "mandates": _mandate,
    "consents": _consent,
    "refusals": _refusal,
    "considered_wishes": _wish,
}


# What is wrong with what he says, told once it is sure that he may


def _nothing_wrong(_stage: Stage, _body: Body) -> Iterator[str]:
    return iter(())


def _wrong_birth(stage: Stage, body: Body) -> Iterator[str]:
    if date.fromisoformat(body["born"]) > local_day(parse_moment(stage.at)):
        yield "born: lies in the future"


def _wrong_on(stage: Stage, body: Body) -> Iterator[str]:
    if parse_moment(body.get("on", stage.at)) > parse_moment(stage.at):
        yield "on: lies in the future"


def _wrong_partners(_stage: Stage, body: Body) -> Iterator[str]:
    joint = body["kind"] == "joint-help"
    if joint is not ("organisations" in body):
        what = "name all partners" if joint else "leave it out: help is your own organisation's"
        yield f"organisations: {what}"


def _wrong_choice(stage: Stage, body: Body) -> Iterator[str]:
    if stage.caller.form == "person":
        return
    if is_taken_back(stage, body):
        yield f"youth: {AGAIN}"
    if not switched_off(stage, body).isdisjoint(body["categories"]):
        yield f"categories: {OFF}"


def _wrong_giver(stage: Stage, body: Body) -> Iterator[str]:
    if _names_himself(stage, body):
        yield "given_by: leave it out: whose own word it is comes from the login"


def _wrong_consent(stage: Stage, body: Body) -> Iterator[str]:
    yield from _wrong_giver(stage, body)
    yield from _wrong_until(stage, body)
    if _names_himself(stage, body):
        return
    own = "given_by" not in body
    for name in ASSISTED:
        if own is (name in body):
            yield f"{name}: {'stands only with `given_by`' if own else 'is required with `given_by`'}"


def _wrong_until(stage: Stage, body: Body) -> Iterator[str]:
    if "until" not in body:
        return
    until, now = parse_moment(body["until"]), parse_moment(stage.at)
    if until <= now:
        yield "until: lies in the past; name a later day"
    if until > midnight(months_after(local_day(now), LONGEST_CONSENT)):
        yield f"until: a consent ends after {LONGEST_CONSENT} months; name an earlier day"


_WRONG: Final[Mapping[str, Callable[[Stage, Body], Iterator[str]]]] = {
    "persons": _wrong_birth,
    "capacity": _wrong_on,
    "involvements": _wrong_partners,
    "referrals": _wrong_on,
    "mandates": _wrong_choice,
    "consents": _wrong_consent,
    "refusals": _wrong_giver,
}
