"""An administrator enters the holidays and make-up workdays of a year, or takes them out again."""

from __future__ import annotations

from datetime import datetime

from events.days import rules, services
from events.identity import policy, queries as identity
from events.identity.actor import Actor
from events.identity.states import Permission
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import transaction
from events.observances.daytypes import YearNotice


def save_days(actor: Actor, now: datetime, *, notice: YearNotice) -> None:
    """Make `notice` what is known of its year; all of it or nothing.

    Raises Refused("days_missing" | "days_unfit").
    """
    with transaction():
        root = identity.root()
        policy.require(actor, Permission.YEAR_KEEP, root)
        rules.require_notice(notice)
        services.save_notice(notice)
        _record(actor, now, notice.year)


def remove_days(actor: Actor, now: datetime, *, year: int) -> None:
    """Forget what was entered of `year`; what is on file counts again, if anything."""
    with transaction():
        root = identity.root()
        policy.require(actor, Permission.YEAR_KEEP, root)
        services.remove_notice(year)
        _record(actor, now, year)


def _record(actor: Actor, now: datetime, year: int) -> None:
    journal.record(
        ChangeKind.DAYS_SAVED,
        actor=actor,
        now=now,
        organization=identity.root(),
        subject=f"year:{year}",
        title=str(year),
        audiences=["days"],
        facts={"year": year},
    )
