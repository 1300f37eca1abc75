"""The forms of one feed's address that people can press, copy or photograph."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

import segno

from events.feeds.models import Feed
from events.kernel.links import Links


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """Ways to one calendar.

    https: to copy; webcal: handed over to Apple, Outlook and Thunderbird; google, outlook: their
    web calendars (Google's cannot be reached from everywhere); download: this moment as a file.
    """

    name: str
    https: str
    webcal: str
    google: str
    outlook: str
    download: str

    @classmethod
    def to(cls, feed: Feed, links: Links, *, language: str = "zh") -> Subscription:
        """The addresses of `feed`; language: what the calendar is written in."""
        https = links.feed(feed.id, feed.nonce) + ("" if language == "zh" else f"?lang={language}")
        webcal = "webcal://" + https.partition("://")[2]
        named = urlencode({"url": https, "name": feed.name}, quote_via=quote)
        return cls(
            name=feed.name,
            https=https,
            webcal=webcal,
            google=f"https://calendar.google.com/calendar/render?cid={quote(webcal, safe='')}",
            outlook=f"https://outlook.live.com/calendar/0/addfromweb?{named}",
            download=https + ("&" if "?" in https else "?") + "download=1",
        )

    def qr_svg(self, *, scale: int = 4) -> str:
        """The https address as a QR code: an <svg> to put into a page; scale: pixels a module."""
        code = segno.make(self.https, error="m")
        return str(code.svg_inline(scale=scale, svgclass="qr", lineclass=None))
