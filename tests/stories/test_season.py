"""One season from the spreadsheet to the calendar, as people live it.

Mei imports the district, makes the Science Month of 2025 and publishes its 120 activities; the
museum answers from the mail's link on a phone; Lin signs up; a calendar that had subscribed before
sees the change after; and everybody heard everything exactly once.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from events.campaigns.models import Activity
from events.campaigns.states import ActivityState
from events.feeds import queries as feeds
from events.feeds.states import FeedKind
from events.journal.models import Change
from events.kernel import clock
from events.kernel.db import release, session
from events.kernel.links import Links
from events.notices.models import Delivery, Notice
from events.notices.states import DeliveryState
from events.schedule.models import Occurrence
from events.schedule.states import OccurrenceStatus
from events.venues.models import Booking, Space, Venue
from events.venues.states import BookingState
from tests.browser.conftest import Watched
from tests.clients.khal import Khal
from tests.stories.conftest import Season

DEMO = Path(__file__).resolve().parents[2] / "events" / "demo_data"
SEPTEMBER = ("2025-09-01", 31)
TABLES = ("organizations", "venues", "volunteer_teams", "experts", "kits")
PATIENCE_S = 600  # of a busy machine
T = TypeVar("T")
LogIn = Callable[[Page, str], None]


def test_a_season_is_lived_from_end_to_end(
    live: Season, watched: Watched, log_in: LogIn, tmp_path: Path
) -> None:
    mei = watched.page()
    log_in(mei, "mei")
    for table in TABLES:
        import_table(mei, f"{table}.csv", demo(table))
    campaign_id = make_campaign(mei)
    import_table(mei, "activities-2025-kepuri.csv", demo("activities-2025-kepuri"), campaign_id)
    publish(mei, campaign_id)
    assert activities(ActivityState.PUBLISHED) == 120
    assert scalar(func.count(Occurrence.id)) == 224

    address = feed_address(live, campaign_id)
    calendar = Khal.subscribe(tmp_path / "calendar", {"campaign": address})
    before = calendar.seen(*SEPTEMBER)["campaign"]
    assert len(before) == 224

    answer_from_the_mail(live, watched)
    sign_up(live, watched, log_in)
    moved = move_one(mei, live)

    after = calendar.seen(*SEPTEMBER)["campaign"]
    assert len(after) == 224
    assert [entry for entry in after if entry.title.startswith(moved)] != [
        entry for entry in before if entry.title.startswith(moved)
    ]
    everybody_heard_once(live)


def import_table(page: Page, name: str, content: bytes, campaign_id: int | None = None) -> None:
    """Hand a file in, wait for the preview, import it, wait until it is done."""
    page.goto("/imports")
    page.set_input_files(
        "input[type=file]", {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    if campaign_id is not None:
        page.select_option("#campaign_id", str(campaign_id))
    page.click("form[enctype] button")
    page.locator("form[action$='/confirm'] button").click(timeout=PATIENCE_S * 1000)
    expect(page.locator("#run .k-note-ok")).to_be_visible(timeout=PATIENCE_S * 1000)


def make_campaign(page: Page) -> int:
    """The Science Month of 2025, from the year page's button on."""
    page.goto("/campaigns/new?observance=national-science-month&year=2025")
    assert page.input_value("#starts_on") == "2025-09-01"
    assert page.input_value("#ends_on") == "2025-09-30"
    page.fill("#theme", "科技改变生活 创新赢得未来")
    page.select_option("#organization_id", label=office_label(page))
    page.click(".k-sticky-action .btn-primary")
    page.wait_for_url(re.compile(r"/campaigns/\d+"))
    found = re.search(r"/campaigns/(\d+)", page.url)
    assert found
    return int(found[1])


def office_label(page: Page) -> str:
    """The science association's line in the list of organizations."""
    labels = page.locator("#organization_id option").all_inner_texts()
    return next(label for label in labels if "区科协" in label)


def publish(page: Page, campaign_id: int) -> None:
    page.goto(f"/campaigns/{campaign_id}")
    page.locator("form[action$='/place'] button").click(timeout=PATIENCE_S * 1000)
    page.goto(f"/campaigns/{campaign_id}/publish")
    with page.expect_navigation(timeout=PATIENCE_S * 1000):
        page.click("form[action$='/publish'] button", timeout=PATIENCE_S * 1000)


def answer_from_the_mail(live: Season, watched: Watched) -> None:
    """The museum's mail as the mail server received it; its link, opened on a phone."""
    mail = wait_for(lambda: mail_to(live, "v01@venue.kepu.example"))
    link = re.search(r"http://\S+/v/\S+", text_of(mail))
    assert link
    phone = watched.page(width=390, height=844, has_touch=True, is_mobile=True)
    phone.goto(link[0])
    asked = phone.locator("input[type=radio][value=yes]").count()
    assert asked > 1
    phone.click("button[name=all]")
    wait_for(lambda: bookings_at("V01", BookingState.CONFIRMED) == asked)
    confirmed = scalar(func.count(Occurrence.id), Occurrence.status == OccurrenceStatus.CONFIRMED)
    assert confirmed >= asked


def sign_up(live: Season, watched: Watched, log_in: LogIn) -> None:
    page = watched.page(width=390, height=844, has_touch=True, is_mobile=True)
    log_in(page, "lin")
    page.goto("/me/shifts")
    page.locator("form[action$='/sign-up'] button").first.click()
    expect(page.locator("form[action*='/signups/']").first).to_be_visible()
    mail = wait_for(lambda: mail_to(live, "lin@kepu.example"))
    assert any(part.get_content_type() == "text/calendar" for part in mail.walk())


def move_one(page: Page, live: Season) -> str:
    """Mei moves one session of the museum to another hour; returns its title."""
    with live.app.app_context():
        occurrence = (
            session()
            .scalars(
                select(Occurrence)
                .join(Booking)
                .where(Booking.state == BookingState.CONFIRMED)
                .order_by(Occurrence.starts_at)
            )
            .first()
        )
        assert occurrence
        occurrence_id, title = occurrence.id, occurrence.activity.title
        starts = clock.to_local(occurrence.starts_at, "Asia/Shanghai")
        release()
    page.goto(f"/occurrences/{occurrence_id}/move")
    page.fill("#starts", f"{starts.hour:02d}:{(starts.minute + 15) % 60:02d}")
    page.click("main form .btn-primary")
    page.wait_for_url(lambda url: "/move" not in url)
    return title


def everybody_heard_once(live: Season) -> None:
    """Every notice that is due was accepted by the mail server once, and nothing else was."""
    wait_for(lambda: waiting(live) == 0)
    copies = live.post.copies
    assert set(copies.values()) == {1}
    with live.app.app_context():
        sent = scalar(func.count(Delivery.id), Delivery.state == DeliveryState.SENT)
        kinds = Counter(session().scalars(select(Notice.kind)))
    assert len(copies) == sent
    told = {kind.value: number for kind, number in kinds.items()}
    assert {"booking_request", "booking_answered", "published", "changed", "signed_up"} <= set(told)
    assert told["booking_answered"] == told["signed_up"] == 1


def demo(table: str) -> bytes:
    return (DEMO / f"{table}.csv").read_bytes()


def feed_address(live: Season, campaign_id: int) -> str:
    settings = live.app.extensions["kepu"]
    with live.app.app_context():
        feed = feeds.for_subject(FeedKind.CAMPAIGN, campaign_id)
        assert feed
        links = Links(base_url=settings.base_url, secret=settings.secret_key)
        return links.feed(feed.id, feed.nonce)


def activities(state: ActivityState) -> int:
    return scalar(func.count(Activity.id), Activity.state == state)


def bookings_at(code: str, state: BookingState) -> int:
    found = (
        select(func.count(Booking.id))
        .join(Space)
        .join(Venue)
        .where(Venue.code == code, Booking.state == state)
    )
    release()
    return session().scalar(found) or 0


def scalar(what: object, *where: object) -> int:
    release()
    return session().scalar(select(what).where(*where)) or 0  # type: ignore[call-overload]


def waiting(live: Season) -> int:
    """Changes not composed yet, and deliveries that are due and not sent."""
    due = scalar(
        func.count(Delivery.id),
        Delivery.state != DeliveryState.SENT,
        Delivery.state != DeliveryState.SUPERSEDED,
        Delivery.due_at <= clock.now(),
    )
    return due + scalar(func.count(Change.id), Change.composed_at.is_(None))


def mail_to(live: Season, address: str) -> EmailMessage | None:
    return next((mail for mail in live.post.messages if address in str(mail["To"])), None)


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


def wait_for(question: Callable[[], T | None]) -> T:
    """The first answer that is not empty. Fails after PATIENCE_S."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if answer := question():
            return answer
        time.sleep(0.2)
    raise AssertionError(f"nothing came within {PATIENCE_S} s")
