from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.base64_strict import decode
from audit.checkpoint import Checkpoint, NoteError, cosign, cosigner_of, read_note, sign_checkpoint, verify_note
from audit.signing import Algorithm, KeyFormatError, SigningKey, VerifierKey
from tests.audit import make

CHECKPOINT = Checkpoint(make.ORIGIN, 7, bytes(range(32)))
NOTE = sign_checkpoint(CHECKPOINT, make.LOG_KEY)
LINE = cosign(CHECKPOINT, make.WITNESS, seconds=1_772_452_800)
KEYS = [make.LOG_KEY.verifier, make.WITNESS.verifier]
STRANGER = SigningKey.from_seed(make.ORIGIN, bytes(32))


def test_a_checkpoint_is_written_as_the_c2sp_standard_says() -> None:
    lines = NOTE.split("\n")
    assert lines[:4] == [make.ORIGIN, "7", b64encode(bytes(range(32))).decode(), ""]
    assert lines[4].startswith(f"— {make.ORIGIN} ")
    assert lines[5:] == [""]


def test_the_standards_own_example_is_read() -> None:
    # C2SP signed-note and tlog-cosignature, their examples of a checkpoint.
    note = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "— witness.example.com/w1 "
        "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    )
    checkpoint, signatures = read_note(note.encode())
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert [signature.name for signature in signatures] == [
        "example.com/behind-the-sofa",
        "witness.example.com/w1",
    ]


def test_a_signed_checkpoint_verifies_with_its_cosignature() -> None:
    verified = verify_note((NOTE + LINE).encode(), KEYS)
    assert verified.checkpoint == CHECKPOINT
    assert verified.cosigners == (make.WITNESS.verifier,)


def test_a_cosignature_given_twice_counts_once() -> None:
    assert len(verify_note((NOTE + LINE + LINE).encode(), KEYS).cosigners) == 1


def test_a_cosignature_does_not_stand_in_for_the_logs_own_signature() -> None:
    with pytest.raises(NoteError, match="not signed by the log"):
        verify_note(f"{CHECKPOINT.text()}\n{LINE}".encode(), KEYS)


def test_a_key_of_another_name_does_not_sign_for_the_log() -> None:
    other = SigningKey.from_seed("other.example", bytes(32))
    text, line = CHECKPOINT.text(), sign_checkpoint(CHECKPOINT, other).rsplit("\n\n", 1)[1]
    with pytest.raises(NoteError, match="not signed by the log"):
        verify_note(f"{text}\n{line}".encode(), [*KEYS, other.verifier])


def test_a_signature_of_an_unknown_key_proves_nothing_and_is_told() -> None:
    line = sign_checkpoint(CHECKPOINT, STRANGER).rsplit("\n\n", 1)[1]
    assert verify_note((NOTE + line).encode(), KEYS).strangers == (make.ORIGIN,)
    with pytest.raises(NoteError, match="not signed by the log"):
        verify_note(sign_checkpoint(CHECKPOINT, STRANGER).encode(), KEYS)


@given(place=st.integers(0, len((NOTE + LINE).encode()) - 1), bit=st.integers(0, 7))
def test_no_bit_of_a_checkpoint_can_change_unseen(place: int, bit: int) -> None:
    changed = bytearray((NOTE + LINE).encode())
    changed[place] ^= 1 << bit
    try:
        verified = verify_note(bytes(changed), KEYS)
    except NoteError:
        return
    assert verified.strangers


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"\xff",
        NOTE.encode().replace(b"\n\n", b"\n"),
        NOTE.removesuffix("\n").encode(),
        f"{CHECKPOINT.text()}\n".encode(),
        NOTE.replace("\n7\n", "\n07\n").encode(),
        NOTE.replace("\n7\n", "\n-7\n").encode(),
        NOTE.replace("\n7\n", "\n\N{ARABIC-INDIC DIGIT SEVEN}\n").encode(),
        NOTE.replace("\n\n", "\nextension\n\n").encode(),
        NOTE.replace("\n\n", "\n\n\n").encode(),
        NOTE.replace("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "AAEC").encode(),
        NOTE.replace("— ", "- ").encode(),
        NOTE.replace(f"— {make.ORIGIN}", f"—  {make.ORIGIN}").encode(),
        (NOTE + LINE * 64).encode(),
        NOTE.replace("\n7\n", "\r\n7\n").encode(),
    ],
)
def test_what_is_no_checkpoint_note_is_not_read(note: bytes) -> None:
    with pytest.raises(NoteError):
        read_note(note)


def test_only_a_known_witness_cosigns() -> None:
    assert cosigner_of(LINE, CHECKPOINT, KEYS) == make.WITNESS.verifier
    with pytest.raises(NoteError):
        cosigner_of(LINE, CHECKPOINT, [make.LOG_KEY.verifier])
    with pytest.raises(NoteError):
        cosigner_of(LINE, Checkpoint(make.ORIGIN, 8, CHECKPOINT.root), KEYS)


def test_the_logs_own_line_is_no_cosignature() -> None:
    with pytest.raises(NoteError):
        cosigner_of(NOTE.rsplit("\n\n", 1)[1], CHECKPOINT, KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_a_verifier_key_is_read_back_from_its_line(key: VerifierKey) -> None:
    assert VerifierKey.read(key.encoded()) == key


def test_a_verifier_key_of_another_project_is_read() -> None:
    # The verifier key of the Go checksum database.
    key = VerifierKey.read("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
    assert (key.name, key.algorithm) == ("sum.golang.org", Algorithm.ED25519)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000",
        make.LOG_KEY.verifier.encoded().upper(),
        make.LOG_KEY.verifier.encoded()[:-4],
        make.LOG_KEY.verifier.encoded().replace(make.ORIGIN, "other.example"),
        make.LOG_KEY.verifier.encoded() + " ",
        "name+00000000+" + b64encode(b"\x06" + bytes(1312)).decode(),
        "name+00000000+",
    ],
)
def test_what_is_no_verifier_key_is_not_read(text: str) -> None:
    with pytest.raises(KeyFormatError):
        VerifierKey.read(text)


def test_a_signing_key_does_not_show_its_secret() -> None:
    assert "private" not in repr(make.LOG_KEY)


@pytest.mark.parametrize("text", ["QQ", "QR==", "QQ==\n", "Q Q=", "-_-_", "QQ=="[:3] + "*"])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(ValueError, match=r"base64|Non|padding|Excess|Only|Incorrect"):
        decode(text)
