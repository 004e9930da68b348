"""Whatever else happens: a hit stays, an explanation only ever takes away, and no rule invents an event."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from audit.events import Kind
from audit.signals.acts import Act
from audit.signals.look import Seen, look
from audit.signals.looked import Known, Looked
from audit.signals.rule import Rule
from tests.audit.signals.make import SINCE, act

KINDS = st.sampled_from([Kind.EXCHANGE_DISCLOSED, Kind.EXCHANGE_DENIED, Kind.EMERGENCY_OPENED])
KNOWN = Known(accounts={"a1": frozenset({"x"}), "u1": frozenset({"x"})}, persons={"p1": frozenset({"x"})})


@st.composite
def acts(draw: st.DrawFn, *, accounts: str, organisation: str, before: bool = False) -> list[Act]:
    """Return bursts of acts, because that is what rules count."""
    found = []
    for burst in range(draw(st.integers(0, 3))):
        kind, account, person = draw(KINDS), draw(st.sampled_from(accounts)), draw(st.sampled_from(["p1", "p2", None]))
        hour = draw(st.integers(1, 24 * 20)) * (-1 if before else 1)
        related = draw(st.sampled_from([True, False, None]))
        for n in range(draw(st.integers(1, 24))):
            at = SINCE + timedelta(hours=hour, minutes=n if not before else -n)
            found.append(
                act(
                    at=at,
                    event=f"{organisation}{burst}-{n}",
                    kind=kind,
                    account=f"{account}1",
                    organisation=organisation,
                    person=person,
                    related=related,
                )
            )
    return found


def see(
    found: list[Act], before: list[Act], explained: Callable[[Rule, Act], bool] = lambda _rule, _act: False
) -> Seen:
    return look(Looked(since=SINCE, acts=found, before=before, known=KNOWN), explained=explained)


def named(seen: Seen) -> dict[tuple[str, str, str | None], int]:
    """Return of each rule and account the fullest window."""
    fullest: dict[tuple[str, str, str | None], int] = {}
    for hit in seen.hits:
        which = hit.rule.number, hit.organisation, hit.account
        fullest[which] = max(hit.count, fullest.get(which, 0))
    return fullest


OWN = acts(accounts="ab", organisation="team-noord")
OWN_BEFORE = acts(accounts="ab", organisation="team-noord", before=True)
OTHERS = acts(accounts="uv", organisation="ggz-west")
OTHERS_BEFORE = acts(accounts="uv", organisation="ggz-west", before=True)


@given(OWN, OWN_BEFORE, OTHERS, OTHERS_BEFORE)
def test_unrelated_events_never_remove_a_hit_nor_change_its_count(
    own: list[Act], before: list[Act], others: list[Act], others_before: list[Act]
) -> None:
    alone, beside = named(see(own, before)), named(see([*others, *own], [*others_before, *before]))
    assert alone.items() <= beside.items()


@given(OWN, OWN_BEFORE, OWN)
def test_more_of_ones_own_acts_never_remove_a_hit(own: list[Act], before: list[Act], more: list[Act]) -> None:
    assert named(see(own, before)).keys() <= named(see([*own, *more], before)).keys()


@given(OWN, OWN_BEFORE, st.sets(st.sampled_from(["p1", "p2", None])))
def test_an_explanation_only_takes_away(own: list[Act], before: list[Act], persons: set[str | None]) -> None:
    alone, explained = named(see(own, before)), named(see(own, before, lambda _rule, one: one.person in persons))
    assert explained.keys() <= alone.keys()
    assert all(count <= alone[which] for which, count in explained.items())


@given(OWN, OWN_BEFORE)
def test_a_hit_counts_events_of_its_own_account_and_organisation_within_its_window(
    own: list[Act], before: list[Act]
) -> None:
    by_event: dict[str, list[Act]] = {}
    for each in own:
        by_event.setdefault(each.event, []).append(each)
    for hit in see(own, before).hits:
        assert hit.count == len(hit.events) >= hit.rule.threshold
        assert hit.last - hit.first < hit.rule.window
        for event in hit.events:
            assert {each.organisation for each in by_event[event]} == {hit.organisation}
            assert hit.account is None or hit.account in {each.account for each in by_event[event]}


@given(OWN, OWN_BEFORE)
def test_the_order_of_events_does_not_matter(own: list[Act], before: list[Act]) -> None:
    assert named(see(own, before)) == named(see(own[::-1], before[::-1]))
