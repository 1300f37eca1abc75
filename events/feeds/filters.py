"""What a saved filter lets through: as SQL for its feed, and asked of a change for its revision."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, true

from events.campaigns.models import Activity
from events.campaigns.states import Mode
from events.feeds.states import Filter


def passes(chosen: Filter) -> ColumnElement[bool]:
    """SQL: the activities that it lets through, wherever they take place."""
    condition: ColumnElement[bool] = true()
    if chosen.campaign:
        condition &= Activity.campaign_id == int(chosen.campaign)
    if chosen.audience:
        condition &= _has(Activity.audiences, chosen.audience)
    if chosen.theme:
        condition &= _has(Activity.themes, chosen.theme)
    if chosen.format:
        condition &= Activity.format == chosen.format
    if chosen.mode:
        condition &= Activity.mode == Mode(chosen.mode)
    return condition


def lets_through(
    chosen: Filter, activity: Activity, *, venues: Collection[int], regions: Collection[int]
) -> bool:
    """Whether a change to `activity` concerns it: as `passes`, and it happened where it looks.

    venues: the numbers of the venues that the change is about; regions: those that they lie in.
    """
    return (
        chosen.campaign in {"", str(activity.campaign_id)}
        and (not chosen.audience or chosen.audience in activity.audiences)
        and (not chosen.theme or chosen.theme in activity.themes)
        and chosen.format in {"", activity.format}
        and chosen.mode in {"", activity.mode}
        and (not chosen.venue or int(chosen.venue) in venues)
        and (not chosen.region or int(chosen.region) in regions)
    )


def _has(column: Any, word: str) -> ColumnElement[bool]:
    """SQL: a JSON list of words holds this one. LIKE would not mind upper and lower case."""
    text = cast(column, Text)
    return func.replace(text, json.dumps(word), "") != text
