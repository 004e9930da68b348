"""What an officer opens while somebody whom it is about, or of whom it tells, is erased: it does not leave."""

import json
from pathlib import Path

import pytest

from audit.events import Kind
from gateway.database.engine import write_transaction
from gateway.erasing.belongings import destroy, hold_still
from gateway.erasing.reading import hold
from gateway.log.persons import Persons
from tests.gateway.log.office import LOG, found, indexed, office, second, told


@pytest.mark.parametrize("who", ["sem", "moeder"])
async def test_no_content_leaves_of_who_is_erased_meanwhile(
    postgres_url: str, tmp_path: Path, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path, postgres_url) as gateway:
        another = await second(gateway, "operator")
        event = (await found(gateway, "officer", "?actor=anna&basis=LB-01"))["events"][0]["id"]
        asked = {"reason": "complaint", "scope": {"event": event}, "times": 2}
        name = json.loads((await gateway.call("officer", "POST", f"{LOG}/tickets", asked)).body)["id"]
        assert (await gateway.call(another, "POST", f"{LOG}/tickets/{name}/approve")).status == 200
        with_key = Persons.with_key

        async def late(self: Persons, person: str) -> str | None:
            async with write_transaction(gateway.gateway.engine) as connection:
                await hold(connection, who)
                await hold_still(connection)
                await destroy(connection, who)
            return await with_key(self, person)

        path, body = f"{LOG}/{event}/content", {"ticket": name}
        with monkeypatch.context() as patched:
            patched.setattr(Persons, "with_key", late)
            assert (await gateway.call("officer", "POST", path, body)).status == 503
        answer = await gateway.call("officer", "POST", path, body)
        assert answer.status == 200
        assert "facts" not in json.loads(answer.body)["content"]
        await indexed(gateway)
        assert [each.kind for each in await told(gateway)].count(Kind.LOG_UNMASKED) == 1
