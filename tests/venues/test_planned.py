from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from events.campaigns.models import Campaign
from events.kernel.db import session, transaction
from events.venues import planned
from events.venues.models import Venue
from events.venues.rules import Wanted, doubts
from events.venues.states import Doubt
from tests.cast import NOW, Cast
from tests.flows.season import draft, publish, saturday

WANTED = Wanted(
    start=datetime(2025, 9, 6, 9),
    end=datetime(2025, 9, 6, 10, 30),
    now=datetime(2025, 8, 20, 9),
    first_on=date(2025, 9, 1),
    last_on=date(2025, 9, 30),
    hours="Tu-Su 09:00-17:00",
    lead_days=7,
    most_per_day=4,
    booked=4,
)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"now": WANTED.start}, [Doubt.PAST]),
        ({"last_on": date(2025, 9, 5)}, [Doubt.OUTSIDE_CAMPAIGN]),
        ({"first_on": date(2025, 9, 7)}, [Doubt.OUTSIDE_CAMPAIGN]),
        ({"first_on": date(2025, 9, 7), "warmup_days": 1}, []),
        ({"end": datetime(2025, 9, 6, 17, 1)}, [Doubt.CLOSED]),
        ({"hours": "Mo 09:00-17:00"}, [Doubt.CLOSED]),
        ({"hours": ""}, []),
        ({"now": datetime(2025, 8, 30, 23)}, []),
        ({"now": datetime(2025, 8, 31, 1)}, [Doubt.SHORT_NOTICE]),
        ({"booked": 5}, [Doubt.TOO_MANY]),
        ({"booked": 5, "most_per_day": None}, []),
    ],
)
def test_times_that_a_venue_can_hardly_take_are_doubted(
    change: dict[str, object], found: list[Doubt]
) -> None:
    assert list(doubts(replace(WANTED, **change))) == found  # type: ignore[arg-type]


def test_a_campaigns_drafts_are_judged_at_their_venues(app: Flask, cast: Cast) -> None:
    with transaction():
        museum = session().get_one(Venue, cast["museum"])
        museum.most_per_day, museum.lead_days = 2, 18
    publish(cast, draft(cast, "A002"))
    draft(cast, "A003", start=saturday(14))
    draft(cast, "A004", start=saturday(16), space="square")
    draft(cast, "A005", start=saturday(9, weeks=8), space=None)
    campaign = session().get_one(Campaign, cast["campaign"])
    seen = [
        (one.doubt, one.title[-4:], one.venue, one.booked)
        for one in planned.doubts(campaign, now=NOW)
    ]
    museum_says = [
        (doubt, title, "示例区博物馆", 3)
        for title, found in (
            ("A003", [Doubt.SHORT_NOTICE, Doubt.TOO_MANY]),
            ("A004", [Doubt.CLOSED, Doubt.SHORT_NOTICE, Doubt.TOO_MANY]),
        )
        for doubt in found
    ]
    assert seen == [*museum_says, (Doubt.OUTSIDE_CAMPAIGN, "A005", "", 0)]


def test_a_venue_is_asked_for_sessions_that_lie_ahead(app: Flask, cast: Cast) -> None:
    made = draft(cast)
    names = [venue.name for venue in planned.venues_to_ask([made], now=NOW)]
    later = planned.venues_to_ask([made], now=NOW + timedelta(days=30))
    assert (names, later) == (["示例区博物馆"], [])
    publish(cast, made)
    assert [venue.name for venue in planned.venues_to_ask([made], now=NOW)] == names
