"""Reading campaigns and activities, always within what the actor may see."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState
from events.identity import policy
from events.identity.actor import Actor
from events.identity.models import Organization
from events.identity.states import Permission
from events.kernel.db import session
from events.kernel.errors import NotFound

LONGEST_NUMBER = 10
"""With as many digits a number is no row's."""


def campaigns(actor: Actor) -> list[Campaign]:
    """Campaigns that `actor` may see, latest period first."""
    found = (
        select(Campaign)
        .join(Organization, Campaign.organization_id == Organization.id)
        .where(policy.within(actor, Permission.CAMPAIGN_VIEW))
        .order_by(Campaign.starts_on.desc(), Campaign.id.desc())
    )
    return list(session().scalars(found))


def campaign(
    actor: Actor, campaign_id: int, permission: Permission = Permission.CAMPAIGN_VIEW
) -> Campaign:
    """One campaign on whose organization `actor` has `permission`. Raises NotFound."""
    found = session().scalar(
        select(Campaign)
        .join(Organization, Campaign.organization_id == Organization.id)
        .where(Campaign.id == campaign_id, policy.within(actor, permission))
    )
    if found is None:
        raise NotFound
    return found


def campaign_by_slug(slug: str) -> Campaign:
    """A campaign by its public address, published or not. Raises NotFound."""
    found = session().scalar(select(Campaign).where(Campaign.slug == slug))
    if found is None:
        raise NotFound
    return found


def campaign_named(name: str) -> Campaign | None:
    """A campaign by its public name or its number, as operators type it; None for no such one."""
    if not name.isprintable():  # bytes that are no text: no database takes them
        return None
    is_number = name.isascii() and name.isdigit() and len(name) < LONGEST_NUMBER
    found = select(Campaign).where(
        or_(Campaign.slug == name, Campaign.id == (int(name) if is_number else None))
    )
    return session().scalar(found.limit(1))


def newest_campaigns(*, limit: int) -> list[Campaign]:
    """Campaigns of all organizations, the last made first."""
    return list(session().scalars(select(Campaign).order_by(Campaign.id.desc()).limit(limit)))


def public_campaigns(*, limit: int = 50) -> list[Campaign]:
    """Campaigns with something published, latest period first."""
    found = (
        select(Campaign)
        .where(Campaign.is_public)
        .order_by(Campaign.starts_on.desc(), Campaign.id.desc())
        .limit(limit)
    )
    return list(session().scalars(found))


def activities(campaign_id: int) -> list[Activity]:
    """All activities of a campaign by code, with lead and supporters."""
    found = (
        select(Activity)
        .where(Activity.campaign_id == campaign_id)
        .options(selectinload(Activity.lead), selectinload(Activity.supporters))
        .order_by(Activity.code, Activity.id)
    )
    return list(session().scalars(found))


def activity(
    actor: Actor, activity_id: int, permission: Permission = Permission.CAMPAIGN_VIEW
) -> Activity:
    """One activity on whose campaign's organization `actor` has `permission`. Raises NotFound."""
    found = session().scalar(
        select(Activity)
        .join(Campaign)
        .join(Organization, Campaign.organization_id == Organization.id)
        .where(Activity.id == activity_id, policy.within(actor, permission))
    )
    if found is None:
        raise NotFound
    return found


def counts(campaign_ids: list[int]) -> dict[int, dict[ActivityState, int]]:
    """How many activities of each state each campaign has."""
    found = (
        select(Activity.campaign_id, Activity.state, func.count())
        .where(Activity.campaign_id.in_(campaign_ids))
        .group_by(Activity.campaign_id, Activity.state)
    )
    result: dict[int, dict[ActivityState, int]] = {n: {} for n in campaign_ids}
    for campaign_id, state, number in session().execute(found):
        result[campaign_id][state] = number
    return result


def observance_counts(first: int, last: int) -> dict[tuple[str, int], int]:
    """How many campaigns of all organizations keep an observance: (its id, year) from first on."""
    found = (
        select(Campaign.observance_id, Campaign.year, func.count())
        .where(Campaign.year.between(first, last), Campaign.observance_id.is_not(None))
        .group_by(Campaign.observance_id, Campaign.year)
    )
    return {(name, year): count for name, year, count in session().execute(found) if name}
