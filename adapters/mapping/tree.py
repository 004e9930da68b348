"""YAML as a tree of texts that know their place: no types, no anchors, no tags, no doubled words.

Reading every scalar as a text is what keeps `NO` from becoming `False` and `010` from becoming `8` (YAML 1.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import yaml

from adapters.mapping.problems import Place, Problems, allowed

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 16

_OPENS: Final = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSES: Final = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
_REFUSED: Final = {
    yaml.AnchorToken: "an anchor is not allowed: write the thing out where it is needed",
    yaml.AliasToken: "an alias is not allowed: write the thing out where it is needed",
    yaml.TagToken: "a tag is not allowed: every value is a text",
    yaml.DirectiveToken: "a directive is not allowed",
}


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar, as it stands there."""

    value: str
    place: Place


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Node", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Branch:
    """Words and what stands under them."""

    members: Mapping[str, "Node"]
    words: Mapping[str, Place]
    place: Place


Node: TypeAlias = Text | Items | Branch


def read_tree(content: bytes, file: str, problems: Problems) -> Node | None:
    """Return what `content` holds, or None (with the reasons in `problems`) where it cannot be read."""
    start = Place(file, 1, 1)
    if len(content) > MAX_BYTES:
        problems.add(start, f"the file has more than {MAX_BYTES} bytes: split it")
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        problems.add(start, f"byte {error.start} is not UTF-8: save the file as UTF-8")
        return None
    try:
        if not _tokens_are_plain(text, file, problems):
            return None
        node = yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = start if mark is None else Place(file, mark.line + 1, mark.column + 1)
        problems.add(place, f"this is not YAML: {error.problem or error.context}")
        return None
    except yaml.YAMLError:
        problems.add(start, "this is not YAML: it holds a character that may not stand in a text")
        return None
    if node is None:
        problems.add(start, "the file is empty")
        return None
    return _converted(node, file, problems)


def _tokens_are_plain(text: str, file: str, problems: Problems) -> bool:
    """Look at the tokens before anything is built, so neither depth nor an alias can be a trap."""
    depth, documents, fine = 0, 0, True
    for token in yaml.scan(text, Loader=yaml.CBaseLoader):
        place = Place(file, token.start_mark.line + 1, token.start_mark.column + 1)
        depth += isinstance(token, _OPENS) - isinstance(token, _CLOSES)
        documents += isinstance(token, yaml.DocumentStartToken)
        if depth > MAX_DEPTH:
            problems.add(place, f"more than {MAX_DEPTH} levels")
            return False
        if documents > 1:
            problems.add(place, "a second document is not allowed: one mapping in a file")
            return False
        if type(token) in _REFUSED:
            problems.add(place, _REFUSED[type(token)])
            fine = False
    return fine


def _converted(node: yaml.Node, file: str, problems: Problems) -> Node:
    place = Place(file, node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.ScalarNode):
        return Text(node.value, place)
    if isinstance(node, yaml.SequenceNode):
        return Items(tuple(_converted(each, file, problems) for each in node.value), place)
    members: dict[str, Node] = {}
    words: dict[str, Place] = {}
    for key, value in node.value:
        at = Place(file, key.start_mark.line + 1, key.start_mark.column + 1)
        if not isinstance(key, yaml.ScalarNode):
            problems.add(at, "a word must be a text")
        elif key.value in members:
            problems.add(at, f"`{key.value}` stands twice; the first is on line {words[key.value].line}")
        else:
            members[key.value] = _converted(value, file, problems)
            words[key.value] = at
    return Branch(members, words, place)


@dataclass(frozen=True, slots=True)
class Reader:
    """Takes a tree apart: what is not as it must be goes to `problems`, and the caller gets an empty answer."""

    problems: Problems

    def branch(self, node: Node, *, required: frozenset[str], optional: frozenset[str] = frozenset()) -> Branch:
        """Return `node` with only the words it may have; a missing or unknown word is a problem."""
        if not isinstance(node, Branch):
            self.problems.add(node.place, f"words are expected here: {', '.join(sorted(required | optional))}")
            return Branch({}, {}, node.place)
        for word in node.members.keys() - required - optional:
            self.problems.add(node.words[word], f"unknown word `{word}`; {allowed(required | optional, word)}")
        for word in sorted(required - node.members.keys()):
            self.problems.add(node.place, f"`{word}` is missing")
        known = {word: value for word, value in node.members.items() if word in required | optional}
        return Branch(known, node.words, node.place)

    def items(self, branch: Branch, word: str) -> tuple[Node, ...]:
        """Return the list under `word`, empty where there is none."""
        node = branch.members.get(word)
        if node is None:
            return ()
        if not isinstance(node, Items):
            self.problems.add(node.place, f"`{word}` must be a list")
            return ()
        return node.items

    def text(self, branch: Branch, word: str) -> Text | None:
        """Return the text under `word`, or None where there is none; an empty text is a problem."""
        node = branch.members.get(word)
        if node is None:
            return None
        if not isinstance(node, Text) or not node.value.strip():
            self.problems.add(node.place, f"`{word}` must be a text")
            return None
        return node
