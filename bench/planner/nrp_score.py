"""What a roster costs and breaks by the words of Curtois' format, from the file itself.

Shares no code with the planner nor with the reader in nrp.py: two opinions, not one.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict


def cost(text: str, solution: str) -> tuple[int, list[str]]:
    """The cost of `solution` (lines `staff day shift`) and every hard rule it breaks, in words."""
    sections = _sections(text)
    horizon = int(sections["HORIZON"][0][0])
    roster: dict[str, dict[int, str]] = {cells[0]: {} for cells in sections["STAFF"]}
    broken: list[str] = []
    for line in solution.splitlines():
        staff, day, shift = line.split()
        if int(day) in roster[staff]:
            broken.append(f"{staff}: two shifts on day {day}")
        roster[staff][int(day)] = shift
    off = {cells[0]: {int(day) for day in cells[1:]} for cells in sections["DAYS_OFF"]}
    shifts = {cells[0]: cells for cells in sections["SHIFTS"]}
    for cells in sections["STAFF"]:
        line_of = roster[cells[0]]
        rules = (
            _totals(cells, line_of, shifts)
            + _runs(cells, line_of, horizon)
            + _weekends(cells, line_of)
            + _successions(line_of, shifts)
            + [f"works on day off {day}" for day in off.get(cells[0], set()) & set(line_of)]
        )
        broken += [f"{cells[0]}: {words}" for words in rules]
    return _requests(sections, roster) + _cover(sections, roster), broken


def _sections(text: str) -> dict[str, list[list[str]]]:
    sections: dict[str, list[list[str]]] = defaultdict(list)
    name = ""
    for raw in text.splitlines():
        line = raw.split("#")[0].strip()
        if line.startswith("SECTION"):
            name = line[len("SECTION_") :]
        elif line:
            sections[name].append(line.split(","))
    return sections


def _totals(staff: list[str], line: dict[int, str], shifts: dict[str, list[str]]) -> list[str]:
    broken = []
    taken = Counter(line.values())
    for limit in staff[1].split("|"):
        shift, most = limit.split("=")
        if taken[shift] > int(most):
            broken.append(f"{taken[shift]} of shift {shift}, most {most}")
    minutes = sum(int(shifts[shift][1]) for shift in line.values())
    if not int(staff[3]) <= minutes <= int(staff[2]):
        broken.append(f"{minutes} minutes, not {staff[3]}-{staff[2]}")
    return broken


def _runs(staff: list[str], line: dict[int, str], horizon: int) -> list[str]:
    broken = []
    day = 0
    for works, group in itertools.groupby(day in line for day in range(horizon)):
        length = len(list(group))
        inside = day > 0 and day + length < horizon
        if works and length > int(staff[4]):
            broken.append(f"{length} shifts in a row from day {day}")
        if works and inside and length < int(staff[5]):
            broken.append(f"only {length} shifts in a row from day {day}")
        if not works and inside and length < int(staff[6]):
            broken.append(f"only {length} days off from day {day}")
        day += length
    return broken


def _weekends(staff: list[str], line: dict[int, str]) -> list[str]:
    worked = {day // 7 for day in line if day % 7 >= 5}
    if len(worked) > int(staff[7]):
        return [f"{len(worked)} weekends, most {staff[7]}"]
    return []


def _successions(line: dict[int, str], shifts: dict[str, list[str]]) -> list[str]:
    return [
        f"{line[day + 1]} after {line[day]} on day {day + 1}"
        for day in sorted(line)
        if line.get(day + 1) in [*shifts[line[day]][2].split("|")]
    ]


def _requests(sections: dict[str, list[list[str]]], roster: dict[str, dict[int, str]]) -> int:
    missed = sum(
        int(weight)
        for staff, day, shift, weight in sections["SHIFT_ON_REQUESTS"]
        if roster[staff].get(int(day)) != shift
    )
    broken = sum(
        int(weight)
        for staff, day, shift, weight in sections["SHIFT_OFF_REQUESTS"]
        if roster[staff].get(int(day)) == shift
    )
    return missed + broken


def _cover(sections: dict[str, list[list[str]]], roster: dict[str, dict[int, str]]) -> int:
    working = Counter((day, shift) for line in roster.values() for day, shift in line.items())
    points = 0
    for day, shift, need, under, over in sections["COVER"]:
        spare = working[int(day), shift] - int(need)
        points += spare * int(over) if spare > 0 else -spare * int(under)
    return points
