"""Consents at the desk of facts: read, search, create, revoke. Who may is the desk's and the view's to say."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from consent.fhir.addresses import NO, YES
from consent.fhir.around import Said
from consent.fhir.issues import Issue, IssueCode, UnreadableConsentError
from consent.fhir.standing import untrue
from consent.known.rows import Known
from consent.whose.allowed import MayNotError
from gateway.committing.calls import Call
from gateway.committing.once import unless_broken
from gateway.facts.desk import FactsDesk
from gateway.facts.looking import FactsView
from gateway.facts.stage import Stage
from gateway.fhir.searching import Search
from gateway.fhir.showing import SECTIONS, Shown, kind_in, shown
from gateway.identity.caller import Caller
from schemas.calendar import local_day, parse_moment

_SECTION_OF: Final = {YES: "consents", NO: "refusals"}
_NOBODY: Final = ""


@dataclass(frozen=True)
class Consents:
    """What the FHIR doors lead to."""

    desk: FactsDesk

    @property
    def _view(self) -> FactsView:
        return FactsView(self.desk.committer, self.desk.decided_at, self.desk.evenly)

    async def read(self, name: str, caller: Caller, call: Call) -> Shown:
        """Return the Consent of this id.

        Raises:
            NotAllowedError: it is not for him, or there is none; that he tried is in the log.
            AuditUnavailableError: it cannot be recorded now.
        """
        section, fact = section_and_id(name)

        def only_this(facts: list[Known]) -> list[Known]:
            found = [each for each in facts if (each.section, each.id) == (section, fact)]
            if not found:
                raise MayNotError
            return found

        person = await self._owner(section, fact)
        [one] = shown(await self._view.find(person, caller, call, choose=only_this))
        return one

    async def search(self, search: Search, caller: Caller, call: Call) -> tuple[str, list[Shown]]:
        """Return the internal id of the person whom a search names, and what it finds, in the order of recording.

        Raises:
            NotAllowedError, AuditUnavailableError: as `read`.
        """
        person = search.person
        if search.identifier is not None:
            person = await self._named(*search.identifier)
        looked = await self._view.find(person or _NOBODY, caller, call, choose=_consents)
        return person or _NOBODY, [each for each in shown(looked) if search.finds(each)]

    async def create(self, said: Said, caller: Caller, call: Call) -> bytes:
        """Record what a Consent says; the body of `call` is what of it the desk is told. Returns the desk's answer.

        Raises:
            UnreadableConsentError: it says of itself what is not so; nothing is stored.
            Others: as `FactsDesk.record`.
        """
        return await self.desk.record(said.section, caller, call, check=_check_of(said))

    async def revoke(self, name: str, caller: Caller, call: Call) -> bytes:
        """Withdraw a consent or a refusal at the desk.

        Raises:
            As `FactsDesk.close`.
        """
        section, fact = section_and_id(name)
        return await self.desk.close(section, fact, caller, replace(call, body={"field": "withdrawn_on"}))

    async def _owner(self, section: str, fact: str) -> str:
        with unless_broken("this cannot be read now"):
            async with self.desk.committer.engine.connect() as connection:
                return await self.desk.committer.facts.owner(connection, section, fact) or _NOBODY

    async def _named(self, system: str, number: str) -> str | None:
        facts = self.desk.committer.facts
        with unless_broken("this cannot be read now"):
            async with self.desk.committer.engine.connect() as connection:
                return await facts.person(connection, system, number)


def section_and_id(name: str) -> tuple[str, str]:
    """Return what the id of a Consent names; of an id that this gateway never gives, an id that no fact has."""
    for start, section in _SECTION_OF.items():
        if name.startswith(start):
            return section, name.removeprefix(start)
    return "consents", _NOBODY


def fields_for(said: Said, caller: Caller) -> dict[str, Any]:
    """Return what of a Consent the desk is told: whose own word it is comes from the login, and when from the clock.

    A Consent names its giver also where he sends it himself; the desk then wants no name (facts contract, F1).
    """
    himself = caller.organisation if caller.form == "professional" else caller.id
    own = said.fields.get("given_by") == himself
    return {key: value for key, value in said.fields.items() if key != "on" and not (own and key == "given_by")}


def _consents(facts: list[Known]) -> list[Known]:
    return [each for each in facts if each.section in SECTIONS]


def _check_of(said: Said) -> Callable[[Stage], None]:
    def check(stage: Stage) -> None:
        # Only once he may: an answer about who is registered is no answer to a stranger.
        at = parse_moment(stage.at)
        issues = [*_misnamed(said, kind_in(stage.registry)), *_not_today(said, stage.at), *untrue(said, at)]
        if issues:
            raise UnreadableConsentError(tuple(issues))

    return check


def _misnamed(said: Said, kind_of: Callable[[str], str]) -> list[Issue]:
    # `Practitioner/team` must not become everybody of the team because ids share one space.
    return [
        Issue(place, IssueCode.VALUE, f"nobody of this id is a `{kind}` here")
        for name, (kind, place) in said.claims.items()
        if kind_of(name) != kind
    ]


def _not_today(said: Said, at: str) -> list[Issue]:
    on = said.fields.get("on")
    if on is None or on == str(local_day(parse_moment(at))):
        return []
    # An instant of the sender could set a yes behind a no that came in between.
    what = "when it was said is this gateway's clock to say; give the day of today, or leave it out"
    return [Issue("Consent.dateTime", IssueCode.BUSINESS_RULE, what)]
