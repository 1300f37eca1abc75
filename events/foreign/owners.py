"""Whom a foreign calendar is about, and who may have it followed: one page for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_

from events.foreign.models import ForeignCalendar
from events.identity import policy, queries as identity
from events.identity.actor import Actor
from events.identity.models import Organization, User
from events.identity.states import Permission
from events.kernel import clock
from events.kernel.db import session
from events.kernel.errors import Forbidden
from events.venues import queries as venues
from events.venues.models import Space, Venue

VENUE = Permission.BOOKING_ANSWER
ORGANIZATION = Permission.CAMPAIGN_EDIT
VOLUNTEER = Permission.SHIFT_SIGN_UP


@dataclass(frozen=True, kw_only=True)
class Whose:
    """As doors name it: a venue, or one space of it; an organization; else the actor's own."""

    venue_id: int | None = None
    space_id: int | None = None
    organization_id: int | None = None

    @property
    def is_private(self) -> bool:
        """Whether nobody else may know what stands in the calendar."""
        return self.venue_id is None and self.organization_id is None


@dataclass(frozen=True, kw_only=True)
class About:
    """The same as rows. tz: whose days are meant."""

    owner: Venue | Organization | User
    space: Space | None = None
    tz: str

    @property
    def columns(self) -> dict[str, Venue | Organization | User]:
        """The owner under its name in ForeignCalendar."""
        names = {Venue: "venue", Organization: "organization", User: "volunteer"}
        return {names[type(self.owner)]: self.owner}


def about(actor: Actor, whose: Whose, tz: str) -> About:
    """What `whose` names, if `actor` may have calendars followed for it.

    tz: of organizations and people; a venue has its own. Raises NotFound, Forbidden.
    """
    if whose.venue_id is not None:
        venue = venues.venue(actor, whose.venue_id, VENUE)
        space = venues.space_of(venue, whose.space_id)
        return About(owner=venue, space=space, tz=clock.zone(venue.tz, tz))
    if whose.organization_id is not None:
        return About(owner=identity.organization(actor, whose.organization_id, ORGANIZATION), tz=tz)
    if not policy.may(actor, VOLUNTEER):
        raise Forbidden(VOLUNTEER)
    return About(owner=session().get_one(User, actor.user_id), tz=tz)


def may_keep(actor: Actor) -> ColumnElement[bool]:
    """SQL: a ForeignCalendar, with its or its venue's Organization joined, is `actor`'s to keep."""
    is_mine = ForeignCalendar.volunteer_id == actor.user_id if actor.is_known else false()
    return or_(
        is_mine,
        and_(ForeignCalendar.venue_id.is_not(None), policy.within(actor, VENUE)),
        and_(ForeignCalendar.organization_id.is_not(None), policy.within(actor, ORGANIZATION)),
    )
