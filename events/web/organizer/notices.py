"""What people are told, by when and whether it arrived: a timeline, its recipients, the words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, current_app, flash, render_template, request
from flask_babel import gettext as _

from events.access import messages, needs
from events.access.accounts import current_actor
from events.access.language import current as language
from events.config import Settings
from events.flows.hold_notice import hold_notice
from events.flows.send_again import send_again
from events.identity import policy
from events.identity.states import Permission
from events.kernel import clock, wording
from events.kernel.errors import NotFound, Refused
from events.notices import queries
from events.notices.catalogue import WHO
from events.notices.states import DeliveryState, NoticeKind
from events.web.forms import go
from events.web.organizer.blueprint import blueprint
from events.web.subscribing import links

COMING = 500
PER_PAGE = 100
REPEATABLE = (DeliveryState.UNKNOWN, DeliveryState.DEAD, DeliveryState.HELD)
PREVIEW_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; sandbox"
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is told in one hour by one kind of notice of one thing, however many changes it took."""

    first_id: int
    kind: NoticeKind
    title: str
    due_at: datetime
    recipients: int
    unreachable: int
    states: Counter[DeliveryState]
    because: tuple[str, ...]


@blueprint.get("/notices")
@needs(Permission.NOTICE_VIEW)
def notices() -> str:
    """What will be sent, soonest first, and what was, latest first."""
    actor, now, page = current_actor(), clock.now(), _page()
    scope = request.args.get("scope") or None
    past = queries.timeline(
        actor, scope=scope, before=now, limit=PER_PAGE + 1, offset=(page - 1) * PER_PAGE
    )
    coming = queries.timeline(actor, scope=scope, since=now, limit=COMING) if page == 1 else []
    return render_template(
        "organizer/notices/timeline.html",
        coming=_entries(coming),
        past=_entries(past[:PER_PAGE]),
        has_older=len(past) > PER_PAGE,
        page=page,
        scope=scope,
        who=_who,
        is_kept_here=_is_kept_here(),
    )


@blueprint.get("/notices/<int:notice_id>/alike")
@needs(Permission.NOTICE_VIEW)
def notice_group(notice_id: int) -> str:
    """Everybody who is told the same in the same hour. Raises NotFound."""
    actor = current_actor()
    one = queries.notice(actor, notice_id)
    rows = queries.alike(actor, one)
    wanted = request.args.get("state", "")
    shown = [row for row in rows if not wanted or any(d.state == wanted for d in row.deliveries)]
    page = _page()
    return render_template(
        "organizer/notices/group.html",
        one=one,
        rows=shown[(page - 1) * PER_PAGE : page * PER_PAGE],
        count=len(rows),
        states=Counter(delivery.state for row in rows for delivery in row.deliveries),
        wanted=wanted,
        page=page,
        has_more=len(shown) > page * PER_PAGE,
        who=_who,
        repeatable=REPEATABLE,
        may_send=policy.may(actor, Permission.CAMPAIGN_EDIT, one.organization),
        is_kept_here=_is_kept_here(),
    )


@blueprint.get("/notices/<int:notice_id>")
@needs(Permission.NOTICE_VIEW)
def notice(notice_id: int) -> str:
    """One notice: its words and what became of it. Raises NotFound."""
    actor = current_actor()
    row = queries.notice(actor, notice_id)
    return render_template(
        "organizer/notices/notice.html",
        notice=row,
        words=queries.preview(row, row.language, links()) if row.facts else None,
        who=_who,
        repeatable=REPEATABLE,
        may_send=policy.may(actor, Permission.CAMPAIGN_EDIT, row.organization),
    )


@blueprint.get("/notices/<int:notice_id>/preview")
@needs(Permission.NOTICE_VIEW)
def notice_preview(notice_id: int) -> Response:
    """The mail as HTML. It may style itself and nothing else. Raises NotFound."""
    row = queries.notice(current_actor(), notice_id)
    if not row.facts:
        raise NotFound
    answer = Response(queries.preview(row, row.language, links()).html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = PREVIEW_POLICY
    return answer


@blueprint.post("/notices/deliveries/<int:delivery_id>/send-again")
@needs(Permission.CAMPAIGN_EDIT)
def send_notice_again(delivery_id: int) -> Any:
    """Give a delivery another try."""
    notice_id = queries.delivery(current_actor(), delivery_id).notice_id
    try:
        send_again(current_actor(), clock.now(), delivery_id=delivery_id)
    except Refused as fault:
        flash(messages.text(fault), "warning")
    else:
        flash(_("It will be sent again in a moment."), "success")
    return go(".notice_group", notice_id=notice_id)


@blueprint.post("/notices/deliveries/<int:delivery_id>/hold")
@needs(Permission.CAMPAIGN_EDIT)
def hold(delivery_id: int) -> Any:
    """Keep a delivery back."""
    notice_id = queries.delivery(current_actor(), delivery_id).notice_id
    try:
        hold_notice(current_actor(), delivery_id=delivery_id)
    except Refused as fault:
        flash(messages.text(fault), "warning")
    else:
        flash(_("It is kept back until you send it."), "success")
    return go(".notice_group", notice_id=notice_id)


def _entries(told: list[queries.Told]) -> list[Entry]:
    """Groups of one kind, title and hour as one, in the order of their first."""
    together: dict[object, list[queries.Told]] = {}
    for one in told:
        hour = one.due_at.replace(minute=0, second=0, microsecond=0)
        together.setdefault((one.kind, one.title, hour), []).append(one)
    return [_entry(group) for group in together.values()]


def _entry(group: list[queries.Told]) -> Entry:
    states: Counter[DeliveryState] = Counter()
    for one in group:
        states.update(one.states)
    return Entry(
        first_id=group[0].first_id,
        kind=group[0].kind,
        title=group[0].title,
        due_at=min(one.due_at for one in group),
        recipients=sum(one.recipients for one in group),
        unreachable=sum(one.unreachable for one in group),
        states=states,
        because=tuple(sorted({word for one in group for word in one.because})),
    )


def _who(because: Iterable[str]) -> str:
    """Why people are told, in words: "volunteer, lead unit"."""
    return wording.listed([str(_(WHO[one])) for one in because], language())


def _is_kept_here() -> bool:
    """Whether mail goes into a folder of this machine because there is no mail server."""
    settings: Settings = current_app.extensions["kepu"]
    return not settings.smtp_url


def _page() -> int:
    text = request.args.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1
