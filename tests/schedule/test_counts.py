from __future__ import annotations

from datetime import date

from flask import Flask

from events.flows.cancel_occurrence import cancel_occurrence
from events.identity.actor import NOBODY
from events.schedule import counts
from tests.cast import NOW, Cast
from tests.flows import season

TZ = "Asia/Shanghai"
SATURDAYS = {date(2025, 9, 6): 1, date(2025, 9, 13): 1}


def test_each_reader_counts_what_they_may_know_of(app: Flask, cast: Cast) -> None:
    activity = season.draft(cast, rule="FREQ=WEEKLY;COUNT=2")
    readers = {"mei": cast.actor("mei"), "xu": cast.actor("xu"), "nobody": NOBODY}
    seen = {name: counts.per_day(actor, 2025, tz=TZ) for name, actor in readers.items()}
    assert seen == {"mei": SATURDAYS, "xu": {}, "nobody": {}}
    season.publish(cast, activity)
    seen = {name: counts.per_day(actor, 2025, tz=TZ) for name, actor in readers.items()}
    assert seen == {"mei": SATURDAYS, "xu": SATURDAYS, "nobody": SATURDAYS}
    assert counts.per_day(NOBODY, 2026, tz=TZ) == {}
    assert [one.is_public for one in counts.of_day(NOBODY, date(2025, 9, 6), tz=TZ, limit=9)] == [
        True
    ]


def test_what_is_cancelled_does_not_count(app: Flask, cast: Cast) -> None:
    activity = season.draft(cast)
    season.publish(cast, activity)
    (occurrence,) = season.occurrences(activity)
    cancel_occurrence(
        cast.actor("mei"),
        NOW,
        occurrence_id=occurrence.id,
        version=occurrence.version,
        reason="暴雨",
    )
    assert counts.per_day(cast.actor("mei"), 2025, tz=TZ) == {}
