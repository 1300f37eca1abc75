"""How a calendar feed is offered: one address, in the forms that calendars take."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

import segno
from flask import current_app, request

from events.access import language
from events.config import Settings
from events.feeds.models import Feed
from events.feeds.queries import Current
from events.kernel import texts
from events.kernel.links import Links

CHOICE = "calendar"  # the argument of a page's address that says in which language
NAMES = {"zh": "中文", "en": "English"}


@dataclass(frozen=True, kw_only=True)
class Option:
    """One language that the calendar can be had in. href: this page, with it chosen."""

    name: str
    tag: str
    href: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """The addresses of one feed in the language that was chosen.

    page: where anybody who has it can subscribe; qr: an SVG of that, as a data: address.
    in_wechat: the reader's browser is WeChat's, which hands no calendar over.
    """

    name: str
    address: str
    webcal: str
    google: str
    outlook: str
    outlook_work: str
    download: str
    page: str
    qr: str
    options: tuple[Option, ...]
    is_private: bool
    in_wechat: bool


def links() -> Links:
    """This installation's maker and checker of addresses."""
    return Links(base_url=_settings().base_url, secret=_settings().secret_key)


def subscription(feed: Feed | Current) -> Subscription:
    """How `feed` is subscribed to, in the language that this request asks for."""
    chosen = texts.known(request.args.get(CHOICE)) or language.current(_settings().language)
    query = {} if chosen == _settings().language else {"lang": chosen}
    plain = links().feed(feed.id, feed.nonce)
    address = _with(plain, query)
    page = _with(links().to(subscription_page(feed)), {CHOICE: chosen} if query else {})
    webcal = "webcal:" + address.split(":", 1)[1]
    named = urlencode({"url": address, "name": feed.name}, quote_via=quote)
    return Subscription(
        name=feed.name,
        address=address,
        webcal=webcal,
        # Google's page refuses https here, although its form for pasting asks for it.
        google=f"https://calendar.google.com/calendar/render?cid={quote(webcal, safe='')}",
        outlook=f"https://outlook.live.com/calendar/0/addfromweb?{named}",
        outlook_work=f"https://outlook.office.com/calendar/0/addfromweb?{named}",
        download=_with(plain, {**query, "download": "1"}),
        page=page,
        qr=qr(page),
        options=_options(chosen),
        is_private=feed.kind.is_private,
        in_wechat="MicroMessenger" in request.user_agent.string,
    )


def subscription_page(feed: Feed | Current) -> str:
    """The path of the page where `feed` is subscribed to; as secret as the feed's own address."""
    return f"/subscribe/{links().key('feed', feed.id, feed.nonce)}"


def qr(text: str) -> str:
    """A QR code of `text` as an SVG in a data: address, dark on white with its quiet zone."""
    code = segno.make(text, error="m", micro=False)
    return str(code.svg_data_uri(scale=4, border=2, dark="#0b2a31", light="#ffffff"))


def _options(chosen: str) -> tuple[Option, ...]:
    """This page once for each language; none on a page that answers a form."""
    if request.method != "GET":
        return ()
    return tuple(
        Option(
            name=NAMES[each],
            tag=texts.tag(each),
            href=f"{_with(request.path, {**request.args, CHOICE: each})}#subscribe",
            is_chosen=each == chosen,
        )
        for each in texts.LANGUAGES
    )


def _with(address: str, query: dict[str, str]) -> str:
    return f"{address}?{urlencode(query)}" if query else address


def _settings() -> Settings:
    settings: Settings = current_app.extensions["kepu"]
    return settings
