"""What a line of the own log says is so, whatever became of the request."""

from pathlib import Path

from tests.consent.make import authority, consent, world
from tests.gateway.log.test_own_view import read, texts
from tests.gateway.running import running

YES = [consent("sem"), consent("moeder"), consent("vader")]
PARENTS = [authority("moeder"), authority("vader")]


async def test_who_was_allowed_to_ask_and_found_nothing_is_not_told_of_as_one_who_was_not(tmp_path: Path) -> None:
    async with running({**world(authority=PARENTS, consents=YES), "records": []}, tmp_path) as one:
        assert (await one.ask("professional:anna", "sem", "coordinate-plan")).status == 403
        [tried] = texts(await read(one, "sem"))
        assert tried == "Iemand van team (jeugdprofessional) wilde iets over jou lezen. Er is niets gegeven."
