"""A mapping file that is wrong is refused with every mistake at its place."""

from pathlib import Path

import pytest

from adapters.mapping import MappingError, load_mapping, read_mapping

GOOD = """\
mapping: proef
version: 1
source: {system: dossier, identifier_system: urn:proef}
tables:
  soort:
    - {source: D, target: goals, match: equal}
records:
  - kind: doelen
    id: ID
    elements:
      - kind: goal
        rules:
          - {to: about, from: BSN, as: person}
          - {to: category, from: SOORT, as: code soort}
          - {to: handling.created_on, from: OP, as: date dd-mm-jjjj}
          - {to: text, from: TEKST}
    ignore:
      - {from: WIE, because: naam van een collega}
"""


def problems(text: str | bytes, folder: Path = Path()) -> list[str]:
    content = text.encode() if isinstance(text, str) else text
    with pytest.raises(MappingError) as caught:
        read_mapping(content, "x.yaml", folder)
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    return [str(each) for each in caught.value.problems]


def test_the_file_that_the_others_are_made_of_is_right() -> None:
    assert set(read_mapping(GOOD.encode(), "x.yaml", Path()).kinds) == {"doelen"}


CHANGES: list[tuple[str, str, str]] = [
    ("version: 1", "version: nul", "x.yaml:2:10: version: a whole number from 1"),
    ("version: 1\n", "", "x.yaml:1:1: `version` is missing"),
    ("mapping: proef", "maping: proef", "x.yaml:1:1: unknown word `maping`; allowed: mapping"),
    ("version: 1", "version: 1\nversion: 2", "x.yaml:3:1: `version` stands twice; the first is on line 2"),
    ("system: dossier", "sistem: dossier", "(did you mean `system`?)"),
    ("kind: goal", "kind: gaol", "x.yaml:11:15: kind: no such kind `gaol`; allowed:"),
    ("to: text", "to: txt", "x.yaml:16:18: to: no such field `txt`; allowed:"),
    ("to: text", "to: txt", "(did you mean `text`?)"),
    ("as: code soort", "as: cod soort", "x.yaml:14:45: as: no converter `cod`; allowed: boolean, code"),
    ("as: code soort", "as: code sort", "as: no table `sort`; allowed: soort (did you mean `soort`?)"),
    ("as: code soort", "as: text", "as: `text` gives a text; `category` takes a word of the plan"),
    ("as: code soort", "as: boolean J/N", "as: `boolean` gives yes or no; `category` takes a word of the plan"),
    (", as: code soort", "", "x.yaml:14:13: `category` needs an `as`: it takes no plain text"),
    ("target: goals", "target: gaols", "x.yaml:6:7: target: no such word `gaols`; allowed:"),
    ("match: equal", "match: same", "x.yaml:6:7: match: no such word `same`; allowed: equal, narrower, none, wider"),
    ("target: goals, ", "", "target: empty where match is `none`, and only there"),
    ("date dd-mm-jjjj", "date dd-mm-yyyy", "as: not a form of a date"),
    ("date dd-mm-jjjj", "date dd-mm", "as: not a form of a date"),
    ("date dd-mm-jjjj", "date dd-dd-mm-jjjj", "as: not a form of a date"),
    ("date dd-mm-jjjj", "date", "as: write how a day is written"),
    ("from: TEKST", "from: TEKST, from: ANDERS", "`from` stands twice"),
    ("from: TEKST", "from: TEKST, value: iets", "x.yaml:16:13: a rule has either `value` or `from`"),
    ("to: text, from: TEKST", "to: text", "x.yaml:16:13: a rule has either `value` or `from`"),
    ("from: TEKST", "from: TEKST.", "from: not a path"),
    ("from: TEKST", "from: 'a b..c'", "from: not a path"),
    ("from: TEKST", "from: .", "from: `.` is the item of an `each`, and there is none"),
    ("from: TEKST", "from: TEKST, each: lijst", "each: a list is expected: write `lijst*`"),
    ("from: TEKST", "from: TEKST, when: SOORT = D", "when: not a condition"),
    ("from: TEKST", "from: TEKST, as: text max 0", "as: write `text` or `text max 200`"),
    ("to: text, from: TEKST", "to: status, value: actief", "value: no such word `actief`; allowed: active,"),
    ("as: person}", "as: person of Patient}", "as: write `person`, `person digits 9`, `person via KIND` or"),
    ("as: person}", "as: code soort}", "as: `about` cannot be a code"),
    ("as: person}", "as: list en person}", "as: write `list ; person`: one sign"),
    ("as: person}", "as: list x person}", "as: write `list ; person`: one sign"),
    ("as: person}", "as: list ; list / person}", "as: a list holds no list"),
    ("as: code soort", "as: word soort", "as: nothing may stand behind this word"),
    ("date dd-mm-jjjj", "day-with-zone dd", "as: nothing may stand behind this word"),
    ("from: TEKST", "from: TEKST, as: lines 3", "as: `lines` stands alone"),
    ("from: TEKST", "from: TEKST, as: number", "as: `text` takes no number"),
    ("from: TEKST", "from: TEKST, as: number point", "as: write `number`, or `number comma`"),
    ("to: text, from: TEKST", "to: goals, from: X, as: element doelen", "as: write `element of KIND` or"),
    ("to: text, from: TEKST", "to: handling.restricted, from: X, as: boolean J", "as: write `boolean J/N`"),
    ("to: text, from: TEKST", "to: handling.restricted, from: X, as: boolean J/J", "as: write `boolean J/N`"),
    ("to: text, from: TEKST", "to: handling.restricted, value: ja", "value: `ja` is neither `true` nor `false`"),
    (
        "goal\n        rules:",
        "appointment\n        rules:\n          - {to: begins_at, value: '2026-03-01T10:00:00'}",
        "value: an instant has an offset",
    ),
    ("as: person}", "as: person, default: sem}", "default: `about` can have none"),
    ("as: person}", "as: person via Patient}", "as: `persons` explains no `Patient`"),
    ("as: person}", "as: person, when: SOORT is D}", "`about` may have no `when`"),
    ("dd-mm-jjjj}", "dd-mm-jjjj, when: SOORT is D}", "`handling.created_on` may have no `when`"),
    ("as: code soort", "as: code soort, when: SOORT is D, default: goals", "what is not known must not open"),
    (
        "to: text, from: TEKST",
        "to: goals, from: X, as: element of doel",
        "as: no goal is made of it; allowed: doelen goal",
    ),
    ("          - {to: about, from: BSN, as: person}\n", "", "no rule fills `about`"),
    ("        rules:", "        each: lijst*\n        rules:", "`each` and `key` go together"),
    ("because: naam van een collega", "because: ''", "`because` must be a text"),
    (", because: naam van een collega", "", "x.yaml:18:9: `because` is missing"),
    ("to: text, from: TEKST", "to: text, value: a}\n          - {to: text, value: b", "so a later rule never counts"),
    ("kind: goal", "kind: &anker goal", "an anchor is not allowed"),
    ("kind: goal", "kind: !!str goal", "a tag is not allowed"),
    ("source: {", "source: [", "this is not YAML"),
    ("mapping: proef", "%YAML 1.1\n---\nmapping: proef", "a directive is not allowed"),
    ("mapping: proef", "---\na: b\n---\nmapping: proef", "a second document is not allowed"),
    ("  soort:\n    - {", "  soort: tables/../../x.csv\n  b:\n    - {", "a table's file lies beside the mapping file"),
]


@pytest.mark.parametrize(("part", "instead", "expected"), CHANGES)
def test_a_mistake_is_named_at_its_place(part: str, instead: str, expected: str) -> None:
    assert part in GOOD
    found = problems(GOOD.replace(part, instead, 1))
    assert any(expected in each for each in found), found


def test_all_mistakes_are_named_at_once_in_the_order_of_the_file() -> None:
    text = (
        GOOD.replace("version: 1", "version: 0").replace("to: text", "to: txt").replace("kind: doelen", "kin: doelen")
    )
    found = problems(text)
    assert len(found) == 4
    assert [int(each.split(":")[1]) for each in found] == sorted(int(each.split(":")[1]) for each in found)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the file is empty"),
        (b"\xff\xfe", "byte 0 is not UTF-8"),
        (b"a: \x00", "this is not YAML"),
        (b"- a", "words are expected here"),
        (b"[" * 5_000, "nesting depth"),
        (b"a: {" * 20, "more than 16 levels"),
        (b"a: " + b"x" * 1_000_001, "more than 1000000 bytes"),
        (b"? [a]\n: b", "a word must be a text"),
        (b"a: *b", "an alias is not allowed"),
    ],
)
def test_what_is_no_mapping_at_all_is_refused(content: bytes, expected: str) -> None:
    assert any(expected in each for each in problems(content))


def test_more_rules_than_the_limit_are_refused() -> None:
    rules = "          - {to: goals, from: X, as: element of doelen}\n" * 5_000
    assert any("more than 5000 rules" in each for each in problems(GOOD.replace("    ignore:", rules + "    ignore:")))


def test_a_yaml_word_stays_the_text_that_it_is() -> None:
    text = GOOD.replace("{source: D, target: goals", "{source: NO, target: goals, display: on")
    loaded = read_mapping(text.encode(), "x.yaml", Path())
    assert loaded.kinds["doelen"].makers


def test_a_table_in_a_file_is_read_and_is_part_of_the_identity(tmp_path: Path) -> None:
    (tmp_path / "soort.csv").write_text("source,display,target,match\nD,Doel,goals,equal\n", encoding="utf-8-sig")
    text = GOOD.replace("  soort:\n    - {source: D, target: goals, match: equal}", "  soort: soort.csv")
    (tmp_path / "m.yaml").write_text(text)
    assert [name for name, _ in load_mapping(tmp_path / "m.yaml").identity.tables] == ["soort"]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("source,target\nD,goals\n", "soort.csv:1:1: the first line must be: source,display,target,match"),
        ("source,display,target,match\nD,Doel\n", "soort.csv:2:1: 2 fields where 4 are expected"),
        ("source,display,target,match\nD,,goals,equal\nD,,goals,equal\n", "soort.csv:3:1: source: the code `D` stands"),
        ('source,display,target,match\nD,"x"y,goals,equal\n', "soort.csv:2:1: this is not CSV"),
        (None, "table `soort` cannot be read: No such file or directory"),
    ],
)
def test_a_mistake_in_a_tables_file_is_named_at_its_line(tmp_path: Path, table: str | None, expected: str) -> None:
    if table is not None:
        (tmp_path / "soort.csv").write_text(table)
    text = GOOD.replace("  soort:\n    - {source: D, target: goals, match: equal}", "  soort: soort.csv")
    assert any(expected in each for each in problems(text, tmp_path))


def test_a_file_that_is_not_there_is_a_problem_too(tmp_path: Path) -> None:
    with pytest.raises(MappingError) as caught:
        load_mapping(tmp_path / "weg.yaml")
    assert "cannot be read: No such file or directory" in str(caught.value)
