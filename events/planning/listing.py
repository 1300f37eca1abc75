"""A plan as a command prints it: session by session, the figures, and why something is left out."""

from __future__ import annotations

import contextlib
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from events.campaigns import queries as campaigns
from events.kernel import clock
from events.kernel.db import session
from events.kernel.errors import NotFound, Refused
from events.kernel.texts import say
from events.planner.answer import Progress
from events.planning import queries, run, words
from events.planning.columns import broken
from events.planning.models import PlanRun
from events.planning.queries import Row, Shown
from events.planning.states import PlanState

DONE, FINDINGS, MISUSE = 0, 1, 2


def _(message: str) -> str:
    """Mark `message` for translation."""
    return message


UNKNOWN = _("There is no campaign %(campaign)s: give its number or its public name.")
KNOWN = _("The latest campaigns:")
NO_CAMPAIGN = _("There is no campaign yet.")
SHOWN = 5
"""So many campaigns are named to whoever names none of them."""
NO_ACTIVITY = _(
    "Nothing that is planned has the code %(code)s: codes look like A012, sessions like A012/3."
)
REFUSALS = {
    "nothing_to_plan": _("The campaign has no drafts to plan."),
    "plan_under_way": _("A plan of this campaign is being made already."),
}
PARTIAL = _("The search ended early; this is what it had found until then.")
FAILED = _("The search failed. Plan anew; if it fails again, tell whoever runs Kepu.")
STOPPED = _("You have ended the search; this is the best plan until then, kept as a draft.")
NOTHING = _("The search was ended before it had found a plan.")
FAULTY = _("Nothing can be planned before this is put right:")
COUNTS = _("Of %(total)s possible places and times %(left)s are left")
HEADINGS = {"core": _("These cannot all hold:"), "repairs": _("What would help:")}
SO_FAR = _("%(placed)s placed, %(left)s left out, %(cost)s points")
FIGURES = _("Sessions with a time and a place: %(placed)s; left out: %(left)s")
POINTS = _(
    "Points: %(cost)s; among the places and times compared no plan has fewer than: %(bound)s"
)


def show(
    name: str,
    *,
    seconds: int,
    is_whole: bool,
    explain: str,
    now: Callable[[], datetime],
    language: str,
) -> int:
    """Plan the drafts of a campaign (slug or number), print what came of it; the exit status.

    is_whole: also what is published, as if it were not; explain: the code of an activity, or of
    one of its sessions (A012/3), to say more of.
    """
    campaign = campaigns.campaign_named(name)
    if campaign is None:
        for line in _no_such(name, language):
            _aside(line)
        return MISUSE
    try:
        with _interrupted() as asked:
            run_id = run.solve_now(
                campaign,
                seconds=seconds,
                is_whole=is_whole,
                explain=explain,
                clock=now,
                tell=lambda heard: _tell(heard, language),
                asked=asked,
            )
    except NotFound:
        _aside(say(language, NO_ACTIVITY, code=explain))
        return MISUSE
    except Refused as fault:
        _aside(say(language, REFUSALS[fault.code]))
        return FINDINGS
    done = queries.shown(session().get_one(PlanRun, run_id))
    if done.run.state is not PlanState.DONE:
        _aside(say(language, _early(done)))
    for line in _laid_out(_lines(done, explain, language)):
        sys.stdout.write(f"{line}\n")
    return DONE if done.run.state is PlanState.DONE else FINDINGS


@contextlib.contextmanager
def _interrupted() -> Iterator[Callable[[], bool]]:
    """Whether somebody has pressed Ctrl-C: that ends the search with the best plan so far."""
    asked = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: asked.set())
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _no_such(name: str, language: str) -> Iterator[str]:
    """That there is no such campaign, and which there are."""
    newest = campaigns.newest_campaigns(limit=SHOWN)
    if not newest:
        yield say(language, NO_CAMPAIGN)
        return
    yield say(language, UNKNOWN, campaign=name)
    yield say(language, KNOWN)
    yield from (f"  {one.id}  {one.slug}  {one.name}" for one in newest)


def _tell(heard: Progress, language: str) -> None:
    said = heard.sentence.say(words.speech(language))
    found = {"placed": heard.placed, "left": heard.unplaced, "cost": heard.cost}
    figures = "" if heard.cost is None else f" ({say(language, SO_FAR, **found)})"
    _aside(f"{heard.t:6.1f} s {heard.pct:3} %  {said}{figures}")


def _aside(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _early(done: Shown) -> str:
    """Why there is no plan, or not the one that a whole search would have found."""
    if done.run.facts.get("faults"):
        return FAULTY
    is_stopped, has_plan = done.run.state is PlanState.STOPPED, done.placed or done.left
    if has_plan:
        return STOPPED if is_stopped else PARTIAL
    return NOTHING if is_stopped else FAILED


def _laid_out(lines: Iterable[str]) -> Iterator[str]:
    """As they are for another program; in a terminal a cell a line, and none wider than it."""
    if not sys.stdout.isatty():
        yield from lines
        return
    width = shutil.get_terminal_size().columns
    for line in lines:
        when, *cells = line.split("\t")
        first = "  ".join([when, *cells[:2]])
        for part in (first, *(f"    {cell}" for cell in cells[2:] if cell)):
            yield from broken(part, width)


def _lines(done: Shown, explain: str, language: str) -> Iterator[str]:
    if done.placed or done.left:
        yield from (_placed(row, done, language) for row in done.placed)
        yield ""
        yield from _figures(done, language)
    for fault in done.run.facts.get("faults", ()):
        yield words.sentence(fault, language)
    asked = [row for row in done.placed if explain and explain in {row.name, row.activity.code}]
    for rows in (*done.left_alike, *queries.alike(asked)):
        yield ""
        yield f"{words.named(rows)} {rows[0].activity.title}"
        yield from (f"  {line}" for line in _why(rows[0], language))


def _placed(row: Row, done: Shown, language: str) -> str:
    assert row.starts_at
    assert row.ends_at
    tz = done.run.campaign.tz
    start, end = clock.to_local(row.starts_at, tz), clock.to_local(row.ends_at, tz)
    place = row.venue or say(language, "Online")
    people = [row.team, *row.experts, *row.kits]
    cells = [f"{start:%Y-%m-%d %H:%M}-{end:%H:%M}", row.name, row.activity.title, place]
    cells += [", ".join(filter(None, people)), "; ".join(words.still_open(row, language))]
    return "\t".join(cells).rstrip("\t")


def _why(row: Row, language: str) -> Iterator[str]:
    """Why a session is left out, line by line: the counts, what cannot hold together, ways out."""
    told = row.reasons
    if "total" in told:
        yield say(language, COUNTS, total=told["total"], left=told["left"])
        yield from (f"  - {words.sentence(step, language)}" for step in told["steps"])
    for kind, heading in HEADINGS.items():
        if told.get(kind):
            yield say(language, heading)
            yield from (f"  - {words.sentence(one, language)}" for one in told[kind])


def _figures(done: Shown, language: str) -> Iterable[str]:
    run_row = done.run
    yield say(
        language,
        FIGURES,
        placed=len(done.placed),
        left=len(done.left),
    )
    bound = "–" if run_row.bound is None else run_row.bound
    yield say(language, POINTS, cost=run_row.cost, bound=bound)
    yield from (f"{cost:>8}  {name}" for name, cost in words.points(run_row, language))
