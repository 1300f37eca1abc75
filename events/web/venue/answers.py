"""What a venue's form says, read from its fields; whether it may be, the flow decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from events.flows.answer_request import Answer
from events.venues.asking import Asked, AskedBooking
from events.venues.states import BookingState

NAME_CHARS = 100
REASON_CHARS = 300
STATES = {BookingState.CONFIRMED: "yes", BookingState.DECLINED: "no"}


@dataclass(frozen=True, kw_only=True)
class Given:
    """A form as sent (or as it stands): yes, no or nothing, and a reason, for each booking.

    missing: the bookings that are declined without a reason; too_long: whose reason is.
    """

    by: str = ""
    choices: Mapping[int, str] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[int, ...]:
        """Bookings whose "no" lacks a reason."""
        return tuple(n for n, said in self.choices.items() if said == "no" and not self.reasons[n])

    @property
    def too_long(self) -> tuple[int, ...]:
        """Bookings whose reason cannot be kept whole."""
        return tuple(n for n, text in self.reasons.items() if len(text) > REASON_CHARS)

    @property
    def answers(self) -> dict[int, Answer]:
        """By booking id, as the flow takes them."""
        return {
            number: Answer(is_yes=said == "yes", reason=self.reasons[number])
            for number, said in self.choices.items()
        }


def standing(asked: Asked) -> Given:
    """The form as it stands before anybody fills it in: the answers given so far."""
    rows = [row for row in asked.bookings if row.can_answer]
    return Given(
        choices={row.id: STATES[row.state] for row in rows if row.state in STATES},
        reasons={row.id: row.reason for row in rows},
    )


def sent(form: Mapping[str, str], asked: Asked) -> Given:
    """The form as sent; "all" = yes to whatever is still open."""
    rows = [row for row in asked.bookings if row.can_answer]
    by = " ".join(form.get("by", "").split())[:NAME_CHARS]
    if form.get("all") == "yes":
        waiting = [row for row in rows if row.state is BookingState.REQUESTED]
        return Given(
            by=by,
            choices={row.id: "yes" for row in waiting},
            reasons={row.id: "" for row in waiting},
        )
    return Given(
        by=by,
        choices={row.id: said for row in rows if (said := _said(form, row))},
        reasons={row.id: form.get(f"reason-{row.id}", "").strip() for row in rows},
    )


def _said(form: Mapping[str, str], row: AskedBooking) -> str:
    said = form.get(f"answer-{row.id}", "")
    return said if said in {"yes", "no"} else ""
