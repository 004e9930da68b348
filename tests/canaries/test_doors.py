"""What people write at the doors of review, tickets, signals and emergency is kept, and stands in no running log.

Here all of it is taken: the watch over every test (`tests.canaries.watch`) fails this one where something sings.
"""

import json
from pathlib import Path
from typing import Any

from tests.canaries.looking import BSN, FAMILY_NAME, GIVEN_NAME, SAID, STREET
from tests.gateway.emergency.house import DECLARED, crisis_world
from tests.gateway.reviews.stage import ANSWERS, Stage
from tests.gateway.running import running

ALL = f"{GIVEN_NAME} {FAMILY_NAME} woont {STREET} en zei {SAID}, nummer {BSN}."
VERDICT = {"verdict": "justified", "follow_up": "none", "reason": ALL, "answers": ANSWERS}


async def test_what_is_written_at_the_doors_of_the_log_is_kept_and_sung_by_nobody(tmp_path: Path) -> None:
    async with running(crisis_world(), tmp_path) as one:
        await one.gateway.following.close()
        stage = Stage(one)

        async def done(who: str, method: str, path: str, body: Any = None) -> Any:
            answer = await one.call(who, method, f"/api/v1/{path}", body)
            assert answer.status in {200, 201}, (path, answer.status)
            return json.loads(answer.body)

        declared = {**DECLARED, "text": ALL}
        asked = await one.ask("kris", "sem", "emergency", categories=["risk"], emergency=declared)
        assert asked.status == 200
        await stage.follow()
        item = (await done("officer:ggz-west", "POST", "reviews/next"))["item"]["id"]
        assert (await done("officer:ggz-west", "GET", f"reviews/{item}"))["event"]["justification"] == ALL
        await done("officer:ggz-west", "POST", f"reviews/{item}/verdict", VERDICT)
        [duty] = (await done("officer:school-1", "GET", "obligations"))["obligations"]
        await done("sanne", "POST", f"obligations/{duty['id']}/done", {"how": ALL})
        emergency = json.loads(asked.body)["request_id"]
        for who, path in (
            ("kris", "emergencies"),
            ("officer:ggz-west", "notices"),
            ("officer", "signals"),
            ("sem", "me/access-log"),
            ("officer", "log/tickets"),
            ("officer:ggz-west", "holder/questions"),
        ):
            answer = await one.call(who, "GET", f"/api/v1/{path}")
            assert answer.status in {200, 403}, (path, answer.status)
        await done("kris", "POST", f"emergencies/{emergency}/close")
        # What does not hold is refused by its place, and neither is what was written there.
        for path, body in (
            ("reviews/next", {"reason": ALL}),
            (f"reviews/{item}/verdict", {**VERDICT, "verdict": ALL}),
            (f"obligations/{duty['id']}/done", {"how": ALL * 100}),
            ("log/tickets", {"reason": ALL, "scope": {"person": BSN}, "until": ALL}),
            ("log/search", {"person": {"system": ALL, "value": BSN}, "reason": ALL}),
            ("signals/explained", {"rule": ALL, "because": ALL, "until": BSN}),
            ("holder/crisis-set/open", {"because": ALL}),
        ):
            for who in ("officer", "officer:ggz-west", "administrator-of-ggz-west", "sem"):
                assert (await one.call(who, "POST", f"/api/v1/{path}", body)).status < 500
