"""H1, H2, H3, H10: where and when an activity may be, and how many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from events.planner import spans
from events.planner.check.rule import Found, Seen, rule
from events.planner.laid import Laid
from events.planner.problem import DAY, District, Level, Site, Term, Venue, Window
from events.planner.score import time_units
from events.planner.terms import level
from events.planner.wording import Said, listed


@rule(
    "H1",
    "{activity}不能安排在{venue}：不在指定的场地之列",
    "{activity} may not be at {venue}, which is not among its venues",
)
def not_chosen(seen: Seen) -> Iterator[Found]:
    """Another venue than the activity names."""
    for laid in seen.laid:
        chosen = laid.activity.venues
        if chosen is not None and laid.venue.id not in chosen:
            yield _at(seen, laid)


@rule(
    "H1",
    "{activity}需使用{venue} {hold}（含布置和撤场），不在开放时间内",
    "{activity} needs {venue} {hold} with set-up and strike, outside its opening hours",
)
def outside_hours(seen: Seen) -> Iterator[Found]:
    """Set-up, session and strike do not all lie within the opening hours, here or at the backup."""
    opened = {venue.id: spans.merged(venue.open) for venue in seen.problem.venues}
    for laid, venue in _used(seen):
        if not spans.within(laid.hold, opened[venue.id]):
            yield _at(seen, laid, venue)


@rule(
    "H1",
    "{activity}需使用{venue} {hold}（含布置和撤场），该时段已停用、另有安排或来不及预约",
    "{activity} needs {venue} {hold} with set-up and strike, closed, booked or too soon to ask for",
)
def closed(seen: Seen) -> Iterator[Found]:
    """A blackout or a standing booking, here or at the backup."""
    shut = {one.id: spans.merged(one.closed) for one in seen.problem.venues if one.closed}
    for laid, venue in _used(seen):
        if any(spans.overlap(laid.hold, window) for window in shut.get(venue.id, ())):
            yield _at(seen, laid, venue)


@rule(
    "H1",
    "{activity}排在{session}，不在可选的日期和时间内",
    "{activity} is at {session}, outside its own dates and times",
)
def outside_dates(seen: Seen) -> Iterator[Found]:
    """Outside of the campaign or of the activity's own windows."""
    end = len(seen.problem.days) * DAY
    for laid in seen.laid:
        windows = laid.activity.windows
        inside = not windows or spans.within(laid.session, spans.merged(windows))
        if not inside or not 0 <= laid.session.start < end:
            yield _at(seen, laid)


@rule(
    "H1",
    "{activity}排在{session}，与“必须”满足的希望时间不符",
    "{activity} is at {session}, not at the wished time that “must” be met",
)
def not_as_wished(seen: Seen) -> Iterator[Found]:
    """Another day or half-day than wished, once TIME is a must."""
    if level(seen.problem, Term.TIME) is Level.MUST:
        for laid in seen.laid:
            if time_units(laid.activity, laid.session.start):
                yield _at(seen, laid)


@rule(
    "H1",
    "{activity}安排在{venue}，不在“必须”满足的希望区县",
    "{activity} is at {venue}, not in the wished district that “must” be met",
)
def not_in_district(seen: Seen) -> Iterator[Found]:
    """Another district than wished, once VENUE is a must."""
    if level(seen.problem, Term.VENUE) is Level.MUST:
        for laid in seen.laid:
            if laid.activity.district not in {None, laid.venue.district}:
                yield _at(seen, laid)


@rule(
    "H2",
    "{venue}有{seats}个座位，{activity}预计{visitors}人，缺{short}个",
    "{venue} seats {seats}; {activity} expects {visitors}, {short} too many",
)
def too_small(seen: Seen) -> Iterator[Found]:
    """Fewer seats than visitors while CROWDING is a must, here or at the backup."""
    if level(seen.problem, Term.CROWDING) is not Level.MUST:
        return
    for laid, venue in _used(seen):
        short = laid.activity.visitors - venue.seats
        if short > 0:
            facts = {"seats": venue.seats, "visitors": laid.activity.visitors, "short": short}
            yield _at(seen, laid, venue, short, facts)


@rule(
    "H2",
    "{venue}缺少{activity}需要的设施：{missing}",
    "{venue} lacks what {activity} needs: {missing}",
)
def without_facilities(seen: Seen) -> Iterator[Found]:
    """Facilities that the venue, or the backup, does not have."""
    for laid, venue in _used(seen):
        missing = sorted(laid.activity.facilities - venue.facilities)
        if missing:
            yield _at(seen, laid, venue, len(missing), {"missing": listed(missing)})


@rule(
    "H2",
    "{activity}的备用场地{venue}不在室内",
    "{venue}, kept for {activity} in case of rain, is not indoors",
)
def backup_outdoors(seen: Seen) -> Iterator[Found]:
    """A backup under the open sky."""
    for laid in seen.laid:
        backup = seen.venues.get(laid.placement.backup or "")
        if backup is not None and backup.outdoor:
            yield _at(seen, laid, backup)


@rule(
    "H3",
    "{venue}在{when}同时有{held}场活动（{activities}），最多容纳{rooms}场",
    "{venue} has {held} activities at once, {when} ({activities}); it has room for {rooms}",
)
def too_many_at_once(seen: Seen) -> Iterator[Found]:
    """More holds at a moment than rooms, backups included."""
    holds: dict[str, list[tuple[Window, str]]] = defaultdict(list)
    for laid, venue in _used(seen):
        holds[venue.id].append((laid.hold, laid.activity.id))
    for venue_id, held in holds.items():
        venue = seen.venues[venue_id]
        running: list[tuple[Window, str]] = []
        for hold, activity in sorted(held, key=lambda one: (one[0].start, one[1])):
            running = [one for one in running if one[0].end > hold.start]
            running.append((hold, activity))
            if len(running) > venue.rooms:
                ids = tuple(dict.fromkeys(one for _, one in running))
                facts: dict[str, Said] = {
                    "venue": seen.names.of(Venue, venue_id),
                    "when": seen.names.moment(hold.start),
                    "held": len(running),
                    "activities": seen.names.activities(ids),
                    "rooms": venue.rooms,
                }
                yield Found(facts, ids, (venue_id,), len(running) - venue.rooms)


@rule(
    "H3",
    "{site}{when}有{held}场活动（{activities}），当天最多接待{most}场",
    "{site} has {held} activities on {when} ({activities}); it takes {most} that day",
)
def too_many_a_day(seen: Seen) -> Iterator[Found]:
    """More activities begin at the venues of a site than it takes that day."""
    begun: dict[tuple[str, int], list[Laid]] = defaultdict(list)
    for laid in seen.laid if seen.problem.sites else ():
        begun[laid.venue.site, laid.day].append(laid)
    for site in seen.problem.sites:
        for day, most in enumerate(site.most_per_day):
            there = begun.get((site.id, day), ())
            if len(there) > most:
                ids = tuple(laid.activity.id for laid in there)
                facts: dict[str, Said] = {
                    "site": seen.names.of(Site, site.id),
                    "when": seen.names.day(day),
                    "held": len(there),
                    "activities": seen.names.activities(ids),
                    "most": most,
                }
                venues = tuple(dict.fromkeys(laid.venue.id for laid in there))
                yield Found(facts, ids, venues, len(there) - most)


@rule(
    "H10",
    "{activity}在户外，{when}{district}有恶劣天气",
    "{activity} is outdoors; {when} a storm is expected in {district}",
)
def in_a_storm(seen: Seen) -> Iterator[Found]:
    """Outdoors in a district on a day of storm."""
    for laid in seen.laid if seen.problem.storms else ():
        days = range(laid.day, (laid.session.end - 1) // DAY + 1)
        stormy = [day for day in days if (day, laid.venue.district) in seen.problem.storms]
        if laid.outdoors and stormy:
            facts: dict[str, Said] = {
                "activity": seen.names.activity(laid.activity.id),
                "when": seen.names.day(stormy[0]),
                "district": seen.names.of(District, laid.venue.district),
            }
            yield Found(facts, (laid.activity.id,), (laid.venue.id,))


def _used(seen: Seen) -> Iterator[tuple[Laid, Venue]]:
    """Every room taken: of the activities, and kept for them in case of rain."""
    for laid in seen.laid:
        yield laid, laid.venue
        backup = seen.venues.get(laid.placement.backup or "")
        if backup is not None:
            yield laid, backup


def _at(
    seen: Seen,
    laid: Laid,
    venue: Venue | None = None,
    amount: int = 1,
    more: Mapping[str, Said] | None = None,
) -> Found:
    venue = venue or laid.venue
    facts: dict[str, Said] = {
        "activity": seen.names.activity(laid.activity.id),
        "venue": seen.names.of(Venue, venue.id),
        "session": seen.names.span(laid.session),
        "hold": seen.names.span(laid.hold),
        **(more or {}),
    }
    return Found(facts, (laid.activity.id,), (venue.id,), amount)


RULES = (
    not_chosen,
    outside_hours,
    closed,
    outside_dates,
    not_as_wished,
    not_in_district,
    too_small,
    without_facilities,
    backup_outdoors,
    too_many_at_once,
    too_many_a_day,
    in_a_storm,
)
