"""Names and addresses as different systems write them: one family is one, and two are two."""

from pathlib import Path

import pytest

from audit.signals.looked import Known
from consent.keys import KeyService
from gateway.signals.known_file import read_known
from gateway.signals.pseudonyms import Pseudonyms
from tests.gateway.signals.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def known(keys: KeyService, folder: Path, employee: str, person: str) -> Known:
    file = folder / "known.toml"
    said = f"[[employee]]\norganisation = 't'\nid = 'anna'\n{employee}\n[[person]]\nid = 'sem'\n{person}\n"
    file.write_text(said)
    return await read_known(file, Pseudonyms(keys))


def is_same(found: Known) -> bool:
    [[his], [theirs]] = list(found.accounts.values()), list(found.persons.values())
    return bool(his & theirs)


@pytest.mark.parametrize(
    ("his", "theirs", "expected"),
    [
        ("de Vries", "Vries", True),
        ("Vries, de", "DE VRIES", True),
        ("van der Berg", "v.d. Berg", False),  # an abbreviation nobody can be sure of
        ("van den Berg", "Berg", True),
        ("\u2019t Hart", "Hart", True),
        ("d\u2019Ancona", "Ancona", True),
        ("O\u2019Brien", "OBrien", True),
        ("Du", "Du", True),
        ("de", "van", False),
        ("de Vries", "de Boer", False),
    ],
)
async def test_a_family_name_is_the_same_without_what_stands_before_it(
    house: House, tmp_path: Path, his: str, theirs: str, *, expected: bool
) -> None:
    keys = house.committer.facts.keys
    found = await known(keys, tmp_path, f'names = ["{his}"]', f'names = ["{theirs}"]')
    assert is_same(found) is expected


@pytest.mark.parametrize(
    ("his", "theirs", "expected"),
    [("12-1", "121", False), ("12-1", "12 1", True), ("12A", "12 a", True), ("12", "12a", False)],
)
async def test_a_house_number_keeps_its_additions_apart(
    house: House, tmp_path: Path, his: str, theirs: str, *, expected: bool
) -> None:
    keys = house.committer.facts.keys
    at = "postcode = '9999 ZZ'\nhouse = '{}'"
    assert is_same(await known(keys, tmp_path, at.format(his), at.format(theirs))) is expected
