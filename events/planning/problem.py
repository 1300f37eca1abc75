"""A campaign's drafts as the planner's problem, and what each of its names stands for.

The only bridge in: tables are read here, and nothing is written.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from events.campaigns.models import Activity, Campaign
from events.campaigns.rules import first_day
from events.campaigns.states import Measure, Mode
from events.days import queries as days
from events.kernel import clock
from events.kernel.db import session
from events.planner import problem as planner
from events.planner.problem import Priority, Problem, Venue, Window
from events.planning import lending, supply
from events.planning.asking import Asked, askable
from events.planning.horizon import Horizon
from events.planning.places import ONLINE, Map, chart, online, standing
from events.planning.scope import Scope
from events.planning.supply import KitStock
from events.planning.wished import DAY_ENDS, DAY_STARTS, NEVER, Wish, sessions
from events.schedule.models import Occurrence, Series

MARGIN_DAYS = 60
"""So far outside of a campaign's own days a wish may lie."""
PRIORITIES = {1: Priority.HIGHEST, 2: Priority.HIGH, 3: Priority.NORMAL}
GRIDS = (30, 15, 10, 5, 1)


@dataclass(frozen=True, kw_only=True)
class Session:
    """What an activity of the planner stands for: a session, by its number, or a run's stay.

    asked: with what the planner asks for, and what stays open; unknown: kinds that no kit is of;
    is_outside: none of its days can be planned any more, or yet; the planner is not asked.
    """

    activity_id: int
    number: int
    asked: Asked
    unknown: tuple[str, ...] = ()
    stays: bool = False
    is_outside: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """A problem, its days, and what its activities' names stand for."""

    problem: Problem
    horizon: Horizon
    sessions: Mapping[str, Session]


def question(scope: Scope, now: datetime) -> Question:
    """All that is planned anew; what stands takes its spaces and people."""
    campaign = scope.campaign
    drafts = _drafts(scope)
    typed = _typed(scope)
    horizon = _horizon(campaign, drafts, now)
    where = chart(scope, horizon)
    stocks = list(supply.kits(campaign, where))
    wanted = _Wanted(campaign, horizon, where, stocks, typed)
    wishes = [row for draft in drafts for row in wanted.of(draft)]
    rows = [row for row in wishes if not _is_outside(row)]
    activities = tuple(activity for _, _, activity in rows)
    problem = Problem(
        days=horizon.days,
        activities=activities,
        venues=(
            *(place.venue for place in where.places),
            online(horizon, len(rows)),
            *wanted.stands,
        ),
        grid=_grid(activities),
        districts=where.districts,
        audiences=_audiences(campaign, activities),
        quotas=_quotas(scope),
        experts=tuple(supply.experts(scope, horizon)),
        kits=tuple(_pieces(scope, horizon, stocks, activities)),
        teams=tuple(supply.teams(scope, horizon, where)),
        series=tuple(_series(rows)),
        travel=where.travel,
        sites=where.sites,
    )
    asked = {one.activity.id: one for one in askable(problem)}
    return Question(
        problem=replace(problem, activities=tuple(one.activity for one in asked.values())),
        horizon=horizon,
        sessions={
            activity.id: Session(
                activity_id=draft.id,
                number=number,
                asked=asked.get(activity.id, Asked(activity=activity)),
                unknown=wanted.unknown(draft),
                stays=not number,
                is_outside=activity.id not in asked,
            )
            for draft, number, activity in wishes
        },
    )


Row = tuple[Activity, int, planner.Activity]
"""A draft, the number of its session from 1 (0: its equipment's stay), and what is asked."""


def _is_outside(row: Row) -> bool:
    return row[2].windows == (NEVER,)


class _Wanted:
    """Drafts as activities of the planner."""

    def __init__(
        self,
        campaign: Campaign,
        horizon: Horizon,
        where: Map,
        stocks: Sequence[KitStock],
        typed: Mapping[int, tuple[datetime, ...]],
    ) -> None:
        self._campaign, self._horizon, self._where, self._typed = campaign, horizon, where, typed
        self._facilities: dict[str, set[str]] = defaultdict(set)
        for stock in stocks:
            self._facilities[stock.kit.kind].add(stock.facility)
        self._bulky = lending.bulky(stocks)
        self._known = {stock.kit.kind for stock in stocks}
        self.stands: list[Venue] = []
        self._names: set[str] = set()

    def of(self, draft: Activity) -> Iterable[Row]:
        """Each session of a draft; and the stay of equipment that remains between them."""
        wish = _wish(draft, self._campaign, self._typed.get(draft.id, ()))
        times = sessions(wish, self._horizon)
        model = self._model(draft)
        stay = tuple(kind for kind in model.kits if kind in self._bulky and len(times) > 1)
        moving = tuple(kind for kind in model.kits if kind not in stay)
        for number, windows in enumerate(times, 1):
            name = draft.code if len(times) == 1 else f"{draft.code}/{number}"
            row = replace(model, id=self._own(name), kits=moving, windows=windows)
            yield draft, number, row
        lasts = [one for windows in times for one in windows if one != NEVER]
        if stay and lasts:
            yield draft, 0, self._stay(draft, model, stay, lasts)

    def unknown(self, draft: Activity) -> tuple[str, ...]:
        """Wished kinds of equipment that nobody has."""
        return tuple(kind for kind in draft.kit_kinds if kind not in self._known)

    def _own(self, name: str) -> str:
        """The name, marked where another code is already written like it."""
        while name in self._names:
            name += "'"
        self._names.add(name)
        return name

    def _model(self, draft: Activity) -> planner.Activity:
        is_onsite = draft.mode is Mode.ONSITE
        return planner.Activity(
            draft.code,
            draft.duration_min,
            draft.expected_attendance if is_onsite else 0,
            title=draft.title,
            audience=next(iter(draft.audiences), None),
            district=self._district(draft),
            facilities=self._needed(draft),
            outdoor=draft.is_outdoor,
            venues=self._chosen(draft),
            priority=PRIORITIES.get(draft.priority, Priority.NORMAL),
            fields=tuple(draft.expert_fields),
            kits=tuple(kind for kind in draft.kit_kinds if kind in self._known),
            team_size=draft.volunteers_needed,
            team_skills=frozenset(draft.needed_skills if draft.volunteers_needed else ()),
        )

    def _needed(self, draft: Activity) -> frozenset[str]:
        """Facilities, with those that all equipment of a wished kind must have."""
        if draft.mode is Mode.ONLINE:
            return frozenset()
        found = (self._facilities.get(kind, set()) for kind in draft.kit_kinds)
        of_kits = {next(iter(names)) for names in found if len(names) == 1}
        return frozenset({*draft.needed_facilities, *of_kits} - {""})

    def _chosen(self, draft: Activity) -> frozenset[str]:
        """Spaces of a wished kind, out of doors or inside as it is wished."""
        if draft.mode is Mode.ONLINE:
            return frozenset({ONLINE})
        return frozenset(
            place.venue.id
            for place in self._where.places
            if place.venue.outdoor == draft.is_outdoor
            and (not draft.venue_kinds or place.kind in draft.venue_kinds)
        )

    def _district(self, draft: Activity) -> str | None:
        """The wished region, when it is a single district."""
        code = draft.wish_region.code if draft.wish_region else ""
        return code if code in self._where.regions and draft.mode is not Mode.ONLINE else None

    def _stay(
        self,
        draft: Activity,
        model: planner.Activity,
        kinds: tuple[str, ...],
        times: Sequence[Window],
    ) -> planner.Activity:
        """From the first session's day to the last's, on a stand that is nobody's room."""
        stand = standing(self._own(f"{draft.code}/*"), model.district or ONLINE, self._horizon)
        self.stands.append(stand)
        grid = GRIDS[0]
        start = min(one.start for one in times) // grid * grid
        end = max(one.end for one in times)
        return planner.Activity(
            stand.id,
            end - start,
            title=draft.title,
            windows=(Window(start, end),),
            venues=frozenset({stand.id}),
            priority=model.priority,
            kits=kinds,
        )


def _drafts(scope: Scope) -> list[Activity]:
    found = (
        select(Activity)
        .where(scope.planned())
        .options(selectinload(Activity.wish_region))
        .order_by(Activity.code, Activity.id)
    )
    return list(session().scalars(found))


def _typed(scope: Scope) -> dict[int, tuple[datetime, ...]]:
    """The starts that drafts have already, wall time of the campaign."""
    found = (
        select(Series.activity_id, Occurrence.starts_at)
        .join(Occurrence.series)
        .join(Series.activity)
        .where(scope.planned())
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    starts: dict[int, tuple[datetime, ...]] = defaultdict(tuple)
    for activity_id, starts_at in session().execute(found):
        starts[activity_id] += (clock.to_local(starts_at, scope.campaign.tz),)
    return starts


def _horizon(campaign: Campaign, drafts: Iterable[Activity], now: datetime) -> Horizon:
    """The campaign's days, and those that drafts wish near them; of these, what lies ahead.

    A campaign that is over is planned as it was.
    """
    first = first_day(campaign.starts_on, campaign.warmup_days)
    margin = timedelta(days=MARGIN_DAYS)
    wishes = [day for row in drafts for day in (row.wish_from, row.wish_until) if day]
    near = [day for day in wishes if first - margin <= day <= campaign.ends_on + margin]
    begin, end = min([first, *near]), max([campaign.ends_on, *near])
    asked_at = clock.to_local(now, campaign.tz)
    is_over = end < asked_at.date()
    begin = begin if is_over else max(begin, asked_at.date())
    return Horizon(
        first=begin,
        last=end,
        tz=campaign.tz,
        calendar=days.day_types(begin, end),
        asked_at=None if is_over else asked_at,
    )


def _wish(draft: Activity, campaign: Campaign, typed: tuple[datetime, ...]) -> Wish:
    first: date = draft.wish_from or campaign.starts_on
    return Wish(
        first=first,
        last=draft.wish_until or draft.wish_from or campaign.ends_on,
        weekdays=frozenset(draft.wish_weekdays),
        starts=draft.wish_starts or DAY_STARTS,
        ends=draft.wish_ends or DAY_ENDS,
        rule=draft.wish_rule,
        minutes=draft.duration_min,
        typed=typed if draft.wish_from is None else (),
    )


def _grid(activities: Iterable[planner.Activity]) -> int:
    """The coarsest grid on which every session has a start."""
    tight = [
        (window.start, window.end - activity.minutes)
        for activity in activities
        for window in activity.windows
    ]
    return next(
        grid
        for grid in GRIDS
        if grid == 1 or all(last // grid * grid >= first for first, last in tight if last >= first)
    )


def _pieces(
    scope: Scope,
    horizon: Horizon,
    stocks: Sequence[KitStock],
    activities: Iterable[planner.Activity],
) -> Iterable[planner.Kit]:
    """Of each kind as many pieces as sessions could ask for at once, when they are not lent out."""
    asked = Counter(kind for activity in activities for kind in activity.kits)
    lent = lending.lent_out(scope, horizon, lending.bulky(stocks))
    for kind in asked:
        alike = [stock for stock in stocks if stock.kit.kind == kind]
        taken = lent.get(kind, [])
        pieces = [one for stock in alike for one in stock.pieces(asked[kind] + len(taken))]
        yield from lending.left_over(pieces, taken, horizon)


def _series(rows: Iterable[Row]) -> Iterable[planner.Series]:
    """Sessions of one activity, best kept at one venue."""
    members: dict[int, list[str]] = defaultdict(list)
    for draft, number, activity in rows:
        if number:
            members[draft.id].append(activity.id)
    for names in members.values():
        if len(names) > 1:
            yield planner.Series(names[0], tuple(names))


def _audiences(
    campaign: Campaign, activities: Iterable[planner.Activity]
) -> tuple[planner.Audience, ...]:
    named = {one.audience for one in activities if one.audience}
    named |= {target.audience for target in campaign.targets if target.audience}
    return tuple(planner.Audience(one, one) for one in sorted(named))


def _quotas(scope: Scope) -> tuple[planner.Quota, ...]:
    """What targets of one audience still lack beside the activities that stand."""
    rows = select(Activity.audiences).where(
        Activity.campaign_id == scope.campaign.id, scope.stands()
    )
    there = Counter(word for words in session().scalars(rows) for word in words)
    return tuple(
        planner.Quota(target.audience, None, target.goal - there[target.audience])
        for target in scope.campaign.targets
        if target.audience
        and target.measure in {Measure.ACTIVITIES, Measure.SESSIONS}
        and target.goal > there[target.audience]
    )
