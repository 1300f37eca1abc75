from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import icalendar
import pytest
from sqlalchemy import select

from events.flows.postpone_occurrence import postpone_occurrence
from events.flows.undo_change import undo_change
from events.identity.models import User
from events.kernel import calendar
from events.kernel.db import session, transaction
from events.notices import dispatch, queries, render, services
from events.notices.models import Delivery
from events.notices.render import Letter
from events.notices.states import DeliveryState, NoticeKind
from events.schedule.models import Undo
from tests.cast import NOW
from tests.feeds.world import FIRST, LATER, World
from tests.notices.conftest import LINKS, Office, edit

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
EVIL = 'Lin\r\nBcc: victim@evil.example\r\n\r\n<script>alert("1")</script> {{31337*31337}} %(name)s'


@pytest.fixture
def letters(world: World, office: Office) -> dict[NoticeKind, Letter]:
    """One letter of each kind."""
    world.sign_up("lin")
    world.answer(1, is_yes=False)
    world.move(0, FIRST.replace(hour=14), space="square")
    world.cancel(2)
    edit(world, FIRST.replace(hour=16))
    row = world.occurrence(3)
    mei = world.cast.actor("mei")
    postpone_occurrence(mei, LATER, occurrence_id=row.id, version=row.version, reason="台风")
    office.compose()
    with transaction():
        for delivery in session().scalars(select(Delivery)):
            delivery.state = DeliveryState.SENT
    undo_id = session().scalars(select(Undo.change_id).order_by(Undo.id.desc())).first()
    undo_change(mei, LATER, change_id=undo_id or 0)
    with transaction():
        services.send_password_reset(session().get_one(User, world.cast["lin"]), "https://x/y", NOW)
    office.compose()
    return {row.notice.kind: dispatch.letter(row) for row in reversed(office.deliveries())}


def read(letter: Letter) -> EmailMessage:
    """The mail as it is read again from its octets."""
    made = render.message(letter, LINKS, mail_from="Kepu 科普 <kepu@kepu.example>", now=NOW)
    return message_from_bytes(made.as_bytes(), policy=policy.default)


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    content: str = body.get_content()
    return content


class Strict(HTMLParser):
    """Fails on a tag that is not closed in order; collects what is seen."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_kind_is_a_complete_mail(letters: dict[NoticeKind, Letter]) -> None:
    elsewhere = {NoticeKind.OBSERVANCE_ANNOUNCED, NoticeKind.DAYS_ENTERED}  # tests/flows
    assert set(letters) == set(NoticeKind) - elsewhere
    for letter in letters.values():
        message = read(letter)
        assert {name: str(message[name]) for name in ("From", "To", "Date", "Auto-Submitted")} == {
            "From": "Kepu 科普 <kepu@kepu.example>",
            "To": f"{letter.recipient} <{letter.address}>",
            "Date": "Wed, 20 Aug 2025 01:00:00 +0000",
            "Auto-Submitted": "auto-generated",
        }
        assert str(message["Message-ID"]) == render.message_id(letter, LINKS)
        text, page = part(message, "plain"), part(message, "html")
        links = [a["href"] for tag, a in Strict(page).seen if tag == "a"]
        assert links
        assert {link for link in links if link and link not in text} == set()
        assert str(message["Subject"]) in page.replace("&#39;", "'")
        assert not re.search(r"\n\n\n|[{}]|%\(|Undefined|None", text)


def test_octets_are_seven_bit_and_lines_short(letters: dict[NoticeKind, Letter]) -> None:
    for letter in letters.values():
        made = render.message(letter, LINKS, mail_from="科普 <kepu@kepu.example>", now=NOW)
        octets = made.as_bytes()
        assert octets.isascii()
        assert max(len(line) for line in octets.split(b"\r\n")) <= 998
        assert b"\n" not in octets.replace(b"\r\n", b"")


def test_mail_needs_no_style_sheet_no_script_and_no_table(
    letters: dict[NoticeKind, Letter],
) -> None:
    for letter in letters.values():
        tags = {tag for tag, _ in Strict(render.words(letter, LINKS).html).seen}
        assert not tags & {"script", "style", "link", "table", "img", "form", "iframe"}


def test_names_cannot_add_headers_or_markup(letters: dict[NoticeKind, Letter]) -> None:
    for letter in letters.values():
        facts = _poisoned(letter.facts)
        message = read(replace(letter, recipient=EVIL, facts=facts))
        assert message["Bcc"] is None
        assert "victim@evil.example" not in [a.addr_spec for a in message["To"].addresses]
        assert "\n" not in str(message["Subject"])
        tags = {tag for tag, _ in Strict(part(message, "html")).seen}
        assert "script" not in tags
        assert str(31337**2) not in part(message, "plain")


def _poisoned(facts: Any) -> Any:
    """The facts with EVIL in every text that people write."""
    words = {
        "title",
        "venue",
        "space",
        "address",
        "campaign",
        "organization",
        "reason",
        "team",
        "by",
    }
    words |= {"of", "old_place", "place", "name"}
    if isinstance(facts, dict):
        return {
            key: EVIL
            if key in words and isinstance(value, str) and "@" not in value
            else _poisoned(value)
            for key, value in facts.items()
        }
    return [_poisoned(value) for value in facts] if isinstance(facts, list) else facts


def test_a_bad_address_is_no_address(letters: dict[NoticeKind, Letter]) -> None:
    for address in ("", "tao", "@x", "tao@", "a b@x", "a@x\r\nBcc: b@y"):
        with pytest.raises(ValueError, match="no mail address"):
            read(replace(letters[NoticeKind.CHANGED], address=address))


def test_subjects_say_first_what_to_do(letters: dict[NoticeKind, Letter], world: World) -> None:
    title = world.occurrence().activity.title
    subjects = {
        kind: render.words(replace(letter, language="zh"), LINKS).subject
        for kind, letter in letters.items()
    }
    assert subjects == {
        NoticeKind.BOOKING_REQUEST: "请确认 1 场活动的场地 · 2025 全国科普月",
        NoticeKind.BOOKING_ANSWERED: (
            "请为 1 场活动另选场地：示例区博物馆无法接待 · 2025 全国科普月"
        ),
        NoticeKind.PUBLISHED: "请准备 2 场活动 · 2025 全国科普月",
        NoticeKind.CHANGED: (f"时间地点改为 9月6日 周六 14:00–15:30，示例区博物馆 广场 · {title}"),
        NoticeKind.CANCELLED: f"已取消：{title}（9月20日 周六 09:00–10:30）",
        NoticeKind.SIGNED_UP: f"报名成功：{title}，9月6日 周六 14:00–15:30",
        NoticeKind.SHIFT_REMINDER: f"活动临近，请准时参加：9月6日 周六 14:00–15:30 · {title}",
        NoticeKind.SERIES_CHANGED: f"变更通知：{title} 有 2 场调整",
        NoticeKind.POSTPONED: f"延期通知：{title}，原定 9月27日 周六 16:00–17:30",
        NoticeKind.TAKEN_BACK: f"更正：上一次变更已撤销 · {title}",
        NoticeKind.PASSWORD_RESET: "请重设您的 Kepu 登录密码",
    }


def test_english_and_chinese_say_times_in_their_own_words(
    letters: dict[NoticeKind, Letter], world: World
) -> None:
    title = world.occurrence().activity.title
    reminder = letters[NoticeKind.SHIFT_REMINDER]
    english = render.words(replace(reminder, language="en"), LINKS)
    assert english.subject == f"See you soon: Sat 6 Sep 14:00–15:30 · {title}"
    assert "周" not in english.text
    chinese = render.words(replace(reminder, language="zh"), LINKS)
    assert "9月6日 周六 14:00–15:30" in chinese.text
    assert "You" not in chinese.text


def test_the_calendar_file_is_the_feeds_own_entry(
    letters: dict[NoticeKind, Letter], world: World
) -> None:
    message = read(letters[NoticeKind.CANCELLED])
    (attached,) = [p for p in message.walk() if p.get_content_type() == "text/calendar"]
    assert attached.get_param("method") == "PUBLISH"
    assert attached.get_filename() == "kepu.ics"
    octets = attached.get_payload(decode=True)
    assert isinstance(octets, bytes)
    (event,) = icalendar.Calendar.from_ical(octets).events
    row = world.occurrence(2)
    assert {name: str(event[name]) for name in ("UID", "STATUS", "SUMMARY", "TRANSP")} == {
        "UID": calendar.uid(row.recurrence_id_local, row.uid),
        "STATUS": "CANCELLED",
        "SUMMARY": f"【取消】{row.activity.title}",
        "TRANSP": "TRANSPARENT",
    }
    assert (event.sequence, event.start, event.stamp) == (
        row.sequence,
        row.starts_at,
        row.changed_at,
    )


def test_which_kinds_carry_a_calendar(letters: dict[NoticeKind, Letter]) -> None:
    carry = {
        kind
        for kind, letter in letters.items()
        if [p for p in read(letter).walk() if p.get_content_type() == "text/calendar"]
    }
    assert carry == {
        NoticeKind.BOOKING_REQUEST,
        NoticeKind.SIGNED_UP,
        NoticeKind.SHIFT_REMINDER,
        NoticeKind.CHANGED,
        NoticeKind.CANCELLED,
        NoticeKind.POSTPONED,
        NoticeKind.SERIES_CHANGED,
        NoticeKind.TAKEN_BACK,
    }


def test_replies_go_to_the_organizer(letters: dict[NoticeKind, Letter]) -> None:
    assert str(read(letters[NoticeKind.BOOKING_REQUEST])["Reply-To"]) == "Mei <mei@kepu.example>"
    assert read(letters[NoticeKind.BOOKING_ANSWERED])["Reply-To"] is None  # Mei herself
    assert "mei@kepu.example" not in part(read(letters[NoticeKind.BOOKING_ANSWERED]), "plain")


def test_a_preview_hides_the_venues_link(
    letters: dict[NoticeKind, Letter], world: World, office: Office
) -> None:
    real = render.words(letters[NoticeKind.BOOKING_REQUEST], LINKS)
    seen = queries.preview(office.notices(NoticeKind.BOOKING_REQUEST)[-1], "en", LINKS)
    (link,) = set(re.findall(r"https://kepu\.example/v/\S+", real.text))
    assert link not in seen.text + seen.html
    assert "https://kepu.example/v/…" in seen.text
