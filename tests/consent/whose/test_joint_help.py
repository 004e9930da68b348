"""Who says that the client knows of joint help: nobody who helps only by such of which the client does not know."""

from datetime import UTC, datetime

import pytest

from consent.entries import Involvement
from consent.facts import assemble
from consent.whose.allowed import MayNotError, require_confirmer, row_of
from consent.whose.helping import HelpTold
from consent.whose.scene import Scene
from tests.consent.whose.cast import AT, HANDS, fact

FIRST, SECOND, THIRD, LAST = (datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2, 3, 4))


def helped(name: str, *organisations: str, informed: bool = False) -> Involvement:
    kind = "help" if len(organisations) == 1 else "joint-help"
    told = {"id": name, "kind": kind, "about": "sem", "organisations": list(organisations), "since": "2026-11-01"}
    read = fact("involvements", **told, client_informed=informed)
    assert isinstance(read, Involvement)
    return read


HELP_OF_TEAM, HELP_OF_GGZ = helped("h1", "team"), helped("h2", "ggz")
ONCE, AGAIN = helped("j1", "team", "ggz"), helped("j2", "team", "ggz")
KNOWN_TO_CLIENT = helped("j1", "team", "ggz", informed=True)
OF_THE_TEAM = {HELP_OF_TEAM: HelpTold(FIRST, "team")}


def may_say_that_the_client_knows(told: dict[Involvement, HelpTold]) -> bool:
    """Return whether a helper of `ggz` may say so of the joint help that was recorded last."""
    facts = assemble({"involvements": (*told, AGAIN)})
    scene = Scene(
        hand=HANDS["second helper"],
        entry=AGAIN,
        facts=facts,
        at=AT,
        recorded_by=HANDS["helper"],
        recorded_at=LAST,
        helps_told={one.id: how for one, how in told.items()} | {AGAIN.id: HelpTold(LAST, "team")},
    )
    try:
        require_confirmer(row_of("involvements", AGAIN), "client_informed", scene)
    except MayNotError:
        return False
    return True


@pytest.mark.parametrize("by", ["team", None], ids=["by-a-partner", "by-a-register"])
@pytest.mark.parametrize("confirmed", [False, True])
def test_not_who_came_in_by_other_joint_help_of_which_the_client_does_not_know(
    by: str | None,
    confirmed: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    assert not may_say_that_the_client_knows(OF_THE_TEAM)
    assert not may_say_that_the_client_knows(OF_THE_TEAM | {ONCE: HelpTold(SECOND, by, confirmed)})


def test_who_came_in_by_joint_help_of_which_the_client_knows() -> None:
    assert may_say_that_the_client_knows(OF_THE_TEAM | {KNOWN_TO_CLIENT: HelpTold(SECOND, "team")})


def test_who_helps_beside_it_on_the_word_of_another() -> None:
    assert may_say_that_the_client_knows(OF_THE_TEAM | {HELP_OF_GGZ: HelpTold(SECOND, "ggz", confirmed=True)})


def test_not_who_would_be_there_longest_if_such_joint_help_had_not_been_there_first() -> None:
    assert not may_say_that_the_client_knows({ONCE: HelpTold(FIRST, "team"), HELP_OF_GGZ: HelpTold(SECOND, "ggz")})
    assert may_say_that_the_client_knows({HELP_OF_GGZ: HelpTold(FIRST, "ggz"), ONCE: HelpTold(SECOND, "team")})
