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


def test_an_account_of_which_the_log_has_nothing_is_told_apart_from_one_that_saw_nothing(desk: Desk) -> None:
    key, environment = desk.officer("noor")
    out = desk.folder / "saw.ndjson"
    code, said = desk.run("saw", "anna-at-her-login", "--out", out, "--as", "noor", "--key", key, **environment)
    assert code == 0, said
    assert said == (
        f"wrote 0 persons and 0 events to {out}\n"
        "nothing at all is of this account in this period: look whether it is his id here, which is not his login name"
    )


def test_where_the_file_cannot_be_made_nothing_is_said_to_have_left(desk: Desk) -> None:
    key, environment = desk.officer("noor")
    before = desk.exported()
    code, said = desk.run("saw", "anna", "--out", key, "--as", "noor", "--key", key, **environment)
    assert (code, said) == (2, f"{key} exists already; name a new file")
    after = desk.folder / "after"
    assert desk.run("export", "--out", after)[0] == 0
    grown = [len((each / "hashes").read_bytes().splitlines()) for each in (before, after)]
    assert grown[1] == grown[0] + 1, "the second export itself"


def test_nobody_gets_it_without_an_officers_key(desk: Desk) -> None:
    key, environment = desk.officer("noor")
    other = desk.folder / "other.key"
    assert desk.run("officer-key", "noor", "--out", other)[0] == 0
    out = desk.folder / "refused.ndjson"
    code, _ = desk.run("saw", "anna", "--out", out, "--as", "noor", "--key", other, **environment)
    assert (code, out.exists()) == (2, False)
    code, _ = desk.run("saw", "anna", "--out", out, "--as", "eva", "--key", key, **environment)
    assert (code, out.exists()) == (2, False)
