"""`schakel audit saw`: what an account saw, in a file, for a named officer with his own key."""

import json

from tests.gateway.log_commands.conftest import Desk


def test_an_officer_gets_what_the_account_saw_though_no_gateway_runs(desk: Desk) -> None:
    key, environment = desk.officer("noor")
    out = desk.folder / "saw.ndjson"
    code, said = desk.run("saw", "anna", "--out", out, "--as", "noor", "--key", key, **environment)
    assert code == 0, said
    head, *_, end = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert (head["question"], end["end"]) == ({"actor": "anna"}, True)
    assert end["events"] > 0
    assert said == f"wrote {end['persons']} persons and {end['events']} events to {out}"
    assert out.stat().st_mode & 0o077 == 0


def test_nobody_gets_it_without_an_officers_key(desk: Desk) -> None:
    key, environment = desk.officer("noor")
    other = desk.folder / "other.key"
    assert desk.run("officer-key", "noor", "--out", other)[0] == 0
    out = desk.folder / "refused.ndjson"
    code, _ = desk.run("saw", "anna", "--out", out, "--as", "noor", "--key", other, **environment)
    assert (code, out.exists()) == (2, False)
    code, _ = desk.run("saw", "anna", "--out", out, "--as", "eva", "--key", key, **environment)
    assert (code, out.exists()) == (2, False)
