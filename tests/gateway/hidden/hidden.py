"""What somebody who comes may not learn: what is otherwise from the start, or what others do while he is there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.gateway.hidden.elsewhere import ELSEWHERE, Deed, others
from tests.gateway.hidden.town import (
    ABROAD,
    AROUND,
    COME,
    GETS,
    GUARDIAN,
    HOME,
    MANDATE,
    MENTOR,
    MOTHER,
    STAY,
    WATCHES,
    YES,
    YOUTH,
    Act,
    Json,
    Visitor,
    adding,
    authority,
    born_otherwise,
    helping,
    relative,
)
from tests.gateway.openapi.acts import DECIDED, INQUIRY, SEEN
from tests.gateway.openapi.acts import YES as ASSISTED
from tests.gateway.worlds import record


def _nothing_else(told: Json) -> Json:
    return told


@dataclass(frozen=True)
class Hidden:
    """What those who `come` may not learn, but for who `knows`: what is `otherwise`, or done `since`, about a child.

    `elsewhere` is done before they come.

    Who does `stay` comes again to the doors behind which he left something.
    """

    otherwise: Callable[[Json], Json] = _nothing_else
    come: tuple[Visitor, ...] = COME
    knows: tuple[Visitor, ...] = ()
    since: Callable[[str], tuple[Act, ...]] = lambda _: ()
    stay: bool = False
    elsewhere: tuple[Deed, ...] = ()


Sections = dict[str, list[Json]]
_FOUND: Final = {"on": "2026-11-01", "by": "chris", "reason": "Gesproken."}


def _family(child: str) -> Sections:
    broer = f"broer-{child}"
    return {
        "family": [
            relative("vader", child, "parent", contact_denied=True),
            relative("opa", child, "grandparent"),
            relative("opa", child, "foster-parent", via="pleegzorg", since="2026-01-01", until="2026-10-01"),
            relative("tante", child, "foster-parent", via="pleegzorg"),
            relative(broer, child, "sibling", lives_with=True),
        ],
        "persons": [{"id": broer, "born": "2020-01-01"}],
    }


def _decided(child: str) -> Sections:
    order = {"subject": child, "executor": "gi", "since": "2026-01-01", "until": "2027-01-01"}
    order |= {"kind": "supervision-order", "verified_on": "2026-01-05"}
    return {
        "orders": [
            {"id": f"o1-{child}", **order},
            {"id": f"o2-{child}", **order, "kind": "youth-probation"},
            {"id": f"o3-{child}", **order, "kind": "crisis-measure", "ended_on": "2026-06-01"},
        ],
        "assignments": [{"order": f"o1-{child}", "provider": "pleegzorg", "since": "2026-01-10"}],
        "authority": [authority(f"a3-{child}", "vader", child, until="2026-06-01")],
    }


def _said(child: str) -> Sections:
    no = {"about": child, "on": "2026-11-05", "given_by": "moeder", "recipients": ["politie"]}
    yes = {**YES, "about": child, "recipients": ["politie"], "given_by": "moeder"}
    mandate = {**MANDATE, "youth": child, "mentor": "opa"}
    # Of the mentor himself, but taken back before he said that he keeps it to himself.
    unsaid = {name: value for name, value in MANDATE.items() if name != "confidentiality_statement_on"}
    return {
        "refusals": [
            {"id": f"n1-{child}", "about": child, "on": "2026-11-05", "given_by": "vader"},
            {"id": f"n2-{child}", **no, "given_by": child},
            {"id": f"n3-{child}", **no},
        ],
        "consents": [{"id": f"c3-{child}", **yes}, {"id": f"c4-{child}", **yes, "withdrawn_on": "2026-11-03"}],
        "capacity": [{"person": "sem", "capable": True, **_FOUND}] if child == "sem" else [],
        "considered_wishes": [{"youth": child, "on": "2026-11-05", "recipients": ["politie"], "noted_by": "anna"}],
        "mandates": [
            {**unsaid, "youth": child, "id": f"m2-{child}", "youth_withdrew_on": "2026-11-10"},
            {**mandate, "id": f"m3-{child}"},
        ],
    }


def _helped(child: str) -> Sections:
    joint = {"id": f"j1-{child}", "kind": "joint-help", "about": child, "organisations": ["team-noord", "ggz-west"]}
    return {
        "involvements": [
            helping("ggz-west", child),
            {**joint, "since": "2026-01-01", "client_informed": True, "objection_on": "2026-11-01"},
        ],
        "referrals": [
            {"id": f"f1-{child}", "about": child, "by": "team-noord", "to": "ggz-west", "on": "2026-11-01"},
        ],
    }


def _held(child: str) -> Sections:
    told: list[Json] = [
        {"good_care_veto": True}, {"good_care_veto": True, "holder": "vreemd"}, {"about": ["moeder"]},
        {"about": ["moeder", child]}, {"category": "whereabouts"}, {"category": "whereabouts", "holder": "vreemd"},
        {"category": "placement", "holder": "pleegzorg"}, {"about": ["tante"], "holder": "vreemd"},
        {"regime": None}, {"category": "school", "holder": "school-1", "about": ["moeder"]},
    ]  # fmt: skip
    return {"records": [record(f"h{at}-{child}", **{"about": [child], **each}) for at, each in enumerate(told, 1)]}


def _held_by_others(child: str) -> Sections:
    return {"records": [each for each in _held(child)["records"] if each["holder"] != WATCHES.at]}


def _a_say(child: str) -> Sections:
    return {
        "authority": [
            authority(f"a4-{child}", "vader", child, disputed=True),
            authority(f"a5-{child}", "opa", child, until="2027-06-30"),
            {"id": f"a6-{child}", "holder": "tante", "over": child, "kind": "guardianship", "since": "2026-10-01"},
        ],
        "capacity": [{"person": person, "capable": False, **_FOUND} for person in (child, "moeder")],
        "consents": [{"id": f"c5-{child}", **YES, "about": child, "given_by": "vader", "withdrawn_on": "2026-11-10"}],
    }


def _done(child: str) -> tuple[Act, ...]:
    """Return what waits, what was taken back, and what somebody decided."""
    lasting = {"since": "2026-11-01", "until": "2027-11-01"}
    # A no that is said again tells of a yes that its giver said since, as is known: so she takes hers back.
    yes = {"about": child, "recipients": ["politie"]}
    own = {**{name: ASSISTED[name] for name in ("holders", "purposes", "categories")}, **yes}
    guardian = {"holder": "vader", "over": child, "kind": "guardianship", "since": "2026-01-01"}
    mandate = {"mentor": "tante", "youth": child, "categories": ["goals"], "since": "2026-11-01", "until": "2027-02-01"}
    together = {"kind": "joint-help", "about": child, "organisations": ["team-noord", "ggz-west"]}
    decided = {**DECIDED, "about": child, "asker": {"organisation": "raad"}, "purpose": INQUIRY}
    return (
        ("anna", "persons", {"family_of": child, "born": "2020-01-01"}),
        ("anna", "family", relative("vader", child, "parent")),
        ("anna", "family", relative("tante", child, "uncle", contact_denied=True)),
        ("anna", "authority", guardian),
        ("gijs", "authority/LAST/confirm", SEEN),
        ("anna", "authority/LAST/close", {"field": "until"}),
        ("gijs", "orders", {"kind": "supervision-order", "subject": child, "executor": "gi", **lasting}),
        ("anna", "orders/LAST/confirm", {}),
        ("paul", "involvements", {"kind": "help", "about": child}),
        ("anna", "involvements", together),
        ("chris", "involvements/LAST/confirm", {"field": "accepted_by"}),
        ("moeder", "involvements/LAST/close", {"field": "objection_on"}),
        ("anna", "consents", {**ASSISTED, **yes, "given_by": "tante"}),
        ("moeder", "consents", own),
        ("moeder", "consents/LAST/close", {}),
        ("moeder", "refusals", yes),
        ("anna", "mandates", mandate),
        ("anna", "mandates/LAST/close", {"field": "suspended_on"}),
        ("anna", "capacity", {"person": child, "capable": "unclear", "reason": "Gezien."}),
        ("chris", "holder/decisions", decided),
    )


_ANYTHING: Final = (_family, _decided, _said, _helped, _held, _a_say)


def _all(told: Json, *children: str) -> Json:
    for of in _ANYTHING:
        told = adding(of, *children)(told)
    return told


def _but_mandates(told: Json) -> Json:
    return _all(told) | {"mandates": told["mandates"]}


def _of_his_sister(told: Json) -> Json:
    return adding(_treated, "moeder")(_all(told, "zus"))


def _treated(person: str) -> Sections:
    return {
        "involvements": [helping("ggz-west", person)],
        "consents": [{**YES, "id": f"c6-{person}", "about": person, "given_by": person}],
        "records": [record(f"h-{person}", about=[person], category="health")],
    }


def _others_said(child: str) -> Sections:
    said = {**_said(child), "mandates": []}  # these are for her
    return {name: [each for each in told if each.get("given_by") != "moeder"] for name, told in said.items()}


def _not_of_the_mother(told: Json) -> Json:
    for of in (_family, _helped, _others_said):
        told = adding(of)(told)
    return told


HIDDEN: Final = {
    "who belongs to the family": Hidden(adding(_family)),
    "what a court decided, and who helps": Hidden(lambda told: adding(_helped)(adding(_decided)(told))),
    "what others said": Hidden(adding(_said)),
    "what others hold": Hidden(adding(_held)),
    # "The asking side's officer [sees] what was released", and "a holder's officer sees his holder's part" (`design.md`
    # 1.1); of tickets, reviews, signals, notices and emergencies each his own organisation's. What a holder who stopped
    # holds the mentor might have, so he sees that nobody asks for it.
    "what others hold, and what happens elsewhere": Hidden(
        lambda told: others(adding(_held_by_others)(told)), ABROAD, knows=(MENTOR,), elsewhere=ELSEWHERE
    ),
    # In what he gets it may show.
    "who has a say": Hidden(adding(_a_say), knows=(MENTOR, GETS)),
    # Of who holds a record about him, the end of what is released tells it, as is known.
    "when she was born": Hidden(born_otherwise, (GUARDIAN,), stay=True),
    # A mandate's identity any helper confirms, so it is his. Else he sees "what his own organisation recorded,
    # what names it, and what waits for a word that he can give" (`gateway.facts.seeing`); a stranger nothing.
    "all of that but mandates, from kin and who helped": Hidden(_but_mandates, AROUND),
    # "The person himself sees all that was recorded about him", and of his family nothing that is not about him.
    "what is of his sister and his mother": Hidden(_of_his_sister, HOME, knows=(MOTHER,)),
    # Who has authority sees "never what others said or what was found about the youth, nor who helps him".
    "who helps her child, and what others said": Hidden(_not_of_the_mother, HOME, knows=(YOUTH,)),
    "all of that and what others do meanwhile": Hidden(_all, STAY, since=_done, stay=True),
}
