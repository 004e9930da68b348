"""Over generated families: where the facts of events went with somebody else, what is told of these stays as it was."""

from dataclasses import replace

from hypothesis import given

from audit.events import Field
from tests.audit.gone import facts_gone
from tests.gateway.log.random_logs import FAMILY, Log, logs
from tests.gateway.log.test_own_log_properties import ran, shown, view


@ran
@given(logs())
def test_that_facts_went_with_another_changes_nothing_for_himself_and_tells_who_reads_for_him_no_more(log: Log) -> None:
    gone = Log(log.world, tuple(facts_gone(each) if Field.FACTS in each.fields else each for each in log.events))
    for person in FAMILY:
        mine = replace(log, events=tuple(each for each in log.events if each.person == person))
        mine_gone = replace(gone, events=tuple(each for each in gone.events if each.person == person))
        for reader in FAMILY:
            before, after = instants(mine, person, reader), instants(mine_gone, person, reader)
            assert before == after, (person, reader)
            assert instants(gone, person, reader) <= instants(log, person, reader)
        assert view(mine, person, person) == view(mine_gone, person, person)


def instants(log: Log, person: str, reader: str) -> set[str]:
    """Return when each event of a view was."""
    days = shown(log, person, reader) or ()
    return {event["at"] for day in days for line in day["lines"] for event in line["events"]}
