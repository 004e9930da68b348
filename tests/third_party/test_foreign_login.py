"""An OpenID provider that is not ours publishes its keys as it does, and who logs in there comes in."""

from pathlib import Path

import pytest

from tests.deploy.people import Someone, System
from tests.gateway.registry.town import ISSUER, publishing, town
from tests.third_party import foreign

pytestmark = [pytest.mark.server, pytest.mark.served]

DESCRIBED = [{"client": "west-system", "people": {"lotte": {"role": "wie"}}}]


async def test_who_logs_in_at_a_foreign_provider_comes_in_by_the_keys_that_it_publishes(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with foreign.logins(DESCRIBED) as [provider]:
        system = System("west-system", provider["issuer"])
        file = publishing(f"{system.issuer}/jwks", f'audience = "{system.client}"').replace(ISSUER, system.issuer)
        async with town(tmp_path, database_url, monkeypatch) as place:
            place.publish(system.key)
            for operator in ("anna", "bert"):
                await place.add(operator, file=file)
            lotte = Someone(system, "lotte", place.gateway.url, place.gateway.session)
            heard = await lotte.log_in()
            assert (heard.status, heard.body.get("token_type")) == (200, "DPoP")
            assert (await lotte.get("/api/v1/holder/questions")).status != 401
