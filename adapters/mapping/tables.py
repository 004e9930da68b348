"""Code tables: what a source's code means in the plan's words, and how well it fits."""

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Final

from adapters.mapping.problems import Place, Problems, allowed
from adapters.mapping.tree import MAX_BYTES, Branch, Items, Node, Reader, Text

COLUMNS: Final = ("source", "display", "target", "match")
MATCHES: Final = frozenset({"equal", "wider", "narrower", "none"})
MAX_ROWS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    """What one code means. `target` is empty where the plan has no word for it (`match: none`)."""

    target: str
    match: str
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """Every code of one list. `sha256` is of its file, or None where it stands in the mapping file."""

    name: str
    rows: Mapping[str, Row]
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class TableReader:
    """Reads the section `tables`; files lie in `folder` or below, so a mapping can name no other file."""

    folder: Path
    problems: Problems

    def table(self, name: str, node: Node) -> Table:
        """Return the table `name`, with what could be read of it."""
        if isinstance(node, Items):
            return Table(name, self._rows([(each.place, self._inline(each)) for each in node.items]))
        if isinstance(node, Text):
            return self._file(name, node)
        self.problems.add(node.place, f"table `{name}` must be a list of rows or the path of a CSV file")
        return Table(name, {})

    def _inline(self, node: Node) -> dict[str, str]:
        reader = Reader(self.problems)
        required, optional = frozenset({"source", "match"}), frozenset({"display", "target"})
        branch: Branch = reader.branch(node, required=required, optional=optional)
        return {word: text.value.strip() for word in branch.members if (text := reader.text(branch, word))}

    def _file(self, name: str, node: Text) -> Table:
        relative = PurePosixPath(node.value)
        if relative.is_absolute() or ".." in relative.parts:
            self.problems.add(node.place, "a table's file lies beside the mapping file or below it")
            return Table(name, {})
        try:
            content = (self.folder / relative).read_bytes()
        except OSError as error:
            self.problems.add(node.place, f"table `{name}` cannot be read: {error.strerror}")
            return Table(name, {})
        start = Place(node.value, 1, 1)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.problems.add(start, f"byte {error.start} is not UTF-8: save the file as UTF-8")
            return Table(name, {})
        if len(content) > MAX_BYTES:
            self.problems.add(start, f"the file has more than {MAX_BYTES} bytes")
            return Table(name, {})
        return Table(name, self._rows(self._lines(text, node.value)), hashlib.sha256(content).hexdigest())

    def _lines(self, text: str, file: str) -> list[tuple[Place, dict[str, str]]]:
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        read: list[tuple[Place, dict[str, str]]] = []
        try:
            if tuple(next(lines, [])) != COLUMNS:
                self.problems.add(Place(file, 1, 1), f"the first line must be: {','.join(COLUMNS)}")
                return []
            for fields in lines:
                place = Place(file, lines.line_num, 1)
                if len(fields) != len(COLUMNS):
                    self.problems.add(place, f"{len(fields)} fields where {len(COLUMNS)} are expected")
                    continue
                read.append((place, {word: field.strip() for word, field in zip(COLUMNS, fields, strict=True)}))
        except csv.Error as error:
            self.problems.add(Place(file, lines.line_num, 1), f"this is not CSV: {error}")
        return read

    def _rows(self, read: list[tuple[Place, dict[str, str]]]) -> Mapping[str, Row]:
        rows: dict[str, Row] = {}
        for place, row in read[:MAX_ROWS]:
            source, match, target = row.get("source", ""), row.get("match", ""), row.get("target", "")
            if match not in MATCHES:
                self.problems.add(place, f"match: no such word `{match}`; {allowed(MATCHES, match)}")
            elif not source:
                self.problems.add(place, "source: the code is missing")
            elif source in rows:
                self.problems.add(place, f"source: the code `{source}` stands twice")
            elif bool(target) is (match == "none"):
                self.problems.add(place, "target: empty where match is `none`, and only there")
            else:
                rows[source] = Row(target, match, place)
        if len(read) > MAX_ROWS:
            self.problems.add(read[MAX_ROWS][0], f"more than {MAX_ROWS} rows")
        return MappingProxyType(rows)
