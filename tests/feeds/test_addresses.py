import xml.etree.ElementTree as ET
from urllib.parse import parse_qs, urlsplit

import pytest

from events.feeds.addresses import Subscription
from events.feeds.models import Feed
from events.kernel.links import Links

LINKS = Links(base_url="https://kepu.example.cn", secret="a secret of tests")
FEED = Feed(id=7, name="科普月 & 讲座", nonce="nonce")


def test_every_form_leads_to_the_same_calendar() -> None:
    made = Subscription.to(FEED, LINKS)
    assert made.https == LINKS.feed(7, "nonce")
    assert made.https.startswith("https://kepu.example.cn/feeds/7-")
    assert made.webcal == "webcal" + made.https.removeprefix("https")
    assert parse_qs(urlsplit(made.google).query) == {"cid": [made.webcal]}
    assert parse_qs(urlsplit(made.outlook).query) == {
        "url": [made.https],
        "name": ["科普月 & 讲座"],
    }
    assert made.download == made.https + "?download=1"


def test_the_language_is_part_of_the_address() -> None:
    made = Subscription.to(FEED, LINKS, language="en")
    assert made.https.endswith(".ics?lang=en")
    assert made.download == made.https + "&download=1"
    assert parse_qs(urlsplit(made.google).query) == {"cid": [made.webcal]}


@pytest.mark.parametrize("scale", [2, 4])
def test_the_qr_code_is_well_formed_and_needs_no_style(scale: int) -> None:
    drawn = ET.fromstring(Subscription.to(FEED, LINKS).qr_svg(scale=scale))
    assert drawn.tag.endswith("svg")
    assert [each.tag for each in drawn.iter() if "style" in each.attrib] == []
