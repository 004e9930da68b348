"""What is tried in a sequence, at the offices: what was acknowledged becomes an act. Nothing is judged."""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from gateway.exchange import Exchange
from tests.gateway.facts.desk import Said
from tests.gateway.facts.sequences.office import Clock, Office
from tests.gateway.facts.sequences.said import (
    Act,
    Closed,
    Confirmed,
    Decided,
    Recorded,
    Stopped,
    Switched,
    opened_since,
)
from tests.gateway.facts.sequences.standing import Standing
from tests.gateway.facts.sequences.town import BEGINNINGS, PERSONS, START, YOUTH, Hand, asker_of, born_of, hand, renamed
from tests.gateway.facts.sequences.voices import Wanted
from tests.gateway.facts.sequences.words import (
    CLOSINGS,
    CONFIRMATIONS,
    EVERYBODY,
    LISTED,
    Again,
    Ask,
    Close,
    Confirm,
    Decide,
    Say,
    Single,
    Stop,
    Switch,
)

_EVIDENCE: Final[Mapping[str, Mapping[str, Any]]] = {
    "confirmed_on": {"document_sha256": "ab" * 32},
    "verified_on": {"document_sha256": "ab" * 32},
    "client_informed": {"on": "2026-03-01", "how": "in-person"},
    "identity_verified_on": {"identity": "identity-document"},
}


class ModelBrokenError(AssertionError):
    """The product did what the model of the contract does not allow."""


@dataclass(frozen=True, slots=True)
class Did:
    """What came of a trial: the act that was acknowledged, or what left, by record with its basis."""

    act: Act | None = None
    wanted: Wanted | None = None
    left: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Trying:
    """One family at the offices. `acts` is what was acknowledged about it, in one order in which it may have been."""

    offices: Sequence[Office]
    number: int
    age: int
    tally: Counter[str]
    acts: tuple[Act, ...] = ()
    keyed: list[tuple[Hand, str, dict[str, Any], str, bytes]] = field(default_factory=list)
    questions: dict[str, tuple[str, tuple[str, str], str]] = field(default_factory=dict)
    _turn: "itertools.count[int]" = field(default_factory=itertools.count)

    async def begin(self, told: Sequence[str]) -> list[Act]:
        """Move the family in, with what a register told, and return that."""
        self.clock.at = START
        sections: dict[str, list[Mapping[str, Any]]] = {
            "persons": [{"id": self._own(name), "born": day.isoformat()} for name, day in self.born.items()]
        }
        for name in told:
            section, body = BEGINNINGS[name]
            sections.setdefault(section, []).append(self._own(body))
        await self.offices[0].move_in(f"family-{self.number}", sections)
        found = await self.offices[0].facts_of(self._own(YOUTH))
        return [Recorded(None, START, section, fact, self._bare(source)) for section, fact, source in found]

    async def one(self, trial: Single, office: Office) -> Did:
        """Try one thing at a worker, and return what came of it."""
        match trial:
            case Say():
                return Did(await self._say(trial, office))
            case Confirm():
                return Did(await self._confirm(trial, office))
            case Close():
                return Did(await self._close(trial, office))
            case Switch():
                return Did(await self._switch(trial, office))
            case Decide():
                return Did(await self._decide(trial, office))
            case Stop():
                return Did(await self._stop(trial, office))
            case Again():
                return Did(await self._repeat(trial, office))
            case Ask():
                return await self.ask(trial, office)
        raise TypeError(trial)

    async def _say(self, trial: Say, office: Office) -> Act | None:
        body = dict(trial.body)
        if trial.section == "assignments":
            body["order"] = self._latest("orders") or "nothing"
        speaker, key = hand(trial.who, strong=trial.strong), f"key-{self.number}-{next(self._turn)}"
        forged = {} if trial.forged is None else {trial.forged: "ggz"}
        told = self._own(body | forged)
        answer = await self._post(office, speaker, trial.section, told, key if trial.keyed else None)
        if answer.status != 201:
            return None
        if trial.forged is not None:
            raise ModelBrokenError(f"taken with `{trial.forged}` in it")
        if trial.keyed:
            self.keyed.append((self._own(speaker), trial.section, told, key, answer.raw))
        return Recorded(speaker, self.clock.at, trial.section, answer.body["id"], body)

    async def _repeat(self, trial: Again, office: Office) -> Act | None:
        if not self.keyed:
            return None
        speaker, path, body, key, first = self.keyed[trial.nth % len(self.keyed)]
        changed = {**body, "until": "2026-12-24"} if trial.changed else body
        answer = await office.post(speaker, path, changed, key=key)
        same = (answer.status, answer.raw) == (201, first)
        if not same and not trial.changed and answer.status == 201 and opened_since(self.acts, json.loads(first)["id"]):
            # Who says no is not told that it is closed when it was opened since: it closes anew.
            self.tally["closed anew"] += 1
            return Recorded(self._bare(speaker), self.clock.at, path, answer.body["id"], self._bare(body))
        if same == trial.changed or (trial.changed and answer.status == 201):
            raise ModelBrokenError(f"a key that was used: {answer.status}")
        self.tally["repeated"] += 1
        return None

    async def _confirm(self, trial: Confirm, office: Office) -> Act | None:
        found = self._pick(CONFIRMATIONS, trial.nth)
        if found is None:
            return None
        name, fitting = _of(CONFIRMATIONS[found.section], trial.field)
        speaker = hand(_of(fitting if trial.fitting else EVERYBODY, trial.who), strong=trial.strong)
        evidence = dict(_EVIDENCE.get(name, {}))
        if name == "parent_agreements" and speaker.form == "professional" and trial.agreed_by is not None:
            evidence["agreed_by"] = trial.agreed_by
        body: dict[str, Any] = {"field": name}
        if evidence:
            body["evidence"] = self._own(evidence)
        answer = await self._post(office, speaker, f"{found.section}/{found.fact}/confirm", body)
        return Confirmed(speaker, self.clock.at, found.fact, name, evidence) if answer.status == 201 else None

    async def _close(self, trial: Close, office: Office) -> Act | None:
        found = self._pick(CLOSINGS, trial.nth)
        if found is None:
            return None
        name, fitting = _of(CLOSINGS[found.section], trial.field)
        speaker = hand(_of(fitting if trial.fitting else EVERYBODY, trial.who), strong=trial.strong)
        later = trial.later and name in {"until", "ended_on", "suspended_on"}
        on = (self.clock.at + timedelta(days=9)).isoformat() if later else None
        body = {"field": name} | ({} if on is None else {"on": on})
        answer = await self._post(office, speaker, f"{found.section}/{found.fact}/close", body)
        return Closed(speaker, self.clock.at, found.fact, name, on) if answer.status == 201 else None

    async def _switch(self, trial: Switch, office: Office) -> Act | None:
        found = self._pick({"mandates": ()}, trial.nth)
        if found is None:
            return None
        speaker, told = hand(trial.who), {trial.category: trial.on}
        answer = await self._post(office, speaker, f"mandates/{found.fact}/switches", {"categories": told})
        return Switched(speaker, self.clock.at, found.fact, told) if answer.status == 201 else None

    async def _decide(self, trial: Decide, office: Office) -> Act | None:
        speaker = hand(trial.who)
        said: dict[str, Any] = {"approved": trial.approved, "reason": "afgewogen"}
        if trial.named:
            said["categories"] = LISTED[:1]
        named = frozenset(LISTED[:1]) if trial.named else None
        if trial.answers is not None:
            waiting = await office.questions(self._own(YOUTH))
            if not waiting:
                return None
            question, _ = _of(waiting, trial.answers)
            if question not in self.questions:
                return None
            holder, asker, purpose = self.questions[question]
            taken = await office.answer(self._own(speaker), question, said)
            if taken and speaker.organisation != holder:
                raise ModelBrokenError(f"{speaker} answered for {holder}")
        else:
            other = hand(trial.asker)
            asker, purpose = asker_of(other), trial.purpose
            form = "organisation" if other.form == "professional" else other.form
            body = said | {"about": self._own(YOUTH), "asker": {form: self._own(asker[1])}, "purpose": purpose}
            taken = await office.decide(self._own(speaker), body)
        act = Decided(speaker, self.clock.at, YOUTH, asker, purpose, trial.approved, named)
        self.tally[f"decision {'taken' if taken else 'refused'}"] += 1
        return act if taken else None

    async def _stop(self, trial: Stop, office: Office) -> Act | None:
        if (trial.holder in Standing(self.acts, self.born).stopped) == trial.stops:
            return None
        await (office.stop if trial.stops else office.lift)(trial.holder)
        return Stopped(trial.holder, trial.stops)

    async def ask(self, trial: Ask, office: Office, change: Callable[[Exchange], Exchange] = lambda it: it) -> Did:
        """Ask at an exchange, changed as `change` says."""
        asker = hand(trial.who, strong=trial.strong)
        more = {"question": "Wat loopt er?"} if trial.itemised else {}
        for name, section in (("order", "orders"), ("referral", "referrals")):
            latest = self._latest(section)
            if latest is not None and trial.itemised:
                more[name] = latest
        left = await office.changed(change).ask(self._own(asker), self._own(YOUTH), trial.purpose, LISTED, **more)
        self.tally["asked"] += 1
        self.tally["answered"] += bool(left)
        wanted = Wanted(asker, YOUTH, trial.purpose, "", "", self.clock.at, trial.itemised)
        return Did(wanted=wanted, left=left)

    async def note_questions(self, trial: Ask) -> None:
        asker = asker_of(hand(trial.who))
        for question, holder in await self.offices[0].questions(self._own(YOUTH)):
            self.questions.setdefault(question, (holder, asker, trial.purpose))

    async def _post(
        self, office: Office, speaker: Hand, path: str, body: Mapping[str, Any], key: str | None = None
    ) -> Said:
        answer = await office.post(self._own(speaker), path, body, key=key)
        if answer.status not in {201, 403, 409, 422}:
            raise ModelBrokenError(f"{path.partition('/')[0]}: {answer.status}")
        self.tally[f"{answer.status}"] += 1
        return answer

    # Who and what

    @property
    def clock(self) -> Clock:
        return self.offices[0].clock

    @property
    def born(self) -> Mapping[str, Any]:
        return born_of(self.age)

    def two_offices(self) -> tuple[Office, Office]:
        turn = next(self._turn)
        return self.offices[turn % len(self.offices)], self.offices[(turn + 1) % len(self.offices)]

    def _latest(self, section: str) -> str | None:
        found = [act.fact for act in self.acts if isinstance(act, Recorded) and act.section == section]
        return found[-1] if found else None

    def _pick(self, sections: Mapping[str, Any], nth: int) -> Recorded | None:
        """Return one of the facts of these sections; the newest is the first."""
        found = [act for act in self.acts if isinstance(act, Recorded) and act.section in sections]
        return _of(found[::-1], nth) if found else None

    def _own(self, told: Any) -> Any:
        """Give everybody in `told` the name that he has in this family."""
        return renamed(told, {name: f"{name}-{self.number}" for name in PERSONS})

    def _bare(self, told: Any) -> Any:
        return renamed(told, {f"{name}-{self.number}": name for name in PERSONS})


def _of(found: Sequence[Any], nth: int) -> Any:
    return found[nth % len(found)]
