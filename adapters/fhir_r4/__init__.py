"""The door to a FHIR R4 server."""

from adapters.fhir_r4.source import FHIRSettings, FHIRSource

__all__ = ["FHIRSettings", "FHIRSource"]
