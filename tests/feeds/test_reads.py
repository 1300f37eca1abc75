"""Who has read a calendar, and when, as its subscriber is told; and what logs do not say."""

import logging
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from events.access.masking import Masking, masked
from events.feeds import queries
from events.feeds.queries import LastRead
from events.feeds.readers import reader
from events.feeds.states import FeedKind
from events.flows.note_reads import note_reads
from events.kernel import clock
from events.kernel.db import session
from tests.cast import NOW
from tests.feeds.world import World, statements

IPHONE = "iOS/18.1 (22B83) dataaccessd/1.0"
GOOGLE = "Google-Calendar-Importer"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (IPHONE, "Apple Calendar"),
        ("macOS/15.1 (24B83) CalendarAgent/1026", "Apple Calendar"),
        (GOOGLE, "Google Calendar"),
        ("Microsoft.Exchange/15.20 (InternetCalendar)", "Outlook"),
        ("Mozilla/5.0 (X11; rv:128.0) Gecko/20100101 Thunderbird/128.4.0", "Thunderbird"),
        ("curl/8.1", ""),
        ("", ""),
    ],
)
def test_a_program_is_known_by_what_it_calls_itself(agent: str, name: str) -> None:
    assert reader(agent) == name


def test_reads_are_written_together_and_the_latest_stays(world: World, client: FlaskClient) -> None:
    path, feed_id = world.path(FeedKind.TEAM, "team"), world.feed(FeedKind.TEAM, "team").id
    reads = world.app.extensions["kepu_feed_counter"].reads
    before = clock.now()
    tag = client.get(path, headers={"User-Agent": IPHONE}).headers["ETag"]
    with statements() as seen:
        known = {"User-Agent": GOOGLE, "If-None-Match": tag}
        assert client.get(path, headers=known).status_code == 304
    assert seen == []
    assert client.get("/feeds/1-wrong.ics").status_code == 404
    session().rollback()
    assert queries.last_reads(feed_id) == []
    reads.write()
    found = queries.last_reads(feed_id)
    assert [one.reader for one in found] == ["Google Calendar", "Apple Calendar"]
    assert before <= found[1].read_at <= found[0].read_at <= clock.now()
    later = clock.now() + timedelta(hours=1)
    note_reads({(feed_id, "Apple Calendar"): later, (424242, "Outlook"): later})
    assert queries.last_reads(feed_id)[0] == LastRead(reader="Apple Calendar", read_at=later)
    assert len(queries.last_reads(feed_id)) == 2
    assert reads.take() == {}


def test_many_reads_of_one_program_are_one_row(world: World) -> None:
    feed_id = world.feed(FeedKind.CAMPAIGN, "campaign").id
    for minutes in range(3):
        note_reads({(feed_id, ""): NOW + timedelta(minutes=minutes)})
    later = NOW + timedelta(minutes=2)
    assert queries.last_reads(feed_id) == [LastRead(reader="", read_at=later)]


def test_keys_are_masked_in_access_logs() -> None:
    line = '"GET /feeds/17-Zm9vYmFyZm9vYmFyZm9vYm.ics?lang=en HTTP/1.1" 200 /v/3-abc_D-e'
    assert masked(line) == '"GET /feeds/17-***?lang=en HTTP/1.1" 200 /v/3-***'
    for name in ("werkzeug", "granian.access"):
        filters = logging.getLogger(name).filters
        assert sum(isinstance(one, Masking) for one in filters) == 1
    record = logging.LogRecord("x", 20, "", 0, '%s "%s"', ("1.2.3.4", "/feeds/1-a"), None)
    assert Masking().filter(record)
    assert record.getMessage() == '1.2.3.4 "/feeds/1-***"'
