"""What differs between two plans, as lines: `+` for what came, `-` for what is no longer seen, `~` for changes."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from gateway.showing_plan.differences import Differences, FieldChange
from gateway.showing_plan.reading import Answer, Members
from gateway.showing_plan.rows import element_label
from gateway.showing_plan.words import called, member_called, one_line, plain, told
from schemas.texts import Texts


def difference_lines(
    found: Differences, old: tuple[str, Answer], new: tuple[str, Answer], texts: Texts
) -> Iterator[str]:
    """Yield the lines; `old` and `new` are each a file's name with what it holds."""
    if not found:
        yield texts("diff.same")
    for mark, elements in (("+", found.came), ("-", found.went)):
        for each in elements:
            yield f"{mark} {_element(each, texts)}"
    for changed in found.changed:
        yield f"~ {_element(changed.element, texts)}"
        for one in changed.fields:
            yield f"    {_field(changed.element['kind'], one, texts)}"
    if found.plan:
        yield f"~ {texts('diff.plan')}"
        for one in found.plan:
            yield f"    {_field('', one, texts)}"
    if found:
        counts = {"came": len(found.came), "went": len(found.went), "changed": len(found.changed)}
        yield texts("diff.count", **counts)
    yield from _why(found, old, new, texts)


def _why(found: Differences, old: tuple[str, Answer], new: tuple[str, Answer], texts: Texts) -> Iterator[str]:
    if found.went:
        yield texts("diff.why-went")
    for file, answer in (old, new):
        if silent := answer.silent():
            yield one_line(texts("diff.silent", file=file, sources=texts.listed(silent)))


def difference_document(found: Differences, old: Answer, new: Answer) -> Mapping[str, Any]:
    """Return the same for a program. A field that is not there is null."""
    return {
        "same": not found,
        "came": found.came,
        "went": found.went,
        "changed": [
            {"id": each.element["id"], "kind": each.element["kind"], "fields": [asdict(one) for one in each.fields]}
            for each in found.changed
        ],
        "plan": [asdict(each) for each in found.plan],
        "silent": {"old": old.silent(), "new": new.silent()},
    }


def _element(element: Members, texts: Texts) -> str:
    kind = called("kind", element["kind"], texts)
    source = plain(element.get("source", {}).get("organisation"), texts)
    said = element_label(element, texts)
    return one_line(", ".join(each for each in (f"{kind}: {said}", source) if each) + f" [{element['id']}]")


def _field(kind: str, change: FieldChange, texts: Texts) -> str:
    first, _, rest = change.path.partition(".")
    name = member_called(kind, first, texts) if not rest else change.path
    old, new = (_value(kind, first, each, texts) for each in (change.old, change.new))
    return f"{one_line(name)}: {old} → {new}"


def _value(kind: str, member: str, value: Any, texts: Texts) -> str:
    return texts("diff.nothing") if value is None else f"“{one_line(told(kind, member, value, texts))}”"
