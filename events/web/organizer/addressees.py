"""Whom publishing tells: those a mail reaches, and those without an address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from events.campaigns.models import Activity
from events.identity import queries as identity
from events.identity.models import Organization
from events.venues import planned
from events.volunteers import queries as volunteers


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """One venue, unit or team: its name, its page, its mail address or nothing."""

    name: str
    page: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Addressees:
    """Everybody of one kind who is to hear of it."""

    everybody: tuple[Addressee, ...]

    @property
    def reached(self) -> list[Addressee]:
        """Those who get a mail."""
        return [one for one in self.everybody if one.address]

    @property
    def unreached(self) -> list[Addressee]:
        """Those who have no address."""
        return [one for one in self.everybody if not one.address]


@dataclass(frozen=True, kw_only=True)
class Told:
    """Whom publishing some activities tells."""

    venues: Addressees
    units: Addressees
    teams: Addressees

    @property
    def is_everybody_reached(self) -> bool:
        """Whether each of them has an address."""
        return not (self.venues.unreached or self.units.unreached or self.teams.unreached)


def told_of(activities: Iterable[Activity], now: datetime) -> Told:
    """Before or after they are published: what mails say of them goes to these."""
    activities = list(activities)
    ids = [activity.id for activity in activities]
    return Told(
        venues=_addressees(
            (venue.name, url_for("organizer.venue", venue_id=venue.id), venue.contact_email)
            for venue in planned.venues_to_ask(ids, now=now)
        ),
        units=_addressees(
            (unit.name, url_for("organizer.organization", organization_id=unit.id), unit.email)
            for unit in _units(activities)
        ),
        teams=_addressees(
            (team.name, url_for("organizer.team", team_id=team.id), team.leader_email)
            for team in volunteers.teams_of(ids)
        ),
    )


def _addressees(found: Iterable[tuple[str, str, str | None]]) -> Addressees:
    return Addressees(
        everybody=tuple(
            Addressee(name=name, page=page, address=address or "") for name, page, address in found
        )
    )


def _units(activities: Iterable[Activity]) -> list[Organization]:
    """Lead and responsible units by name; a collective name stands for its members."""
    named = {unit for activity in activities for unit in (activity.lead, *activity.supporters)}
    units = {member for unit in named for member in identity.members(unit)}
    return sorted(units, key=lambda unit: (unit.name, unit.id))
