"""Who must cosign a tree head before it counts as anchored: the C2SP tlog-policy file. Pure.

Source: C2SP tlog-policy, *Policy file syntax and structure*. Ed25519 keys only; the file is UTF-8.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from audit.signing import Algorithm, KeyFormatError, VerifierKey

NONE: Final = "none"
_BLANKS: Final = re.compile("[ \t]+")
_NUMBER: Final = re.compile("[1-9][0-9]{0,3}")


class PolicyError(ValueError):
    """The policy file cannot be used; the message names the line and what to do."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody who cosigns: his name inside the policy, his key, and his submission prefix where the file says it."""

    name: str
    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses and groups of which at least `needed` must have witnessed a head."""

    name: str
    needed: int
    members: tuple["Member", ...]


Member: TypeAlias = Witness | Group


@dataclass(frozen=True, slots=True)
class Policy:
    """The logs and witnesses of a policy, and its quorum; None is a policy that asks for no witness."""

    logs: tuple[VerifierKey, ...]
    witnesses: tuple[Witness, ...]
    quorum: Member | None

    @property
    def keys(self) -> list[VerifierKey]:
        """Return the witnesses' keys, in the order of the file."""
        return [each.key for each in self.witnesses]

    def is_met(self, cosigners: Collection[VerifierKey]) -> bool:
        """Say whether the quorum is among `cosigners`."""
        return self.quorum is None or _witnessed(self.quorum, cosigners)

    def needs(self, confirming: Collection[VerifierKey]) -> bool:
        """Say whether every quorum has one of `confirming` in it: those not among them are too few for one."""
        return not self.is_met([key for key in self.keys if key not in confirming])


def _witnessed(member: Member, cosigners: Collection[VerifierKey]) -> bool:
    if isinstance(member, Witness):
        return member.key in cosigners
    return sum(_witnessed(each, cosigners) for each in member.members) >= member.needed


def read_policy(content: bytes) -> Policy:
    """Return the policy that the file's `content` states.

    Raises:
        PolicyError: with the number of the line that is wrong.
    """
    reading = _Reading()
    try:
        lines = content.decode().split("\n")
    except UnicodeDecodeError as error:
        raise PolicyError("the file is no UTF-8; save it as UTF-8") from error
    for number, line in enumerate(lines, start=1):
        try:
            reading.take(line.strip(" \t"))
        except PolicyError as error:
            raise PolicyError(f"line {number}: {error}") from None
    if not reading.has_quorum:
        raise PolicyError("there is no `quorum` line; end the file with `quorum NAME`")
    return Policy(tuple(reading.logs), tuple(reading.witnesses), reading.quorum)


@dataclass
class _Reading:
    """What the lines so far have said."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    named: dict[str, Member] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    quorum: Member | None = None
    has_quorum: bool = False

    def take(self, line: str) -> None:
        if any((c < " " and c != "\t") or c == "\x7f" for c in line):
            raise PolicyError("a control character; end each line with a single newline")
        if not line or line.startswith("#"):
            return
        match _BLANKS.split(line):
            case ["log", key] | ["log", key, _]:
                self.logs.append(self._new_key(key, Algorithm.ED25519, self.logs))
            case ["witness", name, key]:
                self._witness(name, key, None)
            case ["witness", name, key, url]:
                self._witness(name, key, url)
            case ["group", name, needed, *members] if members:
                self._name(Group(name, _needed(needed, len(members)), tuple(self._member(each) for each in members)))
            case ["quorum", name]:
                self._quorum(name)
            case _:
                raise PolicyError(
                    "expected `log KEY`, `witness NAME KEY URL`, `group NAME K MEMBER …` or `quorum NAME`"
                )

    def _witness(self, name: str, key: str, url: str | None) -> None:
        taken = [each.key for each in self.witnesses]
        witness = Witness(name, self._new_key(key, Algorithm.COSIGNATURE, taken), url)
        self._name(witness)
        self.witnesses.append(witness)

    def _new_key(self, text: str, algorithm: Algorithm, taken: Collection[VerifierKey]) -> VerifierKey:
        try:
            key = VerifierKey.read(text)
        except KeyFormatError as error:
            raise PolicyError(str(error)) from None
        if key.algorithm is not algorithm:
            raise PolicyError("the key is of another kind: a log's key signs notes, a witness's signs cosignatures")
        if any(key.public == each.public for each in taken):
            raise PolicyError("this key stands in the file already; each log and each witness has one of its own")
        return key

    def _name(self, member: Member) -> None:
        if member.name == NONE or member.name in self.named:
            raise PolicyError(f"the name `{member.name}` is taken; give each witness and group its own")
        self.named[member.name] = member

    def _member(self, name: str) -> Member:
        if name in self.members:
            raise PolicyError(f"`{name}` is a member already; each witness counts in one way only")
        self.members.add(name)
        return self._known(name)

    def _known(self, name: str) -> Member:
        member = self.named.get(name)
        if member is None:
            raise PolicyError(f"there is no witness or group `{name}` above this line; define it first")
        return member

    def _quorum(self, name: str) -> None:
        if self.has_quorum:
            raise PolicyError("there is a quorum already; keep one")
        self.quorum = None if name == NONE else self._known(name)
        self.has_quorum = True


def _needed(text: str, members: int) -> int:
    needed = {"any": 1, "all": members}.get(text)
    if needed is None and _NUMBER.fullmatch(text):
        needed = int(text)
    if needed is None or needed > members:
        raise PolicyError(f"`{text}` is not `any`, `all` or a number from 1 to {members}, the number of members")
    return needed
