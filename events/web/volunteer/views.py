"""A volunteer's phone: my next shift, finding one, signing up, giving a place back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import current_app, flash, render_template, request

from events.access import messages, needs
from events.access.accounts import current_actor
from events.flows.sign_up import sign_up
from events.flows.withdraw import withdraw
from events.identity.actor import Actor
from events.identity.states import Permission
from events.kernel import calendar, clock
from events.kernel.errors import NotFound, Refused
from events.volunteers import queries
from events.volunteers.models import Signup
from events.volunteers.states import SignupState
from events.web.calendars import download
from events.web.days import weekend
from events.web.forms import go, unprocessable
from events.web.volunteer import cards
from events.web.volunteer.blueprint import blueprint
from events.web.volunteer.feed import own_subscription
from events.web.volunteer.forms import WithdrawForm

SOON = timedelta(days=30)
PER_PAGE = 40


@blueprint.get("/me")
@needs(Permission.SHIFT_SIGN_UP)
def home() -> str:
    """My next shift, all my shifts, and how much I have served."""
    return _home()


@blueprint.get("/me/shifts")
@needs(Permission.SHIFT_SIGN_UP)
def shifts() -> str:
    """Shifts to choose from."""
    return _shifts()


@blueprint.post("/shifts/<int:shift_id>/sign-up")
@needs(Permission.SHIFT_SIGN_UP)
def take(shift_id: int) -> Any:
    """Take a place in one tap; an undo stands on the page that follows."""
    try:
        signup_id = sign_up(current_actor(), clock.now(), shift_id=shift_id)
    except Refused as fault:
        if fault.code == "already_signed_up":  # the button was pressed twice
            flash(messages.text(fault), "info")
            return go(".shifts", **_chosen())
        return _shifts(problem=messages.text(fault)), 422
    return go(".shifts", **_chosen(), taken=signup_id)


@blueprint.get("/signups/<int:signup_id>/withdraw")
@needs(Permission.SHIFT_SIGN_UP)
def ask_why(signup_id: int) -> Any:
    """Asks for the reason at short notice."""
    signup = _mine(signup_id)
    return render_template("volunteer/withdraw.html", **_withdrawal(signup, _form()))


@blueprint.post("/signups/<int:signup_id>/withdraw")
@needs(Permission.SHIFT_SIGN_UP)
def give_back(signup_id: int) -> Any:
    """Give the place back; at short notice only with a reason."""
    actor, now = current_actor(), clock.now()
    signup = queries.signup(actor, signup_id)
    shift_id = signup.shift_id
    form = _form()
    if not form.validate():
        return unprocessable("volunteer/withdraw.html", **_withdrawal(signup, form))
    try:
        withdraw(actor, now, signup_id=signup_id, reason=form.reason.data or "")
    except Refused as fault:
        if fault.field is None:
            return _home(problem=messages.text(fault)), 422
        form.refuse(fault)
        return unprocessable("volunteer/withdraw.html", **_withdrawal(signup, form))
    return go(".home", given=shift_id)


@blueprint.get("/signups/<int:signup_id>/shift.ics")
@needs(Permission.SHIFT_SIGN_UP)
def shift_file(signup_id: int) -> Any:
    """One shift as a calendar file."""
    signup = _mine(signup_id)
    occurrence = signup.shift.occurrence
    card = cards.of_signups([signup], clock.now())[0]
    entry = calendar.Entry(
        uid=calendar.uid(occurrence.recurrence_id_local, occurrence.uid),
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        summary=card.title,
        changed_at=max(occurrence.changed_at, signup.signed_up_at),
        sequence=occurrence.sequence,
        status=occurrence.status.value,
        location=", ".join(filter(None, (card.place, card.address))),
        description=card.team,
    )
    return download([entry], name=card.title)


def _home(problem: str = "") -> str:
    actor, now = current_actor(), clock.now()
    mine = cards.of_signups(queries.my_signups(actor, since=now), now)
    coming = [card for card in mine if not card.is_cancelled]
    this_year = datetime(clock.to_local(now, _tz()).year, 1, 1)  # noqa: DTZ001 - wall time
    served = queries.served(actor, since=clock.to_utc(this_year, _tz()), until=now)
    return render_template(
        "volunteer/home.html",
        problem=problem,
        led=[one.team for one in queries.my_teams(actor) if one.is_leader],
        first=coming[0] if coming else None,
        others=[card for card in mine if not coming or card is not coming[0]],
        count=len(coming),
        served=served,
        hours=round(served.minutes / 60, 1),
        given=_number("given"),
        subscription=own_subscription(),
    )


def _shifts(problem: str = "") -> str:
    actor, now = current_actor(), clock.now()
    chosen = _chosen()
    found = cards.of_open(_open_shifts(actor, now, chosen), now)
    page = max(1, _number("page") or 1)
    return render_template(
        "volunteer/shifts.html",
        problem=problem,
        chosen=chosen,
        has_teams=bool(queries.my_teams(actor)),
        cards=found[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(found),
        page=page,
        has_more=len(found) > page * PER_PAGE,
        taken=_taken(actor, now),
    )


def _open_shifts(actor: Actor, now: datetime, chosen: dict[str, str]) -> list[queries.OpenShift]:
    when = chosen.get("when")
    until: datetime | None = now + SOON
    since = now
    if when == "all":
        until = None
    elif when == "weekend":
        saturday, sunday = weekend(clock.to_local(now, _tz()).date())
        since, until = _midnight(saturday), _midnight(sunday + timedelta(days=1))
    found = queries.open_shifts(actor, now=now, until=until)
    return [
        seen
        for seen in found
        if seen.shift.occurrence.starts_at >= since
        and (chosen.get("team") != "mine" or seen.shift.team_id is not None)
    ]


def _chosen() -> dict[str, str]:
    """The filters of the list: in its address, or sent along by its buttons."""
    known = {"when": ("weekend", "all"), "team": ("mine",)}
    return {
        name: value
        for name, values in known.items()
        if (value := request.values.get(name, "")) in values
    }


def _taken(actor: Actor, now: datetime) -> cards.Card | None:
    """The place that was just taken, to be undone."""
    number = _number("taken")
    try:
        signup = queries.signup(actor, number) if number else None
    except NotFound:
        return None
    if signup is None or signup.state is not SignupState.SIGNED_UP:
        return None
    return cards.of_signups([signup], now)[0]


def _mine(signup_id: int) -> Signup:
    """One of the reader's sign-ups that is not withdrawn. Raises NotFound."""
    signup = queries.signup(current_actor(), signup_id)
    if signup.state is SignupState.WITHDRAWN:
        raise NotFound
    return signup


def _form() -> WithdrawForm:
    return WithdrawForm()


def _withdrawal(signup: Signup, form: WithdrawForm) -> dict[str, Any]:
    return {"card": cards.of_signups([signup], clock.now())[0], "form": form}


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _midnight(on: date) -> datetime:
    return clock.to_utc(datetime.combine(on, time()), _tz())


def _tz() -> str:
    return str(current_app.extensions["kepu"].timezone)
