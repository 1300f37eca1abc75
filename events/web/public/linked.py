"""schema.org's words for what is on (JSON-LD), so that search engines and maps can tell of it.

A data block in a page: browsers never run it, and the content security policy does not concern it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from events.campaigns.models import Campaign
from events.campaigns.states import Mode
from events.kernel import texts
from events.kernel.links import Links
from events.schedule.states import OccurrenceStatus
from events.venues.public import PublicActivity, PublicSession

SCHEMA = "https://schema.org"
MODES = {
    Mode.ONSITE: "OfflineEventAttendanceMode",
    Mode.ONLINE: "OnlineEventAttendanceMode",
    Mode.HYBRID: "MixedEventAttendanceMode",
}
Node = dict[str, Any]


def of_campaign(
    campaign: Campaign, sessions: Iterable[PublicSession], *, links: Links, language: str
) -> Node:
    """A campaign and these of its sessions, each led by whom the campaign belongs to."""
    own = links.to(f"/c/{campaign.slug}")
    series = {
        "@type": "EventSeries",
        "@id": own,
        "url": own,
        "name": campaign.name,
        "startDate": campaign.starts_on.isoformat(),
        "endDate": campaign.ends_on.isoformat(),
        "organizer": {"@type": "Organization", "name": campaign.organization.name},
        "location": {"@type": "Place", "name": campaign.organization.name},
        **({"description": campaign.theme} if campaign.theme else {}),
    }
    said = [_event(each, campaign.tz, links=links, language=language) for each in sessions]
    return {"@context": SCHEMA, "@graph": [series, *said]}


def of_activity(
    activity: PublicActivity, speakers: Mapping[int, list[str]], *, links: Links, language: str
) -> Node:
    """One activity's sessions; who leads it organizes them. speakers: their names, by session."""
    about: Node = {
        "organizer": {"@type": "Organization", "name": activity.lead},
        **({"description": activity.description} if activity.description else {}),
        **({"keywords": list(activity.themes)} if activity.themes else {}),
    }
    return {
        "@context": SCHEMA,
        "@graph": [
            _event(each, activity.tz, links=links, language=language)
            | about
            | _performers(speakers.get(each.id, []))
            for each in activity.sessions
        ],
    }


def _event(row: PublicSession, tz: str, *, links: Links, language: str) -> Node:
    page = links.to(f"/c/{row.slug}/a/{row.activity_id}")
    node: Node = {
        "@type": "Event",
        "@id": f"{page}#s{row.id}",
        "url": page,
        "name": row.title,
        "startDate": _iso(row.starts_at, tz),
        "endDate": _iso(row.ends_at, tz),
        "eventStatus": f"{SCHEMA}/{_status(row)}",
        "eventAttendanceMode": f"{SCHEMA}/{MODES[row.mode]}",
        "location": _location(row, page, language),
        "superEvent": {
            "@id": links.to(f"/c/{row.slug}"),
            "@type": "EventSeries",
            "name": row.campaign,
        },
    }
    if row.was_local and _status(row) == "EventRescheduled":
        node["previousStartDate"] = row.was_local.replace(tzinfo=ZoneInfo(tz)).isoformat()
    if row.audiences:
        node["audience"] = [{"@type": "Audience", "audienceType": each} for each in row.audiences]
    return node


def _performers(names: list[str]) -> Node:
    return {"performer": [{"@type": "Person", "name": name} for name in names]} if names else {}


def _status(row: PublicSession) -> str:
    match row.status:
        case OccurrenceStatus.CANCELLED:
            return "EventCancelled"
        case OccurrenceStatus.POSTPONED:
            return "EventPostponed"
        case _:
            return "EventRescheduled" if row.was_local else "EventScheduled"


def _location(row: PublicSession, page: str, language: str) -> Node | list[Node]:
    online = {"@type": "VirtualLocation", "url": page}
    if row.mode is Mode.ONLINE:
        return online
    return [_place(row, language), online] if row.mode is Mode.HYBRID else _place(row, language)


def _place(row: PublicSession, language: str) -> Node:
    if not row.venue:
        return {"@type": "Place", "name": texts.say(language, "Place to be announced")}
    place: Node = {"@type": "Place", "name": f"{row.venue} {row.space}".strip()}
    address = {
        "@type": "PostalAddress",
        "addressCountry": "CN",
        **({"streetAddress": row.address} if row.address else {}),
        **({"addressLocality": row.region} if row.region else {}),
    }
    if row.address or row.region:
        place["address"] = address
    if row.lat is not None and row.lon is not None:
        place["geo"] = {"@type": "GeoCoordinates", "latitude": row.lat, "longitude": row.lon}
    return place


def _iso(at: datetime, tz: str) -> str:
    """Wall time of the place with its offset."""
    return at.astimezone(ZoneInfo(tz)).isoformat()
