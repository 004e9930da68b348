"""The questions of B3 as Cedar can be asked them, with policies (`plan.cedar`) and entities parsed beforehand.

Cedar has no "there is a consent such that", so who asks it flattens the facts first. That is left to the host, and not
measured: who must say yes, who is how old, which consents hold at the moment and name who asks, and one word for each
holder and category that they name. Cedar answers yes or no, with the policy that decided; it gives no reason for a no,
no facts relied on, no obligations and no end, and knows no review.
"""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from cedarpy import Entities, PolicySet, is_authorized_batch

from consent.entries import Consent, Organisation, Professional, Record
from consent.entry import Everything
from consent.facts import Facts
from consent.request import Request
from schemas.calendar import age_at
from schemas.words import Category, InvolvementKind

_POLICIES: Final = Path(__file__).with_name("plan.cedar")


class Cedar:
    """One plan put to Cedar, as often as needed."""

    def __init__(self, request: Request, facts: Facts) -> None:
        """Parse the policies and the entities; `request` is a professional's."""
        self._policies = PolicySet.from_str(_POLICIES.read_text(encoding="utf-8"))
        self._entities = Entities.from_json_str(json.dumps(_Flat(request, facts).entities()))
        self._requests = [
            {
                "principal": _uid("Professional", request.requester.id),
                "action": _uid("Action", str(request.purpose)),
                "resource": _uid("Element", record.id),
                "correlation_id": record.id,
            }
            for record in facts.records
        ]

    def ask(self) -> list[Any]:
        """Put all questions in one call."""
        return is_authorized_batch(self._requests, self._policies, self._entities)

    def released(self) -> frozenset[str]:
        """Return the elements that may leave.

        Raises:
            ValueError: a policy could not be evaluated.
        """
        found = self.ask()
        if problems := [problem for one in found for problem in one.diagnostics.errors]:
            raise ValueError(f"a policy could not be evaluated: {problems[0]}")
        return frozenset(str(one.correlation_id) for one in found if one.allowed)


class _Flat:
    """The facts in the words that the policies look at, as they stand at the request's `at`."""

    def __init__(self, request: Request, facts: Facts) -> None:
        self._request, self._facts = request, facts
        [self._asker] = [one for one in facts.professionals if one.id == request.requester.id]

    def entities(self) -> list[dict[str, Any]]:
        """Return everybody and every element as Cedar's JSON."""
        return [
            _professional(self._asker),
            *map(_organisation, self._facts.organisations),
            *(self._person(one.id, one.born) for one in self._facts.persons),
            *(self._element(one) for one in self._facts.records),
        ]

    def _person(self, name: str, born: date) -> dict[str, Any]:
        titles = [one for one in self._facts.authority if one.over == name]
        guardians = sorted(one.holder for one in titles)
        return _entity(
            "Person",
            name,
            {
                "age": age_at(born, self._request.at),
                "own": self._said(name, [name]),
                "one_guardian": self._said(name, guardians[:1]),
                "other_guardian": self._said(name, guardians[-1:]),
                "guardians_are_sure": bool(titles) and all(one.verified_on and not one.disputed for one in titles),
                "refused": [],
                "helped_by": self._helpers(name, InvolvementKind.HELP),
                "helped_together_by": self._helpers(name, InvolvementKind.JOINT_HELP),
            },
        )

    def _said(self, about: str, givers: Sequence[str]) -> list[str]:
        """Return one word for each holder and category that a consent of `givers` names."""
        yes = [one for one in self._facts.consents if one.about == about and one.given_by in givers]
        return sorted({word for one in yes if self._counts(one) for word in _words_of(one)})

    def _counts(self, consent: Consent) -> bool:
        at = self._request.at
        return (
            self._asker.organisation in consent.recipients
            and self._request.purpose in consent.purposes
            and consent.on <= at
            and (consent.until is None or at < consent.until)
            and (consent.withdrawn_on is None or at < consent.withdrawn_on)
        )

    def _helpers(self, about: str, kind: InvolvementKind) -> list[dict[str, Any]]:
        at = self._request.at
        found = [
            one
            for one in self._facts.involvements
            if (one.about, one.kind) == (about, kind)
            and one.since <= at
            and (one.until is None or at < one.until)
            and (one.client_informed or kind is not InvolvementKind.JOINT_HELP)
        ]
        return [_reference("Organisation", name) for one in found for name in sorted(one.organisations)]

    def _element(self, record: Record) -> dict[str, Any]:
        others = sorted(record.about - {self._request.about})
        return _entity(
            "Element",
            record.id,
            {
                "holder": _reference("Organisation", record.holder),
                "subject": _reference("Person", self._request.about),
                "category": str(record.category),
                "said": _word(record.holder, record.category),
                "origin": str(record.origin),
                "good_care_veto": record.good_care_veto,
            }
            | ({} if record.regime is None else {"regime": str(record.regime)})
            | ({"other": _reference("Person", others[0])} if others else {}),
        )


def _professional(found: Professional) -> dict[str, Any]:
    organisation = _reference("Organisation", found.organisation)
    return _entity("Professional", found.id, {"trusted": found.trusted, "organisation": organisation})


def _organisation(found: Organisation) -> dict[str, Any]:
    return _entity("Organisation", found.id, {"kind": str(found.kind)})


def _words_of(consent: Consent) -> list[str]:
    if isinstance(consent.holders, Everything):
        raise TypeError("a consent for any holder cannot be flattened")
    return [_word(holder, category) for holder in consent.holders for category in consent.categories]


def _word(holder: str, category: Category) -> str:
    return f"{holder} {category}"


def _entity(kind: str, name: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"uid": _uid(kind, name), "attrs": attributes, "parents": []}


def _reference(kind: str, name: str) -> dict[str, Any]:
    return {"__entity": _uid(kind, name)}


def _uid(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "id": name}
