"""Ways to hand a message over. Each says exactly how it failed, for that decides what is done.

Knows mail, not notices. Start reading at faults.py.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from events.notices.transports.folder import Folder
from events.notices.transports.smtp import Smtp

Mark = Callable[[], bool]


class Transport(Protocol):
    """One channel, open for a while."""

    def send(self, message: EmailMessage, to: str, mark: Mark) -> bool:
        """Hand one message over; False when `mark` said no.

        mark: called once, as late as can be before the other side may accept it. Raises
        Unreachable, Deferred, Rejected or Ambiguous (transports/faults.py).
        """


def open(smtp_url: str, folder: Path) -> AbstractContextManager[Transport]:  # noqa: A001 - transports.open
    """The mail channel: SMTP when there is a URL for it, else .eml files in `folder`."""
    return Smtp(smtp_url) if smtp_url else Folder(folder)
