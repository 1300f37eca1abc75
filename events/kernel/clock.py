"""The only place that asks what time it is; doors ask here and pass `now` down."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This moment, aware, UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the place


def today(tz: str) -> date:
    """Today's date in the zone named `tz` (IANA name)."""
    return now().astimezone(ZoneInfo(tz)).date()


def zone(name: str | None, otherwise: str = "Asia/Shanghai") -> str:
    """`name` when there is such a zone."""
    try:
        return ZoneInfo(name).key if name else otherwise
    except (ValueError, LookupError, OSError):
        return otherwise


def to_utc(local: datetime, tz: str) -> datetime:
    """The UTC moment of naive wall time `local` in `tz`.

    A wall time that a daylight-saving change skips is read with the offset before the change
    (RFC 5545, 3.3.5); one that occurs twice means the first.
    """
    return local.replace(tzinfo=ZoneInfo(tz), fold=0).astimezone(UTC)


def to_local(moment: datetime, tz: str) -> datetime:
    """The naive wall time in `tz` of aware `moment`."""
    return moment.astimezone(ZoneInfo(tz)).replace(tzinfo=None)
