"""Claims are of the right type, or refused."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.identity import claims as claim
from gateway.identity.jose import TokenError

NOW = 1_795_000_000


@pytest.mark.parametrize("value", [True, False, None, "1795000000", 1795000000.0, [1795000000], {}])
def test_an_instant_is_a_whole_number_and_nothing_that_looks_like_one(value: Any) -> None:
    with pytest.raises(TokenError):
        claim.instant({"exp": value}, "exp")


@pytest.mark.parametrize("value", [None, 1, True, [], ["x"], {}, "", "x" * 256, "x\ud800", "\udfff"])
def test_a_text_is_a_text_that_is_neither_empty_nor_long(value: Any) -> None:
    with pytest.raises(TokenError):
        claim.text({"sub": value}, "sub")


def test_a_claim_that_is_there_but_null_is_not_absent() -> None:
    assert claim.optional_text({}, "acr") is None
    with pytest.raises(TokenError):
        claim.optional_text({"acr": None}, "acr")


@pytest.mark.parametrize("value", [["x"], ["x", "x"], "X", "x ", None, 1])
def test_equal_means_the_same_text(value: Any) -> None:
    claim.check_equal({"aud": "x"}, "aud", "x")
    with pytest.raises(TokenError):
        claim.check_equal({"aud": value}, "aud", "x")


@pytest.mark.parametrize(
    ("claims", "right"),
    [
        ({"exp": NOW + 1}, True),
        ({"exp": NOW}, False),
        ({"exp": NOW + 60, "iat": NOW + 10}, True),
        ({"exp": NOW + 60, "iat": NOW + 11}, False),
        ({"exp": NOW + 60, "nbf": NOW + 10}, True),
        ({"exp": NOW + 60, "nbf": NOW + 11}, False),
        ({"exp": NOW + 300}, True),
        ({"exp": NOW + 301}, False),
    ],
)
def test_a_period_counts_to_the_second(claims: dict[str, int], *, right: bool) -> None:
    if right:
        assert claim.check_period(claims, now=NOW, at_most=timedelta(seconds=300)) == claims["exp"]
        return
    with pytest.raises(TokenError):
        claim.check_period(claims, now=NOW, at_most=timedelta(seconds=300))
