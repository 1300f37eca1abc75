"""What keepers write of a venue, as a plain value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class VenueDraft:
    """What a keeper may change of a venue. hours: as in kernel/hours.py, empty = not known."""

    name: str
    address: str
    hours: str
    contact_name: str
    contact_email: str
    contact_phone: str
    language: str
