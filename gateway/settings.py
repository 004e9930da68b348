"""All that differs between installations.

Each setting is an environment variable (`SCHAKEL_` and the field's name in capitals) or a line of the TOML file that
`SCHAKEL_SETTINGS_FILE` names; the environment wins. Anything that weakens the house begins with `insecure_`.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from gateway.failpoints import FAILPOINTS, Failpoint

PREFIX: Final = "SCHAKEL_"
DATABASES: Final = ("sqlite+aiosqlite", "postgresql+asyncpg")
EXPECTED_DATABASE: Final = "expected sqlite+aiosqlite:///FILE or postgresql+asyncpg://…"


def is_database(url: str) -> bool:
    """Say whether `url` is the address of a database that we can use: one that is there after a restart too."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        return False
    in_memory = found.get_backend_name() == "sqlite" and found.database in {None, "", ":memory:"}
    return found.drivername in DATABASES and not in_memory


def _seconds(value: object) -> object:
    # pydantic reads text as an ISO 8601 duration only; an operator writes seconds.
    if not isinstance(value, str | float):
        return value
    try:
        return timedelta(seconds=float(value))
    except (ValueError, OverflowError):
        raise ValueError("expected a number of seconds") from None


Seconds = Annotated[timedelta, BeforeValidator(_seconds)]


def _names(value: object) -> object:
    # One variable of the environment holds one text; a TOML file has lists.
    return [each.strip() for each in value.split(",")] if isinstance(value, str) else value


Names = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=100)], ...], BeforeValidator(_names)]


def _failpoint(value: object) -> object:
    known = {str(each): each for each in FAILPOINTS}
    if value is not None and str(value) not in known:
        raise ValueError(f"expected one of {', '.join(known)}")
    return None if value is None else known[str(value)]


class Settings(BaseModel):
    """Settings of one installation. Defaults are the safe choice; durations are written in seconds.

    `gateway.settings_check` reads them, strictly, from environment and file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    environment: Literal["production", "sandbox", "demo"] = "production"
    """What this installation is for. Only `sandbox` and `demo` may use invented people and the built-in logins."""

    public_url: str = Field(max_length=200)
    """The address under which the gateway is reached from outside, without a path: `https://schakel.example.org`.
    Tokens are issued by and for exactly this address."""

    host: str = "127.0.0.1"
    """The address on which the gateway listens, behind the proxy that ends TLS."""

    port: int = Field(default=8420, ge=0, le=65535)
    """The port on which the gateway listens; 0 takes a free one."""

    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    """The port of this machine (127.0.0.1, whatever `host` says) on which `GET /metrics` answers, to keep away from the
    proxy. Without it nothing is shown."""

    database_url: str = Field(default="sqlite+aiosqlite:///schakel.db", repr=False)
    """The database, as an SQLAlchemy URL: `sqlite+aiosqlite:///FILE` or `postgresql+asyncpg://…`."""

    sequencer_database_url: str | None = Field(default=None, repr=False)
    """The same PostgreSQL database under the sequencer's login, which alone may place events in the log's tree
    (`deploy/sql/roles.sql`). By default `database_url`, whose login then needs the rights of both."""

    key_file: Path
    """The key that encrypts the key of every person. Keep it apart from the database and its backups."""

    log_key_file: Path
    """The key with which the log signs checkpoints and receipts."""

    token_key_file: Path
    """The key with which the token service signs access tokens."""

    log_origin: str | None = Field(default=None, min_length=1, max_length=100, pattern=r"^[^\s+]+$")
    """The log's name in every checkpoint. By default the host of `public_url` and `/audit`."""

    eraser_database_url: str | None = Field(default=None, repr=False)
    """The same PostgreSQL database under the eraser's login, which alone may delete what is a person's
    (`deploy/sql/roles.sql`). By default `database_url`. A gateway that has it erases again by itself what a restored
    backup brought back; one that has it not refuses to start until somebody did (`schakel tombstones replay`)."""

    tombstones: Path | None = None
    """The folder of the tombstone journal: who was erased, under a pseudonym. Keep it apart from the database and from
    its backups, and copy it to where nothing can be changed. Without it nobody can be erased; where somebody was, the
    gateway does not start without it."""

    source_deadline: Seconds = Field(default=timedelta(seconds=5), gt=timedelta(0), le=timedelta(seconds=30))
    """How long a record system may take to answer, in seconds."""

    source_concurrency: int = Field(default=8, ge=1, le=64)
    """How many questions may be open at one record system at the same time."""

    require_confirmed_rules: bool = True
    """Whether a rule set that nobody confirmed is refused."""

    officers: Names | None = None
    """Who may confirm a rule set (`schakel rules confirm … --as NAME`): names, separated by commas, of at least two
    persons. Where nobody is named any name is taken, and recorded."""

    officer_keys: Path | None = None
    """The public keys of the officers who may open what the log holds sealed (`schakel audit export --open`), one a
    line; `schakel audit officer-key` makes one. Where no file is named nobody may."""

    emergency_warning: int = Field(default=10, ge=1, le=1_000_000)
    """From so many emergency uses by one organisation in 30 days `/readyz` and officers are warned."""

    witness_policy: Path | None = None
    """The file that names the witnesses of the log and how many must cosign (C2SP tlog-policy). Where it is set, 4
    hours without their cosignatures stop disclosure; without it nobody but us can tell that the log was not
    rewritten."""

    backup_key: str | None = Field(default=None, pattern=r"^schakel-backup\+[A-Za-z0-9+/]{43}=$")
    """The public key to which backups are sealed; `schakel backup-key` makes it. The private half opens them, and
    belongs on no machine that serves."""

    disk_folder: Path | None = None
    """The folder of the database as this machine sees it, for who watches the free space there. By default the folder
    of an SQLite file; of a PostgreSQL server nothing is watched where this is not set."""

    disk_minimum_free: int = Field(default=256 * 1024**2, ge=0, le=1024**5)
    """How many bytes must be free on the disk of the database: with less nothing is disclosed, while a withdrawal can
    still be recorded. It warns from 4 times as much."""

    insecure_builtin_identity_provider: bool = False
    """Whether the built-in identity provider may sign for people (sandbox and demo only)."""

    insecure_http: bool = False
    """Whether `public_url` may be `http` although this is production."""

    insecure_failpoint: Annotated[Failpoint | None, BeforeValidator(_failpoint)] = None
    """The named point at which the process kills itself, for tests of faults (never in production)."""

    @property
    def origin(self) -> str:
        """Return the log's name: `log_origin`, or what follows from `public_url`."""
        return self.log_origin or f"{urlsplit(self.public_url).netloc}/audit"

    @property
    def invented_people_only(self) -> bool:
        """Say whether this is a sandbox or a demo."""
        return self.environment != "production"

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        bare = parts.path or parts.query or parts.fragment or parts.username or value.endswith(("?", "#"))
        if parts.scheme not in ("http", "https") or not parts.hostname or bare or value != value.lower():
            raise ValueError("expected https://HOST or https://HOST:PORT in lower case, without a path")
        _ = parts.port  # a port that is no number is a ValueError
        return value

    @field_validator("database_url", "sequencer_database_url", "eraser_database_url")
    @classmethod
    def _is_a_database_of_ours(cls, value: str | None) -> str | None:
        if value is not None and not is_database(value):
            raise ValueError(EXPECTED_DATABASE)
        return value
