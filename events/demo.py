"""The demo world: one county's science month, lying around today, made only through flows.

The season of events/demo_data is moved by whole weeks, so that every weekday stays; then its
story is lived in order, each step at its own moment: import, plan, publish, answer, sign up,
move, cancel, remind.
"""

from __future__ import annotations

import contextlib
import csv
import io
import random  # noqa: TID251 - a door hands its dice down
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask_security import hash_password
from sqlalchemy import select

from events.campaigns import queries as campaigns_read
from events.campaigns.drafts import CampaignDraft
from events.campaigns.states import Measure
from events.config import Settings
from events.demo_people import PASSWORD, PEOPLE, Person
from events.flows.add_user import add_user
from events.flows.allot_expert import allot_expert
from events.flows.answer_request import Answer, answer_request
from events.flows.ask_again import ask_again
from events.flows.cancel_occurrence import cancel_occurrence
from events.flows.create_campaign import create_campaign
from events.flows.found_installation import found_installation
from events.flows.import_files import import_files
from events.flows.join_team import join_team
from events.flows.move_occurrence import move_occurrence
from events.flows.place_activities import place_activities
from events.flows.publish_activities import publish_activities
from events.flows.sign_up import sign_up
from events.flows.upload_calendar import upload_calendar
from events.foreign.owners import Whose
from events.identity import queries as identity
from events.identity.actor import Actor
from events.identity.models import User
from events.identity.states import Role
from events.kernel import clock, db as kernel_db
from events.kernel.errors import Refused
from events.kernel.links import Links
from events.notices import compose, dispatch
from events.notices.dispatch import Post
from events.resources import queries as resources_read
from events.schedule import queries as schedule_read
from events.schedule.models import Occurrence
from events.schedule.states import OccurrenceStatus
from events.venues import queries as venues_read
from events.venues.models import BookingRequest
from events.volunteers import queries as volunteers_read

DATA = Path(__file__).resolve().parent / "demo_data"
MIDDLE = date(2025, 9, 15)
STARTS_ON, ENDS_ON = date(2025, 9, 1), date(2025, 9, 30)
SLUG = "demo"
DATES = ("preferred_start", "preferred_end")
HELPERS = 12
TEAM_OF = {"wei@kepu.example": ("T01", True), "lin@kepu.example": ("T01", False)}
REASONS = ("当天馆内已有团体接待", "设备检修,电源不可用", "场地另有上级活动安排")


def reset(settings: Settings, now: datetime) -> None:
    """Empty the database and live the demo season anew around `now`."""
    kernel_db.empty()
    season = _Season(settings=settings, now=now, rng=random.Random(20250901))  # noqa: S311
    season.live()


@dataclass(kw_only=True)
class _Season:
    """The story, told step by step."""

    settings: Settings
    now: datetime
    rng: random.Random

    def __post_init__(self) -> None:
        today = clock.to_local(self.now, self.settings.timezone).date()
        self.shift = timedelta(weeks=round((today - MIDDLE).days / 7))
        self.starts_on = STARTS_ON + self.shift
        self.password = hash_password(PASSWORD)
        self.users: dict[str, int] = {}

    def live(self) -> None:
        """From the first import to today; the last log-in is made last, as the sign of an end."""
        self._found(self._at(-42))
        self._staff(self._at(-41))
        campaign_id = self._plan(self._at(-35))
        self._publish(campaign_id, self._at(-24))
        self._tell(self._at(-24))
        self._answer(campaign_id)
        self._name_experts(campaign_id, self._at(-20))
        self._volunteer()
        self._follow(self._at(-8))
        self._tell_daily()
        self._ask_again(campaign_id)
        self._change(campaign_id)
        self._tell(self.now)
        self._add(PEOPLE[-1], self._at(-41))

    def _at(self, days: int) -> datetime:
        """Nine in the morning, `days` after the season's first day, but never after now."""
        local = datetime.combine(self.starts_on + timedelta(days=days), datetime.min.time())
        moment = clock.to_utc(local.replace(hour=9), self.settings.timezone)
        return min(moment, self.now)

    def _found(self, at: datetime) -> None:
        ada = PEOPLE[1]
        self.users[ada.email] = found_installation(
            at,
            code="XN",
            organization="咸宁市",
            level="city",
            email=ada.email,
            name=ada.name,
            password=self.password,
            is_sample=True,
        )
        self._import(at, None, lambda name: "activities" not in name)

    def _staff(self, at: datetime) -> None:
        for person in PEOPLE[:-1]:
            if person.email not in self.users:
                self._add(person, at)
        for number in range(1, HELPERS + 1):
            helper = Person(
                email=f"v{number:02d}@kepu.example",
                name=f"志愿者{number:02d}",
                role=Role.VOLUNTEER,
                code="XA",
                says=("", ""),
            )
            self._add(helper, at)
        teams = {
            team.code: team.id for team in volunteers_read.teams(self._actor("mei@kepu.example"))
        }
        for email, (code, is_leader) in TEAM_OF.items():
            self._join(teams[code], email, at, is_leader=is_leader)
        for number in range(1, HELPERS + 1):
            for code in self.rng.sample(sorted(teams), 2):
                self._join(teams[code], f"v{number:02d}@kepu.example", at, is_leader=False)
        for code in self.rng.sample(sorted(set(teams) - {"T01"}), 6):
            self._join(teams[code], "lin@kepu.example", at, is_leader=False)

    def _plan(self, at: datetime) -> int:
        mei = self._actor("mei@kepu.example")
        office = next(o for o in identity.organizations(mei) if o.code == "XA-KX")
        draft = CampaignDraft(
            name=f"{self.starts_on.year} 全国科普月(示例)",
            year=self.starts_on.year,
            starts_on=self.starts_on,
            ends_on=ENDS_ON + self.shift,
            warmup_days=7,
            theme="科技改变生活 创新赢得未来",
            description="示例区一整月的科普活动:从启动仪式到社区课堂。所有单位与活动均为示例。",
            observance_id="national-science-month",
            owner_id=self.users["mei@kepu.example"],
            targets=(
                (Measure.ACTIVITIES, "", 120),
                (Measure.SESSIONS, "", 224),
                (Measure.PARTICIPANTS, "", 40000),
                (Measure.ACTIVITIES, "青少年", 40),
            ),
        )
        campaign_id = create_campaign(mei, at, organization_id=office.id, draft=draft, slug=SLUG)
        self._import(at, SLUG, lambda name: "activities" in name)
        place_activities(mei, at, campaign_id=campaign_id)
        return campaign_id

    def _publish(self, campaign_id: int, at: datetime) -> None:
        """Everything but a dozen that lie ahead: these stay drafts for whoever tries Kepu."""
        mei = self._actor("mei@kepu.example")
        first: dict[int, datetime] = {}
        for occurrence in schedule_read.of_campaign(campaign_id):
            first.setdefault(occurrence.series.activity_id, occurrence.starts_at)
        ids = [activity.id for activity in campaigns_read.activities(campaign_id)]
        ahead = [one for one in ids if one in first and first[one] > self.now + timedelta(days=7)]
        ids = [one for one in ids if one not in ahead[-12:]]
        publish_activities(mei, at, campaign_id=campaign_id, activity_ids=ids)

    def _answer(self, campaign_id: int) -> None:
        """Venues answer over three weeks; one in six lets the organizer wait."""
        requests = kernel_db.session().scalars(
            select(BookingRequest)
            .where(BookingRequest.campaign_id == campaign_id)
            .order_by(BookingRequest.id)
        )
        waiting = [(r.id, r.nonce, [b.id for b in r.bookings], r.venue.name) for r in requests]
        for number, (request_id, nonce, booking_ids, name) in enumerate(waiting):
            if number % 6 == 5:
                continue
            answers = {booking_id: self._says() for booking_id in booking_ids}
            at = self._at(-22 + number % 9)
            answer_request(at, request_id=request_id, nonce=nonce, answers=answers, by=name)

    def _name_experts(self, campaign_id: int, at: datetime) -> None:
        """Mei has found somebody of the wished field for a quarter of the activities."""
        mei = self._actor("mei@kepu.example")
        experts = {one.field: one.id for one in resources_read.experts(mei)}
        sessions: dict[int, list[int]] = {}
        for occurrence in schedule_read.of_campaign(campaign_id, published_only=True):
            if occurrence.starts_at > at:
                sessions.setdefault(occurrence.series.activity_id, []).append(occurrence.id)
        wished = [
            (activity.id, experts[field])
            for activity in campaigns_read.activities(campaign_id)
            for field in activity.expert_fields[:1]
            if field in experts and activity.id in sessions
        ]
        for activity_id, expert_id in wished[::4]:
            ids = sessions[activity_id][:8]
            named = {"activity_id": activity_id, "expert_id": expert_id, "occurrence_ids": ids}
            _try(allot_expert, mei, at, **named)

    def _says(self) -> Answer:
        if self.rng.random() < 0.08:
            return Answer(is_yes=False, reason=self.rng.choice(REASONS))
        return Answer(is_yes=True)

    def _volunteer(self) -> None:
        """Volunteers take shifts; the first weekend's fill up."""
        emails = [f"v{number:02d}@kepu.example" for number in range(1, HELPERS + 1)]
        for email in ("lin@kepu.example", "wei@kepu.example", *emails):
            at = self._at(self.rng.randint(-20, -8))
            actor = self._actor(email)
            found = volunteers_read.open_shifts(actor, now=at)
            wanted = sorted(found, key=lambda seen: (seen.left, seen.shift.id))[:30]
            for seen in self.rng.sample(wanted, min(len(wanted), 6)):
                _try(sign_up, actor, at, shift_id=seen.shift.id)

    def _follow(self, at: datetime) -> None:
        """The city's own calendar is planned around; Lin has said when she is busy."""
        ada = self._actor("ada@kepu.example")
        city = Whose(organization_id=identity.root().id)
        self._hand_in(ada, at, city, file="city.ics", name="市科协工作日历")
        self._hand_in(self._actor("lin@kepu.example"), at, Whose(), file="lin.ics", name="我的安排")

    def _hand_in(self, actor: Actor, at: datetime, whose: Whose, *, file: str, name: str) -> None:
        """A calendar with the season's dates; the worker reads it."""
        text = (DATA / "calendars" / file).read_text(encoding="utf-8")
        content = re.sub(r"(?<=:)2025\d{4}", self._shifted, text).encode()
        tz = self.settings.timezone
        upload_calendar(actor, at, whose=whose, tz=tz, name=name, content=content)

    def _shifted(self, found: re.Match[str]) -> str:
        on = date.fromisoformat(found[0]) + self.shift
        return f"{on:%Y%m%d}"

    def _ask_again(self, campaign_id: int) -> None:
        """Mei reminds the venues that are still silent; their links are fresh again."""
        mei = self._actor("mei@kepu.example")
        silent = [
            booking.id
            for booking in venues_read.waiting(mei, campaign_id=campaign_id)
            if booking.starts_at > self.now
        ]
        for booking_id in silent:
            _try(ask_again, mei, self.now - timedelta(days=2), booking_id=booking_id)

    def _change(self, campaign_id: int) -> None:
        """Life: one session an hour later, one cancelled."""
        mei = self._actor("mei@kepu.example")
        ahead = [
            occurrence
            for occurrence in schedule_read.of_campaign(campaign_id, published_only=True)
            if occurrence.starts_at > self.now + timedelta(days=3)
            and occurrence.status is OccurrenceStatus.CONFIRMED
        ]
        counting = venues_read.bookings_by_occurrence([o.id for o in ahead])
        housed = [o for o in ahead if o.id in counting]
        if len(housed) < 4:
            return
        moved, cancelled = housed[1], housed[3]
        later = clock.to_local(moved.starts_at, moved.series.tz) + timedelta(minutes=30)
        _try(
            move_occurrence,
            mei,
            self.now - timedelta(hours=5),
            occurrence_id=moved.id,
            version=moved.version,
            start_local=later,
            space_id=counting[moved.id].space_id,
        )
        self._cancel(mei, cancelled)

    def _cancel(self, mei: Actor, cancelled: Occurrence) -> None:
        fresh = kernel_db.session().get_one(Occurrence, cancelled.id)
        cancel_occurrence(
            mei,
            self.now - timedelta(hours=4),
            occurrence_id=fresh.id,
            version=fresh.version,
            reason="授课专家临时有重要任务,另行安排",
        )

    def _tell_daily(self) -> None:
        """The worker was awake every morning since."""
        for day in range(-23, 40):
            self._tell(self._at(day))

    def _tell(self, at: datetime) -> None:
        """The worker's own ticks, at the story's time: mail goes to the outbox folder."""
        kept = Links(base_url=self.settings.base_url, secret=self.settings.secret_key)
        post = Post(
            links=kept,
            mail_from=self.settings.mail_from,
            smtp_url="",
            folder=self.settings.data / "outbox",
            clock=lambda: at,
        )
        compose.tick(at, kept)
        dispatch.tick(at, post, rng=self.rng)

    def _add(self, person: Person, at: datetime) -> None:
        ada = self._actor(PEOPLE[1].email)
        where = next(o for o in identity.organizations(ada) if o.code == person.code)
        self.users[person.email] = add_user(
            ada,
            at,
            email=person.email,
            name=person.name,
            language="zh",
            role=person.role,
            organization_id=where.id,
            password=self.password,
            is_sample=True,
        )

    def _join(self, team_id: int, email: str, at: datetime, *, is_leader: bool) -> None:
        join_team(
            self._actor(PEOPLE[1].email),
            at,
            team_id=team_id,
            user_id=self.users[email],
            is_leader=is_leader,
        )

    def _actor(self, email: str) -> Actor:
        found = select(User).where(User.email == email)
        return identity.actor_of(kernel_db.session().scalars(found).one())

    def _import(self, at: datetime, campaign: str | None, wanted: Callable[[str], bool]) -> None:
        """The demo data's files as a person would bring them, their dates moved to this season."""
        with tempfile.TemporaryDirectory() as folder:
            for file in sorted(DATA.glob("*.csv")):
                if wanted(file.name):
                    text = file.read_text(encoding="utf-8")
                    (Path(folder) / file.name).write_bytes(_moved(text, self.shift))
            outcome = import_files(
                Path(folder), campaign=campaign, dry_run=False, now=at, settings=self.settings
            )
        if outcome.problems:
            raise RuntimeError("\n".join(outcome.problem_lines()))


def _moved(text: str, shift: timedelta) -> bytes:
    table = csv.DictReader(io.StringIO(text))
    out = io.StringIO()
    writer = csv.DictWriter(out, table.fieldnames or ())
    writer.writeheader()
    for row in table:
        for name in DATES:
            if row.get(name):
                row[name] = (date.fromisoformat(row[name]) + shift).isoformat()
        writer.writerow(row)
    return out.getvalue().encode()


def _try(flow: Any, *args: Any, **kwargs: Any) -> None:
    """A step of the story that may be refused: somebody was faster, or is busy then."""
    with contextlib.suppress(Refused):
        flow(*args, **kwargs)
