"""Credentials of a sandbox or demo: the private keys with which `schakel call` asks as anybody in its world."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self, cast

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from consent.entries import Professional
from gateway.identity.builtin_provider import ADMINISTRATOR, OFFICER, STRONG, Login
from gateway.identity.keys import KeyFileError, SigningKey, new_signing_key, read_secret, write_secret
from gateway.identity.tokens import Form
from gateway.registry.rows import Entry
from gateway.registry.snapshot import OPERATOR, PERSONS
from schemas.words import Role

FORMAT: Final = "schakel-credentials/1"
OFFICER_NAME: Final = "officer"
"""The name of the gateway's own privacy officer after `--as`."""
OFFICERS: Final = (OFFICER_NAME, "second-officer")
"""Both of them, and with `:ORGANISATION` behind it those of an organisation."""

ROLES: Final = {str(role): str(role) for role in Role}


class CredentialsError(Exception):
    """The credentials file cannot be used, or holds nobody of that name; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationKeys:
    """The private keys of one organisation: of its record system, and of the provider that signs for its people."""

    organisation: str
    client_id: str
    client_key: SigningKey = field(repr=False)
    issuer: str
    issuer_key: SigningKey = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """Somebody as whom can be asked, and the organisation (`person`, `operator`) that he asks for."""

    organisation: str
    login: Login


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Everything that is needed to ask a sandbox as anybody; where two have one id, the first is meant."""

    gateway_url: str
    keys: Mapping[str, OrganisationKeys] = field(repr=False)
    people: tuple[Someone, ...]

    def named(self, name: str) -> Someone:
        """Return whom `name` means: an id, `officer`, or `FORM:ID` where one id is several (`mentor:ID`).

        The privacy officers of an organisation are `officer:ORGANISATION` and `second-officer:ORGANISATION`; its
        administrators are `administrator-of-ORGANISATION` and `second-administrator-of-ORGANISATION`.

        Raises:
            CredentialsError: nobody.
        """
        what, colon, of = name.partition(":")
        # `officer:$NAME` of a variable that was not set is nobody, and never the gateway's own.
        organisation = of if colon else OPERATOR
        if what in OFFICERS:
            officers = (one for one in self.people if one.login.form == "officer")
            found = [one for one in officers if one.organisation == organisation][OFFICERS.index(what) :]
        else:
            found = [one for one in self.people if name in {one.login.id, f"{one.login.form}:{one.login.id}"}]
        if found:
            return found[0]
        raise CredentialsError(f"nobody in these credentials is called `{name}`; use an id of the world, or `officer`")

    def with_first(self, form: Form, who: str) -> Self:
        """Return the same, where the bare id `who` means the one of this `form`, if there is one."""
        people = sorted(self.people, key=lambda one: (one.login.form, one.login.id) != (form, who))
        return replace(self, people=tuple(people))


def make_credentials(
    *,
    gateway_url: str,
    organisations: Iterable[str],
    professionals: Iterable[Professional],
    persons: Iterable[str],
    mentors: Iterable[str],
) -> tuple[tuple[Entry, ...], Credentials]:
    """Return what to register for a world of invented people, and the private keys that belong to it.

    Each organisation gets a client and a provider of its own, two privacy officers and two administrators. Roles are
    taken as the world has them; a bare id means a professional before a person before a mentor.
    """
    members = [*dict.fromkeys(organisations), PERSONS, OPERATOR]
    keys = {member: _keys(member, gateway_url) for member in members}
    people = [*_professionals(professionals), *_persons("person", persons), *_persons("mentor", mentors)]
    people += [each for member in members if member != PERSONS for each in _officers(member)]
    people += [each for member in members if member not in {PERSONS, OPERATOR} for each in _administrators(member)]
    entries = tuple(entry for each in keys.values() for entry in _entries(each))
    return entries, Credentials(gateway_url=gateway_url, keys=keys, people=tuple(people))


def write_credentials(path: Path, credentials: Credentials) -> None:
    """Write `credentials` to a new file that only this account may read.

    Raises:
        FileExistsError: the file is there already.
    """
    document = {
        "format": FORMAT,
        "gateway": credentials.gateway_url,
        "organisations": [_keys_document(each) for each in credentials.keys.values()],
        "people": [_someone_document(each) for each in credentials.people],
    }
    write_secret(path, json.dumps(document, indent=1).encode())


def read_credentials(path: Path) -> Credentials:
    """Return the credentials in the file at `path`.

    Raises:
        CredentialsError: it cannot be read, others may read it, or it is something else.
    """
    try:
        document = json.loads(read_secret(path))
        if document["format"] != FORMAT:
            raise CredentialsError(f"{path} is not a credentials file of this version")
        return Credentials(
            gateway_url=document["gateway"],
            keys={each["organisation"]: _keys_from(each) for each in document["organisations"]},
            people=tuple(_someone_from(each) for each in document["people"]),
        )
    except KeyFileError as error:
        raise CredentialsError(str(error)) from error
    except (ValueError, TypeError, KeyError, RecursionError, JoseError) as error:
        raise CredentialsError(
            f"{path} is not a credentials file; take the one that `schakel sandbox` wrote"
        ) from error


def _keys(organisation: str, gateway_url: str) -> OrganisationKeys:
    return OrganisationKeys(
        organisation=organisation,
        client_id=f"{organisation}-system",
        client_key=new_signing_key(),
        issuer=f"{gateway_url}/builtin/{organisation}",
        issuer_key=new_signing_key(),
    )


def _entries(keys: OrganisationKeys) -> Iterator[Entry]:
    client = {"jwks": {"keys": [keys.client_key.published()]}, "assertion_audience": "issuer", "epoch": 0}
    yield Entry(kind="client", key=keys.client_id, organisation=keys.organisation, body=client)
    provider = {
        "jwks": {"keys": [keys.issuer_key.published()]},
        "audience": None,
        "trusted_acr": [STRONG],
        "trusted_amr": [],
        "role_claim": "role",
        "roles": ROLES,
        "officers": [OFFICER],
        "administrators": [ADMINISTRATOR],
        "subject_is_professional_id": True,
        "builtin": True,
    }
    yield Entry(kind="identity-provider", key=keys.issuer, organisation=keys.organisation, body=provider)


def _professionals(professionals: Iterable[Professional]) -> Iterator[Someone]:
    for each in professionals:
        login = Login(form="professional", id=each.id, role=each.role, trusted=each.trusted)
        yield Someone(organisation=each.organisation, login=login)


def _persons(form: Form, ids: Iterable[str]) -> Iterator[Someone]:
    for each in dict.fromkeys(ids):
        yield Someone(organisation=PERSONS, login=Login(form=form, id=each))


def _officers(organisation: str) -> Iterator[Someone]:
    # Content opens, and a stop is lifted, on the word of two.
    for what in OFFICERS:
        yield Someone(organisation=organisation, login=Login(form="officer", id=f"{what}-of-{organisation}"))


def _administrators(organisation: str) -> Iterator[Someone]:
    # What opens needs two of them.
    for name in (f"administrator-of-{organisation}", f"second-administrator-of-{organisation}"):
        yield Someone(organisation=organisation, login=Login(form="administrator", id=name))


def _keys_document(keys: OrganisationKeys) -> dict[str, Any]:
    return {
        "organisation": keys.organisation,
        "client_id": keys.client_id,
        "client_key": {**keys.client_key.key.as_dict(private=True), "kid": keys.client_key.kid},
        "issuer": keys.issuer,
        "issuer_key": {**keys.issuer_key.key.as_dict(private=True), "kid": keys.issuer_key.kid},
    }


def _keys_from(document: Mapping[str, Any]) -> OrganisationKeys:
    return OrganisationKeys(
        organisation=document["organisation"],
        client_id=document["client_id"],
        client_key=_key_from(document["client_key"]),
        issuer=document["issuer"],
        issuer_key=_key_from(document["issuer_key"]),
    )


def _key_from(document: Mapping[str, Any]) -> SigningKey:
    members = {name: document[name] for name in ("kty", "crv", "x", "y", "d")}
    return SigningKey(document["kid"], ECKey.import_key(cast("dict[str, str | list[str]]", members)))


def _someone_document(one: Someone) -> dict[str, Any]:
    login = one.login
    role = None if login.role is None else str(login.role)
    return {
        "organisation": one.organisation,
        "form": login.form,
        "id": login.id,
        "role": role,
        "trusted": login.trusted,
    }


def _someone_from(document: Mapping[str, Any]) -> Someone:
    role = None if document["role"] is None else Role(document["role"])
    login = Login(form=document["form"], id=document["id"], role=role, trusted=document["trusted"])
    return Someone(organisation=document["organisation"], login=login)
