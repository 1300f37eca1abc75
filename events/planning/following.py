"""What follows from an observance's new dates: its campaigns, and what in them goes along.

A campaign's first day moves with the observance's first day, its last with the last. Drafts go
along as in a copy of last year's campaign (campaigns/redating.py); what is published stays, for
people were told: it is named, and moved by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from events.campaigns import queries as campaigns
from events.campaigns.models import Activity, Campaign
from events.campaigns.rules import first_day
from events.campaigns.states import ActivityState
from events.kernel import clock
from events.kernel.db import session
from events.observances import Dated, Span
from events.planning.copies import ActivityCopy, copies


@dataclass(frozen=True, kw_only=True)
class CampaignMove:
    """What becomes of one campaign. has_begun: then nothing of it moves.

    drafts: those that move; left: drafts that find no day and published activities that lie
    outside the new days or whose days have another meaning now: all that people must look at.
    """

    campaign: Campaign
    starts_on: date
    ends_on: date
    has_begun: bool
    drafts: tuple[ActivityCopy, ...]
    left: tuple[Activity, ...]
    published: tuple[Activity, ...]

    @property
    def is_moved(self) -> bool:
        """Whether its period becomes another."""
        now = (self.campaign.starts_on, self.campaign.ends_on)
        return not self.has_begun and now != (self.starts_on, self.ends_on)


def moves(
    observance_id: str,
    year: int,
    *,
    old: Dated | None,
    new: Span,
    is_free: Callable[[date], bool],
    now: datetime,
) -> list[CampaignMove]:
    """Every campaign of the observance in `year`, by id. old: its dates until now."""
    found = (
        select(Campaign)
        .where(Campaign.observance_id == observance_id, Campaign.year == year)
        .order_by(Campaign.id)
    )
    return [_move(campaign, old, new, is_free, now) for campaign in session().scalars(found)]


def _move(
    campaign: Campaign,
    old: Dated | None,
    new: Span,
    is_free: Callable[[date], bool],
    now: datetime,
) -> CampaignMove:
    starts_on, ends_on = _period(campaign, old, new)
    today = clock.to_local(now, campaign.tz).date()
    has_begun = first_day(campaign.starts_on, campaign.warmup_days) <= today
    activities = campaigns.activities(campaign.id)
    drafts: list[ActivityCopy] = []
    left: list[Activity] = []
    if not has_begun and (starts_on, ends_on) != (campaign.starts_on, campaign.ends_on):
        drafts, left = _drafts(campaign, activities, starts_on, ends_on, is_free)
    return CampaignMove(
        campaign=campaign,
        starts_on=starts_on,
        ends_on=ends_on,
        has_begun=has_begun,
        drafts=tuple(drafts),
        left=tuple(left),
        published=tuple(a for a in activities if a.state is ActivityState.PUBLISHED),
    )


def _period(campaign: Campaign, old: Dated | None, new: Span) -> tuple[date, date]:
    """As far from the observance's days as it was; the observance's own where that is no period."""
    last = new.end or new.start
    if old is None:
        return new.start, last
    starts_on = campaign.starts_on + (new.start - old.start)
    ends_on = campaign.ends_on + (last - (old.end or old.start))
    return (starts_on, ends_on) if starts_on <= ends_on else (new.start, last)


def _drafts(
    campaign: Campaign,
    activities: list[Activity],
    starts_on: date,
    ends_on: date,
    is_free: Callable[[date], bool],
) -> tuple[list[ActivityCopy], list[Activity]]:
    """Drafts that move, and those that keep their days because one of them finds none."""
    by_id = {a.id: a for a in activities if a.state is ActivityState.DRAFT}
    found = copies(campaign, starts_on=starts_on, ends_on=ends_on, is_free=is_free)
    own = [copy for copy in found if copy.activity_id in by_id]
    going = [copy for copy in own if not copy.left and _has_days(copy)]
    return going, [by_id[copy.activity_id] for copy in own if copy.left]


def _has_days(copy: ActivityCopy) -> bool:
    """Whether there is anything to move: a time, or a window of wished dates."""
    return copy.timing is not None or copy.draft.wish_from is not None
