"""The witness policy: the C2SP tlog-policy file, and when a quorum is among those who signed."""

from itertools import combinations

import pytest

from audit.policy import PolicyError, read_policy
from audit.signing import Algorithm, SigningKey, VerifierKey
from tests.audit import make


def key(number: int) -> VerifierKey:
    return SigningKey.from_seed(f"w{number}.example", bytes([number] * 32), Algorithm.COSIGNATURE).verifier


A, B, C, D = (key(each) for each in range(1, 5))
LOG = make.LOG_KEY.verifier
TWO_OF_THREE = f"""\
# Three institutions, of which two must have seen a checkpoint.
log {LOG.encoded()}

witness a {A.encoded()} https://a.example/audit/witness
witness\tb {B.encoded()}   https://b.example/audit/witness
  witness c {C.encoded()}
group all-three 2 a b c
quorum all-three
"""


def policy_of(text: str) -> str:
    with pytest.raises(PolicyError) as wrong:
        read_policy(text.encode())
    return str(wrong.value)


def test_the_file_gives_logs_witnesses_and_addresses() -> None:
    policy = read_policy(TWO_OF_THREE.encode())
    assert (policy.logs, policy.keys) == ((LOG,), [A, B, C])
    assert [each.url for each in policy.witnesses] == [
        "https://a.example/audit/witness",
        "https://b.example/audit/witness",
        None,
    ]


@pytest.mark.parametrize("signed", [each for n in range(5) for each in combinations((A, B, C, D), n)])
def test_two_of_three_are_two_of_the_three(signed: tuple[VerifierKey, ...]) -> None:
    assert read_policy(TWO_OF_THREE.encode()).is_met(signed) == (len({*signed} - {D}) >= 2)


def test_groups_stand_in_groups() -> None:
    # The example of C2SP tlog-policy, smaller.
    lines = [f"witness {name} {each.encoded()}" for name, each in zip("abcd", (A, B, C, D), strict=True)]
    text = "\n".join([*lines, "group x all a b", "group y any c d", "group both all x y", "quorum both", ""])
    policy = read_policy(text.encode())
    assert policy.is_met([A, B, C])
    assert policy.is_met([A, B, D])
    assert not policy.is_met([A, C, D])
    assert not policy.is_met([A, B])


def test_a_single_witness_can_be_the_quorum_and_none_can() -> None:
    one = read_policy(f"witness a {A.encoded()}\nquorum a\n".encode())
    assert (one.is_met([A]), one.is_met([B])) == (True, False)
    assert read_policy(b"quorum none\n").is_met([])


@pytest.mark.parametrize("needed", [1, 2, 3])
@pytest.mark.parametrize("confirming", [each for n in range(4) for each in combinations((A, B, C), n)])
def test_those_who_confirm_are_enough_when_no_quorum_is_without_one(
    needed: int, confirming: tuple[VerifierKey, ...]
) -> None:
    policy = read_policy(TWO_OF_THREE.replace("three 2", f"three {needed}").encode())
    quorums = list(combinations((A, B, C), needed))
    assert policy.needs(confirming) == all(set(each) & set(confirming) for each in quorums)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no `quorum` line"),
        ("quorum a\n", "line 1: there is no witness or group `a` above"),
        (f"quorum none\nlog {A.encoded()}\n", "line 2: the key is of another kind"),
        (f"witness a {LOG.encoded()}\nquorum a\n", "line 1: the key is of another kind"),
        ("witness a nonsense\n", "line 1: expected a verifier key"),
        (f"witness a {A.encoded()}\n\nwitness b {A.encoded()}\n", "line 3: this key stands in the file already"),
        (f"witness a {A.encoded()}\nwitness a {B.encoded()}\n", "line 2: the name `a` is taken"),
        (f"witness none {A.encoded()}\n", "line 1: the name `none` is taken"),
        (f"witness a {A.encoded()}\ngroup g 2 a\n", "line 2: `2` is not `any`, `all` or a number from 1 to 1"),
        (f"witness a {A.encoded()}\ngroup g 0 a\n", "line 2: `0` is not"),
        (f"witness a {A.encoded()}\ngroup g 01 a\n", "line 2: `01` is not"),
        (f"witness a {A.encoded()}\ngroup g any\n", "line 2: expected"),
        (f"witness a {A.encoded()}\ngroup g any a a\n", "line 2: `a` is a member already"),
        (f"witness a {A.encoded()}\ngroup g any a\ngroup h any a\n", "line 3: `a` is a member already"),
        ("group g any g\n", "line 1: there is no witness or group `g` above"),
        ("quorum none\nquorum none\n", "line 2: there is a quorum already"),
        ("quorum none\r\n", "line 1: a control character"),
        ("wittness a b\n", "line 1: expected `log KEY`"),
    ],
)
def test_whatever_is_wrong_is_named_with_its_line(text: str, said: str) -> None:
    assert said in policy_of(text)


def test_a_file_that_is_no_utf_8_is_refused() -> None:
    with pytest.raises(PolicyError, match="UTF-8"):
        read_policy(b"# \xff\nquorum none\n")
