"""How a calendar feed is offered: one address, in the forms that calendars take."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import segno
from flask import current_app

from events.config import Settings
from events.feeds.models import Feed
from events.kernel.links import Links


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """The addresses of one feed. qr: an SVG of `address`, as a data: address."""

    name: str
    address: str
    webcal: str
    google: str
    outlook: str
    qr: str


def links() -> Links:
    """This installation's maker and checker of addresses."""
    settings: Settings = current_app.extensions["kepu"]
    return Links(base_url=settings.base_url, secret=settings.secret_key)


def subscription(feed: Feed) -> Subscription:
    """How `feed` is subscribed to."""
    address = links().feed(feed.id, feed.nonce)
    webcal = "webcal:" + address.split(":", 1)[1]
    return Subscription(
        name=feed.name,
        address=address,
        webcal=webcal,
        # Google's page refuses https here, although its form for pasting asks for it.
        google=f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
        outlook=(
            "https://outlook.live.com/calendar/0/addfromweb"
            f"?url={quote(address, safe='')}&name={quote(feed.name, safe='')}"
        ),
        qr=qr(address),
    )


def qr(text: str) -> str:
    """A QR code of `text` as an SVG in a data: address, dark on white with its quiet zone."""
    code = segno.make(text, error="m", micro=False)
    return str(code.svg_data_uri(scale=4, border=2, dark="#0b2a31", light="#ffffff"))
