"""The mapping language: what stands in a YAML file turns records of one system into elements of the plan.

The language itself is described in docs/reference/mapping-language.md.
"""

from adapters.mapping.known import Known
from adapters.mapping.loading import load_mapping, read_mapping
from adapters.mapping.mapping import LoadedMapping, MappingIdentity
from adapters.mapping.problems import MappingError, Place, Problem
from adapters.mapping.unread import Stop, Unread

__all__ = [
    "Known",
    "LoadedMapping",
    "MappingError",
    "MappingIdentity",
    "Place",
    "Problem",
    "Stop",
    "Unread",
    "load_mapping",
    "read_mapping",
]
