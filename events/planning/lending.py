"""Kits that published sessions need: the house knows the kinds that they wish, not the kits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select

from events.campaigns.models import Activity, Campaign
from events.identity.models import Organization
from events.identity.policy import subtree
from events.kernel.db import session
from events.planner import problem as planner, spans
from events.planner.problem import Window
from events.planning.horizon import Horizon
from events.planning.places import served
from events.planning.scope import Scope
from events.planning.supply import KitStock
from events.schedule.models import Occurrence, Series
from events.schedule.states import OFF


def bulky(stocks: Sequence[KitStock]) -> frozenset[str]:
    """Kinds of which every kit stays where it is for a whole run."""
    staying = {stock.kit.kind: True for stock in stocks}
    for stock in stocks:
        staying[stock.kit.kind] &= stock.is_bulky
    return frozenset(kind for kind, stays in staying.items() if stays)


def lent_out(scope: Scope, horizon: Horizon, staying: frozenset[str]) -> dict[str, list[Window]]:
    """By kind, when sessions of the region that stand need a kit of it, in time's order.

    staying: kinds that stay for a whole run.
    """
    begin, end = horizon.moment(0), horizon.moment(horizon.whole.end)
    found = (
        select(Activity.id, Activity.kit_kinds, Occurrence.starts_at, Occurrence.ends_at)
        .join(Series, Series.activity_id == Activity.id)
        .join(Occurrence, Occurrence.series_id == Series.id)
        .join(Activity.campaign)
        .join(Organization, Campaign.organization_id == Organization.id)
        .where(
            scope.stands(),
            subtree(served(scope.campaign)),
            Occurrence.status.not_in(OFF),
            Occurrence.ends_at > begin,
            Occurrence.starts_at < end,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    runs: dict[tuple[str, int], list[Window]] = defaultdict(list)
    for activity_id, kinds, starts_at, ends_at in session().execute(found):
        for kind in kinds:
            runs[kind, activity_id].append(horizon.span(starts_at, ends_at))
    taken: dict[str, list[Window]] = defaultdict(list)
    for (kind, _), times in runs.items():
        whole = [Window(times[0].start, max(one.end for one in times))]
        taken[kind] += whole if kind in staying else times
    return {kind: sorted(ones, key=lambda one: one.start) for kind, ones in taken.items()}


def left_over(
    pieces: Sequence[planner.Kit], taken: Iterable[Window], horizon: Horizon
) -> Iterable[planner.Kit]:
    """Alike pieces, less the times at which they are lent out; each time to the first free one."""
    busy: dict[str, list[Window]] = {piece.id: [] for piece in pieces}
    ways = {piece.id: 2 * piece.loading for piece in pieces}
    for span in taken:
        for name, ones in busy.items():
            if not any(spans.overlap(span, one) for one in ones):
                ones.append(Window(span.start - ways[name], span.end + ways[name]))
                break
    for piece in pieces:
        windows = spans.cut((horizon.whole,), busy[piece.id])
        if windows:
            yield replace(piece, windows=windows if busy[piece.id] else ())
