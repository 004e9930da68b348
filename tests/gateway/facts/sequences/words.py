"""What anybody may try in a sequence: what he says, confirms, ends or asks, drawn so that much of it can succeed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import strategies as st

from gateway.failpoints import Step
from tests.gateway.facts.sequences.town import CATEGORIES, HOMES, SISTER, YOUTH

Body = Mapping[str, Any]
EVERYBODY: Final = (*HOMES, YOUTH, SISTER, "mara", "koen", "tante", "mentor:tante", "mentor:koen")
HOLDERS: Final = ("ggz", "team", "gi", "pleeg")


@dataclass(frozen=True, slots=True)
class Say:
    """Record `body`; `forged` adds who recorded it, `keyed` a key that it may be repeated with."""

    who: str
    section: str
    body: Body
    strong: bool = True
    keyed: bool = False
    forged: str | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    """Confirm one of the facts; who, is drawn from those who may where `fitting`, else from everybody."""

    nth: int
    field: int
    who: int
    fitting: bool
    agreed_by: str | None
    strong: bool


@dataclass(frozen=True, slots=True)
class Close:
    """End one of the facts, now or `later`."""

    nth: int
    field: int
    who: int
    fitting: bool
    later: bool
    strong: bool


@dataclass(frozen=True, slots=True)
class Switch:
    """Switch a category of one of the mandates."""

    nth: int
    who: str
    category: str
    on: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for a plan."""

    who: str
    purpose: str
    itemised: bool = True
    strong: bool = True


@dataclass(frozen=True, slots=True)
class Decide:
    """Decide for an asker, as somebody of a holder; or, where `answers`, one of the questions that wait."""

    who: str
    asker: str
    purpose: str
    approved: bool
    named: bool
    answers: int | None


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop a holder, or lift it."""

    holder: str
    stops: bool


@dataclass(frozen=True, slots=True)
class Again:
    """Repeat what was said with a key; where `changed`, with that key and something else in it."""

    nth: int
    changed: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """Let days go by."""

    days: int


Single = Say | Confirm | Close | Switch | Ask | Decide | Stop | Again


@dataclass(frozen=True, slots=True)
class Together:
    """Two things at once, at two workers."""

    first: Single
    second: Single


@dataclass(frozen=True, slots=True)
class Midway:
    """Something that is done, and answered, while a question waits at `step`."""

    act: Single
    ask: Ask
    step: Step


Trial = Single | Wait | Together | Midway


def parts_of(trial: Trial) -> tuple[Single, ...]:
    """Return what is tried in one trial; letting time go by is nothing that anybody does."""
    if isinstance(trial, Together):
        return trial.first, trial.second
    if isinstance(trial, Midway):
        return trial.act, trial.ask
    return () if isinstance(trial, Wait) else (trial,)


YES: Final[dict[str, Any]] = {
    "about": YOUTH,
    "holders": ["ggz"],
    "recipients": ["team"],
    "purposes": ["coordinate-plan", "parent-information", "exercise-authority"],
    "categories": ["goals", "health", "help-status"],
}
ASSISTED: Final = {"form": "in-person", "identity": "identity-document", "text_sha256": "0f" * 32}
ORDER: Final = {"kind": "supervision-order", "subject": YOUTH, "since": "2026-02-01", "until": "2026-12-01"}
FOSTER: Final = {"person": "tante", "of": YOUTH, "relation": "foster-parent", "via": "pleeg"}
MANDATE: Final = {"mentor": "tante", "youth": YOUTH, "until": "2026-12-01", "categories": ["goals", "appointments"]}
_HELPERS: Final = ("anna", "arie", "piet", "pia", "tom")
_FAMILY: Final = ("mara", "koen", YOUTH)

SAYINGS: Final[tuple[tuple[str, Body, tuple[str, ...]], ...]] = (
    ("persons", {"born": "2020-01-01", "family_of": YOUTH}, _HELPERS),
    ("persons", {"born": "2010-01-01", "family_of": YOUTH, "declared_of_age": True}, _HELPERS),
    ("family", {"person": "koen", "of": YOUTH, "relation": "parent"}, _HELPERS),
    ("family", {"person": "tante", "of": YOUTH, "relation": "aunt", "lives_with": True}, _HELPERS),
    ("family", {"person": SISTER, "of": YOUTH, "relation": "sibling"}, _HELPERS),
    ("family", {"person": "koen", "of": YOUTH, "relation": "partner"}, _HELPERS),
    *(("family", FOSTER | told, ("fenna",)) for told in ({}, {"since": "2026-03-10"}, {"until": "2026-04-01"})),
    *(
        ("authority", {"over": YOUTH, "since": "2026-01-01"} | told, (*_HELPERS, "gijs", "ruud"))
        for told in (
            {"holder": "mara", "kind": "parental"},
            {"holder": "koen", "kind": "parental"},
            {"holder": "gi", "kind": "guardianship"},
            {"holder": "gi", "kind": "partial", "scope": "medical"},
            {"holder": "tante", "kind": "curator"},
        )
    ),
    *(("capacity", {"person": YOUTH, "capable": one, "reason": "onderzoek"}, _HELPERS) for one in (True, False, False)),
    ("orders", ORDER | {"executor": "gi"}, ("gijs", "ruud", "mila")),
    ("orders", ORDER | {"executor": "gi", "workers": ["gijs"]}, ("gijs", "ruud")),
    ("orders", ORDER | {"executor": "gi-2", "since": "2026-03-01"}, ("gea", "ruud")),
    ("involvements", {"kind": "help", "about": YOUTH}, (*_HELPERS, "zoe", "gijs")),
    ("involvements", {"kind": "help", "about": YOUTH, "until": "2026-03-20"}, (*_HELPERS, "vera")),
    ("involvements", {"kind": "joint-help", "about": YOUTH, "organisations": ["team", "ggz"]}, _HELPERS),
    ("involvements", {"kind": "joint-help", "about": YOUTH, "organisations": ["zorg", "ggz", "gi"]}, ("zoe", "gijs")),
    *(
        ("referrals", {"about": YOUTH, "to": "ggz", "client_informed": known}, ("anna", "zoe", "tom"))
        for known in (True, True, False)
    ),
    ("mandates", MANDATE | {"since": "2026-02-01"}, (YOUTH, *_HELPERS)),
    ("mandates", MANDATE | {"since": "2026-02-15"}, (YOUTH, YOUTH, "anna")),
    ("mandates", MANDATE | {"since": "2026-02-15", "categories": ["appointments"]}, (YOUTH, "anna")),
    ("consents", YES, _FAMILY),
    ("consents", YES, (YOUTH, "mara")),
    ("consents", YES | {"recipients": ["anna", "zorg"]}, _FAMILY),
    ("consents", YES | {"about": SISTER}, ("mara",)),
    ("consents", YES | {"about": "mara"}, ("mara",)),
    ("consents", YES | {"holders": "any", "until": "2026-06-01"}, _FAMILY),
    *(("consents", YES | ASSISTED | {"given_by": giver}, _HELPERS) for giver in (YOUTH, "mara", "koen")),
    ("consents", YES | ASSISTED | {"given_by": "mara", "identity": "not-seen"}, _HELPERS),
    ("consents", YES | ASSISTED | {"given_by": YOUTH, "recipients": ["arie"]}, ("anna", "arie")),
    ("refusals", {"about": YOUTH}, _FAMILY),
    ("refusals", {"about": YOUTH, "recipients": ["team"], "categories": ["goals"]}, _FAMILY),
    ("refusals", {"about": YOUTH, "given_by": "mara"}, _HELPERS),
    ("considered_wishes", {"youth": YOUTH, "recipients": ["team"]}, ("piet", "tom")),
)
"""What is said, and by whom it may fit."""

CONFIRMATIONS: Final[Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "persons": (("confirmed_on", _HELPERS),),
    "family": (("confirmed_on", _HELPERS), ("confirmed_on", ("gijs", "gea"))),
    "authority": (("verified_on", (*_HELPERS, "ruud")),),
    "orders": (("verified_on", ("ruud", *_HELPERS)),),
    "assignments": (("accepted_on", ("zoe",)),),
    "involvements": (
        ("accepted_by", ("piet", "anna", "zoe", "gijs")),
        ("client_informed", (*_HELPERS, "zoe")),
        ("accepted_by", ("piet", "anna")),
    ),
    "mandates": (
        ("identity_verified_on", _HELPERS),
        ("confidentiality_statement_on", ("mentor:tante",)),
        ("parent_agreements", ("mara", "koen", *_HELPERS)),
    ),
    "consents": (("identity_verified", ("mara", YOUTH, "piet", "tom")),),
}
CLOSINGS: Final[Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "family": (
        ("until", (YOUTH, "anna", "fenna")),
        ("contact_denied", (YOUTH, "anna")),
        ("until", ("gijs", "fenna", "gea")),
    ),
    "authority": tuple((name, ("anna", "gijs", "ruud")) for name in ("disputed", "suspended_on", "until")),
    "capacity": (("objection", (YOUTH,)),),
    "orders": (("ended_on", ("gijs", "ruud", "mila")),),
    "assignments": (("until", ("gijs", "zoe")),),
    "involvements": (
        ("until", ("anna", "piet", "tom", "zoe")),
        ("left_by", ("anna", "piet", "zoe", "gijs")),
        ("objection_on", (YOUTH, "mara", "tom")),
    ),
    "referrals": (("objection_on", (YOUTH, "mara", "anna")),),
    "mandates": (
        ("youth_withdrew_on", (YOUTH,)),
        ("until", ("mentor:tante", "anna")),
        ("suspended_on", ("mara", "anna")),
    ),
    "consents": (("withdrawn_on", ("mara", "koen", YOUTH, "tom")),),
    "refusals": (("withdrawn_on", ("mara", "koen", YOUTH)),),
    "considered_wishes": (("closed_on", (YOUTH,)),),
}
ASKED: Final[Mapping[str, tuple[str, ...]]] = {
    "coordinate-plan": ("anna", "piet", "zoe", "arie"),
    "referral-feedback": ("anna", "zoe", "tom"),
    "supervision-order": ("gijs", "geert", "gea"),
    "guardianship": ("gijs",),
    "partial-authority": ("gijs",),
    "execute-measure": ("zoe",),
    "child-protection-inquiry": ("ruud",),
    "foster-care": ("tante",),
    "own-access": (YOUTH, "mara", "tante"),
    "exercise-authority": ("mara", "koen"),
    "parent-information": ("koen", "mara"),
    "mentor-support": ("mentor:tante",),
}
"""The purposes, and who may have them."""
_DECIDED: Final = (
    ("child-protection-inquiry", "ruud", ("piet", "pia")),
    ("parent-information", "koen", ("piet", "pia", "anna")),
    ("execute-measure", "zoe", ("gijs", "geert")),
    ("supervision-order", "gijs", ("piet",)),
)

_everybody = st.sampled_from(EVERYBODY)
_strong = st.sampled_from((True, True, True, True, True, False))
_sure = st.sampled_from((True, True, True, False))
_number = st.sampled_from((0, 0, 0, 1, 1, 2, 3, 5, 8))


def _named(people: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(people), st.sampled_from(people), _everybody)


_says = st.sampled_from(SAYINGS).flatmap(
    lambda one: st.builds(
        Say,
        _named(one[2]),
        st.just(one[0]),
        st.just(one[1]),
        _strong,
        st.sampled_from((False, False, True)),
        st.sampled_from((*[None] * 12, "recorded_by", "by", "organisation", "noted_by", "verified_on")),
    )
)
_assigns = st.builds(
    Say, _named(("gijs",)), st.just("assignments"), st.just({"provider": "zorg"}), _strong, st.just(value=False)
)
_confirms = st.builds(Confirm, _number, _number, _number, _sure, st.sampled_from((None, "mara", "koen", "gi")), _strong)
_closes = st.builds(Close, _number, _number, _number, _sure, st.sampled_from((False, False, False, True)), _strong)
_switches = st.builds(
    Switch, _number, _named((YOUTH,)), st.sampled_from(("goals", "appointments", "safety-plan")), st.booleans()
)
_asks = st.sampled_from(tuple(ASKED.items())).flatmap(
    lambda one: st.builds(Ask, _named(one[1]), st.just(one[0]), _sure, _strong)
)
_decides = st.sampled_from(_DECIDED).flatmap(
    lambda one: st.builds(
        Decide,
        _named(one[2]),
        st.just(one[1]),
        st.just(one[0]),
        _sure,
        _sure,
        st.one_of(st.none(), st.none(), _number),
    )
)
_stops = st.builds(Stop, st.sampled_from(HOLDERS), st.booleans())
_agains = st.builds(Again, _number, st.booleans())

acts: st.SearchStrategy[Single] = st.one_of(
    _says, _says, _says, _confirms, _confirms, _confirms, _closes, _closes, _decides, _assigns, _switches, _stops
)
_waits = st.builds(Wait, st.sampled_from((1, 3, 10, 19, 30, 61, 93, 190)))
# Of two that ask at once nobody could say whose question it is that waits.
_together = st.builds(Together, acts, st.one_of(acts, _asks, _asks))


def midway(acts: st.SearchStrategy[Single], asks: st.SearchStrategy[Ask]) -> st.SearchStrategy[Trial]:
    """Return something that is done before the answer to a question is decided, or before it is on record."""
    return st.builds(Midway, acts, asks, st.sampled_from((Step.GATHERED, Step.ASSEMBLED)))


trials: st.SearchStrategy[Trial] = st.one_of(acts, acts, acts, _asks, _asks, _together, _waits, _agains)
LISTED: Final = list(CATEGORIES)
