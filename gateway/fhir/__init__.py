"""Consents and refusals as FHIR: another way to the desk of facts and to what is known, with no rule of its own."""
