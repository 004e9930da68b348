"""Files that are no table, or two at once: each is refused with its place and what to do, and none is shown."""

import codecs
import time

import pytest

from consent.registers.authority_file import read_authority
from consent.registers.gezag_codes import MEANINGS, Code, read_codes
from consent.registers.orders_file import read_orders
from consent.registers.persons_file import read_persons
from consent.registers.problems import MOST_TOLD, RegisterError
from consent.registers.text_table import MOST_BYTES, MOST_LINES

SEM, MOTHER = "999900006", "999900018"
ON = "2026-11-02T09:00:00+01:00"
HEADER = "bsn,born,answered_on"
LINE = f"{SEM},2018-05-04,{ON}"
GOOD = f"{HEADER}\r\n{LINE}\r\n"


def wrong(content: bytes) -> list[str]:
    with pytest.raises(RegisterError) as caught:
        read_persons(content)
    return list(caught.value.lines)


GOOD_FILES = {
    "UTF-8": GOOD.encode(),
    "UTF-8 with a mark": codecs.BOM_UTF8 + GOOD.encode(),
    "UTF-16, little end first": codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le"),
    "UTF-16, big end first": codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"),
    "LF": GOOD.replace("\r\n", "\n").encode(),
    "no line end at its end": GOOD.rstrip().encode(),
    "semicolons": GOOD.replace(",", ";").encode(),
    "quotes": f'"bsn","born","answered_on"\r\n"{SEM}","20180504","{ON}"\r\n'.encode(),
    "an empty line": GOOD.replace("\r\n", "\r\n\r\n").encode(),
}


@pytest.mark.parametrize("content", GOOD_FILES.values(), ids=GOOD_FILES.keys())
def test_one_table_is_read_however_it_was_saved(content: bytes) -> None:
    [found] = read_persons(content)
    assert (found.number, str(found.born)) == (SEM, "2018-05-04")
    assert SEM not in repr(found)


ENCODING = "save it as UTF-8, or as UTF-16 with a byte order mark"
HOSTILE: dict[str, tuple[bytes, list[str]]] = {
    "nothing": (b"", ["file: is empty; its first line must name the columns"]),
    "Windows-1252": (GOOD.encode() + b"\xe9", [f"file: cannot be read from byte {len(GOOD)} on; {ENCODING}"]),
    "UTF-16 without its mark": (GOOD.encode("utf-16-le"), [f"line 1: holds a NUL character; {ENCODING}"]),
    "half a UTF-16 character": (
        codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le") + b"x",
        [f"file: cannot be read from byte {2 * len(GOOD) + 2} on; {ENCODING}"],
    ),
    "UTF-32": (codecs.BOM_UTF32_LE + GOOD.encode("utf-32-le"), [f"file: is UTF-32; {ENCODING}"]),
    "a NUL": (f"{GOOD}{LINE}\0\r\n".encode(), [f"line 3: holds a NUL character; {ENCODING}"]),
    "a million columns": (b"," * 1_000_000, ["line 1: names more than 40 columns"]),
    "a quote that stays open": (
        f'{GOOD}"{LINE}\r\n'.encode(),
        ["line 3: cannot be read from here on; look for a quote that is not closed, or text behind one that is"],
    ),
    "a column twice": (f"{HEADER},born\n".encode(), ["line 1: names a column twice, at place 4"]),
    "an unknown column": (
        f"{HEADER},naam\n".encode(),
        [
            (
                "line 1: place 4 names an unknown column; expected among: bsn, born, answered_on, parent_1, parent_2, "
                "partner, declared_of_age, under_guardianship"
            )
        ],
    ),
    "a column too few": (b"bsn,born\n", ["line 1: the column `answered_on` is missing"]),
    "the header again": (
        f"{GOOD}{HEADER}\n".encode(),
        ["line 3: names the columns again; leave it out"],
    ),
    "a formula": (
        f'{HEADER}\n"=HYPERLINK(1)",2018-05-04,{ON}\n'.encode(),
        ["line 2, column `bsn`: begins as a formula of a spreadsheet; save the values, as text"],
    ),
    "a cell of a formula behind white space": (
        f"{HEADER}\n  @SUM,2018-05-04,{ON}\n".encode(),
        ["line 2, column `bsn`: begins as a formula of a spreadsheet; save the values, as text"],
    ),
    "a line break in a cell": (
        f'{HEADER}\n"{SEM}\n1",2018-05-04,{ON}\n'.encode(),
        ["line 2, column `bsn`: holds a character that cannot be seen, such as a line break; leave it out"],
    ),
    "an endless cell": (
        f"{HEADER}\n{'9' * 100_000},2018-05-04,{ON}\n".encode(),
        ["line 2, column `bsn`: is longer than 200 characters"],
    ),
    "a cell too few": (f"{HEADER}\n{SEM},{ON}\n".encode(), ["line 2: has 2 cells; expected 3, as the first line"]),
    "a number of which a digit is wrong": (
        GOOD.replace(SEM, "999900007").encode(),
        [
            (
                "line 2, column `bsn`: expected a citizen service number; this one does not pass its own test, so "
                "a digit is wrong"
            )
        ],
    ),
    "a number without its first zero": (
        GOOD.replace(SEM, "99990006").encode(),
        ["line 2, column `bsn`: expected a citizen service number of nine digits"],
    ),
    "digits of another script": (
        GOOD.replace(SEM, "٩٩٩٩٠٠٠٠٦").encode(),
        ["line 2, column `bsn`: expected a citizen service number of nine digits"],
    ),
    "a day without its month": (
        GOOD.replace("2018-05-04", "20180000").encode(),
        [
            (
                "line 2, column `born`: expected a whole day; with a part of it unknown nobody can tell an age: "
                "record him by hand"
            )
        ],
    ),
    "an instant without an offset": (
        GOOD.replace("+01:00", "").encode(),
        [
            (
                "line 2, column `answered_on`: expected a date (2026-01-31) or an instant with an offset "
                "(2026-01-31T10:00:00+01:00)"
            )
        ],
    ),
    "a person twice": (
        f"{GOOD}{LINE}\n".encode(),
        ["line 3: is about the person of line 2 again; leave one out"],
    ),
    "a parent of himself": (
        f"{HEADER},parent_1,parent_2\n{LINE},{SEM},\n".encode(),
        ["line 2: names one person twice among himself and his parents"],
    ),
    "one column of two parents": (
        f"{HEADER},parent_1\n{LINE},{MOTHER}\n".encode(),
        ["line 2: the file has one column of parents; give both, or none"],
    ),
    "a flag that is neither": (
        f"{HEADER},under_guardianship\n{LINE},misschien\n".encode(),
        ["line 2, column `under_guardianship`: expected yes or no"],
    ),
    "three things at once": (
        f"{HEADER}\n{SEM},x,{ON}\n,2018-05-04,y\n".encode(),
        [
            "line 2, column `born`: expected a date (2026-01-31)",
            "line 3, column `bsn`: is empty; fill it in",
            (
                "line 3, column `answered_on`: expected a date (2026-01-31) or an instant with an offset "
                "(2026-01-31T10:00:00+01:00)"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("content", "expected"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_with_each_place(content: bytes, expected: list[str]) -> None:
    assert wrong(content) == expected


@pytest.mark.parametrize("content", [content for content, _ in HOSTILE.values()], ids=HOSTILE.keys())
def test_no_refusal_shows_a_number_or_takes_long(content: bytes) -> None:
    began = time.process_time()
    assert not any(number in line for line in wrong(content) for number in (SEM, MOTHER, "999900007", "2018"))
    assert time.process_time() - began < 2


def test_too_large_a_file_is_not_looked_into() -> None:
    assert wrong(b"x" * (MOST_BYTES + 1))[0].startswith("file: is too large; split the file")


def test_too_many_lines_are_told() -> None:
    content = (HEADER + "\n" + f"{LINE}\n" * (MOST_LINES + 1)).encode()
    assert wrong(content)[0].startswith("file: has too many lines; split the file")


def test_problems_are_bounded_and_counted() -> None:
    found = wrong((HEADER + "\n" + "x\n" * (MOST_TOLD + 7)).encode())
    assert (len(found), found[-1]) == (MOST_TOLD + 1, "and 7 more")


# Authority

AUTHORITY = "bsn,authority,answered_on,parent_1,parent_2,third_1,third_2,under_investigation"


def authority_wrong(content: str, codes: dict[str, Code] | None = None) -> list[str]:
    with pytest.raises(RegisterError) as caught:
        read_authority(content.encode(), *([] if codes is None else [codes]))
    return list(caught.value.lines)


def test_a_code_that_means_nothing_here_is_refused() -> None:
    [found] = authority_wrong(f"{AUTHORITY}\n{SEM},4X,{ON},,,,,\n")
    assert found.startswith("line 2, column `authority`: expected one of 1, 2, 12")


def test_authority_of_which_it_is_not_sure_whether_it_is_under_investigation_is_refused() -> None:
    # Read as a no, it would let his yes count.
    for doubted in ("misschien", "ja?", "onbekend", "1"):
        found = authority_wrong(f"{AUTHORITY}\n{SEM},1,{ON},{MOTHER},,,,{doubted}\n")
        assert found == ["line 2, column `under_investigation`: expected yes or no"]


def test_an_endless_code_is_refused() -> None:
    found = authority_wrong(f"{AUTHORITY}\n{SEM},{'1' * 65},{ON},,,,,\n")
    assert found == ["line 2, column `authority`: expected at most 64 characters"]


def test_a_national_table_of_which_a_line_is_wrong_is_refused_whole() -> None:
    table = (
        '"32.11 Gezagsverhouding","32.12 Omschrijving","99.98 Datum ingang","99.99 Datum einde"\r\n'
        '"1","Ouder1 heeft het gezag","20200101","20261301"\r\n'
        '"1","Ouder1 heeft het gezag","20200101",""\r\n'
    )
    with pytest.raises(RegisterError) as caught:
        read_codes(table.encode())
    assert list(caught.value.lines) == [
        "line 2, column `99.99 Datum einde`: expected a date (2026-01-31)",
        "line 3, column `32.11 Gezagsverhouding`: is empty or stands there twice",
    ]


def test_a_code_is_taken_only_while_the_national_table_has_it() -> None:
    table = (
        '"32.11 Gezagsverhouding","32.12 Omschrijving","99.98 Datum ingang","99.99 Datum einde"\r\n'
        '"1","Ouder1 heeft het gezag","20200101","20260101"\r\n'
    )
    codes = dict(read_codes(codecs.BOM_UTF16_LE + table.encode("utf-16-le")))
    for day, taken in (("2019-12-31", False), ("2020-01-01", True), ("2025-12-31", True), ("2026-01-01", False)):
        content = f"{AUTHORITY}\n{SEM},1,{day},{MOTHER},,,,\n"
        if taken:
            assert len(read_authority(content.encode(), codes)) == 1
        else:
            assert "not on the day of the answer" in authority_wrong(content, codes)[0]


def test_a_third_party_whom_the_code_does_not_speak_of_is_refused() -> None:
    [found] = authority_wrong(f"{AUTHORITY}\n{SEM},1,{ON},{MOTHER},,999900031,,\n")
    assert "speaks of no third party" in found


@pytest.mark.parametrize("code", MEANINGS)
def test_a_code_never_names_fewer_holders_than_it_says_there_are(code: str) -> None:
    [said] = read_authority(f"{AUTHORITY}\n{SEM},{code},{ON},,,,,\n".encode())
    [relation] = said.relationships
    meaning = MEANINGS[code]
    assert len(relation.holders) == len(meaning.parents) + meaning.third


NO_ANSWER = f'{{"burgerservicenummer": "{SEM}", "answered_on": "2026-11-02", "gezag": []}}'
JSON = {
    "no JSON": ('{"answers": [', ["file: begins as JSON, and is none"]),
    "too deep": ('{"answers": ' + "[" * 100_000, ["file: begins as JSON, and is none"]),
    "another form": ('{"gezag": []}', ["gezag: unknown key, or one that an entry of its kind does not have"]),
    "a number of eight digits": (
        '{"answers": [{"burgerservicenummer": "12345678", "answered_on": "2026-11-02", "gezag": []}]}',
        ["answers[0].burgerservicenummer: expected a citizen service number of nine digits"],
    ),
    "too many answers": (
        '{"answers": [' + ",".join([NO_ANSWER] * (MOST_LINES + 1)) + "]}",
        [f"answers: split the file: at most {MOST_LINES} answers are taken at a time"],
    ),
    "a key twice": ('{"answers": [], "answers": []}', ["file: names a key twice in one mapping; leave one out"]),
}


@pytest.mark.parametrize(("content", "expected"), JSON.values(), ids=JSON.keys())
def test_json_that_is_no_answer_is_refused_with_each_place(content: str, expected: list[str]) -> None:
    assert authority_wrong(content)[: len(expected)] == expected


# Orders

ORDERS = "bsn,register,answered_on,reference,kind,executor,since,until,ended_on"
WRONG_ORDERS = {
    "a kind of another register": (
        f"{SEM},youth-probation,{ON},a,supervision-order,gi,2026-01-01,2027-01-01,",
        ["line 2, column `kind`: is no kind of this register"],
    ),
    "an end before its start": (
        f"{SEM},child-protection,{ON},a,supervision-order,gi,2026-01-01,2025-01-01,",
        ["line 2, column `until`: before `since`"],
    ),
    "no reference": (
        f"{SEM},child-protection,{ON},,supervision-order,gi,2026-01-01,2027-01-01,",
        ["line 2, column `reference`: is missing or empty; an order has it"],
    ),
    "with and without an order": (
        f"{SEM},child-protection,{ON},,,,,,\n{SEM},child-protection,{ON},a,secure-care,gi,2026-01-01,2027-01-01,",
        ["line 2: this person has a line with an order and one without; leave one out"],
    ),
    "answers of two moments": (
        (
            f"{SEM},child-protection,{ON},a,secure-care,gi,2026-01-01,2027-01-01,\n"
            f"{SEM},child-protection,2026-11-03,b,secure-care,gi,2026-01-01,2027-01-01,"
        ),
        ["line 2: this person has answers of several moments; keep those of the last one"],
    ),
}


@pytest.mark.parametrize(("lines", "expected"), WRONG_ORDERS.values(), ids=WRONG_ORDERS.keys())
def test_orders_that_contradict_themselves_are_refused(lines: str, expected: list[str]) -> None:
    with pytest.raises(RegisterError) as caught:
        read_orders(f"{ORDERS}\n{lines}\n".encode())
    assert list(caught.value.lines) == expected
