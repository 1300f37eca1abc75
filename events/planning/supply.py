"""With whom and with what: teams of the region, experts and kits also of those who lend theirs.

Whoever is wanted at a published session is not free then.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from events.campaigns.models import Campaign
from events.identity.models import Organization
from events.identity.policy import subtree
from events.identity.states import Kind
from events.kernel.db import session
from events.kernel.hours import Hours
from events.planner import problem as planner, spans
from events.planner.problem import Window
from events.planning.horizon import Horizon
from events.planning.names import name
from events.planning.places import ONLINE, Map, served
from events.planning.scope import Scope
from events.resources.models import Allocation, Expert, Kit
from events.schedule.models import Occurrence, Series
from events.schedule.states import OFF
from events.volunteers.models import Shift, Team

DAYS_A_MONTH = 30
LONGEST_DAY_MIN = 480
"""Work of a day: what takes longer to set up and take down does not come and go between days."""


@dataclass(frozen=True, kw_only=True)
class KitStock:
    """Alike pieces of equipment; facility: what their venue must have."""

    kit: planner.Kit
    quantity: int
    facility: str
    is_bulky: bool
    """To set it up and take it down fills more than a day: it stays where it is for a whole run."""

    def pieces(self, count: int) -> list[planner.Kit]:
        """So many of them, each on its own, and no more than there are."""
        numbers = range(1, min(count, self.quantity) + 1)
        return [replace(self.kit, id=f"{self.kit.id}#{n}") for n in numbers]


def teams(scope: Scope, horizon: Horizon, where: Map) -> Iterable[planner.Team]:
    """Teams that serve some district at some time."""
    found = (
        select(Team)
        .join(Organization, Team.organization_id == Organization.id)
        .where(subtree(served(scope.campaign)))
        .order_by(Team.id)
    )
    busy = _busy(scope, horizon, select(Shift.team_id, Occurrence).join(Shift.occurrence))
    for team in session().scalars(found):
        windows = _free(horizon, team.availability, busy[team.id])
        area = {code for code, above in where.regions.items() if above & set(team.service_area)}
        if windows and (area or not team.service_area):
            yield planner.Team(
                name(team),
                team.size,
                team.name,
                where.homes.get(team.base_venue_id or 0),
                frozenset(team.skills),
                windows,
                frozenset(area | {ONLINE}) if area else frozenset(),
            )


def experts(scope: Scope, horizon: Horizon) -> Iterable[planner.Expert]:
    """Experts who are free at some time and have not spoken too often yet."""
    found = (
        select(Expert)
        .join(Organization, Expert.organization_id == Organization.id)
        .where(_lent(scope.campaign))
        .order_by(Expert.id)
    )
    named = _busy(
        scope, horizon, select(Allocation.expert_id, Occurrence).join(Allocation.occurrence)
    )
    months = max(round(len(horizon.dates) / DAYS_A_MONTH), 1)
    for expert in session().scalars(found):
        busy = named[expert.id]
        windows = _free(horizon, expert.availability, busy)
        most = None if expert.most_per_month is None else expert.most_per_month * months - len(busy)
        if windows and (most is None or most > 0):
            yield planner.Expert(
                name(expert), frozenset({expert.field}), expert.name, windows=windows, most=most
            )


def kits(campaign: Campaign, where: Map) -> Iterable[KitStock]:
    """Every kit, whoever keeps it."""
    found = (
        select(Kit)
        .join(Organization, Kit.organization_id == Organization.id)
        .where(_lent(campaign))
        .order_by(Kit.id)
    )
    for kit in session().scalars(found):
        handling = kit.setup_min + kit.teardown_min
        yield KitStock(
            kit=planner.Kit(
                name(kit),
                kit.kind,
                kit.name,
                where.homes.get(kit.home_venue_id or 0),
                most_per_day=kit.most_per_day,
                loading=math.ceil(handling / 2),
            ),
            quantity=kit.quantity,
            facility=kit.required_facility,
            is_bulky=handling > LONGEST_DAY_MIN,
        )


def _busy(scope: Scope, horizon: Horizon, rows: Select[Any, Any]) -> dict[int, list[Window]]:
    """By team or expert, the sessions within the horizon that they are wanted at."""
    begin, end = horizon.moment(0), horizon.moment(horizon.whole.end)
    found: dict[int, list[Window]] = defaultdict(list)
    wanted = (
        rows.join(Occurrence.series)
        .join(Series.activity)
        .where(
            scope.stands(),
            Occurrence.status.not_in(OFF),
            Occurrence.ends_at > begin,
            Occurrence.starts_at < end,
        )
    )
    for who, occurrence in session().execute(wanted):
        if who is not None:
            found[who].append(horizon.span(occurrence.starts_at, occurrence.ends_at))
    return found


def _free(horizon: Horizon, availability: str, busy: list[Window]) -> tuple[Window, ...]:
    """Who has not said when may be asked for any time."""
    said = horizon.available(Hours.parse(availability)) if availability else (horizon.whole,)
    return spans.cut(said, busy)


def _lent(campaign: Campaign) -> ColumnElement[bool]:
    """Organizations of the region, and departments right below a level above it."""
    path = served(campaign)
    above = [int(part) for part in path.split(".") if part][:-1]
    return or_(
        subtree(path),
        Organization.parent_id.in_(above) & Organization.kind.not_in((Kind.REGION, Kind.ZONE)),
    )
