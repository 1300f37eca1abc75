"""Words of feeds."""

from __future__ import annotations

from enum import StrEnum


class FeedKind(StrEnum):
    """What a feed shows; the first two are public, the others secret."""

    CAMPAIGN = "campaign"
    VENUE = "venue"
    TEAM = "team"
    VOLUNTEER = "volunteer"

    @property
    def is_private(self) -> bool:
        """Whether its address is a secret of its subscriber."""
        return self in (FeedKind.TEAM, FeedKind.VOLUNTEER)
