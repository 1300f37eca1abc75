"""News as JSON Feed 1.1 (jsonfeed.org/version/1.1). Pure.

What the format has no word for stands in each item's `_kepu`: when, where, and RFC 5545's status.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from events.feeds.news import Item, News

TYPE = "application/feed+json"
SUFFIX = ".json"
VERSION = "https://jsonfeed.org/version/1.1"


def document(news: News) -> bytes:
    """The whole feed."""
    written = {
        "version": VERSION,
        "title": news.name,
        "home_page_url": news.home,
        **({"feed_url": news.address(SUFFIX)} if news.stem else {}),
        "language": news.language,
        "authors": [{"name": news.name}],
        "items": [_item(item) for item in news.items],
    }
    return json.dumps(written, ensure_ascii=False, indent=1).encode()


def _item(item: Item) -> dict[str, object]:
    return {
        "id": item.uid,
        "url": item.url,
        "title": item.title,
        "content_text": item.text,
        "date_modified": _utc(item.changed_at),
        "authors": [{"name": item.lead}],
        "tags": list(item.tags),
        "_kepu": {
            "starts_at": item.starts,
            "ends_at": item.ends,
            "status": item.status,
            "place": item.place,
        },
    }


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
