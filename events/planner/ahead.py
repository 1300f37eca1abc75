"""The loops compiled ahead of time, so that no search spends its limit on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from events.planner import candidates, machine_code
from events.planner.answer import Limits, Placement
from events.planner.board import Board
from events.planner.dice import Dice
from events.planner.instance import Instance
from events.planner.problem import (
    DAY,
    Activity,
    Contract,
    Day,
    Expert,
    Kit,
    Place,
    Problem,
    Venue,
    Volunteer,
    Window,
    Wish,
)
from events.planner.stop import Stop
from events.planner.tally import Tally


def prepare(on_start: Callable[[], None]) -> bool:
    """Compile what is not compiled yet, and keep it; whether anything was to be done.

    Takes most of a minute of processor time, once for each state of the sources; `on_start` is
    called before.
    """
    folder = machine_code.folder()
    if folder is None or machine_code.is_whole():
        return False
    from events.planner import compiled  # noqa: PLC0415 - numba takes a second to load

    if compiled.IS_COMPILED:
        on_start()
        rehearse()
    if compiled.IS_COMPILED and not compiled.unsaved:
        (folder / machine_code.WHOLE).touch()
    return compiled.IS_COMPILED


def rehearse() -> None:
    """Call all loops once: timetable, campaign, bound, roster, posts that are filled one by one."""
    from events.planner import bound, layout, moves, staff  # noqa: PLC0415 - numba takes a second
    from events.planner.staff import anneal, book  # noqa: PLC0415 - likewise

    problem = _week(most_per_day=1)
    layout.improve(
        problem, candidates.find(problem), (), _once(), seed=1, on_better=_deaf, workers=1
    )
    problem = _shows(problem)
    instance = Instance(problem, candidates.find(problem))
    bound.Relaxation(instance).bound(1, Stop(Limits(seconds=0)))
    board = Board(instance)
    moves.improve(board, Tally(board), _once(), dice=Dice(1), on_better=lambda: None)
    for most_per_day in (1, 2):
        problem = _week(most_per_day=most_per_day)
        placements = tuple(
            Placement(one.id, "hall", day * DAY + 540) for day, one in enumerate(problem.activities)
        )
        staff.assign(problem, placements, _once(), seed=1, on_better=_deaf)
    question = book.open_book(problem, placements)  # its lines are proved before anybody anneals
    nobody = book.empty_lines(question)[:, :, 0]
    annealing = anneal.Annealing(question.book, nobody, np.random.default_rng(1))
    annealing.turn(_once())
    annealing.close()


def _week(*, most_per_day: int) -> Problem:
    """A session a day; of all things two or more, for numpy calls a single row by another name."""
    days = range(7)
    names = ("mei", "tao")
    contract = Contract(most_per_day=most_per_day)
    return Problem(
        days=tuple(Day(dt.date(2025, 9, 15) + dt.timedelta(days=day)) for day in days),
        venues=(Venue("hall", "town", 0, open=(Window(0, 7 * DAY),)),),
        activities=tuple(Activity(str(day), 60, places=(Place("guide", 1),)) for day in days),
        volunteers=tuple(
            Volunteer(name, skills=frozenset({"guide"}), contract=contract) for name in names
        ),
        wishes=tuple(Wish(name, "0", "guide") for name in names),
    )


def _shows(problem: Problem) -> Problem:
    """The same with an expert and a kit for each session."""
    names = ("lin", "wu")
    asked = [replace(one, fields=("stars",), kits=("dome",)) for one in problem.activities]
    return replace(
        problem,
        activities=tuple(asked),
        experts=tuple(Expert(name, frozenset({"stars"})) for name in names),
        kits=tuple(Kit(name, "dome") for name in names),
    )


def _once() -> Stop:
    return Stop(Limits(seconds=600, work=1))


def _deaf(_: object) -> None:
    """Nobody listens."""
