"""Faults of a volunteer's contract: its numbers, and what no calendar could ever fulfil."""

from __future__ import annotations

from collections.abc import Iterator

from events.planner import spans
from events.planner.faults.report import MOST_PARTS, Row
from events.planner.problem import DAY, Contract, Volunteer
from events.planner.wording import Template, length

_FREE = Contract()
_LEAST_OVER_MOST = Template("{row}的{field}大于最多值", "{row}: {field} is above the most")
_NO_TIME = Template(
    "{row}的{field}要求{least}，按可服务时段、休息日和每天上限最多只有{most}",
    "{row}: {field} are {least}; windows, days off and limits a day leave {most} at most",
)


def contract(row: Row, volunteer: Volunteer, days: int) -> None:
    """What a contract asks is possible in a campaign of so many days, whatever takes place.

    Whether there are places enough is no fault: then the best plan owes some (`check`).
    """
    asked = volunteer.contract
    if asked == _FREE:
        return
    for name, value, least in _limits(asked):
        row.number(f"contract.{name}", value, least)
    for least_name, low, high in (
        ("least_minutes", asked.least_minutes, asked.most_minutes),
        ("least_run", asked.least_run, asked.most_run),
    ):
        if low is not None and high is not None and low > high:
            row.tell(f"contract.{least_name}", _LEAST_OVER_MOST)
    if row.few("contract.most_by_skill", asked.most_by_skill):
        for most in asked.most_by_skill.values():
            row.number("contract.most_by_skill", most)
    if asked.least_minutes and len(volunteer.windows) <= MOST_PARTS:
        most = most_minutes(volunteer, days)
        if most < asked.least_minutes:
            facts = {"least": length(asked.least_minutes), "most": length(most)}
            row.tell("contract.least_minutes", _NO_TIME, **facts)


def most_minutes(volunteer: Volunteer, days: int) -> int:
    """More minutes a volunteer can never serve; a session may last beyond its day, not a window."""
    asked = volunteer.contract
    serving = set(range(days)) - volunteer.days_off
    minutes = (days + 1) * DAY
    if volunteer.windows:
        touched = {
            one: serving.intersection(spans.days([one], days))
            for one in spans.merged(volunteer.windows)
        }
        minutes = sum(one.end - one.start for one, some in touched.items() if some)
        serving = set[int]().union(*touched.values())
    if not serving or 0 in {asked.most_per_day, asked.most_run}:
        return 0
    most_per_day = minutes if asked.most_minutes_per_day is None else asked.most_minutes_per_day
    return max(min(minutes, len(serving) * most_per_day), 0)


def _limits(asked: Contract) -> Iterator[tuple[str, int | None, int]]:
    yield "least_minutes", asked.least_minutes, 0
    yield "most_minutes", asked.most_minutes, 0
    yield "most_minutes_per_day", asked.most_minutes_per_day, 0
    yield "most_per_day", asked.most_per_day, 0
    yield "least_rest", asked.least_rest, 0
    yield "least_run", asked.least_run, 1
    yield "most_run", asked.most_run, 0
    yield "least_run_off", asked.least_run_off, 1
    yield "most_weekends", asked.most_weekends, 0
