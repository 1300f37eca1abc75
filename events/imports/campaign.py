"""To which campaign a file's activities belong when nobody says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from events import observances
from events.days import queries as days
from events.imports.plan import CampaignChoice, Target
from events.imports.references import References
from events.imports.rows import ActivityRow
from events.imports.states import TableKind
from events.imports.world import World
from events.kernel.errors import Refused
from events.observances import Dated


def chosen(campaign_id: int, world: World) -> CampaignChoice:
    """The campaign that somebody named. Raises Refused("campaign_unknown")."""
    for row in world.campaigns:
        if row.id == campaign_id:
            return _stored(row)
    raise Refused("campaign_unknown")


def guessed(rows: Sequence[ActivityRow], world: World, references: References) -> CampaignChoice:
    """The campaign of most rows: their observance and year, kept by the unit that leads most.

    Raises Refused("campaign_missing") when no observance that they name covers most of their days.
    """
    dated = _observance(rows)
    owner = _owner(rows, references)
    if dated is None or owner is None:
        raise Refused("campaign_missing")
    for row in world.campaigns:
        said = (row.organization_id, row.observance_id, row.year)
        if said == (owner, dated.observance.id, dated.year):
            return _stored(row)
    return CampaignChoice(
        id=None,
        organization=owner,
        name=f"{dated.year} {dated.observance.name_zh}",
        observance_id=dated.observance.id,
        year=dated.year,
        starts_on=dated.start,
        ends_on=dated.end or dated.start,
        is_sample=all(row.is_sample for row in rows),
    )


def _stored(row: object) -> CampaignChoice:
    names = ("id", "name", "observance_id", "year", "starts_on", "ends_on", "warmup_days")
    facts = {name: getattr(row, name) for name in names}
    return CampaignChoice(organization=getattr(row, "organization_id"), **facts)  # noqa: B009


def _observance(rows: Sequence[ActivityRow]) -> Dated | None:
    years = Counter(row.wish_from.year for row in rows if row.wish_from)
    named = Counter(row.observance_id for row in rows if row.observance_id)
    if not years or not named:
        return None
    year = min(years, key=lambda y: (-years[y], y))
    announced = days.announced(year, year)
    found = [
        (_covered(dated, rows), count, name, dated)
        for name, count in named.items()
        if (dated := observances.occurrence(observances.get(name), year, announced))
    ]
    if not found:
        return None
    covered, _, _, best = min(found, key=lambda one: (-one[0], -one[1], one[2]))
    return best if 2 * covered >= len(rows) else None


def _covered(dated: Dated, rows: Sequence[ActivityRow]) -> int:
    last = dated.end or dated.start
    return sum(
        row.wish_from is not None
        and dated.start <= row.wish_from
        and (row.wish_until or row.wish_from) <= last
        for row in rows
    )


def _owner(rows: Sequence[ActivityRow], references: References) -> Target:
    """The unit that leads most; leads that are unknown are reported with their rows."""
    leads = Counter(row.lead for row in rows)
    for code in sorted(leads, key=lambda one: (-leads[one], one)):
        try:
            return references.target(TableKind.ORGANIZATIONS, code, own=True)
        except Refused:
            continue
    return None
