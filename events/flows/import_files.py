"""An operator imports files into the whole installation, all of them in one transaction."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from events.campaigns import queries as campaigns
from events.config import Settings
from events.feeds import mentions, services as feeds
from events.feeds.states import FeedKind
from events.identity.actor import SYSTEM
from events.identity.models import Organization
from events.imports import apply
from events.imports.apply import Applied
from events.imports.errors import Unusable
from events.imports.lines import Limits
from events.imports.outcome import Outcome
from events.imports.plan import Plan
from events.imports.prepare import File, prepare
from events.imports.world import Scope
from events.journal import services as journal
from events.journal.states import ChangeKind
from events.kernel.db import session, transaction
from events.kernel.errors import Refused
from events.kernel.texts import say

TRIES = 5
SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".xlsx"})
WHOLE = Scope()


def import_files(
    path: Path, *, campaign: str | None, dry_run: bool, now: datetime, settings: Settings
) -> Outcome:
    """Import the file `path`, or all tables in the folder `path` as one; all or nothing.

    campaign: slug or number of the activities' campaign, else it follows from the files.
    Raises Unusable when there is nothing to begin with.
    """
    limits = Limits.of(settings)
    files = _files(path, limits, settings.language)
    campaign_id = _campaign_id(campaign, settings.language)
    for _ in range(TRIES):
        plan = prepare(files, WHOLE, limits, _silent, campaign_id=campaign_id).plan
        if dry_run or not plan.is_applicable or plan.changes_nothing():
            break
        try:
            _write(plan, path.name, now)
        except Refused as fault:
            if fault.code != "import_stale":
                raise
            continue
        break
    else:
        told = say(
            settings.language, "The database changes faster than the import can follow. Try again."
        )
        raise Unusable(told)
    return Outcome.of(plan, dry_run=dry_run, language=settings.language)


def _write(plan: Plan, title: str, now: datetime) -> None:
    with transaction():
        done = apply.apply(plan, WHOLE, now=now, owner_id=None)
        _tell(done, plan, title, now)


def _tell(done: Applied, plan: Plan, title: str, now: datetime) -> None:
    """Feeds of what is new, and the one change that raises whatever calendars now show."""
    feeds.ensure_many(FeedKind.VENUE, done.venues, now=now)
    feeds.ensure_many(FeedKind.TEAM, done.teams, now=now)
    feeds.ensure_many(FeedKind.EXPERT, done.experts, now=now)
    home = session().get_one(Organization, done.organization_id)
    journal.record(
        ChangeKind.IMPORT_APPLIED,
        actor=SYSTEM,
        now=now,
        organization=home,
        subject=f"organization:{home.id}",
        title=title,
        audiences=[
            *done.scopes(),
            *mentions.scopes_showing_venues(done.moved_venues),
            *mentions.scopes_showing_organizations(done.renamed),
            *mentions.scopes_showing_experts(done.renamed_experts),
        ],
        facts={"counts": plan.plain_counts()},
    )


def _files(path: Path, limits: Limits, language: str) -> list[File]:
    """The tables at `path`. A file past the limit is read no further than needed to say so."""
    names = sorted(path.iterdir()) if path.is_dir() else [path]
    wanted = [one for one in names if not path.is_dir() or _is_table(one)]
    if not wanted:
        raise Unusable(say(language, "There is no CSV or XLSX file in %(path)s.", path=path))
    try:
        return [File(name=one.name, content=_content(one, limits)) for one in wanted]
    except OSError as fault:
        told = say(
            language, "%(file)s cannot be read: %(why)s.", file=fault.filename, why=fault.strerror
        )
        raise Unusable(told) from fault


def _is_table(file: Path) -> bool:
    return file.is_file() and file.suffix.lower() in SUFFIXES and file.name[0] not in ".~"


def _content(file: Path, limits: Limits) -> bytes:
    with file.open("rb") as source:
        return source.read(limits.bytes + 1)


def _campaign_id(campaign: str | None, language: str) -> int | None:
    if campaign is None:
        return None
    found = campaigns.campaign_named(campaign)
    if found is None:
        told = say(
            language,
            "There is no campaign %(campaign)s: give its number or its public name.",
            campaign=campaign,
        )
        raise Unusable(told)
    return found.id


def _silent(_done: int, _total: int) -> None:
    """A command shows no progress."""
