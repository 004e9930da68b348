"""Events as others write them, made when they are read: FHIR AuditEvent and NEN 7513. Never the stored form."""
