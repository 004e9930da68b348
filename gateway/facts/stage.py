"""Before whom somebody acts: his hand, the family that is held still, and what of it gives anybody a place.

Pure: caller, family and registry are handed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from consent.entry import Entry
from consent.known.family import Family
from consent.known.registered import Registered
from consent.known.rows import Known
from consent.naming import names_in
from consent.store.recorders import Recorder, Recorders
from consent.whose.allowed import MayNotError, missing, row_of
from consent.whose.hand import Form, Hand
from consent.whose.helping import HelpTold
from consent.whose.scene import Scene
from consent.world.entries import entry
from gateway.identity.caller import Caller
from schemas.calendar import parse_moment
from schemas.words import OrganisationKind

_HANDS: Final = {"professional": Form.PROFESSIONAL, "person": Form.PERSON, "mentor": Form.MENTOR}
"""Who has a hand in facts; officers and clients have none."""

_ENDS: Final = ("until", "ended_on", "suspended_on", "withdrawn_on", "youth_withdrew_on")

_RECORDERS: Final = {
    **_HANDS,
    "register": Form.REGISTER,
    "system": Form.REGISTER,
    "operator": Form.OPERATOR,
}
"""A world file is loaded as if a register had confirmed it (facts contract, *Ways in*). What the tombstone journal has
taken back again is the gateway's own word: never a register's, which would open it by its next answer."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Who acts, about whose family, when (`at`, ISO with offset). `person` is whom it is about, None of a stranger."""

    caller: Caller
    person: str | None
    family: Family
    registry: Registered
    recorders: Recorders
    at: str

    @property
    def hand(self) -> Hand:
        """Return the hand of the caller.

        Raises:
            MayNotError: he has none here: no such form, nobody of this family, an organisation that is not registered,
                or a family that nobody is in.
        """
        form = _HANDS.get(self.caller.form)
        members = {member for member, _ in self.family.members}
        # INVARIANT: who acts for himself acts within his own family; there is no family of a person who is unknown.
        if form is None or self.person not in members:
            raise MayNotError
        if form is not Form.PROFESSIONAL:
            if self.caller.id not in members:
                raise MayNotError
            return Hand(form=form, id=self.caller.id)
        organisation = self.caller.organisation
        registered = self.registry.source("organisations", organisation)
        if registered is None:
            raise MayNotError
        kind = OrganisationKind(registered["kind"])
        return Hand(form=form, id=self.caller.id, organisation=organisation, kind=kind, role=self.caller.role)

    def require_strong(self) -> None:
        """Let pass only a login that is strong enough to open something.

        Raises:
            MayNotError: it is too weak.
        """
        if not self.caller.trusted:
            raise MayNotError

    def voice(self, name: str) -> str:
        """Return as whom `name` speaks: an organisation through any professional of it (decision contract, 5.1)."""
        professional = self.registry.source("professionals", name)
        return name if professional is None else str(professional["organisation"])

    def scene(
        self,
        section: str,
        source: Mapping[str, Any],
        *,
        recorded_by: Hand | None = None,
        recorded_at: datetime | None = None,
    ) -> Scene:
        """Return the act on the entry `source` of `section`.

        Raises:
            WorldError: it is no entry.
            MayNotError: as `hand`.
        """
        hand, read = self.hand, read_entry(section, source)
        also = frozenset({self.caller.id, self.caller.organisation, *names_in(section, read.source)})
        facts = self.family.facts(self.registry, also)
        return Scene(
            hand=hand,
            entry=read,
            facts=facts,
            at=parse_moment(self.at),
            recorded_by=recorded_by,
            recorded_at=recorded_at,
            helps_told=self._helps_told(),
            beside=self.person if section == "persons" else None,
            ended=tuple(each.source for each in self.family.ended),
        )

    def scene_of(self, known: Known) -> Scene:
        """Return the act on a fact that is known."""
        recorder = self.recorders[known.person, known.version]
        by = recorder_of(recorder.who)
        return self.scene(known.section, known.source, recorded_by=by, recorded_at=recorder.recorded_at)

    def _helps_told(self) -> dict[str, HelpTold]:
        # Who recorded it stands beside each row that was there when the family was held still.
        return {
            known.id: _help_told(known, self.recorders[known.person, known.version])
            for known in self.family.known.values()
            if known.section == "involvements"
        }

    def lacks(self, known: Known) -> tuple[str, ...]:
        """Return the confirmations that a fact still lacks."""
        scene, source, word = self.scene_of(known), known.source, known.word
        row = row_of(known.section, scene.entry)
        given = {*word.given, *(one.name for one in row.confirmations if one.fills and source.get(one.fills))}
        if word.partners is None or set(source.get("organisations", ())) <= set(word.partners):
            given.add("accepted_by")
        return missing(row, scene, given)

    def known(self, section: str, fact_id: str) -> Known:
        """Return a fact.

        Raises:
            MayNotError: there is none, or none that concerns him.
        """
        found = self.family.known.get((section, fact_id))
        if found is None:
            raise MayNotError
        return found


def recorder_of(who: Mapping[str, Any]) -> Hand:
    """Return the hand of who recorded a fact, from what its event has under `actor`.

    Raises:
        MayNotError: nobody who records facts; so nobody can say who is another.
    """
    form = _RECORDERS.get(who["form"])
    if form is None:
        raise MayNotError
    return Hand(form=form, id=who["id"], organisation=who["organisation"] if form is Form.PROFESSIONAL else None)


def _help_told(known: Known, recorder: Recorder) -> HelpTold:
    who = recorder.who
    by = None if _RECORDERS.get(who["form"]) is Form.REGISTER else str(who["organisation"])
    return HelpTold(recorder.recorded_at, by, confirmed="confirmed_on" in known.word.given)


def has_ended(known: Known, at: datetime) -> bool:
    """Return whether an end of a fact is reached at an instant, whatever the fact says of its beginning."""
    ends = [known.source[name] for name in _ENDS if name in known.source]
    closed = known.word.closed_on
    return any(parse_moment(each) <= at for each in (*ends, *([] if closed is None else [closed])))


def read_entry(section: str, source: Mapping[str, Any]) -> Entry:
    """Return the entry of `section` that `source` is; a mandate whose switches are all off too.

    Raises:
        WorldError: it is none.
    """
    if section == "mandates" and source.get("categories") == []:
        source = {**source, "categories": ["goals"]}
    return entry(section, dict(source), section)
