"""What is planned anew, and what stands meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, true

from events.campaigns.models import Activity, Campaign
from events.campaigns.states import ActivityState


@dataclass(frozen=True, kw_only=True)
class Scope:
    """A campaign's drafts; or all that it has, as if nothing of it were published yet."""

    campaign: Campaign
    is_whole: bool = False

    def planned(self) -> ColumnElement[bool]:
        """SQL: an Activity is planned."""
        own = Activity.campaign_id == self.campaign.id
        if self.is_whole:
            return and_(own, Activity.state != ActivityState.CANCELLED)
        return and_(own, Activity.state == ActivityState.DRAFT)

    def stands(self) -> ColumnElement[bool]:
        """SQL: the sessions of an Activity stand, with their spaces and their people."""
        other = Activity.campaign_id != self.campaign.id if self.is_whole else true()
        return and_(Activity.state == ActivityState.PUBLISHED, other)
