"""Secrets of addresses stay out of logs: whoever reads a log must not be able to read calendars."""

from __future__ import annotations

import logging
import re

LOGGERS = ("werkzeug", "granian.access", "gunicorn.access")
_SECRETS = re.compile(
    r"(/(?:feeds|subscribe|v)/\d{1,18}-|/account/(?:reset|confirm)/)[\w.%-]+", re.ASCII
)


def install() -> None:
    """Mask what servers write of requests; a logger that nobody uses costs nothing."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, Masking) for one in logger.filters):
            logger.addFilter(Masking())


class Masking(logging.Filter):
    """Writes /feeds/17-*** for /feeds/17-Zm9vYmFy.ics."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always let it through, masked."""
        record.msg, record.args = masked(record.getMessage()), ()
        return True


def masked(line: str) -> str:
    """`line` without the keys of private addresses."""
    return _SECRETS.sub(r"\1***", line)
