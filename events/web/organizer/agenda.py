"""Sessions as lists show them: time, activity, place and volunteers side by side, and filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from events.campaigns.states import ActivityState, Mode
from events.identity.actor import Actor
from events.kernel import clock
from events.schedule import queries as schedule
from events.schedule.queries import SessionRow
from events.schedule.states import OFF, OccurrenceStatus
from events.venues import queries as venues
from events.venues.queries import PlaceRow
from events.venues.states import BookingState
from events.volunteers import queries as volunteers
from events.volunteers.queries import Staffing


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One session with its place and its volunteers, as far as it has them."""

    session: SessionRow
    place: PlaceRow | None
    staff: Staffing | None

    @property
    def state(self) -> ActivityState | OccurrenceStatus:
        """How far it is: DRAFT, or what calendars say of it."""
        is_draft = self.session.state is ActivityState.DRAFT
        return ActivityState.DRAFT if is_draft else self.session.status

    @property
    def is_cancelled(self) -> bool:
        """Whether it does not take place, or not at this time."""
        return self.session.status in OFF

    @property
    def place_word(self) -> str:
        """Its place as the filter says it: a BookingState in lower case, "online" or "none"."""
        if self.place is not None:
            return self.place.state.value.lower()
        return "online" if self.session.mode is Mode.ONLINE else "none"

    @property
    def lacks_place(self) -> bool:
        """Whether somebody must find a place."""
        return not self.is_cancelled and self.place_word in {"none", "declined"}

    @property
    def lacks_volunteers(self) -> bool:
        """Whether places for volunteers are free."""
        return not self.is_cancelled and self.staff is not None and self.staff.missing > 0

    @property
    def waits(self) -> bool:
        """Whether its venue has not answered."""
        return self.place is not None and self.place.state is BookingState.REQUESTED


def entries(
    actor: Actor,
    *,
    campaign_id: int | None = None,
    activity_id: int | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[Entry]:
    """Sessions in time's order, each with its place and volunteers: three queries, however many."""
    visible = schedule.visible(
        actor, campaign_id=campaign_id, activity_id=activity_id, start=start, end=end
    )
    places = venues.places(visible)
    staffing = volunteers.staffing(visible)
    return [
        Entry(session=row, place=places.get(row.id), staff=staffing.get(row.id))
        for row in schedule.sessions(visible)
    ]


def by_day(found: Iterable[Entry]) -> list[tuple[date, list[Entry]]]:
    """Entries in time's order, grouped by their local day."""
    grouped = groupby(found, key=lambda e: clock.to_local(e.session.starts_at, e.session.tz).date())
    return [(on, list(group)) for on, group in grouped]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What the address says of a list: each field empty or one wish.

    others: "off" leaves out what stands in other calendars; it says nothing of sessions.
    """

    state: str = ""
    place: str = ""
    audience: str = ""
    lead: str = ""
    staff: str = ""
    q: str = ""
    others: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Filter:
        """From the query of an address."""
        return cls(**{name: args.get(name, "").strip() for name in cls.__dataclass_fields__})

    @property
    def wishes(self) -> dict[str, str]:
        """Those that are set, for addresses."""
        return {name: value for name in self.__dataclass_fields__ if (value := getattr(self, name))}

    def fits(self, entry: Entry) -> bool:
        """Whether an entry meets every wish."""
        row = entry.session
        return (
            self.state in {"", entry.state.value.lower()}
            and self.place in {"", entry.place_word}
            and (not self.audience or self.audience in row.audiences)
            and self.lead in {"", row.lead}
            and (not self.staff or entry.lacks_volunteers)
            and self._is_found(f"{row.code} {row.title} {_place_text(entry.place)}")
        )

    def _is_found(self, text: str) -> bool:
        return all(word in text.casefold() for word in self.q.casefold().split())


def _place_text(place: PlaceRow | None) -> str:
    return f"{place.venue} {place.space}" if place else ""
