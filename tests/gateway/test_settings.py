"""Settings: every wrong one is named at once, with its place; an unsafe one refuses to start."""

import os
from pathlib import Path

import pytest

from docs.settings_page import descriptions
from gateway.settings import Settings
from gateway.settings_check import SettingsError, check, load_settings, read_settings, weakened


@pytest.fixture
def right(tmp_path: Path) -> dict[str, str]:
    """The environment of a production installation that may start."""
    (tmp_path / "keys").mkdir()
    env = {"SCHAKEL_PUBLIC_URL": "https://schakel.example.org", "PATH": "/bin", "HOME": "/home/schakel"}
    for name in ("key_file", "log_key_file", "token_key_file"):
        path = tmp_path / "keys" / name
        path.touch(mode=0o600)
        env[f"SCHAKEL_{name.upper()}"] = str(path)
    return env | {"SCHAKEL_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/schakel.db"}


def problems(env: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as wrong:
        load_settings(env)
    return wrong.value.problems


def test_settings_that_are_right_are_loaded_with_safe_defaults(right: dict[str, str]) -> None:
    settings = load_settings(right)
    assert (settings.environment, settings.host, settings.require_confirmed_rules) == ("production", "127.0.0.1", True)
    assert (settings.source_deadline.total_seconds(), settings.origin) == (5, "schakel.example.org/audit")
    assert weakened(settings) == []
    assert check(settings) == []


def test_an_unknown_setting_is_an_error(right: dict[str, str]) -> None:
    assert problems(right | {"SCHAKEL_PROT": "1"}) == [
        "SCHAKEL_PROT: there is no such setting; remove it or correct its name"
    ]


@pytest.mark.parametrize("name", ["SCHAKEL_", "SCHAKEL_Port", "SCHAKEL_ORIGIN"])
def test_a_name_that_only_looks_like_a_setting_is_an_error(right: dict[str, str], name: str) -> None:
    assert problems(right | {name: "1"})[0].startswith(f"{name}: ")


def test_every_wrong_setting_is_named_at_once(right: dict[str, str], tmp_path: Path) -> None:
    Path(right["SCHAKEL_KEY_FILE"]).chmod(0o640)
    wrong = right | {
        "SCHAKEL_PORT": "seventy",
        "SCHAKEL_PUBLIC_URL": "https://schakel.example.org/path",
        "SCHAKEL_DATABASE_URL": "mysql://x",
        "SCHAKEL_TOKEN_KEY_FILE": str(tmp_path / "nowhere"),
        "SCHAKEL_SOURCE_DEADLINE": "31",
        "SCHAKEL_INSECURE_BUILTIN_IDENTITY_PROVIDER": "true",
        "SCHAKEL_NONSENSE": "1",
    }
    named = {problem.partition(":")[0] for problem in problems(wrong)}
    assert named == {
        "SCHAKEL_PORT",
        "SCHAKEL_PUBLIC_URL",
        "SCHAKEL_DATABASE_URL",
        "SCHAKEL_TOKEN_KEY_FILE",
        "SCHAKEL_SOURCE_DEADLINE",
        "SCHAKEL_INSECURE_BUILTIN_IDENTITY_PROVIDER",
        "SCHAKEL_NONSENSE",
        "SCHAKEL_KEY_FILE",
    }


def test_an_empty_environment_names_all_that_is_missing_and_nothing_else() -> None:
    named = {problem.partition(":")[0] for problem in problems({})}
    assert named == {
        "SCHAKEL_PUBLIC_URL",
        "SCHAKEL_KEY_FILE",
        "SCHAKEL_LOG_KEY_FILE",
        "SCHAKEL_TOKEN_KEY_FILE",
    }


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("PUBLIC_URL", "schakel.example.org"),
        ("PUBLIC_URL", "https://schakel.example.org/"),
        ("PUBLIC_URL", "https://schakel.example.org?"),
        ("PUBLIC_URL", "https://user@schakel.example.org"),
        ("PUBLIC_URL", "https://schakel.example.org:port"),
        ("PUBLIC_URL", "https://Schakel.example.org"),
        ("PUBLIC_URL", "ftp://schakel.example.org"),
        ("PUBLIC_URL", "http://schakel.example.org"),
        ("ENVIRONMENT", "test"),
        ("ENVIRONMENT", ""),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "1.5"),
        ("SOURCE_DEADLINE", "0"),
        ("SOURCE_DEADLINE", "nan"),
        ("SOURCE_DEADLINE", "inf"),
        ("SOURCE_DEADLINE", "soon"),
        ("SOURCE_CONCURRENCY", "0"),
        ("DISK_MINIMUM_FREE", str(2**70)),
        ("REQUIRE_CONFIRMED_RULES", "perhaps"),
        ("DATABASE_URL", "sqlite:///x.db"),
        ("DATABASE_URL", "postgresql+asyncpg:x"),
        ("DATABASE_URL", "postgresql+asyncpg://h:port/d"),
        ("LOG_ORIGIN", "two words"),
        ("LOG_ORIGIN", ""),
        ("REGISTRY_FILE", "/nowhere.toml"),
        ("INSECURE_BUILTIN_IDENTITY_PROVIDER", "1"),
        ("INSECURE_FAILPOINT", "gathered"),
        ("INSECURE_FAILPOINT", "nowhere"),
    ],
)
def test_a_wrong_value_is_named(right: dict[str, str], setting: str, value: str) -> None:
    (problem,) = problems(right | {f"SCHAKEL_{setting}": value})
    assert problem.startswith(f"SCHAKEL_{setting}: ")


def test_a_password_in_a_wrong_database_url_is_not_repeated(right: dict[str, str]) -> None:
    assert "hunter2" not in problems(right | {"SCHAKEL_DATABASE_URL": "mysql://u:hunter2@h/d"})[0]


SAME = "postgresql+asyncpg://{}@db.example/schakel"


def test_the_sequencer_may_have_a_login_of_its_own_on_the_same_database(right: dict[str, str]) -> None:
    env = right | {"SCHAKEL_DATABASE_URL": SAME.format("writer:one")}
    settings = load_settings(env | {"SCHAKEL_SEQUENCER_DATABASE_URL": f"{SAME.format('placer:two')}?passfile=/etc/p"})
    assert (settings.sequencer_database_url or "").startswith("postgresql+asyncpg://placer")
    assert "two" not in repr(settings)


@pytest.mark.parametrize("other", ["a@db.example/elsewhere", "a@other.example/schakel", "a@db.example:5433/schakel"])
def test_a_sequencer_on_another_database_is_refused(right: dict[str, str], other: str) -> None:
    env = right | {"SCHAKEL_DATABASE_URL": SAME.format("writer")}
    [problem] = problems(env | {"SCHAKEL_SEQUENCER_DATABASE_URL": f"postgresql+asyncpg://{other}"})
    assert problem.startswith("SCHAKEL_SEQUENCER_DATABASE_URL: names another database")


def test_a_sequencer_beside_sqlite_is_refused(right: dict[str, str]) -> None:
    [problem] = problems(right | {"SCHAKEL_SEQUENCER_DATABASE_URL": right["SCHAKEL_DATABASE_URL"]})
    assert problem.startswith("SCHAKEL_SEQUENCER_DATABASE_URL: is for PostgreSQL only")


def test_an_eraser_on_another_database_or_beside_sqlite_is_refused(right: dict[str, str]) -> None:
    env = right | {"SCHAKEL_DATABASE_URL": SAME.format("writer")}
    same = load_settings(env | {"SCHAKEL_ERASER_DATABASE_URL": SAME.format("eraser:three")})
    assert "three" not in repr(same)
    [problem] = problems(env | {"SCHAKEL_ERASER_DATABASE_URL": "postgresql+asyncpg://a@db.example/elsewhere"})
    assert problem.startswith("SCHAKEL_ERASER_DATABASE_URL: names another database")
    [problem] = problems(right | {"SCHAKEL_ERASER_DATABASE_URL": right["SCHAKEL_DATABASE_URL"]})
    assert problem.startswith("SCHAKEL_ERASER_DATABASE_URL: is for PostgreSQL only")


def test_the_tombstones_have_a_folder_that_is_there_and_not_the_databases(
    right: dict[str, str], tmp_path: Path
) -> None:
    assert load_settings(right | {"SCHAKEL_TOMBSTONES": str(tmp_path / "keys")}).tombstones == tmp_path / "keys"
    [problem] = problems(right | {"SCHAKEL_TOMBSTONES": str(tmp_path / "nowhere")})
    assert problem.startswith("SCHAKEL_TOMBSTONES: there is no folder ")
    [problem] = problems(right | {"SCHAKEL_TOMBSTONES": str(tmp_path)})
    assert problem.startswith("SCHAKEL_TOMBSTONES: is the folder of the database")


@pytest.mark.parametrize("name", ["SCHAKEL_TOMBSTONES", "SCHAKEL_DISK_FOLDER"])
def test_a_folder_that_nobody_can_look_for_is_told_as_one_that_is_not_there(right: dict[str, str], name: str) -> None:
    [problem] = problems(right | {name: "/" + "long" * 100})
    assert problem.startswith(f"{name}: there is no folder ")


@pytest.mark.parametrize("environment", ["sandbox", "demo"])
def test_what_is_for_invented_people_is_allowed_where_all_people_are_invented(
    right: dict[str, str], environment: str
) -> None:
    settings = load_settings(
        right
        | {
            "SCHAKEL_ENVIRONMENT": environment,
            "SCHAKEL_PUBLIC_URL": "http://127.0.0.1:8420",
            "SCHAKEL_INSECURE_BUILTIN_IDENTITY_PROVIDER": "true",
            "SCHAKEL_INSECURE_FAILPOINT": "gathered",
        }
    )
    assert weakened(settings) == ["insecure_builtin_identity_provider", "insecure_failpoint"]


def test_http_in_production_must_be_said_to_be_insecure(right: dict[str, str]) -> None:
    env = right | {"SCHAKEL_PUBLIC_URL": "http://schakel.example.org", "SCHAKEL_INSECURE_HTTP": "true"}
    assert weakened(load_settings(env)) == ["insecure_http"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_a_key_file_that_others_may_open_is_refused(right: dict[str, str], mode: int) -> None:
    Path(right["SCHAKEL_LOG_KEY_FILE"]).chmod(mode)
    assert problems(right)[0].startswith("SCHAKEL_LOG_KEY_FILE: others may read")


def test_a_folder_is_no_key_file(right: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o700)
    assert "is not a file" in problems(right | {"SCHAKEL_KEY_FILE": str(folder)})[0]


def test_two_keys_in_one_file_are_refused(right: dict[str, str]) -> None:
    env = right | {"SCHAKEL_TOKEN_KEY_FILE": right["SCHAKEL_KEY_FILE"]}
    assert problems(env) == ["SCHAKEL_TOKEN_KEY_FILE: is the same file as another key; give each key its own"]


def test_the_key_of_the_persons_may_not_lie_beside_the_database(right: dict[str, str], tmp_path: Path) -> None:
    beside = tmp_path / "person-keys"
    beside.touch(mode=0o600)
    assert "folder of the database" in problems(right | {"SCHAKEL_KEY_FILE": str(beside)})[0]


def test_a_settings_file_is_read_and_the_environment_wins(right: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("port = 9000\nsource_concurrency = 3\n")
    settings = load_settings(right | {"SCHAKEL_SETTINGS_FILE": str(file), "SCHAKEL_PORT": "9001"})
    assert (settings.port, settings.source_concurrency) == (9001, 3)


def test_what_is_wrong_in_a_settings_file_is_named_with_its_file(right: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('port = "x"\nnonsense = 1\n')
    assert [each.partition(": ")[0] for each in problems(right | {"SCHAKEL_SETTINGS_FILE": str(file)})] == [
        str(file),
        str(file),
    ]
    assert any("nonsense" in each for each in problems(right | {"SCHAKEL_SETTINGS_FILE": str(file)}))


@pytest.mark.parametrize("content", ["port = ", None, b"\xff", f"port = {'[' * 5_000}"])
def test_a_settings_file_that_cannot_be_read_is_named(
    right: dict[str, str], tmp_path: Path, content: str | bytes | None
) -> None:
    file = tmp_path / "settings.toml"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert problems(right | {"SCHAKEL_SETTINGS_FILE": str(file)})[0].startswith("SCHAKEL_SETTINGS_FILE: ")


def test_commands_that_make_the_key_files_do_not_ask_for_them_first(tmp_path: Path) -> None:
    env = {"SCHAKEL_PUBLIC_URL": "https://schakel.example.org"}
    env |= {f"SCHAKEL_{name}": str(tmp_path / name) for name in ("KEY_FILE", "LOG_KEY_FILE", "TOKEN_KEY_FILE")}
    assert read_settings(env).key_file == tmp_path / "KEY_FILE"
    with pytest.raises(SettingsError):
        read_settings(env | {"SCHAKEL_NONSENSE": "1"})


def test_nothing_but_what_is_handed_in_is_read(right: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHAKEL_PORT", "1")
    assert load_settings(right).port == 8420
    assert os.environ["SCHAKEL_PORT"] == "1"


def test_every_setting_has_a_description_for_the_reference_page() -> None:
    assert set(descriptions()) == set(Settings.model_fields)


def test_settings_cannot_be_changed(right: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings(right).port = 1  # type: ignore[misc] # that is what is tested
