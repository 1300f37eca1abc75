"""Whatever is done to a series in whatever order: rows, rules, feeds and identities agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from sqlalchemy import select

from events.feeds import queries as feeds
from events.feeds.states import FeedKind, Form, View
from events.flows.cancel_occurrence import cancel_occurrence
from events.flows.edit_series import edit_series
from events.flows.move_occurrence import move_occurrence
from events.flows.postpone_occurrence import postpone_occurrence
from events.flows.undo_change import undo_change
from events.foreign.read import read
from events.kernel import clock
from events.kernel.db import session
from events.kernel.errors import Refused
from events.schedule import queries as schedule, rules
from events.schedule.editing import Effect
from events.schedule.models import Occurrence, Undo
from events.schedule.rules import Timing
from events.schedule.states import OFF, DayChoice, Scope, SeriesKind
from tests.cast import NOW, Cast
from tests.feeds.world import fresh
from tests.flows import season

DAY = timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
RULES = (
    "FREQ=WEEKLY;COUNT=5",
    "FREQ=DAILY;INTERVAL=2;COUNT=7",
    "FREQ=WEEKLY;BYDAY=TU,SA;UNTIL=20250930",
    "FREQ=MONTHLY;BYDAY=1SA;COUNT=3",
    "FREQ=WEEKLY;INTERVAL=3",
)
EDITS: tuple[Callable[[Timing], Timing], ...] = (
    lambda one: replace(one, starts_local=one.starts_local.replace(hour=14)),
    lambda one: replace(one, duration_min=45),
    lambda one: replace(one, starts_local=one.starts_local + DAY),
    lambda one: replace(one, rule=f"FREQ=WEEKLY;BYDAY=MO,SA;{_end(one)}".rstrip(";")),
    lambda one: replace(one, rule=f"FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;{_end(one)}".rstrip(";")),
    lambda one: replace(one, rule="FREQ=WEEKLY;COUNT=3"),
    lambda one: replace(one, rule="FREQ=WEEKLY;BYDAY=SU;UNTIL=20251012"),
    lambda one: replace(one, exdates=tuple(_days(one)[1:2])),
    lambda one: replace(one, rdates=(datetime(2025, 9, 18, 19), datetime(2025, 10, 9, 19))),
    lambda one: replace(one, on_rest_day=DayChoice.MOVE),
    lambda one: replace(one, on_rest_day=DayChoice.SKIP),
    lambda one: replace(one, kind=SeriesKind.DATES, rule="", dates=tuple(_days(one)[::2])),
)
SCOPES = {"following": Scope.FOLLOWING, "part": Scope.PART, "all": Scope.ALL}
VERBS = st.sampled_from(
    [*SCOPES, *SCOPES, "all", "move", "cancel", "postpone", "undo", "undo", "pass"]
)
STEPS = st.lists(st.tuples(VERBS, st.integers(0, 9), st.integers(0, 11)), min_size=5, max_size=7)
Facts = tuple[datetime, datetime, str, int]
Live = list[tuple[int, datetime, datetime, datetime, bool]]


def _end(one: Timing) -> str:
    return next((part for part in one.rule.split(";") if part[:5] in {"COUNT", "UNTIL"}), "")


def _days(one: Timing) -> list[datetime]:
    return rules.starts(one, before=datetime(2026, 1, 1))[:12]


class World:
    """One activity, its clock, and what is known of it so far."""

    def __init__(self, app: Flask, cast: Cast, rule: str, number: int) -> None:
        self.app, self.mei, self.now, self.number = app, cast.actor("mei"), NOW, 0
        self.activity = season.draft(cast, f"X{number}", rule=rule, space=None, volunteers=0)
        season.publish(cast, self.activity)
        self.uid = f"next-{number}"
        self.known: dict[int, tuple[str, datetime]] = {}
        self.changes: list[tuple[int, Live]] = []

    def rows(self) -> list[Occurrence]:
        session().rollback()
        return schedule.of_activity(self.activity)

    def facts(self) -> dict[int, Facts]:
        return {o.id: (o.starts_at, o.ends_at, o.status.value, o.sequence) for o in self.rows()}

    def live(self) -> Live:
        return sorted(
            (o.id, o.slot_local, o.starts_at, o.ends_at, o.status in OFF)
            for o in self.rows()
            if not _is_gone(o)
        )

    def do(self, verb: str, number: int, edit: int) -> None:
        """One step; the sessions that it may touch are known before, all others stay."""
        before, live = self.facts(), self.live()
        ahead = [o for o in self.rows() if o.starts_at > self.now and o.status not in OFF]
        may_touch: set[int] = set()
        self.number += 1
        if verb == "pass":
            self.now += 6 * DAY
        elif verb == "undo":
            may_touch = self._undo()
        elif ahead:
            row = ahead[number % len(ahead)]
            may_touch = {row.id}
            if verb in SCOPES:
                may_touch = self._edit(row, SCOPES[verb], edit, live)
            else:
                change = self._one(verb, row, edit)
                if change:
                    self.changes.append((change, live))
        after = self.facts()
        over = {n for n, (starts_at, *_) in before.items() if starts_at <= self.now}
        for n, fact in before.items():
            if n not in may_touch or (n in over and verb != "undo"):
                assert after[n] == fact

    def _one(self, verb: str, row: Occurrence, edit: int) -> int | None:
        one = {"occurrence_id": row.id, "version": row.version}
        if verb == "cancel":
            return cancel_occurrence(self.mei, self.now, reason="暴雨", **one)
        if verb == "postpone":
            return postpone_occurrence(self.mei, self.now, reason="台风", **one)
        start = clock.to_local(row.starts_at, "Asia/Shanghai").replace(tzinfo=None)
        to = start + edit * timedelta(hours=7)
        return move_occurrence(self.mei, self.now, start_local=to, space_id=None, **one)

    def _edit(self, row: Occurrence, scope: Scope, edit: int, live: Live) -> set[int]:
        try:
            shown = schedule.shown(row, scope, self.now)
            timing = EDITS[edit](shown) if shown.kind is SeriesKind.RULE else EDITS[edit % 2](shown)
            outcome = schedule.effect(row, scope, timing, self.now)
            done = edit_series(
                self.mei,
                self.now,
                occurrence_id=row.id,
                scope=scope,
                timing=timing,
                place=None,
                seen=outcome.fingerprint,
                uid=f"{self.uid}-{self.number}",
                reason="调整",
            )
        except Refused:
            return set()
        if done.change_id:
            self.changes.append((done.change_id, live))
        touched = {Effect.MOVED, Effect.CANCELLED}
        return {step.id for step in outcome.steps if step.id and step.effect in touched}

    def _undo(self) -> set[int]:
        if not self.changes:
            return set()
        change_id, live = self.changes.pop()
        kept = session().scalars(select(Undo).where(Undo.change_id == change_id)).one()
        touched = {int(n) for n in kept.before["after"]}
        try:
            undo_change(self.mei, kept.expires_at - DAY / 1440, change_id=change_id)
        except Refused:
            return set()
        assert self.live() == live
        return touched

    def check(self) -> None:
        """Identities are for good; each series' rule, and both forms of the feed, say the rows."""
        rows = self.rows()
        identities = {o.id: (o.uid, o.recurrence_id_local) for o in rows}
        assert self.known.items() <= identities.items()
        assert len(set(identities.values())) == len(identities)
        self.known = identities
        open_until = [o.series.expanded_until_local for o in rows if o.series.expanded_until_local]
        end = min(open_until, default=datetime(2028, 1, 1)).date()  # a rule goes on, rows do not
        stored = sorted(
            (o.starts_at, o.ends_at, "CANCELLED" if o.status in OFF else o.status.value)
            for o in rows
            if o.starts_at.astimezone(SHANGHAI).date() < end
        )
        feed = feeds.for_subject(FeedKind.ACTIVITY, self.activity)
        assert feed
        current = feeds.current(feed.id)
        assert current
        for form in Form:
            _, body = fresh(self.app).read(current, View(language="zh", form=form))
            found = read(body, after=date(2025, 1, 1), before=end, tz=SHANGHAI)
            spans = [(*one.span(SHANGHAI), one.status) for one in found.occurrences]
            assert (found.problems, sorted(spans)) == ([], stored)
        for series in schedule.all_series(self.activity):
            self._check_rule(series.id)

    def _check_rule(self, series_id: int) -> None:
        """What is ahead by the series' own word is what its sessions ahead stand for."""
        mine = [o for o in self.rows() if o.series_id == series_id and not _is_gone(o)]
        if not mine:
            return
        now, series = clock.to_local(self.now, "Asia/Shanghai").replace(tzinfo=None), mine[0].series
        said = rules.instances(
            schedule.timing(series), schedule.kind_of(), before=series.expanded_until_local
        )
        slots = {one.slot for one in said if one.start and min(one.slot, one.start) > now}
        missing = slots - {o.slot_local for o in mine}
        assert missing == set()


def _is_gone(one: Occurrence) -> bool:
    """Off, and no instance of its series any more: it only stands there to be struck out."""
    if one.status not in OFF:
        return False
    after = one.slot_local
    timing = schedule.timing(one.series)
    found = rules.instances(timing, schedule.kind_of(), after=after, before=after + DAY / 86400)
    return not any(each.slot == after and each.start for each in found)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_whatever_is_done_rows_rules_feeds_and_identities_agree(app: Flask, cast: Cast) -> None:
    number = iter(range(1000))

    @settings(
        max_examples=7,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(rule=st.sampled_from(RULES), steps=STEPS)
    def hold(rule: str, steps: list[tuple[str, int, int]]) -> None:
        world = World(app, cast, rule, next(number))
        world.check()
        for step in steps:
            world.do(*step)
            world.check()

    hold()
