"""The identity providers: whether those that publish their keys do so now."""

import asyncio
from collections.abc import Iterator

from gateway.doctor.finding import Finding, Patient, bad, ok
from gateway.identity.provider_keys import KeySetError, fetched
from gateway.registry.public_keys import PublishedKeys
from gateway.registry.snapshot import IdentityProvider
from gateway.registry.store import load_registry


async def logins(patient: Patient) -> Finding:
    """Fetch the published keys, as the gateway does when somebody logs in."""
    patient.require("environment")
    async with patient.connectable().connect() as connection:
        registry = await load_registry(connection, builtin_allowed=True)
    publishing = [each for each in registry.providers.values() if each.jwks_uri is not None]
    if not publishing:
        return ok("no identity provider publishes its keys; those of each are registered")
    found = await asyncio.gather(*(_fetched(each, patient) for each in publishing))
    wrong = [f"{each.issuer}: {got}" for each, got in zip(publishing, found, strict=True) if isinstance(got, str)]
    if wrong:
        return bad("; ".join(wrong), "ask who runs it; see docs/how-to/runbook/provider-silent.md")
    unused = [*_unused(publishing, found)]
    return ok(f"{len(found)} publish their keys{'; not used: ' if unused else ''}{', '.join(unused)}")


async def _fetched(provider: IdentityProvider, patient: Patient) -> PublishedKeys | str:
    try:
        return await fetched(provider, this_machine=patient.settings.invented_people_only)
    except KeySetError as error:
        return str(error)


def _unused(publishing: list[IdentityProvider], found: list[PublishedKeys | str]) -> Iterator[str]:
    for provider, got in zip(publishing, found, strict=True):
        if isinstance(got, PublishedKeys):
            yield from (f"{provider.issuer} {each}" for each in got.passed_over)
