"""News as Atom (RFC 4287). Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from events.feeds.news import Item, News, urn

TYPE = "application/atom+xml"
SUFFIX = ".atom"
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(news: News) -> bytes:
    """The whole feed."""
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": news.language})
    _text(root, "id", news.id)
    _text(root, "title", news.name)
    _text(root, "updated", _utc(news.changed_at))
    _author(root, news.name)
    _text(root, "generator", "Kepu")
    _link(root, "alternate", news.home, "text/html")
    if news.stem:
        _link(root, "self", news.address(SUFFIX), TYPE)
        _link(root, "related", news.address(".ics"), "text/calendar")
    for item in news.items:
        _entry(root, item)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(root: Element, item: Item) -> None:
    entry = SubElement(root, "entry")
    _text(entry, "id", urn(item.uid))
    _text(entry, "title", item.title)
    _text(entry, "updated", _utc(item.changed_at))
    _author(entry, item.lead)
    _link(entry, "alternate", item.url, "text/html")
    for tag in item.tags:
        SubElement(entry, "category", {"term": _clean(tag)})
    _text(entry, "content", item.text).set("type", "text")


def _author(parent: Element, name: str) -> None:
    _text(SubElement(parent, "author"), "name", name)


def _link(parent: Element, rel: str, address: str, kind: str) -> None:
    SubElement(parent, "link", {"rel": rel, "href": address, "type": kind})


def _text(parent: Element, name: str, text: str) -> Element:
    made = SubElement(parent, name)
    made.text = _clean(text)
    return made


def _clean(text: str) -> str:
    """Without what XML 1.0 cannot hold."""
    return _NO_XML.sub("", text)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
