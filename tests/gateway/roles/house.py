"""A database with its roles, as an operator makes it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from gateway.roles.rights_sql import ROLES_SQL
from tests import postgres


@dataclass(frozen=True)
class House:
    """A database and who comes to it. `superuser` is the address under which it may do all."""

    superuser: str

    def url(self, name: str) -> str:
        """Return the address for the login `schakel_NAME`."""
        return make_url(self.superuser).set(username=f"schakel_{name}").render_as_string(hide_password=False)

    def grant(self, **names: str) -> subprocess.CompletedProcess[str]:
        """Run `roles.sql`, with other names or choices where they are given."""
        url = make_url(self.superuser)
        psql = [str(postgres.BINARIES / "psql"), "-X", "-h", str(url.query["host"]), "-U", postgres.ACCOUNT]
        chosen = [each for name, value in names.items() for each in ("-v", f"{name}={value}")]
        command = [*psql, "-d", str(url.database), *chosen, "-f", str(ROLES_SQL)]
        return subprocess.run(command, check=False, capture_output=True, text=True)


@contextmanager
def built(server: Path) -> Iterator[House]:
    """Make a database with the roles, and no tables yet."""
    with postgres.database(server) as url:
        house = House(url)
        said = house.grant()
        assert (said.returncode, said.stderr) == (0, "")
        yield house
