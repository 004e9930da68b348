"""Where a witness signs: one request at a time, and never before what it signs is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from audit.checkpoint import cosign
from audit.signing import SigningKey, VerifierKey
from audit.witness import Held, Refused, judge


@dataclass
class WitnessDesk:
    """Signs tree heads of `logs` with `key`. `keep` brings what was signed to disk; `now` gives seconds since 1970."""

    key: SigningKey
    logs: Mapping[str, tuple[VerifierKey, ...]]
    held: Mapping[str, Held]
    keep: Callable[[Mapping[str, Held]], None]
    now: Callable[[], float]
    _one_at_a_time: Lock = field(default_factory=Lock)

    def add(self, body: bytes) -> str | Refused:
        """Return the cosignature line that the request `body` asks for, or why there is none.

        Raises:
            OSError: it could not be kept; nothing is signed, and the same request may come again.
        """
        # INVARIANT: from the look at what is held until it is kept, no other request is judged: or of two that fit
        # what was held before, both would be signed.
        with self._one_at_a_time:
            judged = judge(body, self.logs, self.held)
            if isinstance(judged, Refused):
                return judged
            self._keep(judged)
            return cosign(judged.checkpoint, self.key, seconds=int(self.now()))

    def _keep(self, judged: Held) -> None:
        origin = judged.checkpoint.origin
        before = self.held.get(origin)
        if before is not None and before.checkpoint == judged.checkpoint:
            return
        held = {**self.held, origin: judged}
        self.keep(held)
        self.held = held
