"""The doors below `/fhir`, for who speaks FHIR R4. The rules are those of the native doors."""
