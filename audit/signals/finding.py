"""How each rule looks. Every one counts acts in a window; none weighs people."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from audit.signals.acts import EMERGENCY, LOOKED, REFUSED, Act
from audit.signals.counting import normal_of_others, own_normal, windows
from audit.signals.hours import OFFICE
from audit.signals.looked import Looked
from audit.signals.rows import EMERGENCIES, NO_RELATION, OUTSIDE_HOURS, OWN_FAMILY, REFUSALS, VOLUME
from audit.signals.rule import Both, Found, Hit, Rule, Unable, times


def _volume(rule: Rule, acts: Sequence[Act], looked: Looked) -> Found:
    before = [act for act in looked.before if act.kind is LOOKED]
    by_account = _by_account(before)
    hits = []
    for account, own in _by_account(act for act in acts if act.kind is LOOKED).items():
        alike = {(act.organisation, act.role) for act in own}
        others = [act for act in before if act.account != account and (act.organisation, act.role) in alike]
        normals = (
            own_normal(by_account.get(account, ()), looked.since, rule.window),
            normal_of_others(others, looked.since, rule.window),
        )
        # The lower of both: unusual for this person, or for who does his work.
        normal = min((each for each in normals if each is not None), default=None)
        hits += _told(rule, own, normal=normal)
    return Found(tuple(hits), _without_weeks(rule, looked))


def _own_family(rule: Rule, acts: Sequence[Act], looked: Looked) -> Found:
    looks = [act for act in acts if act.kind is LOOKED and act.is_of_a_human]
    known = looked.known
    if not known.accounts or not known.persons:
        return Found(unable=(Unable(rule, _NO_NAMES),) if looks else ())
    same, blind = [], 0
    for act in looks:
        his, theirs = known.accounts.get(act.account), known.persons.get(act.person or "")
        if his is None or theirs is None:
            blind += 1
        elif his & theirs:
            same.append(act)
    hits = [hit for own in _by_account(same).values() for hit in _told(rule, own, normal=0)]
    return Found(tuple(hits), (Unable(rule, _counted(_NAMES_MISSING, blind)),) if blind else ())


def _no_relation(rule: Rule, acts: Sequence[Act], _looked: Looked) -> Found:
    looks = [act for act in acts if act.kind is LOOKED and act.is_of_a_human]
    without = _by_account(act for act in looks if act.related is False)
    blind = sum(act.related is None for act in looks)
    hits = [hit for own in without.values() for hit in _told(rule, own, normal=0)]
    return Found(tuple(hits), (Unable(rule, _counted(_FACTS_GONE, blind)),) if blind else ())


def _refusals(rule: Rule, acts: Sequence[Act], _looked: Looked) -> Found:
    refused = _by_account(act for act in acts if act.kind in REFUSED)
    return Found(tuple(hit for own in refused.values() for hit in _told(rule, own, normal=0)))


def _outside_hours(rule: Rule, acts: Sequence[Act], looked: Looked) -> Found:
    rosters = looked.known.rosters
    looks = [act for act in acts if act.kind is LOOKED and act.is_of_a_human]
    late = _by_account(act for act in looks if not rosters.get(act.organisation, OFFICE).covers(act.at))
    without = sorted({act.organisation for act in looks} - set(rosters))
    unable = tuple(Unable(rule, _of(_NO_ROSTER, organisation)) for organisation in without)
    return Found(tuple(hit for own in late.values() for hit in _told(rule, own, normal=0)), unable)


def _emergencies(rule: Rule, acts: Sequence[Act], looked: Looked) -> Found:
    hits: list[Hit] = []
    teams = _by_team(act for act in acts if act.kind is EMERGENCY)
    before = _by_team(act for act in looked.before if act.kind is EMERGENCY)
    for team, used in teams.items():
        normal = own_normal(before.get(team, ()), looked.since, rule.window)
        hits += _told(rule, used, normal=normal, of_a_team=True)
    return Found(tuple(hits), _without_weeks(rule, looked))


def _without_weeks(rule: Rule, looked: Looked) -> tuple[Unable, ...]:
    return (Unable(rule, _NO_WEEKS),) if looked.before_was_too_much else ()


def _told(rule: Rule, acts: Sequence[Act], *, normal: int | None, of_a_team: bool = False) -> list[Hit]:
    """Return the hits that `acts`, all of one account or team, make: one for each window with enough of them."""
    fewest = max(rule.threshold, (rule.factor or 0) * (normal or 0))
    return [
        Hit(
            rule=rule,
            organisation=window[0].organisation,
            account=None if of_a_team else window[0].account,
            count=len(window),
            normal=normal,
            first=window[0].at,
            last=window[-1].at,
            events=tuple(act.event for act in window),
            persons=tuple(sorted({act.person for act in window if act.person is not None})),
            of_a_system=not window[0].is_of_a_human,
        )
        for window in windows(acts, rule.window, fewest)
    ]


def _by_account(acts: Iterable[Act]) -> dict[str, list[Act]]:
    return _grouped(acts, lambda act: act.account)


def _by_team(acts: Iterable[Act]) -> dict[str, list[Act]]:
    return _grouped(acts, lambda act: act.organisation)


def _grouped(acts: Iterable[Act], by: Callable[[Act], str]) -> dict[str, list[Act]]:
    found: dict[str, list[Act]] = defaultdict(list)
    for act in acts:
        found[by(act)].append(act)
    return dict(sorted(found.items()))


def _counted(text: Both, count: int) -> Both:
    return Both(text.nl.format(count=count), text.en.format(times=times(count)))


def _of(text: Both, organisation: str) -> Both:
    return Both(text.nl.format(organisation=organisation), text.en.format(organisation=organisation))


_NO_NAMES: Final = Both(
    "De regel kon niet draaien: namen en adressen van medewerkers en cliënten staan niet in het logboek. "
    "Geef ze mee met een bestand.",
    "The rule could not run: names and addresses of employees and clients are not in the log. Bring them in a file.",
)
_NAMES_MISSING: Final = Both(
    "{count} keer kon niet vergeleken worden: de naam en het adres van medewerker of cliënt ontbreken.",
    "It could not compare {times}: name and address of employee or client are missing.",
)
_FACTS_GONE: Final = Both(
    "{count} keer kon niet bekeken worden: de feiten zijn gewist of niet te lezen.",
    "It could not look {times}: the facts were erased or cannot be read.",
)
_NO_WEEKS: Final = Both(
    "De regel kon niet vergelijken met wat normaal is: in de 8 weken ervoor is te veel gebeurd om te lezen.",
    "The rule could not compare with what is normal: too much happened in the 8 weeks before to read it.",
)
_NO_ROSTER: Final = Both(
    "Roosters van {organisation} ontbreken. We namen maandag tot en met vrijdag, 7 tot 19 uur, zonder feestdagen.",
    "Rosters of {organisation} are missing. We took Monday to Friday, 7:00 to 19:00, without public holidays.",
)

FINDERS: Final[Mapping[str, Callable[[Rule, Sequence[Act], Looked], Found]]] = MappingProxyType(
    {
        VOLUME.number: _volume,
        OWN_FAMILY.number: _own_family,
        NO_RELATION.number: _no_relation,
        REFUSALS.number: _refusals,
        OUTSIDE_HOURS.number: _outside_hours,
        EMERGENCIES.number: _emergencies,
    }
)
"""What each rule does, by its number."""
