"""When a witness may sign: the C2SP tlog-witness rules, and that it never contradicts itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from audit.checkpoint import Checkpoint, read_note, sign_checkpoint
from audit.signing import SigningKey
from audit.tree import EMPTY_ROOT, Frontier, Range, consistency_ranges, leaf_hash, root_of
from audit.witness import Addition, Held, Refused, RequestError, Why, judge, read_addition, signed_by_log
from tests.audit import make

LOGS = {make.ORIGIN: (make.LOG_KEY.verifier,)}


def branch(name: str, shared: int) -> Callable[[int], bytes]:
    """Return the leaf hashes of a log that has the first `shared` leaves in common with every other."""
    return lambda at: leaf_hash(b"common" if at < shared else f"{name}{at}".encode())


@dataclass
class Log:
    """A log of which everything is made up from the leaves' positions."""

    leaf: Callable[[int], bytes] = field(default_factory=lambda: branch("main", 0))

    def root(self, start: int, end: int) -> bytes:
        edge = Frontier.empty()
        for at in range(start, end):
            edge.append(self.leaf(at))
        return edge.root()

    def head(self, size: int) -> Checkpoint:
        return Checkpoint(make.ORIGIN, size, self.root(0, size))

    def proof(self, old: int, new: int) -> tuple[bytes, ...]:
        if not 0 < old <= new:
            return ()
        return tuple(self.root(*each) for each in consistency_ranges(old, new))

    def request(self, old: int, new: int, key: SigningKey = make.LOG_KEY) -> bytes:
        return Addition(old, self.proof(old, new), sign_checkpoint(self.head(new), key).encode()).text()


LOG = Log()


def held(size: int, log: Log = LOG) -> dict[str, Held]:
    return {make.ORIGIN: Held(log.head(size), sign_checkpoint(log.head(size), make.LOG_KEY))}


def test_the_proofs_of_this_test_are_those_of_the_tree() -> None:
    assert LOG.root(0, 0) == EMPTY_ROOT
    assert root_of(
        Range(0, 5), lambda node: LOG.root(node.position << node.level, (node.position + 1) << node.level)
    ) == (LOG.root(0, 5))


def test_the_first_head_of_a_log_needs_no_proof() -> None:
    assert judge(LOG.request(0, 7), LOGS, {}) == held(7)[make.ORIGIN]


@pytest.mark.parametrize("new", [7, 8, 13, 64])
def test_a_head_that_contains_what_was_signed_may_be_signed(new: int) -> None:
    assert judge(LOG.request(7, new), LOGS, held(7)) == held(new)[make.ORIGIN]


def test_the_empty_tree_may_be_signed_and_everything_after_it() -> None:
    assert judge(LOG.request(0, 0), LOGS, {}) == held(0)[make.ORIGIN]
    assert judge(LOG.request(0, 3), LOGS, held(0)) == held(3)[make.ORIGIN]


def test_an_empty_tree_with_another_root_is_none() -> None:
    note = sign_checkpoint(Checkpoint(make.ORIGIN, 0, bytes(32)), make.LOG_KEY)
    assert judge(Addition(0, (), note.encode()).text(), LOGS, {}) == Refused(Why.ANOTHER_ROOT, 0)


@pytest.mark.parametrize("old", [0, 6, 8])
def test_another_old_size_is_answered_with_the_one_that_was_signed(old: int) -> None:
    assert judge(LOG.request(old, 9), LOGS, held(7)) == Refused(Why.ANOTHER_SIZE, 7)


def test_a_smaller_tree_is_never_signed_after_a_larger_one() -> None:
    assert judge(LOG.request(7, 7), LOGS, held(9)) == Refused(Why.ANOTHER_SIZE, 9)
    assert judge(LOG.request(0, 7), LOGS, held(9)) == Refused(Why.ANOTHER_SIZE, 9)


def test_a_fork_of_the_same_size_is_refused() -> None:
    assert judge(Log(branch("fork", 6)).request(7, 7), LOGS, held(7)) == Refused(Why.ANOTHER_ROOT, 7)


@pytest.mark.parametrize("shared", [0, 3, 6])
def test_a_fork_is_refused_whatever_it_shares(shared: int) -> None:
    fork = Log(branch("fork", shared))
    real = Log(branch("main", shared))
    assert judge(fork.request(7, 12), LOGS, held(7, real)) == Refused(Why.INCONSISTENT, 7)
    mixed = Addition(7, real.proof(7, 12), sign_checkpoint(fork.head(12), make.LOG_KEY).encode())
    assert judge(mixed.text(), LOGS, held(7, real)) == Refused(Why.INCONSISTENT, 7)


@pytest.mark.parametrize(
    "proof",
    [(), LOG.proof(7, 12)[:-1], (*LOG.proof(7, 12), bytes(32)), LOG.proof(7, 12)[::-1], LOG.proof(6, 12)],
    ids=["none", "too short", "too long", "turned round", "of another size"],
)
def test_a_proof_that_does_not_fit_is_refused(proof: tuple[bytes, ...]) -> None:
    note = sign_checkpoint(LOG.head(12), make.LOG_KEY).encode()
    assert judge(Addition(7, proof, note).text(), LOGS, held(7)) == Refused(Why.INCONSISTENT, 7)


def test_a_first_head_with_a_proof_is_refused() -> None:
    note = sign_checkpoint(LOG.head(12), make.LOG_KEY).encode()
    assert judge(Addition(0, (bytes(32),), note).text(), LOGS, {}) == Refused(Why.INCONSISTENT, 0)


def test_an_old_size_larger_than_the_tree_is_malformed() -> None:
    assert judge(LOG.request(9, 7), LOGS, held(9)) == Refused(Why.MALFORMED, 9)


def test_a_log_that_is_not_trusted_is_unknown() -> None:
    assert judge(LOG.request(0, 7), {}, {}) == Refused(Why.UNKNOWN_LOG)


def test_a_head_that_the_log_did_not_sign_is_refused() -> None:
    thief = SigningKey.from_seed(make.ORIGIN, bytes(32))
    assert judge(LOG.request(0, 7, thief), LOGS, {}) == Refused(Why.NOT_SIGNED)


def test_signatures_of_others_are_left_out_of_what_is_kept() -> None:
    note = sign_checkpoint(LOG.head(7), make.LOG_KEY)
    other = sign_checkpoint(LOG.head(7), SigningKey.from_seed("other", bytes(32))).rsplit("\n\n", 1)[1]
    assert signed_by_log((note + other).encode(), LOGS[make.ORIGIN]) == note


GOOD = LOG.request(7, 12)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 7",
        GOOD.replace(b"old 7", b"old 07"),
        GOOD.replace(b"old 7", b"old -7"),
        GOOD.replace(b"old 7", b"Old 7"),
        GOOD.replace(b"old 7", b"old  7"),
        GOOD.replace(b"old 7", b"old 9999999999999999999"),
        GOOD.replace(b"old 7\n", b"old 7\r\n"),
        GOOD.replace(b"\n\n", b"\n", 1),
        GOOD.replace(b"old 7\n", b"old 7\n" + b"AA==\n"),
        GOOD.replace(b"old 7\n", b"old 7\n" + b"A" * 43 + b"=\n" * 64),
        GOOD.replace(b"\n12\n", b"\n" + b"9" * 5000 + b"\n"),
        GOOD.replace(b"\n12\n", b"\n12\xff\n"),
        GOOD + b"x" * 70_000,
    ],
)
def test_whatever_is_no_request_is_malformed_and_nothing_worse(body: bytes) -> None:
    answer = judge(body, LOGS, held(7))
    assert isinstance(answer, Refused)
    assert answer.why is Why.MALFORMED


def test_a_proof_of_more_than_63_hashes_is_malformed() -> None:
    with pytest.raises(RequestError, match="63"):
        read_addition(Addition(7, (bytes(32),) * 64, b"").text())
    assert len(read_addition(Addition(7, (bytes(32),) * 63, b"").text()).proof) == 63


def test_a_size_larger_than_any_tree_is_malformed() -> None:
    note = sign_checkpoint(Checkpoint(make.ORIGIN, 2**63, bytes(32)), make.LOG_KEY).encode()
    assert judge(Addition(7, (), note).text(), LOGS, held(7)) == Refused(Why.MALFORMED, 7)


def test_the_standards_own_example_of_a_request_is_read() -> None:
    # C2SP tlog-witness, *add-checkpoint*, example request body.
    body = (
        "old 20852014\n"
        "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
        "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
        "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
        "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
        "\n"
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        "\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"  # noqa: E501 - as the standard has it
        "— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n"  # noqa: E501 - idem
    ).encode()
    addition = read_addition(body)
    assert (addition.old, len(addition.proof), addition.text()) == (20852014, 4, body)


@given(st.binary(max_size=300))
def test_no_bytes_make_a_witness_sign_or_fall(body: bytes) -> None:
    assert isinstance(judge(body, LOGS, held(7)), Refused)


BRANCHES = [Log(branch(name, shared)) for name, shared in (("main", 0), ("a", 2), ("b", 2), ("c", 5), ("d", 8))]
SIZES = st.integers(0, 12)


@dataclass(frozen=True)
class Ask:
    """A request to sign a head of one branch, with a proof that may be of another.

    `old` None stands for the size that the witness holds.
    """

    log: Log
    proof_of: Log
    old: int | None
    new: int

    def body(self, held: int) -> bytes:
        old = held if self.old is None else self.old
        proof = self.proof_of.proof(old, self.new)
        return Addition(old, proof, sign_checkpoint(self.log.head(self.new), make.LOG_KEY).encode()).text()


ANY = st.builds(Ask, st.sampled_from(BRANCHES), st.sampled_from(BRANCHES), SIZES | st.none(), SIZES)
FITTING = st.builds(lambda log, new: Ask(log, log, None, new), st.sampled_from(BRANCHES), SIZES)

Judge = Callable[[bytes, dict[str, Held]], Held | Refused]


def _judge(body: bytes, state: dict[str, Held]) -> Held | Refused:
    return judge(body, LOGS, state)


def signed_on(asks: Sequence[Ask], decide: Judge = _judge) -> list[tuple[Log, int]]:
    """Return the trees that a witness signs on `asks`, in order."""
    state: dict[str, Held] = {}
    signed = []
    for ask in asks:
        size = state[make.ORIGIN].checkpoint.size if state else 0
        answer = decide(ask.body(size), state)
        if isinstance(answer, Held):
            state[make.ORIGIN] = answer
            signed.append((ask.log, ask.new))
    return signed


def contains(later: tuple[Log, int], earlier: tuple[Log, int]) -> bool:
    (new, size), (old, before) = later, earlier
    return before <= size and all(new.leaf(at) == old.leaf(at) for at in range(before))


def contradictions(signed: Sequence[tuple[Log, int]]) -> list[tuple[int, int]]:
    return [(a[1], b[1]) for a, b in combinations(signed, 2) if not contains(b, a)]


@settings(max_examples=300)
@given(st.lists(ANY | FITTING, max_size=25))
def test_a_witness_never_signs_two_heads_of_which_the_later_does_not_contain_the_earlier(asks: list[Ask]) -> None:
    assert contradictions(signed_on(asks)) == []


def test_the_property_above_catches_a_witness_that_looks_at_sizes_only() -> None:
    # The broken twin.
    def believes(body: bytes, state: dict[str, Held]) -> Held | Refused:
        answer = _judge(body, state)
        if isinstance(answer, Refused) and answer.why in {Why.INCONSISTENT, Why.ANOTHER_ROOT}:
            note = read_addition(body).note
            return Held(read_note(note)[0], note.decode())
        return answer

    asks = find(st.lists(ANY | FITTING, max_size=25), lambda asks: contradictions(signed_on(asks, believes)) != [])
    assert contradictions(signed_on(asks)) == []


def test_the_property_above_sees_heads_signed_at_all() -> None:
    main = BRANCHES[0]
    assert [size for _, size in signed_on([Ask(main, main, None, new) for new in (3, 3, 8, 12)])] == [3, 3, 8, 12]
