"""The elements of a FHIR Consent that are refused, each with the reason. What is in no table at all is refused too."""

from typing import Final

from consent.fhir.issues import IssueCode

REFUSED: Final[dict[str, str]] = {
    "Consent.implicitRules": "rules that stand elsewhere cannot be kept; say everything in the resource",
    "Consent.contained": "a resource inside cannot be kept; refer to whom it is about by id",
    "Consent.modifierExtension": "it could change what all the rest means; take it out",
    "Consent.identifier": "only our own id is kept; take it out",
    "Consent.sourceAttachment": "no document is kept here; give the hash of the text in the extension `text-sha256`",
    "Consent.policyRule": "name the policy by its address in `Consent.policy.uri`",
    "Consent.verification": "who checks whose yes it is says so himself, by a confirmation; take it out",
    "Consent.provision.extension": "it could limit what is given; take it out",
    "Consent.provision.modifierExtension": "it could change what all the rest means; take it out",
    "Consent.provision.action": "what may be done is not told apart: a yes is for receiving and using; take it out",
    "Consent.provision.securityLabel": "records carry no such label here; name categories in `provision.class`",
    "Consent.provision.code": "what a record is about is a category here; name it in `provision.class`",
    "Consent.provision.dataPeriod": "when something was written decides nothing here, so this limit cannot be kept",
    "Consent.provision.data": "single records, or who wrote them, cannot be given here; name categories",
    "Consent.provision.provision": "an exception cannot be kept inside; record it as a Consent of its own",
    "Consent.provision.actor.extension": "it could limit whom it is for; take it out",
    "Consent.provision.actor.modifierExtension": "it could change what all the rest means; take it out",
}
"""By path, without positions."""

UNKNOWN: Final = "is not known here; take it out or check its spelling"


def reason(path: str) -> tuple[IssueCode, str]:
    """Return why the element at `path` (without positions) is refused."""
    told = REFUSED.get(path)
    return (IssueCode.STRUCTURE, UNKNOWN) if told is None else (IssueCode.NOT_SUPPORTED, told)
