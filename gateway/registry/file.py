"""The registry file (TOML): what `schakel org add` takes in, checked as a whole before a line of it counts."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from yarl import URL

from consent.naming import PERSON_SYSTEM
from gateway.registry.egress import ForbiddenAddressError, is_public, is_public_or_loopback, require_sendable
from gateway.registry.public_keys import KeyFormatError, public_keys
from gateway.registry.roles_of_kind import fits
from gateway.registry.rows import Entry
from gateway.registry.snapshot import OPERATOR, PERSONS, RESERVED
from gateway.toml_file import TomlFileError, read_toml
from schemas.whole_file import whole
from schemas.words import OrganisationKind, Role

_ID: Final = r"^[a-z0-9][a-z0-9.-]{0,62}$"
_FORBID: Final = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

Id = Annotated[str, Field(pattern=_ID)]
Word = Annotated[str, Field(min_length=1, max_length=255)]
Address = Annotated[str, Field(pattern=r"^https?://[^\s|]+$", max_length=255)]
_NO_ROLES: Final[Mapping[str, Any]] = {
    "role_claim": "role",
    "roles": {},
    "officers": [],
    "subject_is_professional_id": False,
}
"""What the provider of an organisation says beside, and every provider has in the database."""

_WAYS: Final = ("jwks", "jwks_file", "jwks_uri")
"""How public keys are given; the last is for identity providers alone."""

Legacy = Annotated[list[Literal["RS256", "RS384"]], Field(max_length=2)]


class RegistryFileError(Exception):
    """The registry file is wrong; `problems` has a line for each place. Nothing of it was registered."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class _Keys(BaseModel):
    model_config = _FORBID

    jwks: dict[str, Any] | None = None
    jwks_file: str | None = None
    legacy_algorithms: Legacy = []


class _Client(_Keys):
    client_id: Word
    assertion_audience: Literal["issuer", "token-endpoint"] = "issuer"


class _Login(_Keys):
    # Of a client none: who has not proven yet who he is must not have us ask anybody, nor read from the time it takes
    # which clients are registered.
    issuer: Address
    jwks_uri: Address | None = None
    audience: Word | None = None
    trusted_acr: list[Word] = []
    trusted_amr: list[Word] = []


class _Provider(_Login):
    role_claim: Word = "role"
    roles: dict[Word, Role] = {}
    officers: list[Word] = []
    administrators: list[Word] = []
    subject_is_professional_id: bool = False


class _PersonsProvider(_Login):
    person_claim: Word = "sub"
    person_system: Word = PERSON_SYSTEM


class _OperatorsProvider(_Login):
    role_claim: Word = "role"
    officers: Annotated[list[Word], Field(min_length=1)]


class _Source(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)

    system: Id


class _Webhook(BaseModel):
    model_config = _FORBID

    url: Address
    key: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 1


class _Organisation(BaseModel):
    model_config = _FORBID

    id: Id
    name: Word
    kind: OrganisationKind
    emergency_opt_in: bool = False
    clients: list[_Client] = []
    identity_providers: list[_Provider] = []
    sources: list[_Source] = []
    webhook: _Webhook | None = None


class _Persons(BaseModel):
    model_config = _FORBID

    clients: list[_Client] = []
    identity_providers: list[_PersonsProvider] = []


class _Operators(BaseModel):
    model_config = _FORBID

    clients: list[_Client] = []
    identity_providers: list[_OperatorsProvider] = []


class _File(BaseModel):
    model_config = _FORBID

    organisations: list[_Organisation] = []
    persons: _Persons = _Persons()
    operator: _Operators = _Operators()


@dataclass(frozen=True, slots=True)
class RegistryFile:
    """A registry file that is right: who the organisations are, and what to register for them.

    The opt-in for emergencies is not among it: that is for an organisation's administrators (facts contract, *Who*).
    """

    organisations: tuple[Entry, ...]
    entries: tuple[Entry, ...]

    @property
    def says(self) -> tuple[Entry, ...]:
        """All that an operator says with it."""
        return (*self.organisations, *self.entries)


def read_registry_file(path: Path, *, invented_people_only: bool) -> RegistryFile:
    """Return what the file at `path` registers. `jwks_file` is looked up beside it.

    Raises:
        RegistryFileError: with every place that is wrong.
    """
    try:
        found = read_toml(path)
    except OSError as error:
        raise RegistryFileError([f"cannot read {path}; name a TOML file that this account may read"]) from error
    except TomlFileError as error:
        raise RegistryFileError([f"{path} is not TOML: {error}"]) from error
    try:
        file = _File.model_validate(found)
    except ValidationError as error:
        raise RegistryFileError(
            [f"{path}: {_place(each['loc'])}: {_said(each['msg'])}" for each in error.errors()]
        ) from None
    reader = _Reader(path, invented_people_only=invented_people_only)
    result = reader.read(file)
    if reader.problems:
        raise RegistryFileError([f"{path}: {problem}" for problem in reader.problems])
    return result


class _Reader:
    """Turns a file of the right form into registrations, gathering what is wrong over several fields."""

    def __init__(self, path: Path, *, invented_people_only: bool) -> None:
        self.problems: list[str] = []
        self._folder = path.parent
        self._invented_people_only = invented_people_only
        self._seen: set[tuple[str, str]] = set()

    def read(self, file: _File) -> RegistryFile:
        entries: list[Entry] = []
        for at, each in enumerate(file.organisations):
            place = f"organisations[{at}]"
            if each.id in RESERVED:
                self.problems.append(f"{place}.id: `{each.id}` is a word of the gateway's own")
            self._once("organisation", each.id, f"{place}.id")
            entries += self._entries(each, place)
        entries += self._of_the_house(PERSONS, file.persons, "persons")
        entries += self._of_the_house(OPERATOR, file.operator, "operator")
        if not (file.organisations or entries):
            self.problems.append("registers nobody; name an organisation in it, or who logs in as a person or operator")
        return RegistryFile(tuple(_who(each) for each in file.organisations), tuple(entries))

    def _entries(self, organisation: _Organisation, place: str) -> Iterator[Entry]:
        yield from self._clients(organisation.id, organisation.clients, place)
        for at, provider in enumerate(organisation.identity_providers):
            where = f"{place}.identity_providers[{at}]"
            self._check_provider(provider, organisation.kind, where)
            yield self._provider(organisation.id, provider, where)
        for at, source in enumerate(organisation.sources):
            key = f"{organisation.id}/{source.system}"
            self._once("source", key, f"{place}.sources[{at}].system")
            settings = source.model_dump(mode="json", exclude={"system"})
            yield Entry(kind="source", key=key, organisation=organisation.id, body=settings)
        if organisation.webhook is not None:
            self._check_address(organisation.webhook.url, f"{place}.webhook.url")
            body = organisation.webhook.model_dump(mode="json")
            yield Entry(kind="webhook", key=organisation.id, organisation=organisation.id, body=body)

    def _of_the_house(self, word: str, house: _Persons | _Operators, place: str) -> Iterator[Entry]:
        yield from self._clients(word, house.clients, place)
        for at, provider in enumerate(house.identity_providers):
            where = f"{place}.identity_providers[{at}]"
            self._once("identity provider", provider.issuer, f"{where}.issuer")
            yield self._provider(word, provider, where)

    def _clients(self, organisation: str, clients: Sequence[_Client], place: str) -> Iterator[Entry]:
        for at, client in enumerate(clients):
            body = self._body(client, {"client_id"}, f"{place}.clients[{at}]")
            self._once("client", client.client_id, f"{place}.clients[{at}].client_id")
            yield Entry(kind="client", key=client.client_id, organisation=organisation, body={**body, "epoch": 0})

    def _provider(self, organisation: str, provider: _Login, place: str) -> Entry:
        body = {**_NO_ROLES, **self._body(provider, {"issuer"}, place), "builtin": False}
        return Entry(kind="identity-provider", key=provider.issuer, organisation=organisation, body=body)

    def _check_address(self, address: str, place: str) -> None:
        allowed = is_public_or_loopback if self._invented_people_only else is_public
        try:
            require_sendable(URL(address), allowed=allowed, plain=self._invented_people_only)
        except (ForbiddenAddressError, ValueError) as error:
            self.problems.append(f"{place}: {error}")

    def _check_provider(self, provider: _Provider, kind: OrganisationKind, place: str) -> None:
        self._once("identity provider", provider.issuer, f"{place}.issuer")
        for said, role in provider.roles.items():
            if not fits(role, kind):
                self.problems.append(f"{place}.roles.{said}: no `{role}` works in an organisation of kind `{kind}`")
        for said in provider.officers:
            if said in provider.roles:
                self.problems.append(f"{place}.officers: `{said}` is a role already; one word means one thing")
        for said in provider.administrators:
            if said in {*provider.roles, *provider.officers}:
                self.problems.append(f"{place}.administrators: `{said}` is taken already; one word means one thing")
        if provider.subject_is_professional_id and not self._invented_people_only:
            self.problems.append(f"{place}.subject_is_professional_id: is for sandbox and demo only")

    def _body(self, keys: _Keys, left_out: set[str], place: str) -> dict[str, Any]:
        body = keys.model_dump(mode="json", exclude={*_WAYS, *left_out})
        if not body.get("administrators", True):
            del body["administrators"]  # a provider without any says the same as before there were any
        return {**body, **self._given(keys, place)}

    def _given(self, keys: _Keys, place: str) -> dict[str, Any]:
        ways = [way for way in _WAYS if way in type(keys).model_fields]
        given = [way for way in ways if getattr(keys, way) is not None]
        if len(given) != 1:
            self.problems.append(f"{place}: give the public keys as one of `{'`, `'.join(ways)}`")
            return {}
        if isinstance(keys, _Login) and keys.jwks_uri is not None:
            self._check_address(keys.jwks_uri, f"{place}.jwks_uri")
            return {"jwks_uri": keys.jwks_uri}
        return {"jwks": self._jwks(keys, place)}

    def _jwks(self, keys: _Keys, place: str) -> Mapping[str, Any]:
        try:
            document: dict[str, Any] = keys.jwks or json.loads(whole(self._folder / str(keys.jwks_file)))
            public_keys(document, legacy=keys.legacy_algorithms)
        except OSError:
            self.problems.append(f"{place}.jwks_file: cannot read {keys.jwks_file}")
            return {}
        except (ValueError, RecursionError, KeyFormatError) as error:
            said = str(error) if isinstance(error, KeyFormatError) else "not JSON"
            self.problems.append(f"{place}.{'jwks' if keys.jwks_file is None else 'jwks_file'}: {said}")
            return {}
        return document

    def _once(self, what: str, key: str, place: str) -> None:
        if (what, key) in self._seen:
            self.problems.append(f"{place}: {what} `{key}` stands in this file already")
        self._seen.add((what, key))


def _who(organisation: _Organisation) -> Entry:
    body = {"name": organisation.name, "kind": str(organisation.kind)}
    return Entry(kind="organisation", key=organisation.id, organisation=organisation.id, body=body)


def _place(location: tuple[int | str, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).removeprefix(".")


def _said(message: str) -> str:
    return message[:1].lower() + message[1:]
