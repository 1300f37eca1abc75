"""Which calendar asks, by what it calls itself; nothing that tells one person from another."""

from __future__ import annotations

READERS = (
    ("Google-Calendar", "Google Calendar"),
    ("dataaccessd", "Apple Calendar"),  # iPhone and iPad
    ("CalendarAgent", "Apple Calendar"),
    ("macOS/", "Apple Calendar"),
    ("iOS/", "Apple Calendar"),
    ("Outlook", "Outlook"),
    ("Microsoft.Exchange", "Outlook"),
    ("Exchange/", "Outlook"),
    ("Thunderbird", "Thunderbird"),
    ("Evolution", "Evolution"),
    ("ICSx5", "ICSx⁵"),
    ("DAVx5", "DAVx⁵"),
    ("Nextcloud", "Nextcloud"),
    ("khal", "khal"),
    ("vdirsyncer", "vdirsyncer"),
    ("node-ical", "node-ical"),
    ("Home Assistant", "Home Assistant"),
    ("HomeAssistant", "Home Assistant"),
    ("Mozilla/", "Browser"),
)
OTHER = ""


def reader(agent: str) -> str:
    """The program behind a User-Agent, by the name that people know; OTHER when unknown."""
    return next((name for sign, name in READERS if sign in agent), OTHER)
