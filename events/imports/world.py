"""What is stored already, read once for a check: rows by code, and a fingerprint of their state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Table, exists, func, select, true

from events.campaigns.models import Activity, Campaign, support
from events.identity import policy
from events.identity.models import Organization
from events.imports.plan import Fingerprint
from events.imports.states import TableKind
from events.kernel.db import Base, session
from events.resources.models import Expert, Kit
from events.venues.models import Booking, Space, Venue
from events.volunteers.models import Team

MODELS: dict[TableKind, type[Base]] = {
    TableKind.ORGANIZATIONS: Organization,
    TableKind.VENUES: Venue,
    TableKind.TEAMS: Team,
    TableKind.EXPERTS: Expert,
    TableKind.KITS: Kit,
    TableKind.ACTIVITIES: Activity,
}
ByCode = dict[str, list[Row[Any]]]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The subtree that an import may write; path "" is the whole installation."""

    organization_id: int | None = None
    path: str = ""

    def holds(self, path: str) -> bool:
        """Whether the organization with `path` lies in it."""
        return path.startswith(self.path)

    def sql(self) -> ColumnElement[bool]:
        """The joined Organization lies in it."""
        return policy.subtree(self.path) if self.path else true()


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredSpace:
    """A space, and whether it was ever booked."""

    id: int
    name: str
    is_outdoor: bool
    is_booked: bool


@dataclass(kw_only=True)
class World:
    """Stored rows that an import can meet, by code.

    units: all organizations by id; organizations: those of the scope; above: those above it,
    which may be named but not changed; elsewhere: all that are not of the scope.
    """

    scope: Scope
    fingerprint: Fingerprint
    units: dict[int, Row[Any]]
    organizations: ByCode
    elsewhere: ByCode
    above: ByCode
    rows: dict[TableKind, ByCode]
    spaces: dict[int, list[StoredSpace]]
    campaigns: Sequence[Row[Any]]
    venue_codes: dict[int, str] = field(default_factory=dict)
    supporters: dict[int, list[int]] = field(default_factory=dict)

    def load_activities(self, campaign_id: int) -> None:
        """Also read the activities of the campaign that was chosen."""
        key = f"activities:{campaign_id}"
        self.fingerprint |= fingerprint([key], self.scope)
        found = select(table(Activity)).where(Activity.campaign_id == campaign_id)
        self.rows[TableKind.ACTIVITIES] = _by_code(session().execute(found))
        pairs = (
            select(support.c.activity_id, support.c.organization_id)
            .join(Activity, Activity.id == support.c.activity_id)
            .where(Activity.campaign_id == campaign_id)
            .order_by(support.c.organization_id)
        )
        self.supporters = defaultdict(list)
        for activity_id, organization_id in session().execute(pairs):
            self.supporters[activity_id].append(organization_id)


def table(model: type[Base]) -> Table:
    """The table of `model`, for statements over many rows."""
    return cast("Table", model.__table__)


def load(scope: Scope, kinds: Iterable[TableKind]) -> World:
    """What is stored that tables of `kinds` can meet.

    The fingerprint is taken first: a change while the rows are read makes it stale, never the
    other way round.
    """
    needed = _needed(set(kinds))
    stamp = fingerprint([*(str(kind) for kind in needed), "campaigns"], scope)
    units = {row.id: row for row in session().execute(select(table(Organization)))}
    above_ids = {int(part) for part in scope.path.split(".")[:-2] if part}
    rows = {kind: _rows(kind, scope) for kind in needed if kind in _OWNED}
    venues = rows.get(TableKind.VENUES, {})
    return World(
        scope=scope,
        fingerprint=stamp,
        units=units,
        organizations=_by_code(row for row in units.values() if scope.holds(row.path)),
        elsewhere=_by_code(row for row in units.values() if not scope.holds(row.path)),
        above=_by_code(units[each] for each in above_ids),
        rows=rows,
        spaces=_spaces(scope) if TableKind.VENUES in kinds else {},
        campaigns=_campaigns(scope) if TableKind.ACTIVITIES in kinds else (),
        venue_codes={row.id: code for code, found in venues.items() for row in found},
    )


def fingerprint(keys: Iterable[str], scope: Scope) -> Fingerprint:
    """Of each table: how many rows, the newest id, the sum of versions; any write changes it."""
    return {key: [int(n or 0) for n in _stamp(key, scope)] for key in sorted(keys)}


_OWNED = (TableKind.VENUES, TableKind.TEAMS, TableKind.EXPERTS, TableKind.KITS)


def _needed(kinds: set[TableKind]) -> list[TableKind]:
    """Tables to read: those that are imported, and those that they refer to."""
    refer_to_venues = {TableKind.TEAMS, TableKind.KITS}
    more = {TableKind.VENUES} if kinds & refer_to_venues else set()
    owned = {kind for kind in kinds | more if kind is not TableKind.ACTIVITIES}
    return sorted(owned | {TableKind.ORGANIZATIONS}, key=list(TableKind).index)


def _stamp(key: str, scope: Scope) -> Sequence[int | None]:
    name, _, number = key.partition(":")
    model = Campaign if name == "campaigns" else MODELS[TableKind(name)]
    t = table(model)
    found = select(func.count(t.c.id), func.max(t.c.id), func.sum(t.c.version))
    if number:
        found = found.where(t.c.campaign_id == int(number))
    elif model is not Organization:
        found = found.join(Organization, Organization.id == t.c.organization_id)
        found = found.where(scope.sql())
    return session().execute(found).one()


def _rows(kind: TableKind, scope: Scope) -> ByCode:
    t = table(MODELS[kind])
    found = select(t).join(Organization, Organization.id == t.c.organization_id)
    return _by_code(session().execute(found.where(scope.sql())))


def _campaigns(scope: Scope) -> Sequence[Row[Any]]:
    found = select(table(Campaign)).join(Organization, Organization.id == Campaign.organization_id)
    return session().execute(found.where(scope.sql()).order_by(Campaign.id)).all()


def _spaces(scope: Scope) -> dict[int, list[StoredSpace]]:
    booked = exists().where(Booking.space_id == Space.id)
    found = (
        select(Space.venue_id, Space.id, Space.name, Space.is_outdoor, booked)
        .join(Venue, Venue.id == Space.venue_id)
        .join(Organization, Organization.id == Venue.organization_id)
        .where(scope.sql())
        .order_by(Space.id)
    )
    spaces: dict[int, list[StoredSpace]] = defaultdict(list)
    for venue_id, space_id, name, is_outdoor, is_booked in session().execute(found):
        spaces[venue_id].append(
            StoredSpace(id=space_id, name=name, is_outdoor=is_outdoor, is_booked=is_booked)
        )
    return spaces


def _by_code(rows: Iterable[Row[Any]]) -> ByCode:
    found: ByCode = defaultdict(list)
    for row in rows:
        found[row.code].append(row)
    return dict(found)
