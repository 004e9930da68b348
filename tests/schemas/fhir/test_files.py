"""Every public file of plan content: what of it is not carried is listed, in the docs too."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from docs.fhir_losses import COLLECTIONS, KEPT, ORIGIN, FileRead, files, losses_page
from schemas.fhir import read_bundle
from schemas.fhir.bundles import entries
from schemas.fhir.places import Path, leaves, shown
from tests.beside import needs_shared

# Files of third parties stay outside the repository; without them there is nothing to hold this to.
pytestmark = needs_shared

MADE = {
    "01-fhir-official-examples": {"goal": 10, "need": 6, "activity": 2, "appointment": 1, "contact": 1},
    "02-dutch/nictiz-zib2020-r4": {"need": 10, "activity": 1, "goal": 1},
    "02-dutch/nictiz-testscripts-r4": {},
    "02-dutch/nictiz-testscripts-stu3": {"goal": 8, "appointment": 6, "activity": 4, "need": 2, "contact": 1},
}


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_of_each_collection_these_elements_are_made(collection: str) -> None:
    made = Counter(each.kind for file in files(collection) for each in file.read.elements)
    assert made == MADE[collection]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_value_that_is_not_listed_changes_what_is_read(collection: str) -> None:
    """Ask no code that knows what was read: change the value, and look whether anybody notices."""
    for file in files(collection):
        for entry in entries(file.resource):
            resource = entry.resource
            listed = {each.path for each in file.read.leftovers if each.resource == entry.label}
            if "" not in listed:
                unseen = [
                    each
                    for each in leaves(resource)
                    if each[:2] not in entry.apart and not _listed(shown(each), listed)
                ]
                assert not [each for each in unseen if not _noticed(file, resource, each)], file.name


def test_the_page_of_losses_is_fresh_and_names_every_file() -> None:
    page = losses_page()
    assert KEPT.read_text("utf-8").endswith(page)
    assert all(f"| {file.name} |" in page for each in COLLECTIONS for file in files(each))


def test_no_text_of_a_file_is_on_the_page_of_losses() -> None:
    page = losses_page()
    texts = {text for each in COLLECTIONS for file in files(each) for text in _sentences(file.resource)}
    assert texts
    assert not [each for each in texts if each in page]


def _sentences(node: Any) -> Iterator[str]:
    values = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for each in values:
        if isinstance(each, str) and " " in each:
            yield each
        yield from _sentences(each)


def _listed(path: str, listed: set[str]) -> bool:
    return path == "resourceType" or path in listed


def _noticed(file: FileRead, node: Any, path: Path) -> bool:
    for step in path[:-1]:
        node = node[step]
    kept, node[path[-1]] = node[path[-1]], "changed"
    after = read_bundle(file.resource, ORIGIN)
    node[path[-1]] = kept
    # Of two codes that say one category the other still says it; the changed one is listed then.
    return after.elements != file.read.elements or (path[0] == "category" and after != file.read)
