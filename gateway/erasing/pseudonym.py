"""Under what name the tombstone journal knows somebody."""

from base64 import b64encode

from consent.keys import KeyService, place


async def pseudonym_of(keys: KeyService, person: str) -> str:
    """Return a keyed hash of the internal id, in base64: without the key nobody can tell whose, or try ids.

    Raises:
        KeyUnavailableError: the key service does not answer.
    """
    return b64encode(await keys.hmac(place("tombstone", person))).decode()


async def pseudonym_of_fact(keys: KeyService, section: str, fact_id: str) -> str:
    """Return the same of a fact.

    Raises:
        KeyUnavailableError: the key service does not answer.
    """
    return b64encode(await keys.hmac(place("tombstone", "fact", section, fact_id))).decode()


async def pseudonym_of_registration(keys: KeyService, kind: str, key: str, organisation: str) -> str:
    """Return the same of what is registered for an organisation.

    Raises:
        KeyUnavailableError: the key service does not answer.
    """
    return b64encode(await keys.hmac(place("tombstone", "registration", kind, key, organisation))).decode()


async def pseudonym_of_asking(keys: KeyService, asker: str, holder: str, side: str) -> str:
    """Return the same of which organisation asked which in an emergency, and from which side that was closed.

    Raises:
        KeyUnavailableError: the key service does not answer.
    """
    return b64encode(await keys.hmac(place("tombstone", "asking", asker, holder, side))).decode()


async def pseudonym_of_emergency(keys: KeyService, emergency: str, holder: str) -> str:
    """Return the same of what an emergency opened at `holder`.

    Raises:
        KeyUnavailableError: the key service does not answer.
    """
    return b64encode(await keys.hmac(place("tombstone", "emergency", emergency, holder))).decode()


async def pseudonym_of_holder(keys: KeyService, holder: str) -> str:
    """Return the same of a holder: no person has the one of a holder, whatever his id.

    Raises:
        KeyUnavailableError: the key service does not answer.
    """
    return b64encode(await keys.hmac(place("tombstone", "holder", holder))).decode()
