"""Settings: everything that differs between two installations, read once from the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

ROOT = Path(__file__).resolve().parent.parent


class Misconfigured(Exception):
    """A setting has a value that cannot be used; the text names it and says what would do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One installation's settings. Each stands in docs/settings.md under its environment name."""

    data: Path
    database_url: str
    secret_key: str
    host: str
    port: int
    base_url: str
    web_threads: int
    web_workers: int
    trusted_proxies: int
    timezone: str
    language: str
    smtp_url: str
    mail_from: str
    tick_seconds: float
    import_max_rows: int
    import_max_bytes: int
    calendar_hosts: tuple[str, ...]
    demo: bool
    testing: bool = False

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite (one web process, one worker)."""
        return self.database_url.startswith("sqlite")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings of this process. Raises Misconfigured when a value cannot be used."""
        env = os.environ if environ is None else environ
        data = Path(env.get("KEPU_DATA") or ROOT / "data").resolve()
        host = env.get("KEPU_HOST") or "127.0.0.1"
        port = _integer(env, "KEPU_PORT", 8000, low=1, high=65535)
        database_url = _database_url(env.get("DATABASE_URL"), data)
        return cls(
            data=data,
            database_url=database_url,
            secret_key=env.get("KEPU_SECRET_KEY") or _kept_secret(data),
            host=host,
            port=port,
            base_url=_base_url(env.get("KEPU_BASE_URL"), port),
            web_threads=_integer(env, "KEPU_WEB_THREADS", _threads(), low=1, high=256),
            web_workers=_integer(env, "KEPU_WEB_WORKERS", 1, low=1, high=64),
            trusted_proxies=_integer(env, "KEPU_TRUSTED_PROXIES", 0, low=0, high=8),
            timezone=_timezone(env.get("KEPU_TIMEZONE")),
            language=_choice(env, "KEPU_LANGUAGE", ("zh", "en")),
            smtp_url=_smtp_url(env.get("KEPU_SMTP_URL") or ""),
            mail_from=env.get("KEPU_MAIL_FROM") or "Kepu 科普 <kepu@localhost>",
            tick_seconds=_integer(env, "KEPU_TICK_SECONDS", 2, low=1, high=60),
            import_max_rows=_integer(env, "KEPU_IMPORT_MAX_ROWS", 100_000, low=1, high=10_000_000),
            import_max_bytes=_integer(
                env, "KEPU_IMPORT_MAX_BYTES", 32 * 1024 * 1024, low=1024, high=2**31 - 1
            ),
            calendar_hosts=_hosts(env.get("KEPU_CALENDAR_HOSTS") or ""),
            # a database that somebody named may be a real one: no published password in it unasked
            demo=_yes(env, "KEPU_DEMO", default=not env.get("DATABASE_URL")),
        )


def _threads() -> int:
    """Eight, or fewer where there are few processors: more would only wait for each other."""
    return min(8, 2 * (os.cpu_count() or 1) + 1)


def _integer(env: Mapping[str, str], name: str, default: int, *, low: int, high: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        msg = f"{name} is {text!r}: give a whole number from {low} to {high}."
        raise Misconfigured(msg)
    return int(text)


def _choice(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = env.get(name) or choices[0]
    if text not in choices:
        msg = f"{name} is {text!r}: give one of {', '.join(choices)}."
        raise Misconfigured(msg)
    return text


def _yes(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = env.get(name) or ("yes" if default else "no")
    known = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if text.lower() not in known:
        msg = f"{name} is {text!r}: give yes or no."
        raise Misconfigured(msg)
    return known[text.lower()]


def _timezone(given: str | None) -> str:
    if not given:
        return "Asia/Shanghai"
    try:
        ZoneInfo(given)
    except (ValueError, OSError, KeyError) as fault:
        if available_timezones():  # none: before the set-up a system may know no zone at all
            msg = f"KEPU_TIMEZONE is {given!r}: give a zone's name, for example Asia/Shanghai."
            raise Misconfigured(msg) from fault
    return given


def _database_url(given: str | None, data: Path) -> str:
    if not given:
        return f"sqlite:///{data / 'kepu.db'}"
    scheme, colon, rest = given.partition("://")
    if colon and scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    if colon and scheme == "sqlite":
        return given
    msg = (  # what follows may be a password
        f"DATABASE_URL begins with {given.split(':', 1)[0][:20]!r}: "
        "give sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
    )
    raise Misconfigured(msg)


def _hosts(given: str) -> tuple[str, ...]:
    """HOST or HOST:PORT, separated by commas or blanks."""
    hosts = tuple(given.lower().replace(",", " ").split())
    for host in hosts:
        parts = _parts(f"http://{host}")
        if not parts or parts.netloc != host or "@" in host or not parts.hostname:
            msg = (
                f"KEPU_CALENDAR_HOSTS holds {host!r}: give HOST or HOST:PORT, with commas between."
            )
            raise Misconfigured(msg)
    return hosts


def _base_url(given: str | None, port: int) -> str:
    if not given:
        return f"http://127.0.0.1:{port}"
    parts = _parts(given)
    if not parts or parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        msg = f"KEPU_BASE_URL is {given!r}: give the address people open, https://kepu.example.cn."
        raise Misconfigured(msg)
    return given.rstrip("/")


def _smtp_url(given: str) -> str:
    parts = _parts(given)
    if given and (not parts or parts.scheme not in {"smtp", "smtps", "smtp+starttls"}):
        msg = "KEPU_SMTP_URL: give smtp://HOST:25, smtps://... or smtp+starttls://USER:PASSWORD@HOST:587"
        raise Misconfigured(msg)
    return given


def _parts(url: str) -> SplitResult | None:
    """An address taken apart; None when it cannot be, or its port is no port."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - asking raises
    except ValueError:
        return None
    return parts


def _kept_secret(data: Path) -> str:
    """The secret that this installation made for itself at its first start, kept in KEPU_DATA."""
    file = data / "secret.key"
    try:
        data.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="ascii") as made:
            file.chmod(0o600)
            made.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as fault:
        msg = (
            f"KEPU_DATA ({data}) cannot be written ({fault.strerror}): give a folder you may write"
        )
        raise Misconfigured(msg) from fault
    return file.read_text(encoding="ascii").strip()
