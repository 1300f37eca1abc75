"""Words of feeds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from enum import StrEnum

SEPARATOR = "|"
LEAST = 4  # parts of a filter that its word always has: those of the first ones saved


class FeedKind(StrEnum):
    """What a feed shows; the last three are secret, the others public."""

    CAMPAIGN = "campaign"
    ACTIVITY = "activity"
    ORGANIZATION = "organization"
    DISTRICT = "district"
    AUDIENCE = "audience"
    THEME = "theme"
    FILTER = "filter"
    VENUE = "venue"
    EXPERT = "expert"
    TEAM = "team"
    VOLUNTEER = "volunteer"

    @property
    def is_private(self) -> bool:
        """Whether its address is a secret of its subscriber."""
        return self in (FeedKind.EXPERT, FeedKind.TEAM, FeedKind.VOLUNTEER)


OF_ORGANIZATIONS = (
    FeedKind.ORGANIZATION,
    FeedKind.DISTRICT,
    FeedKind.AUDIENCE,
    FeedKind.THEME,
    FeedKind.FILTER,
)  # their subject is an organization


class Form(StrEnum):
    """How a feed writes sessions that repeat: one entry each, or a rule with its exceptions."""

    FLAT = "flat"
    SERIES = "series"


@dataclass(frozen=True, kw_only=True)
class View:
    """How one address wants its feed. alarm_min: minutes before each start, None for silence."""

    language: str
    form: Form = Form.FLAT
    alarm_min: int | None = None


def scope(kind: FeedKind, subject_id: int, word: str = "") -> str:
    """The audience whose revision a feed has: "venue:3", "theme:4:0a1b..."; never the word."""
    if not word:
        return f"{kind}:{subject_id}"
    return f"{kind}:{subject_id}:{hashlib.sha256(word.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What a saved filter lets through, besides its organization; empty means anything.

    campaign, region, venue: numbers of rows. The last two choose among the sessions of an activity.
    """

    audience: str = ""
    theme: str = ""
    format: str = ""
    mode: str = ""
    campaign: str = ""
    region: str = ""
    venue: str = ""

    @classmethod
    def parse(cls, word: str) -> Filter:
        """From a feed's word."""
        names = (each.name for each in fields(cls))
        return cls(**dict(zip(names, word.split(SEPARATOR), strict=False)))

    @property
    def word(self) -> str:
        """All of it in one word; equal filters have equal ones."""
        values = [getattr(self, each.name).replace(SEPARATOR, " ") for each in fields(self)]
        while len(values) > LEAST and not values[-1]:
            values.pop()
        return SEPARATOR.join(values)

    @property
    def is_placed(self) -> bool:
        """Whether it shows only those sessions of an activity that take place somewhere."""
        return bool(self.region or self.venue)
