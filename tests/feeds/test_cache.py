import threading
import time

import pytest

from events.feeds.cache import BytesCache


def test_a_burst_renders_once() -> None:
    kept, made = BytesCache(most_bytes=100), []

    def make() -> bytes:
        made.append(1)
        time.sleep(0.05)
        return b"calendar"

    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(kept.get("a", make))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), found) == (1, [b"calendar"] * 16)


def test_another_calendar_does_not_wait() -> None:
    kept, go = BytesCache(most_bytes=100), threading.Event()

    def slow() -> bytes:
        assert go.wait(60)
        return b"slow"

    waiting = threading.Thread(target=lambda: kept.get("slow", slow))
    waiting.start()
    assert kept.get("fast", lambda: b"fast") == b"fast"
    go.set()
    waiting.join()


def test_the_least_recently_used_goes_first() -> None:
    kept = BytesCache(most_bytes=10)
    for key in ("a", "b"):
        kept.get(key, lambda: b"12345")
    kept.get("a", lambda: b"never made")
    kept.get("c", lambda: b"12345")
    assert [kept.get(key, lambda: b"again") for key in ("a", "c", "b")] == [
        b"12345",
        b"12345",
        b"again",
    ]


def test_what_is_larger_than_all_is_given_but_not_kept() -> None:
    kept = BytesCache(most_bytes=3)
    assert kept.get("a", lambda: b"12345") == b"12345"
    assert kept.get("a", lambda: b"other") == b"other"


def test_a_failure_is_raised_and_tried_again() -> None:
    kept = BytesCache(most_bytes=10)

    def fail() -> bytes:
        raise OSError("away")

    with pytest.raises(OSError, match="away"):
        kept.get("a", fail)
    assert kept.get("a", lambda: b"back") == b"back"
