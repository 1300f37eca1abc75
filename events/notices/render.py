"""From a notice's frozen facts to words, from words to a mail. Reads no table, asks no clock."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from events.config import ROOT
from events.kernel import calendar, clock, texts, wording
from events.kernel.links import Links
from events.notices.catalogue import WHY
from events.notices.states import NoticeKind

FOLDER = ROOT / "templates" / "notices"
WITH_CALENDAR = frozenset(
    {
        NoticeKind.BOOKING_REQUEST,
        NoticeKind.SIGNED_UP,
        NoticeKind.SHIFT_REMINDER,
        NoticeKind.CHANGED,
        NoticeKind.CANCELLED,
        NoticeKind.POSTPONED,
        NoticeKind.SERIES_CHANGED,
        NoticeKind.TAKEN_BACK,
    }
)
_POLICY = SMTP.clone(cte_type="7bit")  # every relay takes it, and no relay breaks a signature
_BLANK_LINES = re.compile(r"\n\s*\n(\s*\n)+")
_SPECIALS = re.compile(r'[()<>\[\]:;@\\,."]')
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a notice says: one line of subject, a complete plain text, and the same as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One delivery of one notice, as plain values that outlive the transaction."""

    delivery_id: int
    key: str
    kind: NoticeKind
    because: str
    recipient: str
    address: str
    language: str
    facts: Mapping[str, Any]


def words(letter: Letter, links: Links, *, answer_url: str | None = None) -> Words:
    """The letter in its language. answer_url: shown instead of the venue's secret link."""
    seen = _context(letter, links, answer_url)

    def part(name: str, **more: object) -> str:
        template = _environment(letter.language).get_template(f"{letter.kind}/{name}")
        return template.render(seen, **more)

    # Notes and the subject stand in the HTML too: as plain values, so that it escapes them.
    for told in seen["sessions"]:
        told["note"] = part("note.txt", told=told).strip() if _has_notes(letter.kind) else ""
    seen["subject"] = _one_line(part("subject.txt"), most=150)
    return Words(
        subject=seen["subject"],
        text=_BLANK_LINES.sub("\n\n", part("body.txt").strip()) + "\n",
        html=part("body.html"),
    )


def message(letter: Letter, links: Links, *, mail_from: str, now: datetime) -> EmailMessage:
    """The mail. Its Message-ID stays the same however often it is sent."""
    said = words(letter, links)
    made = EmailMessage(policy=_POLICY)
    made["From"] = _address(*parseaddr(mail_from))
    made["To"] = _address(letter.recipient, letter.address)
    contact = letter.facts.get("contact")
    if contact and contact["address"] != letter.address:
        made["Reply-To"] = _address(contact["name"], contact["address"])
    made["Subject"] = said.subject
    made["Date"] = format_datetime(now)
    made["Message-ID"] = message_id(letter, links)
    made["Auto-Submitted"] = "auto-generated"
    made["Content-Language"] = texts.tag(letter.language)
    made.set_content(said.text)
    made.add_alternative(said.html, subtype="html")
    if letter.kind in WITH_CALENDAR:
        _attach_calendar(made, letter, said)
    return made


def message_id(letter: Letter, links: Links) -> str:
    """<d7.1f0c…@kepu.example>: of the delivery and its notice's key, so that a copy is known."""
    digest = hashlib.sha256(letter.key.encode()).hexdigest()[:16]
    return f"<d{letter.delivery_id}.{digest}@{urlsplit(links.base_url).hostname}>"


@cache
def _has_notes(kind: NoticeKind) -> bool:
    """Whether sessions of this kind carry a line of their own (note.txt)."""
    return (FOLDER / kind / "note.txt").exists()


@cache
def _environment(language: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(texts.catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals["listed"] = lambda strings: wording.listed(list(strings), language)
    return made


def _context(letter: Letter, links: Links, answer_url: str | None) -> dict[str, Any]:
    """The facts with every moment as words, in wall time of the session's own zone."""
    language, facts = letter.language, dict(letter.facts)
    if "request_id" in facts:
        link = answer_url or links.answer(facts["request_id"], facts["nonce"])
        facts["answer_url"] = link
    facts["sessions"] = [_session(told, language) for told in facts.get("sessions", ())]
    if facts["sessions"]:
        facts["first"] = facts["sessions"][0]
        tz = facts["first"]["tz"]
        if "old_starts_at" in facts:
            facts["old_when"] = _span(facts["old_starts_at"], facts["old_ends_at"], tz, language)
        if "answer_until" in facts:
            until = clock.to_local(datetime.fromisoformat(facts["answer_until"]), tz)
            facts["answer_until"] = wording.day(until.date(), language)
    for name in ("period", "old_period", "observed"):
        if facts.get(name):
            first, last = map(date.fromisoformat, facts[name])
            facts[name] = wording.days(first, last, language, year=True)
    if "observance" in facts:
        facts["observance"] = facts["observance"][language]
    if facts.get("contact") and facts["contact"]["address"] == letter.address:
        facts["contact"] = None  # nobody asks themselves
    why = texts.say(language, WHY[letter.because], of=facts["of"])
    return facts | {
        "name": letter.recipient,
        "why": why,
        "is_volunteer": letter.because == "volunteer",
        "lang": texts.tag(language),
        "base_url": links.base_url,
        "my_url": links.to("/me"),
    }


def _session(told: Mapping[str, Any], language: str) -> dict[str, Any]:
    """One session of the facts, with `when`, `old_when` and `held` (from set-up to tear-down)."""
    place = " ".join(word for word in (told["venue"], told["space"]) if word)
    when = _span(told["starts_at"], told["ends_at"], told["tz"], language)
    held = ""
    if "from" in told and (told["from"], told["until"]) != (told["starts_at"], told["ends_at"]):
        held = _span(told["from"], told["until"], told["tz"], language)
    old_when = ""
    if "old_starts_at" in told:
        old_when = _span(told["old_starts_at"], told["old_ends_at"], told["tz"], language)
    return {**told, "when": when, "held": held, "place": place, "old_when": old_when}


def _span(start: str, end: str, tz: str, language: str) -> str:
    return wording.span(
        clock.to_local(datetime.fromisoformat(start), tz),
        clock.to_local(datetime.fromisoformat(end), tz),
        language,
    )


def _attach_calendar(made: EmailMessage, letter: Letter, said: Words) -> None:
    entries = [_entry(told, letter.facts) for told in letter.facts["sessions"]]
    octets = calendar.calendar_bytes(entries, name=said.subject, language=letter.language)
    made.add_attachment(
        octets,
        maintype="text",
        subtype="calendar",
        filename="kepu.ics",
        params={"charset": "utf-8", "method": "PUBLISH"},
    )


def _entry(told: Mapping[str, Any], facts: Mapping[str, Any]) -> calendar.Entry:
    place = " ".join(word for word in (told["venue"], told["space"], told["address"]) if word)
    return calendar.Entry(
        uid=told["uid"],
        starts_at=datetime.fromisoformat(told["starts_at"]),
        ends_at=datetime.fromisoformat(told["ends_at"]),
        summary=told["title"],
        changed_at=datetime.fromisoformat(told["changed_at"]),
        sequence=told["sequence"],
        status=told["status"],
        location=place,
        description=facts["campaign"],
        url=facts["url"],
    )


def _address(name: str, address: str) -> Address:
    """One mailbox. Raises ValueError when the address has no domain or cannot stand in a header."""
    user, at, domain = address.rpartition("@")
    if not at or not user or not domain or _BLANKS.search(address):
        msg = f"no mail address: {address!r}"
        raise ValueError(msg)
    # The library loses the quotes when it folds a long name, so nothing is left that needs them.
    plain = _one_line(_SPECIALS.sub(" ", name), most=60)
    return Address(display_name=plain, username=user, domain=domain)


def _one_line(text: str, *, most: int) -> str:
    """Fit for a header: no line end can stay in it."""
    line = _BLANKS.sub(" ", text).strip()
    return line if len(line) <= most else line[: most - 1] + "…"
