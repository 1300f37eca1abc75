"""Every form of the application: what it refuses it shows again; odd values never make it fail."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from events.kernel import clock
from tests.cast import NOW, Cast
from tests.web.sheets import Control, Sheet, sheets
from tests.web.walk import Found, Walk

OWN = {"csrf_token", "made_for", "version", "base", "seen", "uid", "slug", "step"}
TYPED = {
    "date": "2025-09-12",
    "time": "10:35",
    "datetime-local": "2025-09-12T10:35",
    "number": "47",
    "email": "somebody@kepu.example",
}
TEXTS = {"text", "textarea", "tel", "email", "url"}
ODD = [
    "", " ", "0", "-1", "00", "1e9", "NaN", "None", "true", "[]", "{}", "²", "٣", "９",
    "99999999999999999999", str(2**31), "-2147483649", "2026-02-30", "0001-01-01", "9999-12-31",
    "2025-09-12", "9999-12-31T23:59", "0001-01-01T00:00", "2025-09-12T10:35", "25:99", "00:00",
    "23:59", "\x1b[2J", "\ufeff", "\ufffe", "🎉" * 70, "\u202etxt\u202c",
    "\u200f", "e\u0301" * 200, "x" * 65, "x" * 301, "x" * 10_000, "長" * 10_000,
    "' OR 1=1 --", "%s%n%(x)s", "{{7*7}}", "<script>", "../../etc/passwd", "http://[x",
    "webcal://127.0.0.1/x", "FREQ=DAILY",
    "FREQ=SECONDLY;COUNT=9", "FREQ=YEARLY;BYMONTH=13", "FREQ=DAILY;UNTIL=99991231",
    "FREQ=WEEKLY;INTERVAL=999999999;COUNT=9", "FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2;COUNT=3",
    "Mo-Su 25:00-99:99", "a@b", "[" * 5_000, '{"kind": ["\\ud800"], "x": [""]}', "a,b;c、d" * 99,
    '[{"day": "2027-02-05", "kind": "holiday", "name": "\\u0000"}]', "rule", "dates", "OTHER", "y",
]  # fmt: skip
BODIES: list[dict[str, Any]] = [
    {"data": {}},
    {"json": {"name": [1, None], "kind": {"x": "y"}}},
    {"data": b"name=%ED%A0%80%FF&%zz=%&=&&a[]=1&title=%E4", "content_type": "form"},
    {"data": b"\xff\xfe\x00", "content_type": "text/plain"},
    {"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"},
]
FORM = "application/x-www-form-urlencoded"
LAST = {"security.logout", "organizer.close_account", "organizer.take_role"}


@pytest.mark.parametrize("engine", ["postgresql"])
def test_every_form_keeps_what_was_typed_and_never_fails(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    found = Walk(app, cast).forms()
    assert list(losses(found)) == []
    assert list(failures(found, random.Random(3), tries_each=2)) == []


def losses(found: list[Found]) -> Iterator[tuple[object, ...]]:
    """What forms that were refused do not show again; texts without a limit."""
    for one in found:
        sent, broken = typed(one.sheet)
        if not broken:
            yield from (
                (one.endpoint, each.name) for each in one.sheet.controls if each.kind in TEXTS
            )
            continue
        answer = one.client.post(one.path, data=sent)
        if answer.status_code != 422:
            yield one.endpoint, one.page, broken, answer.status_code
        else:
            changed = differences(one, sent, answer.text)
            yield from ((one.endpoint, one.page, *each) for each in changed)


def typed(sheet: Sheet) -> tuple[MultiDict[str, str], str]:
    """Everything changed, one thing so that it must be refused: its name, or nothing."""
    sent: MultiDict[str, str] = MultiDict()
    for each in sheet.controls:
        value = _other(each)
        if value is not None and each.name != "csrf_token":
            sent.setlist(each.name, [value]) if each.kind == "radio" else sent.add(each.name, value)
    for kinds, wrong in (
        (TEXTS, None),
        ({"number"}, "abc"),
        ({"date", "time", "datetime-local"}, "2025-02-30"),
    ):
        for each in sheet.controls:
            if each.kind in kinds and (wrong or each.limit) and each.name in sent:
                sent[each.name] = wrong or "长" * (each.limit + 1)
                return sent, each.name
    return sent, next((each.name for each in sheet.controls if each.kind == "file"), "")


def _other(each: Control) -> str | None:
    if each.kind in {"select", "radio"}:
        return each.offers[-1] if each.offers else None
    if each.kind == "checkbox":
        return None if each.value else each.offers[0]
    if each.kind == "file":
        return None
    if each.kind == "hidden":
        return each.value
    return TYPED.get(each.kind, "我写的")


def differences(
    one: Found, sent: MultiDict[str, str], page: str
) -> list[tuple[str, list[str], list[str]]]:
    names = {each.name for each in one.sheet.controls} - OWN
    again = [each for each in sheets(page) if each.method == "post"]
    shown = next(
        (each.sent for each in again if names <= {c.name for c in each.controls} | OWN),
        MultiDict(),
    )
    return [
        (name, sent.getlist(name), shown.getlist(name))
        for name in sorted(names)
        if sorted(sent.getlist(name)) != sorted(shown.getlist(name))
    ]


def tries(one: Found, rng: random.Random) -> Iterator[dict[str, Any]]:
    """What is sent instead: a few fields odd, all odd, several values each, files for texts."""
    names = sorted({each.name for each in one.sheet.controls})
    few: MultiDict[str, Any] = one.sheet.sent
    for name in rng.sample(names, min(len(names), rng.randint(1, 3))):
        few.setlist(name, [rng.choice(ODD)])
    for name in {"kind", "freq", "ends", "monthly"} & set(names):
        offers = [
            offer for each in one.sheet.controls if each.name == name for offer in each.offers
        ]
        few.setlist(name, [rng.choice(offers)])
    yield {"data": few}
    odd = {name: [rng.choice(ODD) for _ in range(rng.randint(1, 3))] for name in names}
    yield {"data": odd | {rng.choice(ODD)[:50] or "x": ["extra"]}}
    yield {"data": {name: (io.BytesIO(b"\xff\x00x,y\n1"), rng.choice(ODD)[:99]) for name in names}}
    whole = dict(rng.choice(BODIES))
    if whole.get("content_type") == "form":
        whole["content_type"] = FORM
    yield whole


def failures(
    found: list[Found], rng: random.Random, *, tries_each: int = 4
) -> Iterator[tuple[object, ...]]:
    """Every form with some of `tries`; what failed."""
    for one in sorted(found, key=lambda one: one.endpoint in LAST):
        for sent in rng.sample(list(tries(one, rng)), tries_each):
            said = repr(sent)[:3000]
            status = one.client.post(one.path, **sent).status_code
            if status >= 500:
                yield one.endpoint, one.path, status, said
