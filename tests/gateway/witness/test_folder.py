"""A witness's folder: what was signed is on disk before the signature leaves, and nobody else may write it."""

import json
import os
import signal
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from audit.checkpoint import sign_checkpoint
from audit.signing import Algorithm, SigningKey, VerifierKey
from audit.witness import Held, Refused, Why
from gateway.witness.desk import WitnessDesk
from gateway.witness.folder import WitnessFolderError, make_folder, opened, read_witness_key
from tests.audit.make import LOG_KEY, ORIGIN
from tests.audit.test_witness import LOG, Log, branch
from tests.gateway.witness import make

HOUSE = Path(__file__).resolve().parents[3]
NOW = 1_772_452_800


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with make.folder(tmp_path / "w1") as path:
        return path


def sign(path: Path, *requests: bytes) -> list[str | Refused]:
    with opened(path) as one:
        desk = WitnessDesk(one.key, one.logs, one.held, one.keep, lambda: NOW)
        return [desk.add(each) for each in requests]


def sizes(path: Path) -> dict[str, int]:
    with opened(path) as one:
        return {origin: each.checkpoint.size for origin, each in one.held.items()}


def refusal(path: Path) -> str:
    with pytest.raises(WitnessFolderError) as refused, opened(path):
        pass
    return str(refused.value)


def test_a_new_witness_has_a_key_that_only_it_may_read(tmp_path: Path) -> None:
    key = make_folder(tmp_path / "w1", "w.example/1")
    assert (tmp_path / "w1" / "key").stat().st_mode & 0o777 == 0o600
    assert VerifierKey.read(key.encoded()) == read_witness_key(tmp_path / "w1").verifier
    assert (key.name, key.algorithm) == ("w.example/1", 4)


def test_a_folder_is_made_once(folder: Path) -> None:
    with pytest.raises(WitnessFolderError, match="exists already"):
        make_folder(folder, "w.example")


def test_a_name_that_no_key_can_have_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(WitnessFolderError, match="no spaces"):
        make_folder(tmp_path / "w1", "a name")
    assert not (tmp_path / "w1").exists()


def test_what_was_signed_is_known_after_a_restart(folder: Path) -> None:
    [line] = sign(folder, LOG.request(0, 7))
    assert isinstance(line, str)
    assert sizes(folder) == {ORIGIN: 7}
    assert sign(folder, LOG.request(0, 9), Log(branch("fork", 3)).request(7, 9)) == [
        Refused(Why.ANOTHER_SIZE, 7),
        Refused(Why.INCONSISTENT, 7),
    ]


def test_two_processes_never_have_one_state(folder: Path) -> None:
    with opened(folder), pytest.raises(WitnessFolderError, match="another process"), opened(folder):
        pass
    assert sizes(folder) == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'{"format":"schakel-witness/1"',
        b'{"format":"schakel-witness/2","key":"KEY","logs":{}}',
        b'{"format":"schakel-witness/1","key":"KEY","logs":{},"logs":{}}',
        b'{"format":"schakel-witness/1","key":"KEY","logs":[]}',
        b'{"format":"schakel-witness/1","key":"KEY","logs":{"log.schakel.example/test":7}}',
        b'{"format":"schakel-witness/1","key":"KEY","logs":{"log.schakel.example/test":"no note"}}',
        b'{"format":"schakel-witness/1","key":"w.example+00000000","logs":{}}',
    ],
)
def test_a_state_that_is_not_as_it_was_left_is_refused(folder: Path, content: bytes) -> None:
    label = read_witness_key(folder).verifier.label
    (folder / "state").write_bytes(content.replace(b"KEY", label.encode()))
    assert "schakel witness init" in refusal(folder)


def test_a_state_that_is_gone_is_not_begun_anew(folder: Path) -> None:
    (folder / "state").unlink()
    assert "make a new witness" in refusal(folder)


def test_a_smaller_size_written_into_the_state_by_hand_is_refused(folder: Path) -> None:
    sign(folder, LOG.request(0, 7))
    document = json.loads((folder / "state").read_bytes())
    document["logs"][ORIGIN] = document["logs"][ORIGIN].replace("\n7\n", "\n5\n")
    (folder / "state").write_text(json.dumps(document))
    assert "does not verify" in refusal(folder) or "put the key back" in refusal(folder)


def test_the_head_of_another_log_in_the_state_is_refused(folder: Path) -> None:
    sign(folder, LOG.request(0, 7))
    document = json.loads((folder / "state").read_bytes())
    document["logs"]["other"] = document["logs"].pop(ORIGIN)
    (folder / "state").write_text(json.dumps(document))
    assert "not as this witness left it" in refusal(folder)


def test_a_folder_without_a_log_says_what_to_write(folder: Path) -> None:
    (folder / "logs").write_text("# none yet\n")
    assert "names no log" in refusal(folder)


def test_a_line_that_is_no_logs_key_is_named(folder: Path) -> None:
    own = read_witness_key(folder).verifier.encoded()
    (folder / "logs").write_text(f"# ours\n{own}\n")
    assert "line 2: this is no log's key" in refusal(folder)
    (folder / "logs").write_text("nonsense\n")
    assert "line 1: expected a verifier key" in refusal(folder)


def test_a_key_that_others_may_read_is_refused(folder: Path) -> None:
    (folder / "key").chmod(0o640)
    assert "others may read" in refusal(folder)


@pytest.mark.parametrize(
    ("words", "algorithm", "key_id"),
    [
        ("PUBLIC+KEY", Algorithm.COSIGNATURE, None),
        ("PRIVATE+KEY", Algorithm.COSIGNATURE, "00000000"),
        ("PRIVATE+KEY", Algorithm.ED25519, None),
    ],
)
def test_a_key_that_is_no_witness_s_is_refused(
    folder: Path, words: str, algorithm: Algorithm, key_id: str | None
) -> None:
    key = SigningKey.from_seed("w.example/1", bytes(32), algorithm)
    material = b64encode(bytes((algorithm,)) + bytes(32)).decode()
    told = key_id or key.verifier.key_id.hex()
    (folder / "key").write_text(f"{words}+{key.name}+{told}+{material}\n")
    assert "is no witness's key" in refusal(folder)


def test_what_is_kept_of_a_log_that_is_trusted_no_more_stays(folder: Path) -> None:
    sign(folder, LOG.request(0, 7))
    other = LOG_KEY.from_seed("other.example", bytes(32)).verifier.encoded()
    (folder / "logs").write_text(f"{other}\n")
    assert sign(folder, LOG.request(7, 9)) == [Refused(Why.UNKNOWN_LOG)]
    (folder / "logs").write_text(f"{LOG_KEY.verifier.encoded()}\n")
    assert sizes(folder) == {ORIGIN: 7}


def test_where_the_disk_is_full_nothing_is_signed_and_nothing_is_forgotten(folder: Path) -> None:
    with opened(folder) as one:
        full = OSError(28, "no space left")

        def keep(_: object) -> None:
            raise full

        desk = WitnessDesk(one.key, one.logs, one.held, keep, lambda: NOW)
        with pytest.raises(OSError, match="no space"):
            desk.add(LOG.request(0, 7))
        desk.keep = one.keep
        assert isinstance(desk.add(Log(branch("fork", 0)).request(0, 8)), str)
        assert desk.add(LOG.request(7, 9)) == Refused(Why.ANOTHER_SIZE, 8)


# In another process, that is killed before the n-th call by which it touches the disk. It says what it signed on
# standard output, as a witness answers. `broken` is a witness that signs before it keeps.
KILLED = """
import os, signal, sys
from pathlib import Path
from gateway.witness import folder as files
from gateway.witness.desk import WitnessDesk
from gateway.witness.folder import opened
from audit.checkpoint import cosign
from audit.witness import judge
from tests.audit.test_witness import LOG

left, broken = int(sys.argv[2]), sys.argv[3] == "broken"
def counted(real):
    def call(*given, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **named)
    return call

class Broken(WitnessDesk):
    def add(self, body):
        judged = judge(body, self.logs, self.held)
        line = cosign(judged.checkpoint, self.key, seconds=1)
        print(judged.checkpoint.size, flush=True)
        self._keep(judged)
        return line

with opened(Path(sys.argv[1])) as one:
    os.open, os.fsync, os.close = counted(os.open), counted(os.fsync), counted(os.close)
    Path.replace = counted(Path.replace)
    desk = (Broken if broken else WitnessDesk)(one.key, one.logs, one.held, one.keep, lambda: 1)
    for old, new in ((0, 5), (5, 9), (9, 12)):
        desk.add(LOG.request(old, new))
        if not broken:
            print(new, flush=True)
os._exit(0)
"""


def signed_and_kept(path: Path, at: int, kind: str) -> tuple[int, int, bool]:
    """Return the largest size that left a witness killed at step `at`, the one its state holds, and whether it died."""
    with make.folder(path):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(path), str(at), kind],
            cwd=HOUSE,
            capture_output=True,
            text=True,
            check=False,
        )
    left = [int(line) for line in done.stdout.split()]
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return max(left, default=0), sizes(path).get(ORIGIN, 0), done.returncode != 0


def test_wherever_a_witness_is_killed_its_state_is_never_behind_what_left(tmp_path: Path) -> None:
    seen = [signed_and_kept(tmp_path / f"w{at}", at, "whole") for at in range(1, 20)]
    assert all(kept >= left for left, kept, _ in seen)
    assert sum(died for *_, died in seen) >= 18
    assert {left for left, *_ in seen} == {0, 5, 9, 12}


def test_the_harness_above_catches_a_witness_that_signs_before_it_keeps(tmp_path: Path) -> None:
    seen = [signed_and_kept(tmp_path / f"w{at}", at, "broken") for at in range(2, 18, 6)]
    assert any(kept < left for left, kept, _ in seen)


def test_the_new_state_and_its_name_are_on_disk_before_a_signature_is_made(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A kill of the process does not show what a power cut would lose; the order of the calls does.
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        done.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")  # noqa: PTH112 - a descriptor
        fsync(descriptor)

    def replaced(path: Path, target: Path) -> Path:
        done.append("name")
        return replace(path, target)

    def now() -> int:
        done.append("sign")
        return NOW

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    with opened(folder) as one:
        desk = WitnessDesk(one.key, one.logs, one.held, one.keep, now)
        desk.add(LOG.request(0, 7))
        desk.add(LOG.request(7, 7))
    assert done == ["file", "name", "folder", "sign", "sign"]


def test_a_state_is_what_its_log_signed(folder: Path) -> None:
    sign(folder, LOG.request(0, 7))
    with opened(folder) as one:
        assert one.held == {ORIGIN: Held(LOG.head(7), sign_checkpoint(LOG.head(7), LOG_KEY))}
