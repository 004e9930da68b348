"""The plan as FHIR R4, in both directions: tables say once where each field stands (`schemas.fhir.kinds`)."""

from schemas.fhir.family import Leave
from schemas.fhir.json_text import json_bytes, read_json
from schemas.fhir.reading import Left, Origin, Read, read_bundle
from schemas.fhir.writing import bundle_of, fhir_id, resources_of

__all__ = [
    "Leave",
    "Left",
    "Origin",
    "Read",
    "bundle_of",
    "fhir_id",
    "json_bytes",
    "read_bundle",
    "read_json",
    "resources_of",
]
