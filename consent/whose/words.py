"""Who may: conditions on who acts, each with the sentence that the page of the table shows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from consent.entries import Authority, Consent, FamilyFact, Involvement, Mandate, Order, Referral
from consent.whose.hand import Form
from consent.whose.scene import Scene
from schemas.words import OrganisationKind, Role

Holds = Callable[[Scene], bool]


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who may do something, in words and as a condition."""

    nl: str
    en: str
    holds: Holds


def owner_of(entry: Any) -> str:
    """Return whose fact an entry is: the person it is about."""
    for key in ("about", "over", "of", "youth", "subject", "person", "id"):
        value = getattr(entry, key, None)
        if isinstance(value, str):
            return value
    raise TypeError("an entry about nobody")


def _acts(form: Form) -> Holds:
    return lambda scene: scene.hand.form is form


def _is_the_person(scene: Scene) -> bool:
    return scene.hand.form is Form.PERSON and scene.hand.id == owner_of(scene.entry)


def _helps_the_person(scene: Scene) -> bool:
    return scene.helps_any({owner_of(scene.entry)})


def _helps_the_household(scene: Scene) -> bool:
    return scene.helps_any(scene.household(scene.beside or owner_of(scene.entry)))


def _belongs_to(kind: OrganisationKind) -> Holds:
    return lambda scene: scene.hand.form is Form.PROFESSIONAL and scene.hand.kind is kind


def _is_of(scene: Scene, organisation: str | None) -> bool:
    return scene.hand.form is Form.PROFESSIONAL and organisation is not None and scene.hand.organisation == organisation


REGISTER: Final = Who("een aangesloten register", "a connected register", _acts(Form.REGISTER))
OPERATOR: Final = Who("een beheerder van de gateway", "an operator of the gateway", _acts(Form.OPERATOR))
SECOND_OPERATOR: Final = Who("een tweede beheerder van de gateway", "a second operator", _acts(Form.OPERATOR))
PERSON_HIMSELF: Final = Who(
    "de persoon over wie het gaat, met eigen login", "the person it is about, own login", _is_the_person
)
HELPER: Final = Who("een hulpverlener van de persoon", "a helper of the person", _helps_the_person)
HELPER_OF_HOUSEHOLD: Final = Who(
    "een hulpverlener van iemand in het huishouden", "a helper of anyone in the household", _helps_the_household
)
CERTIFIED_INSTITUTION: Final = Who(
    "een gecertificeerde instelling", "a certified institution", _belongs_to(OrganisationKind.CERTIFIED_INSTITUTION)
)
BOARD: Final = Who(
    "de Raad voor de Kinderbescherming",
    "the child protection board",
    _belongs_to(OrganisationKind.CHILD_PROTECTION_BOARD),
)
MUNICIPALITY: Final = Who("een gemeente", "a municipality", _belongs_to(OrganisationKind.MUNICIPALITY))


def _is_another_organisation(scene: Scene) -> bool:
    recorder = scene.recorded_by
    return (
        scene.hand.form is Form.PROFESSIONAL
        and recorder is not None
        and scene.hand.organisation is not None
        and scene.hand.organisation != recorder.organisation
    )


SECOND_ORGANISATION: Final = Who(
    "een professional van een andere organisatie, die het stuk heeft gezien",
    "a professional of another organisation, who has seen the document",
    _is_another_organisation,
)

# Help


def _only_his_own(scene: Scene) -> bool:
    one = scene.entry
    return (
        isinstance(one, Involvement)
        and one.organisations == frozenset({scene.hand.organisation or ""})
        and _is_of(scene, scene.hand.organisation)
    )


def _his_among_them(scene: Scene) -> bool:
    one = scene.entry
    return isinstance(one, Involvement) and any(_is_of(scene, each) for each in one.organisations)


def _helps_without_it(scene: Scene) -> bool:
    # Who comes in by it, or by another of which nobody said that the client knows, would let himself in (F4).
    hand = scene.hand
    sure = scene.sure_helpers(owner_of(scene.entry), before=scene.recorded_at, informed=True)
    return hand.form is Form.PROFESSIONAL and hand.organisation in sure


ORGANISATION_ITSELF: Final = Who(
    "de organisatie die de hulp geeft, voor zichzelf", "the organisation that helps, for itself", _only_his_own
)
HELPER_WITHOUT_IT: Final = Who(
    "een hulpverlener van de persoon, ook zonder samenwerking waarvan de cliënt nog niet weet",
    "a helper of the person, also without joint help of which the client does not know yet",
    _helps_without_it,
)
PARTNER: Final = Who("een partner, voor zichzelf", "any partner, for itself", _his_among_them)


def _referred(scene: Scene) -> bool:
    one = scene.entry
    return (
        isinstance(one, Referral)
        and scene.hand.form is Form.PROFESSIONAL
        and one.by
        in {
            scene.hand.id,
            scene.hand.organisation,
        }
    )


REFERRER: Final = Who("de verwijzer", "the referrer", _referred)


def _has_a_say_over_the_person(scene: Scene, *, sure: bool = False) -> bool:
    name = scene.hand.id if scene.hand.form is Form.PERSON else scene.hand.organisation
    acts = scene.hand.form in {Form.PERSON, Form.PROFESSIONAL}
    return acts and name is not None and scene.has_authority(name, owner_of(scene.entry), sure=sure)


def _has_a_sure_say_over_the_person(scene: Scene) -> bool:
    return _has_a_say_over_the_person(scene, sure=True)


HOLDER_OF_AUTHORITY: Final = Who("een gezagdrager", "a holder of authority", _has_a_say_over_the_person)
SURE_HOLDER_OF_AUTHORITY: Final = Who(
    "een gezagdrager, van wie het gezag is nagegaan en niet betwist",
    "a holder of authority that was verified and is not disputed",
    _has_a_sure_say_over_the_person,
)


def _administers(scene: Scene) -> bool:
    one, hand = scene.entry, scene.hand
    if hand.form is not Form.ADMINISTRATOR or hand.organisation is None:
        return False
    if isinstance(one, Involvement):
        return _organisations_of(scene, one) == {hand.organisation}
    return hand.organisation in {getattr(one, "organisation", None), getattr(one, "id", None)}


def _administers_and_is_another(scene: Scene) -> bool:
    return _administers(scene) and scene.hand.id != getattr(scene.entry, "professional", None)


def _administers_either(scene: Scene) -> bool:
    one, hand = scene.entry, scene.hand
    if hand.form is not Form.ADMINISTRATOR or not isinstance(one, Involvement):
        return False
    return hand.organisation is not None and hand.organisation in _organisations_of(scene, one)


def _organisations_of(scene: Scene, one: Involvement) -> set[str | None]:
    """Return where both work: who stands in, and for whom; None of who is not known."""
    found = [scene.facts.professional_by_id.get(name or "") for name in (one.professional, one.replaces)]
    return {None if each is None else each.organisation for each in found}


ADMINISTRATOR_OF_EITHER: Final = Who(
    "de beheerder van de organisatie van een van beiden",
    "the administrator of the organisation of one of both",
    _administers_either,
)
ADMINISTRATOR: Final = Who("de beheerder van de organisatie", "the administrator of the organisation", _administers)
ADMINISTRATOR_FOR_ANOTHER: Final = Who(
    "de beheerder van de organisatie, voor een ander dan zichzelf",
    "the administrator of the organisation, for another than himself",
    _administers_and_is_another,
)


def _at_a_login(_scene: Scene) -> bool:
    return False  # no act on a fact: it speaks at each login (`gateway.registry.professionals`)


IDENTITY_PROVIDER: Final = Who(
    "de inlogdienst van de organisatie, bij het inloggen",
    "the organisation's identity provider, at a login",
    _at_a_login,
)

# Capacity

TREATING: Final = frozenset({Role.YOUTH_PROFESSIONAL, Role.THERAPIST, Role.PSYCHIATRIST, Role.GENERAL_PRACTITIONER})


def _treats(scene: Scene) -> bool:
    return scene.hand.role in TREATING and _helps_the_person(scene)


TREATING_HELPER: Final = Who(
    "een behandelaar van de persoon (jeugdprofessional, therapeut, psychiater, huisarts)",
    "a helper of the person in a treating role",
    _treats,
)

# Orders


def _executes(scene: Scene) -> bool:
    return isinstance(scene.entry, Order) and _is_of(scene, scene.entry.executor)


def _executes_an_order_about_him(scene: Scene) -> bool:
    return any(_is_of(scene, one.executor) for one in scene.orders_about(owner_of(scene.entry)))


def _executes_its_order(scene: Scene) -> bool:
    order = _order_of(scene)
    return order is not None and _is_of(scene, order.executor)


def _order_of(scene: Scene) -> Order | None:
    named = getattr(scene.entry, "order", None)
    return next((one for one in scene.facts.orders if one.id == named), None)


def _provides(scene: Scene) -> bool:
    return _is_of(scene, getattr(scene.entry, "provider", None))


def _is_asked_and_not_let_in(scene: Scene) -> bool:
    one = scene.entry
    if not isinstance(one, Order) or not scene.helps_any({one.subject}):
        return False
    workers = {
        scene.facts.professional_by_id[name].organisation
        for name in one.workers or ()
        if name in scene.facts.professional_by_id
    }
    providers = {each.provider for each in scene.facts.assignments if each.order == one.id}
    entering = {one.executor, *workers, *providers}
    return scene.hand.organisation not in entering and scene.hand.id not in (one.workers or ())


EXECUTOR: Final = Who("de uitvoerder van de maatregel", "the order's executor", _executes)
EXECUTOR_OF_ITS_ORDER: Final = Who("de uitvoerder van de maatregel", "the order's executor", _executes_its_order)
EXECUTOR_ABOUT_HIM: Final = Who(
    "de uitvoerder van een maatregel over de jeugdige",
    "the executor of an order about the youth",
    _executes_an_order_about_him,
)
PROVIDER: Final = Who("de aanbieder", "the provider", _provides)
ASKED_HOLDER: Final = Who(
    "de dossierhouder aan wie gevraagd wordt: een hulpverlener van de jeugdige die geen uitvoerder is",
    "the holder who is asked: a helper of the youth who is no executor",
    _is_asked_and_not_let_in,
)

# Foster care


def _is_of_its_via(scene: Scene) -> bool:
    return isinstance(scene.entry, FamilyFact) and _is_of(scene, scene.entry.via)


FOSTER_CARE: Final = Who("de pleegzorgaanbieder (`via`)", "a professional of its `via`", _is_of_its_via)

# Mandates


def _is_the_mentor(scene: Scene) -> bool:
    return isinstance(scene.entry, Mandate) and scene.hand.form is Form.MENTOR and scene.hand.id == scene.entry.mentor


def _helps_and_is_not_the_mentor(scene: Scene) -> bool:
    return isinstance(scene.entry, Mandate) and _helps_the_person(scene) and scene.hand.id != scene.entry.mentor


def _youth_under_16(scene: Scene) -> bool:
    age = scene.age(owner_of(scene.entry))
    return _has_a_say_over_the_person(scene) and age is not None and age < 16  # noqa: PLR2004 - Jw 7.3.5


MENTOR: Final = Who("de mentor zelf", "the mentor himself", _is_the_mentor)
HELPER_NOT_MENTOR: Final = Who(
    "een hulpverlener die niet de mentor is", "a helper who is not the mentor", _helps_and_is_not_the_mentor
)
AUTHORITY_UNDER_16: Final = Who("onder de 16: een gezagdrager", "under 16: a holder of authority", _youth_under_16)

YOUTH: Final = Who("de jeugdige, met eigen login", "the youth with his own login", _is_the_person)


def lets_in(entry: object) -> frozenset[str]:
    """Return whom a fact lets in, as far as it names them: nobody of these may confirm it (F4)."""
    if isinstance(entry, Order):
        return frozenset({entry.executor} if entry.executor else ()) | (entry.workers or frozenset())
    if isinstance(entry, Consent):
        return entry.recipients if isinstance(entry.recipients, frozenset) else frozenset()
    if isinstance(entry, Authority):
        return frozenset({entry.holder})
    return frozenset()
