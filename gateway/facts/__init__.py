"""The desk where facts are recorded, confirmed and ended, and where people look at what is known of them."""

from gateway.facts.calls import Call, NotAllowedError
from gateway.facts.desk import FactsDesk

__all__ = ["Call", "FactsDesk", "NotAllowedError"]
