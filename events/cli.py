"""Commands of operators: flask --app app ... Each a few lines over flows and queries.

Exit status: 0 done, 1 findings or no database, 2 misuse, 130 ended by Ctrl-C. Errors are one clear
line each on standard error. What a command says follows KEPU_LANGUAGE; its --help is English.
"""

from __future__ import annotations

import contextlib
import copy
import csv
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_security import hash_password
from sqlalchemy.exc import OperationalError

from events import demo_people, start, usage
from events.config import Settings
from events.days import queries as days
from events.feeds import queries as feeds
from events.identity.states import Level
from events.kernel import clock, db as kernel_db
from events.kernel.errors import Refused
from events.kernel.links import Links
from events.kernel.texts import say
from events.observances import dates

FINDINGS, INTERRUPTED = 1, 128 + signal.SIGINT
SHORTEST = 8
STOP_S = 4  # for requests under way, when asked to stop
LONGEST_S = 3600  # of a search for a plan


def install(app: Flask) -> None:
    """Register the commands; each says in one line that the database does not answer."""
    commands = (serve, worker, found, import_command, plan_command)
    groups = (demo_group, observances_group, feeds_group, recurrence_group, calendar_group)
    settings: Settings = app.extensions["kepu"]
    for command in (*commands, *groups, _Migrations(app)):
        app.cli.add_command(_clear(command, settings.language))
    limiter = sys.modules.get("flask_limiter.commands")  # the flask command has loaded it
    if limiter:
        limiter.cli.hidden = True  # it would look into this process, which serves nobody


@click.command("serve")
def serve() -> None:
    """Run the web server (granian) on KEPU_HOST:KEPU_PORT, after migrating."""
    settings = _settings()
    _require_free(settings)
    start.wait_for_database("serve", settings, threading.Event())
    start.make_ready(current_app._get_current_object())  # type: ignore[attr-defined] # noqa: SLF001
    _greet(settings)
    from granian import Granian  # noqa: PLC0415 - only this command needs it
    from granian.constants import Interfaces  # noqa: PLC0415

    Granian(
        "app:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1 if settings.is_sqlite else settings.web_workers,
        blocking_threads=settings.web_threads,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_S,
        log_enabled=True,
        log_level="error",  # type: ignore[arg-type] # it warns of each browser that stays
    ).serve()


@click.command("worker")
def worker() -> None:
    """Run the worker: notices are composed and sent, imports checked and applied."""
    from events import jobs  # noqa: PLC0415 - only this command needs the scheduler

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    start.wait_for_database("worker", _settings(), stop)
    start.wait_until_ready(_settings(), stop)
    jobs.run(current_app._get_current_object(), stop)  # type: ignore[attr-defined] # noqa: SLF001


@click.command("found")
@click.option("--code", required=True, help="Code of the organization, as in later imports: XN.")
@click.option("--organization", required=True, help="Its name.")
@click.option("--level", type=click.Choice([level.value for level in Level]), required=True)
@click.option("--email", required=True, help="The administrator's address, for logging in.")
@click.option("--name", required=True, help="The administrator's name.")
@click.password_option(help="The administrator's password.")
def found(code: str, organization: str, level: str, email: str, name: str, password: str) -> None:
    """Begin an installation: one organization and its administrator, in an empty database."""
    from events.flows.found_installation import found_installation  # noqa: PLC0415 - only here

    start.migrate()
    if len(password) < SHORTEST:
        _misuse(
            say(_language(), "The password has fewer than %(number)s characters.", number=SHORTEST)
        )
    try:
        found_installation(
            clock.now(),
            code=code,
            organization=organization,
            level=level,
            email=email,
            name=name,
            password=hash_password(password),
        )
    except Refused:
        _misuse(
            say(
                _language(),
                "There is an organization already; its administrator can log in at %(address)s",
                address=_log_in_page(),
            )
        )
    click.echo(
        say(
            _language(),
            "%(organization)s is founded; %(email)s can log in at %(address)s",
            organization=organization,
            email=email,
            address=_log_in_page(),
        )
    )


@click.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check and report; change nothing.")
@click.option("--campaign", help="Public name (slug) or number of the activities' campaign.")
def import_command(path: Path, *, dry_run: bool, campaign: str | None) -> None:
    """Import CSV and XLSX tables: one FILE, or all files of a DIR as one."""
    from events.flows.import_files import import_files  # noqa: PLC0415 - reads spreadsheets

    start.migrate()
    with _clear_errors():
        outcome = import_files(
            path, campaign=campaign, dry_run=dry_run, now=clock.now(), settings=_settings()
        )
    for line in outcome.problem_lines():
        click.echo(line, err=True)
    click.echo(outcome.summary())
    sys.exit(FINDINGS if outcome.problems else 0)


@click.command("plan")
@click.argument("campaign")
@click.option(
    "--seconds", type=click.IntRange(1, LONGEST_S), default=60, help="How long to search."
)
@click.option("--all", "is_whole", is_flag=True, help="Also what is published, as if it were not.")
@click.option(
    "--explain", metavar="CODE", default="", help="Say more of this activity, placed or not."
)
def plan_command(campaign: str, *, seconds: int, is_whole: bool, explain: str) -> None:
    """Plan all drafts of CAMPAIGN (public name or number) and print the plan.

    One line a session, tab-separated: time, code, title, place, people and kits, what is still to
    be found; in a terminal a paragraph each. Then the figures, and for what is left out why. The
    plan is kept as a draft: nothing is booked, published or told. Progress goes to standard error.
    Ctrl-C ends the search with the best plan so far.
    """
    from events.planning import listing  # noqa: PLC0415 - only this command needs it

    start.migrate()
    sys.exit(
        listing.show(
            campaign,
            seconds=seconds,
            is_whole=is_whole,
            explain=explain,
            now=clock.now,
            language=_language(),
        )
    )


demo_group = AppGroup("demo", help="The demo world.")


@demo_group.command("reset")
@click.option("--yes", is_flag=True, help="Also when the database holds more than the demo world.")
def demo_reset(*, yes: bool) -> None:
    """Empty the database and fill it with a living demo world around today."""
    from events import demo  # noqa: PLC0415 - imports half of the flows

    start.migrate()
    if not yes and demo_people.holds_real_data():
        _misuse(
            say(
                _language(),
                "The database holds data that is not the demo's. To delete it all, add --yes.",
            )
        )
    demo.reset(_settings(), clock.now())
    click.echo("\n".join(demo_people.greeting(_log_in_page())))


observances_group = AppGroup("observances", help="The year's observances.")


@observances_group.command("dates")
@click.option("--from", "first", type=click.IntRange(1950, 2100), required=True)
@click.option("--to", "last", type=click.IntRange(1950, 2100), required=True)
@click.option("--announced", is_flag=True, help="Also what administrators have entered here.")
def observances_dates(first: int, last: int, *, announced: bool) -> None:
    """Print CSV: id,year,start,end,status (confirmed or provisional) for the years asked.

    These are the dates that Kepu brings along. With --announced, those that were entered in this
    installation stand in for them, with their status.
    """
    if last < first:
        _misuse(_backwards(first, last))
    if announced:
        start.migrate()
    entered = days.announced(first, last) if announced else dates.NONE
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(("id", "year", "start", "end", "status"))
    table.writerows(dates.rows(first, last, entered))


@observances_group.command("lunar")
@click.option("--from", "first", type=click.IntRange(1950, 2100), required=True)
@click.option("--to", "last", type=click.IntRange(1950, 2100), required=True)
def observances_lunar(first: int, last: int) -> None:
    """Print TSV without header: festival, year, date, of each festival one row a year.

    Festivals: spring lantern longtaitou dragonboat qixi zhongyuan midautumn chongyang laba; solar
    terms: qingming xiazhi liqiu harvest (秋分) dongzhi. The year of a festival is that of its lunar
    year: laba 2026 is 2027-01-15, in the last month of the lunar year that began in 2026.
    """
    from events.observances import festivals  # noqa: PLC0415 - only this command needs them

    if last < first:
        _misuse(_backwards(first, last))
    for row in festivals.rows(first, last):
        click.echo("\t".join(map(str, row)))


feeds_group = AppGroup("feeds", help="Calendar feeds.")


@feeds_group.command("list")
def feeds_list() -> None:
    """Print every feed: name, kind and URL, tab-separated, one a line."""
    settings = _settings()
    start.migrate()
    links = Links(base_url=settings.base_url, secret=settings.secret_key)
    for feed in feeds.every():
        click.echo(f"{feed.name}\t{feed.kind}\t{links.feed(feed.id, feed.nonce)}")


recurrence_group = AppGroup("recurrence", help="Recurrence rules.")


@recurrence_group.command("expand")
def recurrence_expand() -> None:
    """Answer lines of JSON, {"rrule", "dtstart", "n"}, with the first n starts of each."""
    from events.kernel import rule_lines  # noqa: PLC0415 - only this command needs it

    for line in sys.stdin.buffer:
        click.echo(rule_lines.answer(line))


calendar_group = AppGroup("calendar", help="Calendars of others (.ics).")
DAY = click.DateTime(["%Y-%m-%d"])


@calendar_group.command("read")
@click.argument("file", type=click.File("rb"))
@click.option("--from", "first", type=DAY, required=True, help="First day.")
@click.option("--to", "last", type=DAY, required=True, help="Last day; it is included.")
@click.option("--zone", help="Zone of these days and of times without one; else KEPU_TIMEZONE.")
def calendar_read(file: BinaryIO, first: datetime, last: datetime, zone: str | None) -> None:
    """Print what takes place from one day to another in FILE (- for standard input).

    One JSON object a line, by start and UID: uid, start, end, all_day, status, summary. Days are
    YYYY-MM-DD, the end of an all-day event is the day after it; times are ISO 8601 with their
    offset. What overlaps the days counts. A time without a zone is in the calendar's own
    (X-WR-TIMEZONE), else in --zone. Without a STATUS an event is CONFIRMED.

    Problems go to standard error, one a line. Status 0: an event was read, be it outside of these
    days; 1: there was none to read; 2: the calendar was refused as a whole.
    """
    from events.foreign import listing  # noqa: PLC0415 - only this command needs it

    sys.exit(listing.show(file, first.date(), last.date(), zone or _settings().timezone))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["kepu"]
    return settings


def _language() -> str:
    return _settings().language


def _log_in_page() -> str:
    return f"{_settings().base_url}/login"


def _backwards(first: int, last: int) -> str:
    return say(_language(), "--to %(last)s lies before --from %(first)s.", first=first, last=last)


def _misuse(text: str) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(usage.MISUSE)


@contextlib.contextmanager
def _clear_errors() -> Iterator[None]:
    """Refusals of a whole command become one line and exit status 2."""
    from events.imports.errors import Unusable  # noqa: PLC0415

    try:
        yield
    except Unusable as fault:
        _misuse(str(fault))


def _require_free(settings: Settings) -> None:
    """One clear line when somebody else listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as fault:
            _misuse(
                say(
                    settings.language,
                    "Port %(port)s on %(host)s cannot be used (%(why)s). Choose another: %(other)s",
                    port=settings.port,
                    host=settings.host,
                    why=fault.strerror,
                    other=f"KEPU_PORT={min(settings.port + 1, 65535)}",
                )
            )


def _greet(settings: Settings) -> None:
    """Where to look, and as whom: in the demo world; an empty installation must be founded."""
    click.echo(f"Kepu 科普: {settings.base_url}")
    with contextlib.suppress(Exception):
        if demo_people.is_there():
            click.echo("\n".join(demo_people.greeting(_log_in_page())))
        elif start.is_empty():
            click.echo(
                say(
                    settings.language,
                    "Nobody can log in yet. To begin: flask --app app found --help",
                )
            )
    kernel_db.release()
    kernel_db.db.engine.dispose()
    sys.stdout.flush()


class _Migrations(click.Command):
    """The `db` commands of Flask-Migrate, imported when one of them is asked for."""

    def __init__(self, app: Flask) -> None:
        super().__init__("db", short_help="Perform database migrations.")
        self._app = app

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """The context of the real group, which then goes on."""
        group: click.Group = start.alembic(self._app).cli.db
        settings: Settings = self._app.extensions["kepu"]
        return _clear(group, settings.language).make_context(*args, **extra)


def _clear(command: click.Command, language: str) -> click.Command:
    """A copy of `command` that says what is wrong in one line.

    Status 1 when the database is silent, 2 when what was typed cannot be understood, 130 after
    Ctrl-C.
    """
    made = copy.copy(command)
    understand = made.make_context

    def make_context(*args: Any, **extra: Any) -> click.Context:
        with usage.explained(language):
            return understand(*args, **extra)

    def invoke(ctx: click.Context) -> Any:
        try:
            with usage.explained(language):
                return command.invoke(ctx)
        except OperationalError as fault:
            click.echo(start.no_answer(fault, language), err=True)
            sys.exit(FINDINGS)
        except KeyboardInterrupt:
            click.echo(f"\n{say(language, 'Interrupted.')}", err=True)
            sys.exit(INTERRUPTED)

    made.make_context = make_context  # type: ignore[method-assign]
    made.invoke = invoke  # type: ignore[method-assign]
    return made
