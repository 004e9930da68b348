"""What the bodies of requests are made of: strict shapes, identifiers, free text and lists."""

from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from consent.world.fields import identifier, text
from schemas.words import Category

_LONGEST: Final = 4000
LONGEST_ID: Final = 200


class Wire(BaseModel):
    """A body, or a part of one: what it does not name is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def trimmed(value: object) -> object:
    """Return a text without the white space around it, which is absent where nothing is left; else `value`."""
    return text(value) if type(value) is str else value


Identifier: TypeAlias = Annotated[str, Field(min_length=1, max_length=LONGEST_ID), AfterValidator(identifier)]
FreeText: TypeAlias = Annotated[Annotated[str, Field(max_length=_LONGEST)] | None, BeforeValidator(trimmed)]
Listed: TypeAlias = Annotated[list[Category], Field(min_length=1, max_length=len(Category))]
