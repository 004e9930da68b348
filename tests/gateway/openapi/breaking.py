"""Which changes of an OpenAPI document break somebody who was built on the older one.

What goes in may only get wider, what comes out only narrower; a reader passes over members that he does not know.
It looks at the form of schemas and knows no arithmetic of them: a change that it cannot follow counts as a break.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

_SAID: Final = frozenset({"title", "description", "examples", "default", "deprecated", "$comment"})
_FLOORS: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_CEILINGS: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_EXACT: Final = ("pattern", "format", "multipleOf", "uniqueItems", "const", "not", "prefixItems", "patternProperties")
_CHOICES: Final = ("anyOf", "oneOf", "allOf")


def breaks(old: Schema, new: Schema) -> list[str]:
    """Return what breaks who was built on `old`; nothing where the first number of the version was raised."""
    if _major(new) > _major(old):
        return []
    return [*_of_paths(old, new)]


def _major(document: Schema) -> int:
    return int(document["info"]["version"].partition(".")[0])


def _of_paths(old: Schema, new: Schema) -> Iterator[str]:
    for path, operations in old["paths"].items():
        if path not in new["paths"]:
            yield f"{path}: removed"
            continue
        for method, before in operations.items():
            place = f"{method} {path}"
            after = new["paths"][path].get(method)
            if after is None:
                yield f"{place}: removed"
                continue
            whole = (_whole(before, old), _whole(after, new))
            yield from (f"{place}: {each}" for each in (*_inputs(*whole), *_outputs(*whole)))


def _whole(value: Any, document: Schema) -> Any:
    """Return `value` with every reference put in; a schema that holds itself would not end, and none does."""
    if isinstance(value, list):
        return [_whole(each, document) for each in value]
    if not isinstance(value, dict):
        return value
    name = value.get("$ref")
    if isinstance(name, str):
        rest = {each: said for each, said in value.items() if each != "$ref"}
        _, _, kind, named = name.split("/")
        return _whole({**document["components"][kind][named], **rest}, document)
    return {each: _whole(said, document) for each, said in value.items()}


def _inputs(old: Schema, new: Schema) -> Iterator[str]:
    before, after = _parameters(old), _parameters(new)
    yield from (f"parameter {name}: removed" for name in before.keys() - after.keys())
    for name, parameter in after.items():
        was = before.get(name)
        if parameter.get("required") and not (was or {}).get("required"):
            yield f"parameter {name}: newly required"
        if was is not None:
            yield from narrowed(was.get("schema", {}), parameter.get("schema", {}), f"parameter {name}")
    had, has = old.get("requestBody"), new.get("requestBody")
    if has and has.get("required") and not (had or {}).get("required"):
        yield "body: newly required"
    if had and not has:
        yield "body: removed"
    if had and has:
        for kind, body in had["content"].items():
            if kind not in has["content"]:
                yield f"body: {kind} removed"
                continue
            yield from narrowed(body.get("schema", {}), has["content"][kind].get("schema", {}), "body")


def _parameters(operation: Schema) -> dict[str, Schema]:
    return {f"{each['in']} {each['name']}": each for each in operation.get("parameters", ())}


def _outputs(old: Schema, new: Schema) -> Iterator[str]:
    for status, answer in old["responses"].items():
        if status not in new["responses"]:
            yield f"answer {status}: removed"
            continue
        content, now = answer.get("content", {}), new["responses"][status].get("content", {})
        yield from (f"answer {status}: {kind} is new" for kind in now.keys() - content.keys())
        for kind, body in content.items():
            if kind not in now:
                yield f"answer {status}: {kind} removed"
                continue
            was, is_now = body.get("schema", {}), now[kind].get("schema", {})
            yield from gone(was, is_now, f"answer {status}")
            yield from narrowed(is_now, was, f"answer {status} widened")


def gone(old: Schema, new: Schema, place: str) -> Iterator[str]:
    """Yield the members that a reader knew, and that no answer has any more."""
    after = new.get("properties", {})
    for name, schema in old.get("properties", {}).items():
        if name not in after:
            yield f"{place}.{name}: removed"
            continue
        yield from gone(schema, after[name], f"{place}.{name}")
    if "items" in old and "items" in new:
        yield from gone(old["items"], new["items"], f"{place}[]")
    if isinstance(old.get("additionalProperties"), dict) and isinstance(new.get("additionalProperties"), dict):
        yield from gone(old["additionalProperties"], new["additionalProperties"], f"{place}.*")
    for choice in _CHOICES:
        for each in old.get(choice, ()):
            # It may stand elsewhere in the list now, so the form that keeps most of it is its own.
            yield from min(([*gone(each, other, place)] for other in new.get(choice, ())), key=len, default=())


def narrowed(old: Schema, new: Schema, place: str) -> Iterator[str]:
    """Yield where `new` refuses what `old` took."""
    if {name: said for name, said in old.items() if name not in _SAID} == (
        {name: said for name, said in new.items() if name not in _SAID}
    ):
        return
    if "type" in new and not _types(old) <= _types(new):
        yield f"{place}: type {old.get('type', 'any')} became {new['type']}"
    if "enum" in new and ("enum" not in old or not {*map(repr, old["enum"])} <= {*map(repr, new["enum"])}):
        yield f"{place}: words of a list were taken away"
    yield from (f"{place}: {each} raised" for each in _FLOORS if each in new and old.get(each, -1e300) < new[each])
    yield from (f"{place}: {each} lowered" for each in _CEILINGS if each in new and old.get(each, 1e300) > new[each])
    yield from (f"{place}: {each} changed" for each in _EXACT if each in new and old.get(each) != new[each])
    yield from (f"{place}.{each}: required" for each in {*new.get("required", ())} - {*old.get("required", ())})
    yield from _members(old, new, place)
    if "items" in new:
        yield from narrowed(old.get("items", {}), new["items"], f"{place}[]")
    for choice in _CHOICES:
        yield from _choices(old, new, choice, place)


def _types(schema: Schema) -> set[str]:
    said = schema.get("type")
    if said is None:
        return {"const"} if "const" in schema else {"any"}
    return {*said} if isinstance(said, list) else {said}


def _members(old: Schema, new: Schema, place: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before.keys() & after.keys():
        yield from narrowed(before[name], after[name], f"{place}.{name}")
    if new.get("additionalProperties") is False:
        if old.get("additionalProperties") is not False:
            yield f"{place}: other members are refused"
        yield from (f"{place}.{name}: removed" for name in before.keys() - after.keys())


def _choices(old: Schema, new: Schema, choice: str, place: str) -> Iterator[str]:
    if choice not in new:
        return
    if choice == "allOf":
        if old.get(choice) != new[choice]:
            yield f"{place}: {choice} changed"
        return
    for each in old.get(choice, [old]):
        if all(any(narrowed(each, other, place)) for other in new[choice]):
            yield f"{place}: a form of {choice} was taken away"
