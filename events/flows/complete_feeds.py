"""Activities that an earlier Kepu published get the public feeds that publishing makes today."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from events.campaigns.models import Activity
from events.feeds import queries, services as feeds
from events.kernel.db import session, transaction

CHUNK = 200


def complete_feeds(now: datetime) -> int:
    """Make what is missing, a chunk a transaction; how many activities stood in none of their own.

    A second time, or beside another worker, it makes none.
    """
    done, last = 0, 0
    while ids := queries.activities_without(after=last, most=CHUNK):
        with transaction():
            rows = session().scalars(select(Activity).where(Activity.id.in_(ids)))
            feeds.ensure_around(rows, now=now)
        done, last = done + len(ids), ids[-1]
    return done
