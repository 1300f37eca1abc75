"""How handing over can fail."""

from __future__ import annotations


class Fault(Exception):
    """Why a message was not handed over."""


class Unreachable(Fault):
    """The channel does not work at all; the message is not to blame."""


class Deferred(Fault):
    """Not now: this message may be tried again later."""


class Dropped(Deferred):
    """The connection ended over this message before it could have been accepted."""


class Rejected(Fault):
    """Never: the other side does not take this message for this recipient."""


class Ambiguous(Fault):
    """The connection ended after the last octet: it may have been accepted or not."""
