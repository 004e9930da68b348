"""Our yes and no as a FHIR R4 `Consent`, and back: the wire form, its tables as data, and no rule of its own.

Pure. A `Consent` is read strictly: what it holds and these tables do not name is refused with its place and a reason,
never passed over, since a limit that nobody understood would open more than was said. Who may say it, and what follows
from it, is `consent.whose` and `consent.decide`, as for every other way in.

Source: HL7 FHIR R4 (4.0.1), `Consent`; decision contract, section 2 (*Keys*) and 5.1.
"""
