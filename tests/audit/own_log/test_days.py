"""What a day of somebody's own log looks like."""

from typing import Any

from audit.own_log.days import in_days, line_of
from audit.told import Told
from tests.audit.own_log.test_withheld import sight
from tests.audit.sentences.telling import disclosed, professional


def days(*events: Told) -> list[dict[str, Any]]:
    newest = sorted(events, key=lambda each: each.at, reverse=True)
    lines = [line_of(each, sight(), str) for each in newest]
    return [each.as_json() for each in in_days(each for each in lines if each is not None)]


def test_what_reads_alike_on_one_day_is_one_line_with_how_often() -> None:
    times = [f"2026-03-01T{hour}:00:00+00:00" for hour in ("08", "09", "12")]
    [day] = days(*(disclosed(at=each, id_=each) for each in times))
    [line] = day["lines"]
    assert line["count"] == 3
    assert line["often"] == {"nl": "3 keer", "en": "3 times"}
    assert [each["id"] for each in line["events"]] == list(reversed(times))


def test_a_day_is_one_of_amsterdam() -> None:
    around = ["2026-03-28T22:59:59+00:00", "2026-03-28T23:00:00+00:00", "2026-03-29T21:59:59+00:00"]
    found = days(*(disclosed(at=each) for each in around))
    assert [each["day"] for each in found] == ["2026-03-29", "2026-03-28"]
    assert found[0]["heading"] == {"nl": "29 maart 2026", "en": "29 March 2026"}
    assert [each["lines"][0]["count"] for each in found] == [2, 1]


def test_two_colleagues_are_told_apart_and_never_named() -> None:
    found = days(disclosed(), disclosed(by={**professional(), "id": "bert"}, at="2026-03-02T08:00:00+00:00"))
    [first, second] = found[0]["lines"]
    assert first["text"] == second["text"]
    assert {first["colleague"], second["colleague"]} == {"anna", "bert"}  # the fake gives the id itself
