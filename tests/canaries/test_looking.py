"""What counts as a canary, and what only looks like one."""

import base64

import pytest

from tests.canaries.looking import BSN, PLANTED, canaries_in

HEAD = base64.urlsafe_b64encode(b'{"alg":"ES256","typ":"at+jwt"}').decode().rstrip("=")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (f"token {HEAD}.{HEAD}.c2lnbmF0dXJl", ["token"]),
        (f"DPoP {HEAD}.{HEAD}", ["token"]),
        (f"?bsn={BSN}&x=1", ["number"]),
        (f"a{BSN}b", ["number"]),
        ("id 999990018", []),  # fails the eleven test
        (f"1{BSN}", []),  # part of a longer number
        (f"{BSN}0", []),
        *((f"mevrouw {word} zei", ["planted"]) for word in PLANTED),
        (f"{PLANTED[1].upper()}/1.0", ["planted"]),
        (f"x{PLANTED[2]}12", ["planted"]),
        ("een kanarie in een kooi", []),
        (f"{BSN} {HEAD}.{HEAD} {PLANTED[0]}", ["number", "token", "planted"]),
        ("eyJ", []),
        ("", []),
    ],
)
def test_tokens_numbers_and_planted_words_are_found_and_nothing_else(text: str, kinds: list[str]) -> None:
    assert list(canaries_in(text)) == kinds
