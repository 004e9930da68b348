"""How each basis can come to open, step by step; a sequence is one of these with anything else in between and after.

Without them, drawing at random hardly ever comes so far that there is anything to lose.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hypothesis import strategies as st

from tests.gateway.facts.sequences.town import BEGINNINGS, BORN, YOUTH
from tests.gateway.facts.sequences.words import (
    ASSISTED,
    CLOSINGS,
    CONFIRMATIONS,
    FOSTER,
    MANDATE,
    ORDER,
    SAYINGS,
    YES,
    Ask,
    Close,
    Confirm,
    Decide,
    Say,
    Switch,
    Trial,
    Wait,
    acts,
    midway,
    parts_of,
    trials,
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a register told, who then does what, and who asks; for a youth of one of these ages.

    `shuts` is how somebody closes it after that and others try to open it again.
    """

    opens: str
    ages: tuple[int, ...]
    told: tuple[str, ...]
    steps: tuple[Trial, ...]
    ask: Ask
    shuts: tuple[Trial, ...] = ()


def _confirm(section: str, name: str, who: str) -> Confirm:
    """Let `who` give the confirmation `name` of the newest fact that waits for one."""
    number, person = _place(CONFIRMATIONS[section], name, who)
    return Confirm(0, number, person, fitting=True, agreed_by=None, strong=True)


def _close(section: str, name: str, who: str, nth: int = 0) -> Close:
    """Let `who` end by `name` the newest fact that can be ended, or the `nth` before it."""
    number, person = _place(CLOSINGS[section], name, who)
    return Close(nth, number, person, fitting=True, later=False, strong=True)


def _place(fields: Sequence[tuple[str, tuple[str, ...]]], name: str, who: str) -> tuple[int, int]:
    return next(
        (number, people.index(who)) for number, (each, people) in enumerate(fields) if each == name and who in people
    )


def _approve(who: str, asker: str, purpose: str) -> Decide:
    return Decide(who, asker, purpose, approved=True, named=True, answers=None)


_BOTH: Final = ("team helps", "clinic helps")
_JOINT: Final[dict[str, Any]] = {"kind": "joint-help", "about": YOUTH, "organisations": ["team", "ggz"]}
_CHOSEN: Final = MANDATE | {"since": "2026-02-01"}
_GI: Final[dict[str, Any]] = {"holder": "gi", "over": YOUTH, "since": "2026-01-01"}

RECIPES: Final = (
    Recipe(
        "LB-01",
        (11, 13),
        (*_BOTH, "mother has authority"),
        (Say(YOUTH, "consents", YES), Say("mara", "consents", YES)),
        Ask("anna", "coordinate-plan"),
    ),
    Recipe(
        "LB-02",
        (16, 17, 19),
        (*_BOTH,),
        (
            Say("anna", "consents", YES | ASSISTED | {"given_by": YOUTH}),
            _confirm("consents", "identity_verified", "piet"),
        ),
        Ask("anna", "coordinate-plan"),
    ),
    Recipe(
        "LB-02",
        (16,),
        _BOTH,
        (Say("piet", "consents", YES | ASSISTED | {"given_by": YOUTH}), Say(YOUTH, "consents", YES)),
        Ask("anna", "coordinate-plan"),
        (_close("consents", "withdrawn_on", YOUTH), Say("piet", "consents", YES | ASSISTED | {"given_by": YOUTH})),
    ),
    Recipe(
        "LB-04",
        (11, 13, 16),
        _BOTH,
        (
            Say("anna", "involvements", _JOINT),
            _confirm("involvements", "accepted_by", "piet"),
            _confirm("involvements", "client_informed", "piet"),
        ),
        Ask("anna", "coordinate-plan"),
    ),
    Recipe("LB-06", (11, 13, 15), (*_BOTH, "mother has authority"), (), Ask("mara", "exercise-authority")),
    Recipe(
        "LB-06",
        (11, 13),
        _BOTH,
        (
            Say("anna", "authority", {"holder": "koen", "over": YOUTH, "kind": "parental", "since": "2026-01-01"}),
            _confirm("authority", "verified_on", "piet"),
        ),
        Ask("koen", "exercise-authority"),
    ),
    Recipe("LB-07", (11, 13, 17), (*_BOTH, "supervision"), (), Ask("gijs", "supervision-order")),
    Recipe(
        "LB-07",
        (11, 15, 16),
        _BOTH,
        (Say("gijs", "orders", ORDER | {"executor": "gi"}), _confirm("orders", "verified_on", "ruud")),
        Ask("gijs", "supervision-order"),
    ),
    Recipe(
        "LB-09",
        (11, 13),
        _BOTH,
        (
            Say("ruud", "authority", _GI | {"kind": "guardianship"}),
            _confirm("authority", "verified_on", "piet"),
        ),
        Ask("gijs", "guardianship"),
    ),
    Recipe(
        "LB-10",
        (11,),
        _BOTH,
        (
            Say("ruud", "authority", _GI | {"kind": "partial", "scope": "medical"}),
            _confirm("authority", "verified_on", "piet"),
        ),
        Ask("gijs", "partial-authority"),
    ),
    Recipe(
        "LB-11",
        (11, 13, 16),
        (*_BOTH, "supervision"),
        (
            Say("gijs", "assignments", {"provider": "zorg"}),
            _confirm("assignments", "accepted_on", "zoe"),
            _approve("gijs", "zoe", "execute-measure"),
        ),
        Ask("zoe", "execute-measure"),
    ),
    Recipe(
        "LB-12",
        (11, 15, 17),
        _BOTH,
        (_approve("piet", "ruud", "child-protection-inquiry"),),
        Ask("ruud", "child-protection-inquiry"),
    ),
    Recipe(
        "LB-18",
        (11, 15, 17),
        _BOTH,
        (Say("fenna", "family", FOSTER),),
        Ask("tante", "foster-care"),
    ),
    Recipe(
        "LB-18",
        (11,),
        (*_BOTH, "supervision"),
        (
            Say("fenna", "family", FOSTER),
            _close("family", "until", "gijs"),
            Say("fenna", "family", FOSTER),
            _confirm("family", "confirmed_on", "gijs"),
        ),
        Ask("tante", "foster-care"),
        (_close("family", "until", "gijs"), Say("fenna", "family", FOSTER)),
    ),
    *(
        Recipe(
            "LB-18",
            (15,),
            (*_BOTH, "supervision"),
            (Say("fenna", "family", FOSTER), Say("fenna", "family", FOSTER | beside)),
            Ask("tante", "foster-care"),
            (*(_close("family", "until", who, 1) for who in ends), Wait(10)),
        )
        for beside in ({"since": "2026-03-10"}, {"until": "2026-06-01"})
        for ends in (("gijs",), ("fenna", "gijs"))
    ),
    Recipe(
        "LB-19",
        (11, 13, 15),
        (*_BOTH, "father is a parent"),
        (_approve("piet", "koen", "parent-information"),),
        Ask("koen", "parent-information"),
    ),
    Recipe("LB-20", (13, 17, 19), _BOTH, (), Ask(YOUTH, "own-access")),
    Recipe(
        "LB-25",
        (19,),
        (*_BOTH, "mother is a parent"),
        (Say("piet", "capacity", {"person": YOUTH, "capable": False, "reason": "onderzoek"}),),
        Ask("mara", "own-access"),
    ),
    Recipe(
        "LB-26",
        (11, 13, 17, 19),
        _BOTH,
        (Say("anna", "referrals", {"about": YOUTH, "to": "ggz", "client_informed": True}),),
        Ask("anna", "referral-feedback"),
    ),
    Recipe(
        "LB-27",
        (16, 17),
        _BOTH,
        (
            Say(YOUTH, "mandates", _CHOSEN),
            _confirm("mandates", "identity_verified_on", "anna"),
            _confirm("mandates", "confidentiality_statement_on", "mentor:tante"),
        ),
        Ask("mentor:tante", "mentor-support"),
        (_close("mandates", "youth_withdrew_on", YOUTH), Say("anna", "mandates", _CHOSEN)),
    ),
    Recipe(
        "LB-27",
        (13, 15),
        (*_BOTH, "mother has authority"),
        (
            Say("anna", "mandates", _CHOSEN),
            _confirm("mandates", "identity_verified_on", "piet"),
            _confirm("mandates", "confidentiality_statement_on", "mentor:tante"),
            _confirm("mandates", "parent_agreements", "mara"),
        ),
        Ask("mentor:tante", "mentor-support"),
        (Switch(0, YOUTH, "goals", on=False), Say("anna", "mandates", _CHOSEN)),
    ),
    *(
        Recipe(
            "LB-27",
            (16,),
            _BOTH,
            (
                Say(YOUTH, "mandates", _CHOSEN),
                _confirm("mandates", "identity_verified_on", "anna"),
                _confirm("mandates", "confidentiality_statement_on", "mentor:tante"),
                Say("anna", "mandates", _CHOSEN),
                _confirm("mandates", "confidentiality_statement_on", "mentor:tante"),
            ),
            Ask("mentor:tante", "mentor-support"),
            (no, _confirm("mandates", "identity_verified_on", "piet")),
        )
        for no in (_close("mandates", "youth_withdrew_on", YOUTH, 1), Switch(1, YOUTH, "goals", on=False))
    ),
    Recipe(
        "LB-27",
        (13,),
        (*_BOTH, "mother has authority"),
        (
            Say(YOUTH, "mandates", _CHOSEN),
            Say(YOUTH, "mandates", _CHOSEN),
            _confirm("mandates", "identity_verified_on", "piet"),
            _confirm("mandates", "confidentiality_statement_on", "mentor:tante"),
            _close("mandates", "suspended_on", "mara", 1),
            _confirm("mandates", "parent_agreements", "mara"),
            replace(_confirm("mandates", "parent_agreements", "anna"), agreed_by="mara"),
        ),
        Ask("mentor:tante", "mentor-support"),
    ),
    Recipe(
        "LB-27",
        (16,),
        _BOTH,
        (
            Say("anna", "mandates", _CHOSEN),
            _confirm("mandates", "identity_verified_on", "piet"),
            _confirm("mandates", "confidentiality_statement_on", "mentor:tante"),
            Say(YOUTH, "mandates", _CHOSEN),
        ),
        Ask("mentor:tante", "mentor-support"),
        (_close("mandates", "youth_withdrew_on", YOUTH),),
    ),
)
BASES: Final = frozenset(each.opens for each in RECIPES)


@dataclass(frozen=True, slots=True)
class Course:
    """One sequence: a youth of an age, what a register told, and what is tried."""

    age: int
    told: tuple[str, ...]
    tried: tuple[Trial, ...]


def _or_by_another(step: Trial) -> st.SearchStrategy[Trial]:
    if not isinstance(step, Say):
        return st.just(step)
    others = sorted({who for section, _, people in SAYINGS if section == step.section for who in people})
    another = st.sampled_from(others or [step.who]).map(lambda who: replace(step, who=who))
    return st.one_of(st.just(step), st.just(step), st.just(step), another)


def _asked(recipe: Recipe) -> st.SearchStrategy[Trial]:
    """Return the question of a recipe; often something is done while it waits, as what shuts it."""
    ask = st.just(recipe.ask)
    shuts = [one for each in recipe.shuts for one in parts_of(each)][:1]
    return st.one_of(ask, ask, midway(st.one_of(acts, *map(st.just, shuts)), ask))


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """Return a recipe with anything in between; then anything, and the recipe's question again, three times.

    Often a step of the recipe is taken once more, or somebody shuts what it opened: it must not open again by what is
    said then. At times somebody else says it.
    """
    recipe = draw(st.sampled_from(RECIPES))
    age = draw(st.sampled_from(recipe.ages) | st.sampled_from(recipe.ages) | st.sampled_from(tuple(BORN)))
    told = {*recipe.told, *draw(st.lists(st.sampled_from(tuple(BEGINNINGS)), max_size=2))}
    tried: list[Trial] = []
    # Often one step is not taken: what it was for must then stay shut.
    left_out = draw(st.sampled_from((None, None, *range(len(recipe.steps)))))
    for number, step in enumerate(recipe.steps):
        if number == left_out:
            continue
        tried += [*draw(st.lists(trials, max_size=1)), draw(_or_by_another(step))]
    for _ in range(3):
        again = draw(st.sampled_from(((), *((step,) for step in recipe.steps), recipe.shuts, recipe.shuts)))
        tried += [draw(_asked(recipe)), *draw(st.lists(trials, min_size=1, max_size=5))]
        tried += [draw(_or_by_another(step)) for step in again]
    return Course(age, tuple(sorted(told)), (*tried, recipe.ask))
