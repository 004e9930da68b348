"""What answers have in common. A model here describes what a door answers and is never made: the doors write JSON."""

from pydantic import BaseModel, ConfigDict


class Out(BaseModel):
    """A body that goes out, or a part of one. A member without a default is always there; others may be absent."""

    model_config = ConfigDict(frozen=True)


class InLanguages(Out):
    """The same sentence in each language."""

    nl: str
    en: str


class Receipt(Out):
    """The log's signed promise that the event is in it (`audit.receipt`)."""

    event: str
    leaf_hash: str
    at: str
    signature: str
    key: str


class Answered(Out):
    """An answer; by `request_id` its event is found in the log."""

    request_id: str


class Acknowledged(Answered):
    """An answer to something that was kept."""

    receipt: Receipt
