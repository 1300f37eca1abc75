"""Fetching: what may be asked, and what a bad server can do. All servers here are real."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from events.config import Misconfigured, Settings
from events.foreign import addresses, words
from events.foreign.fetch import Tags, fetch
from events.foreign.problems import Unusable
from tests.foreign.server import CALENDAR, SLOW_S, TAG, Server, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


def refusal(url: str, *offices: str, seconds: float = 60) -> str:
    with pytest.raises(Unusable) as fault:
        fetch(url, offices=offices, seconds=seconds)
    assert "hush" not in words.refusal(fault.value)
    return fault.value.code


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0", "0.0.0.0",
        "localhost", "10.0.0.8", "172.16.1.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "192.0.0.1", "[::1]", "[::]",
        "[::ffff:127.0.0.1]", "[::ffff:8.8.8.8]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
        "[64:ff9b:1::1]", "[2002:7f00:1::]", "[fec0::1]", "[fe80::1]",
        "[fe80::1%25eth0]", "[fc00::1]", "[ff02::1]",
        "[2001:0:7f00:1::]", "[2001:db8::1]", "１２７.0.0.1", "127。0。0。1", "①27.0.0.1",
    ],
)  # fmt: skip
def test_closed_addresses_are_refused_before_anybody_is_asked(host: str) -> None:
    assert refusal(f"http://{host}/a.ics") == "address_forbidden"


@pytest.mark.parametrize(
    "url",
    [
        "", "file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "example.org/a",
        "http://", "http:///a", "http://exa mple.org/", "http://example.org\\@127.0.0.1/",
        "http://example.org/\r\nX: y", "http://[::1", "http://a:b:c/",
        "http://example.org:99999/", "javascript:alert(1)", "http://" + "a" * 2000,
        "http://%31%32%37.0.0.1/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_said(url: str) -> None:
    assert refusal(url) == "address_unreadable"


def test_other_ports_and_passwords_are_refused() -> None:
    assert refusal("http://example.org:22/") == "address_forbidden"
    assert refusal("http://example.org:8080/") == "address_forbidden"
    assert refusal("https://me:word@example.org/") == "address_with_password"
    assert refusal("https://example.org@127.0.0.1/") == "address_with_password"


def test_webcal_means_https_and_other_letters_are_written_plainly() -> None:
    assert addresses.target("WEBCAL://Bücher.example/日历?a=é").url == (
        "https://xn--bcher-kva.example/%E6%97%A5%E5%8E%86?a=%C3%A9"
    )


def test_a_name_with_one_closed_address_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a name server of an attacker answers: one good address and one of the intranet."""
    rows = [(0, 0, 0, "", (ip, 80)) for ip in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: rows)
    assert refusal("http://rebinding.example/") == "address_forbidden"


def test_the_name_is_looked_up_once(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    port = server.server_address[1]
    answers = iter([[(0, 0, 0, "", ("127.0.0.1", port))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: next(answers))
    real = socket.socket.connect
    asked: list[object] = []

    def connect(self: socket.socket, address: object) -> None:
        asked.append(address)
        real(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "create_connection", lambda to, **_k: _plain(to, asked))
    found = fetch(f"http://office.example:{port}/good", offices=(f"office.example:{port}",))
    assert found.content == CALENDAR
    assert asked == [("127.0.0.1", port)]
    assert server.asked[-1][1]["Host"] == f"office.example:{port}"


def _plain(to: tuple[str, int], asked: list[object]) -> socket.socket:
    asked.append(to)
    plug = socket.socket()
    plug.connect(to)
    return plug


def test_a_good_answer_and_an_unchanged_one(server: Server) -> None:
    found = fetch(server.url("/good"), offices=(server.host,))
    assert (found.content, found.tags) == (CALENDAR, Tags(etag=TAG))
    again = fetch(server.url("/good"), found.tags, offices=(server.host,))
    assert (again.content, again.tags) == (None, found.tags)
    assert fetch(server.url("/gzip"), offices=(server.host,)).content == CALENDAR
    headers = server.asked[-1][1]
    assert {"Cookie", "Authorization", "Referer"}.isdisjoint(headers)


def test_redirects_are_judged_anew(server: Server) -> None:
    def led_to(url: str) -> str:
        return refusal(server.url(f"/to?{url}"), server.host)

    found = fetch(server.url("/to?/to?/good"), offices=(server.host,))
    assert found.content == CALENDAR
    assert led_to("http://169.254.169.254/latest") == "address_forbidden"
    assert led_to("//127.0.0.1:22/") == "address_forbidden"
    assert led_to("file:///etc/passwd") == "address_unreadable"
    assert led_to("") == "server_redirects"
    assert refusal(server.url("/loop"), server.host) == "server_redirects"


def test_nothing_leads_from_outside_into_an_office() -> None:
    from events.foreign.fetch import _next

    outside = addresses.target("http://example.org/", ("10.0.0.1",))
    with pytest.raises(Unusable, match="address_forbidden"):
        _next(outside, "http://10.0.0.1/", ("10.0.0.1",))
    safe = addresses.target("https://example.org/")
    with pytest.raises(Unusable, match="address_forbidden"):
        _next(safe, "http://example.org/", ())


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/status/404", "server_gone"),
        ("/status/403", "server_private"),
        ("/status/500", "server_refuses"),
        ("/large", "calendar_too_large"),
        ("/bomb", "calendar_too_large"),
        ("/short", "server_broken"),
    ],
)
def test_bad_answers_have_their_word(server: Server, path: str, code: str) -> None:
    assert refusal(server.url(path), server.host) == code


@pytest.mark.parametrize("path", ["/drip", "/drip-head", "/silent"])
def test_a_slow_server_is_left_in_time(server: Server, path: str) -> None:
    begun = time.monotonic()
    assert refusal(server.url(path), server.host, seconds=0.6) == "server_slow"
    assert time.monotonic() - begun < SLOW_S / 2


def test_a_port_that_answers_nothing_of_http_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as plug:
        port = plug.getsockname()[1]

        def shout() -> None:
            taken, _ = plug.accept()
            taken.sendall(b"SSH-2.0-hush\r\n")
            taken.close()

        threading.Thread(target=shout, daemon=True).start()
        host = f"127.0.0.1:{port}"
        assert refusal(f"http://{host}/", host) == "server_unreachable"
    assert refusal(f"http://{host}/", host) == "server_unreachable"


def test_offices_are_named_by_host_and_port_or_the_start_is_refused() -> None:
    def given(hosts: str) -> Settings:
        return Settings.from_environment(
            {"KEPU_CALENDAR_HOSTS": hosts, "KEPU_SECRET_KEY": "of tests"}
        )

    named = given("Calendar.office, 10.0.0.5:8080")
    assert named.calendar_hosts == ("calendar.office", "10.0.0.5:8080")
    offices = named.calendar_hosts
    assert addresses.target("http://10.0.0.5:8080/a.ics", offices).is_office
    assert addresses.target("https://calendar.office/a.ics", offices).is_office
    for other in ("http://10.0.0.5/a.ics", "http://calendar.office:8080/a.ics"):
        with pytest.raises(Unusable, match="address_forbidden"):
            addresses.target(other, offices)
    for wrong in ("http://office/", "me@office", "office:port"):
        with pytest.raises(Misconfigured):
            given(wrong)
