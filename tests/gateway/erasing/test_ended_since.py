"""A restored backup brings back no help, assignment, kinship or wish that was ended since, and ends no other."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from audit.events import EventOutcome, Field, Kind
from audit.told import Told
from consent.known.lone_ends import doubted
from consent.known.rows import Known
from consent.store.reading import read_family
from consent.whose.allowed import ROWS
from gateway.commands.log import log_of
from gateway.database.engine import write_transaction
from gateway.erasing.closings import ENDED, REMEMBERED, kinds_of
from gateway.erasing.opening import journal_of
from gateway.erasing.pseudonym import pseudonym_of
from gateway.erasing.tombstone import TombstoneKind
from gateway.erasing.withdrawing import Remembering
from schemas.calendar import parse_moment
from tests.gateway.backup import make as backups
from tests.gateway.erasing import make
from tests.gateway.erasing.test_closed_since import DAY, KNOWN, restored
from tests.gateway.erasing.test_steps import followed
from tests.gateway.erasing.test_taken_back import facts_of

LATER: Final = "2027-04-01"
INVOLVED: Final[list[dict[str, Any]]] = [
    {"id": "i1", "kind": "help", "about": "sem", "organisations": ["team-noord"], "since": DAY, "until": LATER},
    {"id": "i2", "kind": "help", "about": "sem", "organisations": ["ggz-west"], "since": DAY},
    {"id": "i3", "kind": "joint-help", "about": "sem", "organisations": ["team-noord", "ggz-west"], "since": DAY},
]
HELPED: Final[dict[str, Any]] = KNOWN | {
    "involvements": INVOLVED,
    "assignments": [{"order": "o1", "provider": each, "since": DAY} for each in ("ggz-west", "school-1")],
    "considered_wishes": [
        {"youth": "sem", "on": on, "recipients": [each]}
        for on, each in ((DAY, "team-noord"), ("2026-11-16", "school-1"))
    ],
    "authority": [
        {"id": name, "holder": holder, "over": "sem", "kind": kind, "since": DAY, "verified_on": DAY, **more}
        for name, holder, kind, more in (
            ("a1", "moeder", "parental", {}),
            ("a2", "team-noord", "guardianship", {"until": LATER}),
            ("p1", "team-noord", "partial", {"scope": "school"}),
            ("p2", "ggz-west", "partial", {"scope": "medical"}),
            ("m1", "moeder", "adult-mentor", {}),
            ("m2", "team-noord", "adult-mentor", {}),
        )
    ],
    "family": [
        {"person": "moeder", "of": "sem", "relation": "parent", "contact_denied": True},
        {"person": "moeder", "of": "zus", "relation": "parent"},
        {"person": "zus", "of": "sem", "relation": "sibling"},
    ],
}

Key = tuple[str, str]


@pytest.fixture
async def helped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> make.House:
    """Give a house on SQLite in which two of each are known of Sem."""
    before = make.planted()
    monkeypatch.setattr(make, "planted", lambda: before | HELPED)
    house = await make.house(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}")
    await house.begin()
    return house


def over(facts: Mapping[Key, Known]) -> set[Key]:
    """Return which facts have ended."""
    now = parse_moment("2026-12-31")
    return {
        name
        for name, each in facts.items()
        if each.word.closed_on is not None or ("until" in each.source and parse_moment(each.source["until"]) < now)
    }


def of(section: str, **fields: str) -> Callable[[Mapping[Key, Known]], str]:
    def found(facts: Mapping[Key, Known]) -> str:
        return next(
            name
            for (its, name), each in facts.items()
            if its == section and all(each.source.get(field) == value for field, value in fields.items())
        )

    return found


@pytest.mark.parametrize(
    ("section", "which", "field", "who"),
    [
        ("involvements", of("involvements", id="i1"), "until", "anna"),
        ("involvements", of("involvements", id="i2"), "until", "chris"),
        ("involvements", of("involvements", id="i3"), "left_by", "anna"),
        ("assignments", of("assignments", provider="ggz-west"), "until", "anna"),
        ("family", of("family", person="zus"), "until", "anna"),
        ("considered_wishes", of("considered_wishes", on=DAY), "closed_on", "sem"),
    ],
)
async def test_what_was_ended_since_has_ended_and_nothing_else(
    helped: make.House, section: str, which: Callable[[Mapping[Key, Known]], str], field: str, who: str
) -> None:
    before = await facts_of(helped)
    name, already = which(before), over(before)
    house, kinds = await restored(helped, who, f"/api/v1/facts/{section}/{name}/close", {"field": field})
    assert kinds == ["begin", "end"]
    assert over(await facts_of(house)) - already == {(section, name)}
    # Once more: nothing is added to what stands, and the log still holds together.
    assert (await house.replay())[0] == 0
    assert (await house.verify())[1].startswith("ok: ")


def found(facts: Mapping[Key, Known]) -> list[Any]:
    """Return what was found of whether Sem can decide, in the order in which it was recorded."""
    return [each.source["capable"] for (section, _), each in facts.items() if section == "capacity"]


async def test_a_finding_to_which_he_objected_since_is_unclear(helped: make.House) -> None:
    facts = await facts_of(helped)
    assert found(facts) == [True]
    path = f"/api/v1/facts/capacity/{of('capacity')(facts)}/close"
    house, kinds = await restored(helped, "sem", path, {"field": "objection"})
    assert kinds == ["begin", "finding"]
    assert found(await facts_of(house)) == [True, "unclear"]
    # Once more, as of a line that stands twice: it is unclear already.
    async with log_of(house.inner.settings) as committer:
        journal = journal_of(house.inner.settings, committer)
        make.write_again(journal)
    assert (await house.replay())[1].endswith("1 of them carried out now")
    assert found(await facts_of(house)) == [True, "unclear"]
    assert (await house.verify())[1].startswith("ok: ")


@pytest.mark.parametrize(("capable", "kinds"), [(True, ["begin", "finding"]), (False, ["begin"])])
async def test_of_a_finding_since_only_one_that_he_cannot_decide_adds_no_line(
    helped: make.House, *, capable: bool, kinds: list[str]
) -> None:
    told = {"person": "sem", "capable": capable, "reason": "onderzoek"}
    house, lines = await restored(helped, "chris", "/api/v1/facts/capacity", told)
    assert lines == kinds
    assert found(await facts_of(house)) == [True, "unclear"][: len(kinds)]


@pytest.mark.parametrize("field", ["until", "suspended_on"])
@pytest.mark.parametrize("name", ["a1", "p1", "m1"])
async def test_an_authority_that_was_disputed_already_is_suspended_where_it_was_ended_since_and_no_other(
    helped: make.House, name: str, field: str
) -> None:
    path = f"/api/v1/facts/authority/{name}/close"
    async with backups.serving(helped.inner) as gateway:
        assert (await gateway.call("anna", "POST", path, {"field": "disputed"})).status == 201
        await followed(helped, gateway)
    house, kinds = await restored(helped, "anna", path, {"field": field})
    assert kinds == ["begin", "authority", "end"]
    facts = await facts_of(house)
    suspended = {fact: each for fact, each in facts.items() if "suspended_on" in each.source}
    assert suspended.keys() == {("authority", name)}
    # Nobody whose word is sure ended it: by that nobody else speaks for him.
    assert suspended["authority", name].word.ended_by == {}


async def test_by_the_end_of_a_kinship_since_nobody_further_off_speaks(helped: make.House) -> None:
    name = of("family", person="zus")(await facts_of(helped))
    house, _ = await restored(helped, "anna", f"/api/v1/facts/family/{name}/close", {"field": "until"})
    # As before the restore: one organisation alone ended it, so in that place stands nobody.
    assert (await facts_of(house))["family", name].word.ended_by == {}


async def test_foster_care_that_was_ended_since_holds_back_what_was_to_begin_later(helped: make.House) -> None:
    place, name = {"person": "zus", "of": "sem", "relation": "foster-parent", "via": "ggz-west"}, list[str]()
    async with backups.serving(helped.inner) as gateway:
        for since in (DAY, LATER):
            answer = await gateway.call("chris", "POST", "/api/v1/facts/family", place | {"since": since})
            name.append(json.loads(answer.body)["id"])
    house, _ = await restored(helped, "chris", f"/api/v1/facts/family/{name[0]}/close", {"field": "until"})
    # Who ended it the journal does not say, so it may have been the executor of an order.
    async with log_of(house.inner.settings) as committer, committer.engine.connect() as connection:
        family = await read_family(connection, committer.facts.keys, "sem")
    assert [each.source["since"] for each in family.sections["family"] if each.source.get("via")] == [DAY]


async def test_foster_care_that_it_ended_itself_before_is_ended_since_by_another_too(helped: make.House) -> None:
    place, name = {"person": "zus", "of": "sem", "relation": "foster-parent", "via": "ggz-west"}, list[str]()
    async with backups.serving(helped.inner) as gateway:
        for since in (DAY, LATER):
            answer = await gateway.call("chris", "POST", "/api/v1/facts/family", place | {"since": since})
            name.append(json.loads(answer.body)["id"])
        answer = await gateway.call("chris", "POST", f"/api/v1/facts/family/{name[0]}/close", {"field": "until"})
        until = (await facts_of(helped))["family", name[0]].source["until"]
    house, _ = await restored(helped, "anna", f"/api/v1/facts/family/{name[0]}/close", {"field": "until"})
    async with log_of(house.inner.settings) as committer, committer.engine.connect() as connection:
        family = await read_family(connection, committer.facts.keys, "sem")
    assert [each.source.get("until") for each in family.sections["family"] if each.source.get("via")] == [until]


async def test_who_had_authority_until_a_day_is_asked_no_longer_than_that(helped: make.House) -> None:
    house, _ = await restored(helped, "anna", "/api/v1/facts/authority/a2/close", {"field": "disputed"})
    known = (await facts_of(house))["authority", "a2"]
    assert known.source["disputed"] is True
    stands = doubted(known.section, known.id, known.source, known.word)
    assert stands is not None
    assert stands.told["until"] == LATER


async def test_what_began_since_and_was_ended_is_not_there(helped: make.House) -> None:
    before = await facts_of(helped)
    backup = (await helped.inner.back_up())[0]
    async with backups.serving(helped.inner) as gateway:
        told = {"kind": "help", "about": "sem", "since": DAY}
        answer = await gateway.call("anna", "POST", "/api/v1/facts/involvements", told)
        path = f"/api/v1/facts/involvements/{json.loads(answer.body)['id']}/close"
        assert (await gateway.call("anna", "POST", path, {"field": "until"})).status == 201
        await followed(helped, gateway)
    fresh = helped.on(f"sqlite+aiosqlite:///{helped.folder / 'fresh.db'}")
    await helped.inner.restore(backup, fresh.url)
    assert (await fresh.replay())[1] == "the journal is whole: 2 lines, 1 of them carried out now"
    assert await facts_of(fresh) == before


async def test_where_nobody_can_read_what_was_ended_all_is_but_what_denies_contact(helped: make.House) -> None:
    before = await facts_of(helped)
    async with log_of(helped.inner.settings) as committer:
        journal = journal_of(helped.inner.settings, committer)
        async with write_transaction(committer.engine) as connection:
            await Remembering(journal, lambda: 0).take(connection, committer, [closed({})])
        lines = [each.tombstone for each in journal.read()][1:]
        assert {each.kind for each in lines} == {TombstoneKind.OBJECT, TombstoneKind.DENY, TombstoneKind.END}
        assert {each.pseudonym for each in lines} == {await pseudonym_of(committer.facts.keys, "sem")}
        # The same once more, as of a database that lacks the event and its line.
        end = next(each for each in journal.read() if each.tombstone.kind is TombstoneKind.END)
        make.write_again(journal, end)
    assert (await helped.replay())[0] == 0
    ended = over(await facts_of(helped)) - over(before)
    sections = ("involvements", "assignments", "family", "considered_wishes")
    his = {name for name, each in before.items() if each.person == "sem" and each.section in sections}
    assert his - ended == {("family", of("family", relation="parent", of="sem")(before))}
    assert ended <= his


def test_every_end_of_the_facts_contract_is_remembered() -> None:
    """Of each row and field: a line of some kind, whose facts a start ends. What is not here, the page says."""
    left_out = {("organisations", "until"), ("professionals", "until")}
    found = {(row.section, closing.field) for row in ROWS for closing in row.closings if row.kind != "replacement"}
    opens = {("refusals", "withdrawn_on")}
    for section, field in found - left_out - opens:
        kinds = [kind for kind in REMEMBERED if _remembers(kind, section, field)]
        recorded = {TombstoneKind.FINDING: "capacity"}
        sections = {recorded.get(kind) for kind in kinds} | {each.section for kind in kinds for each in ENDED[kind]}
        assert section in sections, field


def _remembers(kind: TombstoneKind, section: str, field: str) -> bool:
    said = True if field in {"disputed", "contact_denied"} else "2026-11-20T10:00:00+01:00"
    if section == "capacity":
        field, said = "capable", "unclear"
    kinds = {"authority": Kind.AUTHORITY_CHANGED, "orders": Kind.ORDER_CHANGED, "mandates": Kind.MANDATE_CHANGED}
    kinds |= {"consents": Kind.CONSENT_WITHDRAWN, "capacity": Kind.CAPACITY_RECORDED}
    happened = kinds.get(section, Kind.FACT_CLOSED)
    detail = {"section": section, "fact": "f", "said": {field: said}}
    return kind in kinds_of(closed({Field.DETAIL: detail}, happened))


def closed(fields: Mapping[Field, Any], kind: Kind = Kind.FACT_CLOSED) -> Told:
    return Told(
        seq=0,
        id="",
        at=parse_moment("2026-11-20T09:00:00Z"),
        kind=kind,
        outcome=EventOutcome.OK,
        organisation="team-noord",
        counterparties=(),
        rule_set=None,
        request_id=None,
        person="sem",
        fields=fields,
    )
