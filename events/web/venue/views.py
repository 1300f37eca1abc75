"""A venue answers by the link in its mail, without an account.

Whoever knows the key may read and answer; the address tells nobody else (no referrer, no cache).
Reading changes nothing: mail scanners open every link.
"""

from __future__ import annotations

import contextlib
from typing import Any

from flask import Response, redirect, render_template, request, url_for

from events.access import messages, public
from events.flows.answer_request import Answered, answer_request
from events.flows.renew_link import renew_link
from events.kernel import calendar, clock, links
from events.kernel.errors import NotFound, Refused
from events.venues import asking
from events.venues.asking import Asked, AskedBooking
from events.venues.states import BookingState
from events.web.calendars import download
from events.web.subscribing import links as house_links
from events.web.venue import answers
from events.web.venue.blueprint import blueprint

MOST_ROWS = 2**31 - 1


@blueprint.get("/v/<key>")
@public
def answer(key: str) -> Any:
    """What is asked, and the answers so far."""
    asked = _asked(key)
    if asked is None:
        return _unknown()
    if asked.expires_at <= clock.now():
        return _expired(key)
    return _page(key, asked, answers.standing(asked))


@blueprint.post("/v/<key>")
@public
def send_answer(key: str) -> Any:
    """Answer some or all of it."""
    asked = _asked(key)
    if asked is None:
        return _unknown()
    given = answers.sent(request.form, asked)
    if given.missing or given.too_long or not given.choices:
        return _page(key, asked, given), 422
    try:
        answered = answer_request(
            clock.now(),
            request_id=asked.request_id,
            nonce=asked.nonce,
            answers=given.answers,
            by=given.by or asked.contact_name or asked.venue,
        )
    except Refused:
        return _expired(key)
    except NotFound:
        return _unknown()
    if answered.refused:
        return _page(key, _asked(key) or asked, given, answered), 422
    return redirect(url_for(".answer", key=key, saved=1), 303)


@blueprint.post("/v/<key>/renew")
@public
def renew(key: str) -> Any:
    """Mail a new link to the venue. The answer is the same whatever the key is worth."""
    asked = _asked(key)
    if asked is not None:
        with contextlib.suppress(NotFound):  # somebody else was faster
            renew_link(clock.now(), request_id=asked.request_id, nonce=asked.nonce)
    return render_template("venue/renewed.html")


@blueprint.get("/v/<key>/sessions.ics")
@public
def sessions(key: str) -> Any:
    """The confirmed sessions as a calendar file."""
    asked = _asked(key)
    if asked is None:
        return _unknown()
    if asked.expires_at <= clock.now():
        return _expired(key)
    return _calendar(asked)


def _asked(key: str) -> Asked | None:
    """What the key opens; None when it opens nothing (any more)."""
    number = links.row_of(key)
    if number is None or number > MOST_ROWS:
        return None
    asked = asking.asked(number, now=clock.now())
    if asked is None or not house_links().holds("answer", key, asked.request_id, asked.nonce):
        return None
    return asked


def _page(key: str, asked: Asked, given: answers.Given, answered: Answered | None = None) -> str:
    refused = answered.refused if answered else ()
    return render_template(
        "venue/answer.html",
        key=key,
        asked=asked,
        given=given,
        refused={number: messages.text(fault) for number, fault in refused},
        is_sent=request.method == "POST",
        waiting=[row for row in asked.bookings if _waits(row)],
        confirmed=[row for row in asked.bookings if row.state is BookingState.CONFIRMED],
        declined=[row for row in asked.bookings if row.state is BookingState.DECLINED],
        can_answer=any(row.can_answer for row in asked.bookings),
        is_saved=request.method == "GET" and "saved" in request.args,
    )


def _waits(row: AskedBooking) -> bool:
    return row.can_answer and row.state is BookingState.REQUESTED


def _unknown() -> tuple[str, int]:
    return render_template("venue/unknown.html"), 404


def _expired(key: str) -> tuple[str, int]:
    return render_template("venue/expired.html", key=key), 410


def _calendar(asked: Asked) -> Response:
    entries = [
        calendar.Entry(
            uid=calendar.uid(row.recurrence_id_local, row.uid),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            summary=row.title,
            changed_at=row.changed_at,
            sequence=row.sequence,
            location=f"{asked.venue} {row.space}",
            description=asked.organization,
        )
        for row in asked.bookings
        if row.state is BookingState.CONFIRMED
    ]
    return download(entries, name=asked.campaign)
