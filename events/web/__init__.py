"""Pages and feeds over HTTP, by audience: organizer, venue, volunteer, public, account.

A view says who may, what came in, which flow, what to show. Start reading at any views.py."""

from __future__ import annotations

from flask import Flask

from events.config import Settings


def install(app: Flask, settings: Settings) -> None:
    """Register every blueprint and what templates share."""
