"""How a door refuses is said once: it answers by that, and its description lists the codes of it."""

from typing import Any

import pytest

from audit.store import AuditUnavailableError
from gateway.api.described import CODES, door
from gateway.api.problems import FieldError, Problem
from gateway.api.refusals import Refusals, Wrong
from gateway.committing.calls import NotAllowedError
from gateway.reviews.deeds import Refusal, ReviewRefusedError

REFUSALS = Refusals(
    {
        ValueError: Wrong(lambda error: (FieldError("until", str(error)),)),
        ReviewRefusedError: {Refusal.TAKEN: "review-taken", Refusal.CLOSED: "review-closed"},
    }
)


def told(error: Exception) -> Problem:
    with pytest.raises(Problem) as raised, REFUSALS.told("request-1"):
        raise error
    return raised.value


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotAllowedError(), "not-available"),
        (AuditUnavailableError("the disk is full"), "log-unavailable"),
        (ValueError("too early"), "invalid-request"),
        (ReviewRefusedError(Refusal.TAKEN), "review-taken"),
        (ReviewRefusedError(Refusal.CLOSED), "review-closed"),
    ],
)
def test_what_is_named_becomes_its_problem_with_the_id_of_the_request(error: Exception, code: str) -> None:
    problem = told(error)
    assert (problem.code, problem.request_id) == (code, "request-1")
    assert code in REFUSALS.codes


def test_what_is_wrong_is_named_at_its_place() -> None:
    assert told(ValueError("too early")).errors == (FieldError("until", "too early"),)


@pytest.mark.parametrize("error", [LookupError("nobody"), ReviewRefusedError(Refusal.OWN_REVIEW)])
def test_what_is_not_named_is_no_refusal_but_a_defect(error: Exception) -> None:
    with pytest.raises((LookupError, ReviewRefusedError)), REFUSALS.told():
        raise error


def codes(**more: Any) -> set[str]:
    return {*door(frozenset({"not-available"}), **more)[CODES]} - {
        "not-available",
        "unauthenticated",
        "log-unavailable",
    }


def test_what_a_door_takes_in_says_how_else_it_refuses() -> None:
    in_the_path, in_the_query = {"name": "a", "in": "path"}, {"name": "a", "in": "query"}
    assert codes() == codes(parameters=[in_the_path]) == set()
    assert codes(parameters=[in_the_query]) == {"invalid-request"}
    assert codes(body={}) == {"invalid-request", "malformed", "too-large", "too-slow", "unsupported-media-type"}
