"""How a calendar feed is offered: one address, in the forms that calendars take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from flask import current_app, request
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from events.access import language
from events.config import Settings
from events.feeds.models import Feed
from events.feeds.shown import Current
from events.feeds.states import FeedKind
from events.kernel import texts
from events.kernel.links import Links

CHOICE = "calendar"  # the argument of a page's address that says in which language
ALARM = "alarm"  # the one that says how many minutes before; of pages and of feeds
NAMES = {"zh": "中文", "en": "English"}
FEED_KINDS = {
    FeedKind.CAMPAIGN: (_("Campaigns"), "flag"),
    FeedKind.DISTRICT: (_("Districts"), "geo"),
    FeedKind.ORGANIZATION: (_("Organizations"), "building"),
    FeedKind.AUDIENCE: (_("Audiences"), "people"),
    FeedKind.THEME: (_("Subjects"), "tags"),
    FeedKind.FILTER: (_("Selections"), "funnel"),
    FeedKind.VENUE: (_("Venues"), "geo-alt"),
    FeedKind.ACTIVITY: (_("Activities"), "easel"),
    FeedKind.TEAM: (_("Volunteer teams"), "person-hearts"),
    FeedKind.EXPERT: (_("Experts"), "mortarboard"),
    FeedKind.VOLUNTEER: (_("Volunteers"), "person"),
}  # what they are called together, and the icon of each
ALARMS = {
    "": _("No alarm"),
    "30": _("30 minutes before"),
    "120": _("2 hours before"),
    "1440": _("A day before"),
}


@dataclass(frozen=True, kw_only=True)
class Option:
    """One way that the calendar can be had. href: this page, with it chosen."""

    name: str | LazyString
    lang: str
    href: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """The addresses of one feed in the language that was chosen.

    page: where anybody who has it can subscribe; qr: an SVG of that, as a data: address.
    atom, json: the same as news, "" where there is none or it is secret.
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
    languages: tuple[Option, ...]
    alarms: tuple[Option, ...]
    atom: str
    json: str
    is_private: bool
    in_wechat: bool


def links() -> Links:
    """This installation's maker and checker of addresses."""
    return Links(base_url=_settings().base_url, secret=_settings().secret_key)


def subscription(feed: Feed | Current) -> Subscription:
    """How `feed` is subscribed to, in the language that this request asks for."""
    made = offered(
        links().feed(feed.id, feed.nonce),
        page=subscription_page(feed),
        name=feed.name,
        is_private=feed.kind.is_private,
    )
    if made.is_private:
        return made
    atom, json = (suffix.join(made.address.rsplit(".ics", 1)) for suffix in (".atom", ".json"))
    return replace(made, atom=atom, json=json)


def offered(plain: str, *, page: str, name: str, is_private: bool = False) -> Subscription:
    """How the calendar at `plain` is subscribed to; `page`: the path of a page that offers it."""
    chosen = texts.known(request.args.get(CHOICE)) or language.current(_settings().language)
    alarm = request.args.get(ALARM, "") if is_private else ""
    alarm = alarm if alarm in ALARMS else ""
    is_usual = chosen == _settings().language
    query = _said(lang="" if is_usual else chosen, alarm=alarm)
    address = _with(plain, query)
    page = _with(links().to(page), _said(calendar="" if is_usual else chosen, alarm=alarm))
    webcal = "webcal:" + address.split(":", 1)[1]
    named = urlencode({"url": address, "name": name}, quote_via=quote)
    return Subscription(
        name=name,
        address=address,
        webcal=webcal,
        # Google's page refuses https here, although its form for pasting asks for it.
        google=f"https://calendar.google.com/calendar/render?cid={quote(webcal, safe='')}",
        outlook=f"https://outlook.live.com/calendar/0/addfromweb?{named}",
        outlook_work=f"https://outlook.office.com/calendar/0/addfromweb?{named}",
        download=_with(plain, {**query, "download": "1"}),
        page=page,
        qr=qr(page),
        languages=tuple(
            Option(name=NAMES[each], lang=texts.tag(each), **_chosen(CHOICE, each, chosen))
            for each in texts.LANGUAGES
        ),
        alarms=tuple(
            Option(name=name, lang="", **_chosen(ALARM, each, alarm))
            for each, name in ALARMS.items()
            if is_private
        ),
        atom="",
        json="",
        is_private=is_private,
        in_wechat="MicroMessenger" in request.user_agent.string,
    )


def subscription_page(feed: Feed | Current) -> str:
    """The path of the page where `feed` is subscribed to; as secret as the feed's own address."""
    return f"/subscribe/{links().key('feed', feed.id, feed.nonce)}"


def qr(text: str) -> str:
    """A QR code of `text` as an SVG in a data: address, dark on white with its quiet zone."""
    import segno  # noqa: PLC0415 - few pages show one

    code = segno.make(text, error="m", micro=False)
    return str(code.svg_data_uri(scale=4, border=2, dark="#0b2a31", light="#ffffff"))


def _chosen(name: str, value: str, chosen: str) -> dict[str, Any]:
    """Where one option leads: this page with it, or (from a page that answers a form) nowhere."""
    there = _with(request.path, _said(**{**request.args, name: value}))
    href = f"{there}#subscribe" if request.method == "GET" else ""
    return {"href": href, "is_chosen": value == chosen}


def _said(**query: str) -> dict[str, str]:
    return {name: value for name, value in query.items() if value}


def _with(address: str, query: dict[str, str]) -> str:
    return f"{address}?{urlencode(query)}" if query else address


def _settings() -> Settings:
    settings: Settings = current_app.extensions["kepu"]
    return settings
