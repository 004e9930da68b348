"""Reading a FHIR R4 Consent into the fields of our entry. What is not understood is refused, with its place.

Source: HL7 FHIR R4 `Consent`; decision contract, section 2 (*Keys*: consents, refusals).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from consent.fhir.around import OURS, Around, Policy, Said
from consent.fhir.elements import Notes
from consent.fhir.extending import read_extensions
from consent.fhir.frame import check_frame, read_id, read_status
from consent.fhir.issues import Issue, IssueCode
from consent.fhir.kept import Kept
from consent.fhir.naming import Naming
from consent.fhir.provision import PLACE, Provision, read_provision

_REQUIRED: Final = ("status", "scope", "category", "patient", "policy", "provision")
_MAY: Final = ("resourceType", "id", "meta", "text", "extension", "dateTime", "performer", "organization")
_KNOWN: Final = (*_REQUIRED, *_MAY, "sourceReference")

_NEEDED: Final = {
    "recipients": ("actor", "name each who may receive it, as `IRCP`: a yes for anybody is no yes (CV-09)"),
    "holders": ("actor", "name each who has the records, as `CST`"),
    "purposes": ("purpose", "name what it is for"),
    "categories": ("class", "name the categories that it is about"),
}
"""What a yes must name, by key: the element of the provision, and what to do."""


def read(resource: Any, around: Around = OURS) -> Said:
    """Return what `resource` says. Whether status and beginning are true now is `standing`; who may say it, `whose`.

    Raises:
        UnreadableConsentError: with everything that it holds and that cannot be kept, or not so; or the first of it.
    """
    notes = Notes()
    told = notes.members(resource, "Consent", _KNOWN)
    if told.get("resourceType") != "Consent":
        notes.wrong("Consent.resourceType", IssueCode.STRUCTURE, "expected `Consent`")
    for name in _REQUIRED:
        if name not in told:
            notes.wrong(f"Consent.{name}", IssueCode.REQUIRED, "is required")
    notes.settle()
    said = _Reading(told, around, notes, Naming(around, notes)).said()
    notes.settle()
    return said


@dataclass(slots=True)
class _Reading:
    """One reading; every step notes what is wrong with its part and keeps the rest."""

    told: Mapping[str, Any]
    around: Around
    notes: Notes
    naming: Naming
    kept: Kept = field(default_factory=Kept)
    remarks: list[Issue] = field(default_factory=list)

    def said(self) -> Said:
        told, notes, kept = self.told, self.notes, self.kept
        check_frame(told, notes, self.around)
        policies = self._policies()
        kept.keep("about", self._one(told["patient"], "Consent.patient"), "Consent.patient")
        kept.keep("given_by", self._giver(), "Consent.performer")
        if "dateTime" in told:
            kept.keep("on", notes.moment(told["dateTime"], "Consent.dateTime"), "Consent.dateTime")
        provision = read_provision(told["provision"], notes, self.naming)
        section = provision.section or "consents"
        read_extensions(told, section, notes, kept)
        custodians = self._custodians()
        self._source(section)
        if provision.section is not None:
            self._provide(provision, custodians, policies)
        return Said(
            section=section,
            id=read_id(told, section, notes),
            fields=kept.fields,
            places=kept.places,
            claims=self.naming.claims,
            remarks=(*self.remarks, *provision.remarks),
            status=read_status(told, notes),
            starts=provision.starts,
        )

    def _one(self, value: Any, place: str) -> str | None:
        return self.naming.one(self.notes.reference(value, place), place)

    def _giver(self) -> str | None:
        if "performer" not in self.told:
            return None
        found = self.notes.items(self.told["performer"], "Consent.performer")
        if len(found) > 1:
            what = "a Consent is one giver's; send one for each who gives it"
            self.notes.wrong("Consent.performer", IssueCode.BUSINESS_RULE, what)
            return None
        return self._one(found[0][1], found[0][0]) if found else None

    def _custodians(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if "organization" in self.told:
            for place, item in self.notes.items(self.told["organization"], "Consent.organization"):
                reference = self.notes.reference(item, place)
                found |= dict.fromkeys(() if reference is None else self.naming.ids(reference, place), place)
        return found

    def _policies(self) -> list[Policy]:
        found = []
        for place, item in self.notes.items(self.told["policy"], "Consent.policy"):
            uri = self.notes.members(item, place, ("uri",)).get("uri")
            policy = self.around.policies.get(uri) if type(uri) is str else None
            if policy is None:
                what = f"this policy is not known here; name {' or '.join(sorted(self.around.policies))}"
                self.notes.wrong(f"{place}.uri", IssueCode.NOT_SUPPORTED, what)
            else:
                found.append(policy)
        return found

    def _source(self, section: str) -> None:
        if "sourceReference" not in self.told:
            return
        place = "Consent.sourceReference"
        shown = self.around.documents.get(self.notes.reference(self.told["sourceReference"], place) or "")
        if shown is None:
            what = "no document is kept here; give the hash of the text in the extension `text-sha256`"
            self.notes.wrong(place, IssueCode.NOT_SUPPORTED, what)
        elif section == "consents":
            self.kept.keep("text_sha256", shown, place)

    def _provide(self, provision: Provision, custodians: Mapping[str, str], policies: list[Policy]) -> None:
        kept = self.kept
        kept.keep("until", provision.until, f"{PLACE}.period.end")
        for key, words in provision.words.items():
            kept.keep(key, words, f"{PLACE}.{_NEEDED[key][0]}")
        for key, ids in provision.lists.items():
            if key in kept.fields:
                self.notes.wrong(kept.places[key], IssueCode.BUSINESS_RULE, "stands beside a list; say one of the two")
            kept.keep_ids(key, ids, f"{PLACE}.actor")
        self._place(custodians, provision.section)
        if provision.section == "consents":
            self._name_all(policies)

    def _place(self, custodians: Mapping[str, str], section: str | None) -> None:
        """See who manages the Consent: no limit of a no, and the holder of a yes only where that is agreed."""
        named = self.kept.fields.get("holders")
        if type(named) is list:
            for place in {place for name, place in custodians.items() if name not in named}:
                self.notes.wrong(place, IssueCode.BUSINESS_RULE, "is no custodian (`CST`) of the provision")
        elif section == "consents":
            if custodians and named is None and self.around.custodian_holds:
                self.kept.keep_ids("holders", custodians, "Consent.organization")
        elif custodians:
            what = "does not limit this: it counts whoever has the records; name a `CST` to limit it"
            self.remarks.append(Issue("Consent.organization", IssueCode.INFORMATIONAL, what))

    def _name_all(self, policies: list[Policy]) -> None:
        fields = self.kept.fields
        for policy in policies:
            for key, values in (("recipients", policy.recipients), ("categories", policy.categories)):
                if values and key not in fields:
                    self.kept.keep(key, [str(each) for each in values], "Consent.policy")
        for key, (element, what) in _NEEDED.items():
            if key not in fields:
                self.notes.wrong(f"{PLACE}.{element}", IssueCode.REQUIRED, what)
