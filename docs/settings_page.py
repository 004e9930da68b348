"""The page of the settings: each variable, its default, and the sentence that stands under it in `gateway.settings`."""

import ast
import inspect
from collections.abc import Mapping
from itertools import pairwise

from docs.page import table, unwrapped
from gateway import settings
from gateway.settings import PREFIX, Settings


def settings_page() -> str:
    """Return the page."""
    said = descriptions()
    rows = ((f"`{PREFIX}{name.upper()}`", _default(name), unwrapped(said[name])) for name in Settings.model_fields)
    return f"# Settings\n\n{unwrapped(settings.__doc__)}\n\n{table(('variable', 'default', 'what it is'), rows)}\n"


def descriptions() -> Mapping[str, str]:
    """Return what each setting says of itself.

    Read from the source here, because pydantic would read it at every start of a gateway.
    """
    statements = next(
        each for each in ast.walk(ast.parse(inspect.getsource(Settings))) if isinstance(each, ast.ClassDef)
    ).body
    return {
        each.target.id: str(text.value.value)
        for each, text in pairwise(statements)
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
    }


def _default(name: str) -> str:
    field = Settings.model_fields[name]
    if field.is_required():
        return "(required)"
    value = field.default
    seconds = getattr(value, "total_seconds", None)
    if seconds is not None:
        return f"`{seconds():g}`"
    return "(none)" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"
