"""Pseudonyms of accounts and persons: the same each time, and nobody's without the gateway's own key.

Whoever reads signals reads these, until a review says whom they mean.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from audit.signals.acts import Act
from consent.keys import KeyService, place
from gateway.signals.tables import PSEUDONYM_LENGTH


@dataclass(frozen=True)
class Pseudonyms:
    """Makes pseudonyms, and remembers for the time of one look whom they mean."""

    keys: KeyService
    known: dict[tuple[str, ...], str] = field(default_factory=dict, repr=False)

    async def of_account(self, organisation: str, form: str, account: str) -> str:
        """Return the pseudonym of an account of `organisation`: of a professional, or of a system (`form`)."""
        return await self._of("signal_account", organisation, form, account)

    async def of_person(self, person: str) -> str:
        """Return the pseudonym of a person, the same for every organisation's officer: he hears of his own looks only.

        It is another than his pseudonym in any other answer.
        """
        return await self._of("signal_person", person)

    async def hide(self, acts: Iterable[Act]) -> list[Act]:
        """Return `acts` with pseudonyms in the place of accounts and persons."""
        return [
            replace(
                act,
                account=await self.of_account(act.organisation, act.form, act.account),
                person=None if act.person is None else await self.of_person(act.person),
            )
            for act in acts
        ]

    async def _of(self, *parts: str) -> str:
        if parts not in self.known:
            self.known[parts] = (await self.keys.hmac(place(*parts))).hex()[:PSEUDONYM_LENGTH]
        return self.known[parts]
