"""A small published season on top of the cast, made through flows, and ways to read its feeds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import Engine, event, select

from events.campaigns.drafts import ActivityDraft
from events.feeds import queries, services
from events.feeds.calendars import Calendars
from events.feeds.models import Feed
from events.feeds.states import FeedKind, Form, View, scope
from events.flows.answer_request import Answer, answer_booking
from events.flows.cancel_occurrence import cancel_occurrence
from events.flows.move_occurrence import move_occurrence
from events.flows.publish_activities import publish_activities
from events.flows.save_activity import ActivityPlan, create_activity
from events.flows.sign_up import sign_up
from events.kernel.db import session, transaction
from events.schedule.models import Occurrence, Series
from events.schedule.rules import Timing
from events.schedule.states import SeriesKind
from events.venues.models import Booking
from events.volunteers.models import Shift
from tests.cast import NOW, Cast

FIRST = datetime(2025, 9, 6, 9, 0)
LATER = NOW + timedelta(hours=1)


@dataclass
class World:
    """Four weekly lectures in the museum's hall, published; a draft whose words may not leak."""

    app: Flask
    cast: Cast
    lectures: int
    draft: int

    @classmethod
    def create(cls, app: Flask, cast: Cast) -> World:
        """Plan both activities and publish the first; Lin has a (still empty) calendar."""
        lectures = plan(cast, code="L001", title="月球讲座, 第一讲", space="hall", team="team")
        draft = plan(cast, code="L002", title="绝密草稿", space="square", team="team")
        mei = cast.actor("mei")
        publish_activities(mei, NOW, campaign_id=cast["campaign"], activity_ids=[lectures])
        with transaction():
            for name in ("lin", "bo", "xu", "mei"):
                services.ensure(FeedKind.VOLUNTEER, cast[name], name=name.capitalize(), now=NOW)
        return cls(app=app, cast=cast, lectures=lectures, draft=draft)

    @property
    def calendars(self) -> Calendars:
        """A reader with an empty cache: what it says was rendered now."""
        return fresh(self.app)

    def feed(self, kind: FeedKind, name: str) -> Feed:
        """The feed of somebody or something of the cast, read anew."""
        session().rollback()
        found = queries.for_subject(kind, self.cast[name])
        assert found is not None
        return found

    def path(self, kind: FeedKind, name: str) -> str:
        """The path of its address."""
        feed = self.feed(kind, name)
        links = self.calendars.links
        return links.feed(feed.id, feed.nonce).removeprefix(links.base_url)

    def text(
        self, kind: FeedKind, name: str, *, language: str = "zh", form: Form = Form.FLAT
    ) -> str:
        """Its calendar, unfolded, rendered now."""
        current = queries.current(self.feed(kind, name).id)
        assert current is not None
        _, body = self.calendars.read(current, View(language=language, form=form))
        return body.decode().replace("\r\n ", "")

    def occurrence(self, number: int = 0) -> Occurrence:
        """One of the lectures, by its planned order, read anew."""
        session().rollback()
        found = select(Occurrence).join(Series).where(Series.activity_id == self.lectures)
        return list(session().scalars(found.order_by(Occurrence.recurrence_id_local)))[number]

    def answer(self, number: int = 0, *, is_yes: bool = True, now: datetime = LATER) -> None:
        """Tao says yes (or no) to the booking of one lecture."""
        wanted = Booking.occurrence_id == self.occurrence(number).id
        latest = select(Booking.id).where(wanted).order_by(Booking.id.desc()).limit(1)
        booking_id = session().scalars(latest).one()
        answer = Answer(is_yes=is_yes, reason="" if is_yes else "装修")
        answer_booking(self.cast.actor("tao"), now, booking_id=booking_id, answer=answer)

    def move(self, number: int, to: datetime, *, space: str | None, now: datetime = LATER) -> None:
        """Mei gives one lecture another start and place."""
        row = self.occurrence(number)
        move_occurrence(
            self.cast.actor("mei"),
            now,
            occurrence_id=row.id,
            version=row.version,
            start_local=to,
            space_id=self.cast[space] if space else None,
        )

    def cancel(self, number: int = 0, *, now: datetime = LATER) -> None:
        """Mei cancels one lecture."""
        row = self.occurrence(number)
        mei = self.cast.actor("mei")
        cancel_occurrence(mei, now, occurrence_id=row.id, version=row.version, reason="暴雨")

    def sign_up(self, name: str, number: int = 0, *, now: datetime = LATER) -> int:
        """Somebody takes a place at one lecture; the sign-up's id."""
        wanted = select(Shift.id).where(Shift.occurrence_id == self.occurrence(number).id)
        shift_id = session().scalars(wanted).one()
        return sign_up(self.cast.actor(name), now, shift_id=shift_id)


def plan(cast: Cast, *, code: str, title: str, space: str | None, team: str | None) -> int:
    """A draft of four weekly sessions; its activity's id."""
    return create_activity(
        cast.actor("mei"),
        NOW,
        campaign_id=cast["campaign"],
        draft=ActivityDraft(
            code=code,
            title=title,
            format="讲座",
            themes=["航天"],
            audiences=["青少年", "公众"],
            duration_min=90,
            needed_skills=["讲解", "秩序维护"],
            volunteers_needed=2,
        ),
        lead_id=cast["office"],
        supporter_ids=[],
        plan=ActivityPlan(
            timing=Timing(
                kind=SeriesKind.RULE,
                tz="Asia/Shanghai",
                starts_local=FIRST,
                duration_min=90,
                rule="FREQ=WEEKLY;COUNT=4",
            ),
            uid=f"series-{code.lower()}",
            space_id=cast[space] if space else None,
            team_id=cast[team] if team else None,
        ),
    )


def fresh(app: Flask) -> Calendars:
    """The application's calendars with an empty cache."""
    made: Calendars = app.extensions["kepu_calendars"]
    return Calendars(links=made.links, polls=made.polls)


@dataclass(frozen=True)
class Snapshot:
    """One feed at one moment: as series in Chinese, flat in English."""

    revision: int
    zh: bytes
    en: bytes


def snapshots(app: Flask) -> dict[str, Snapshot]:
    """Every feed by its scope, rendered now, past every cache."""
    session().rollback()
    calendars = fresh(app)
    found: dict[str, Snapshot] = {}
    for feed_id in list(session().scalars(select(Feed.id))):
        feed = queries.current(feed_id)
        assert feed is not None
        zh = calendars.read(feed, View(language="zh", form=Form.SERIES))[1]
        en = calendars.read(feed, View(language="en"))[1]
        found[scope(feed.kind, feed.subject_id, feed.word)] = Snapshot(feed.revision, zh, en)
    return found


def assert_revision_moves(app: Flask, change: Callable[[], object]) -> set[str]:
    """Do `change`; whichever feed has other bytes must have a higher revision.

    Returns the scopes of the feeds whose bytes are others.
    """
    before = snapshots(app)
    change()
    after = snapshots(app)
    changed = {
        scope
        for scope, old in before.items()
        if (old.zh, old.en) != (after[scope].zh, after[scope].en)
    }
    stuck = {scope for scope in changed if after[scope].revision <= before[scope].revision}
    assert stuck == set(), f"other bytes under the same revision: {stuck}"
    return changed


@contextlib.contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL that is executed inside, without what only begins a transaction."""
    seen: list[str] = []

    def see(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", see)
