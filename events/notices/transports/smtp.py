"""Mail by SMTP, over one connection that is kept while there is something to send.

smtp://HOST:25, smtp+starttls://USER:PASSWORD@HOST:587, smtps://USER:PASSWORD@HOST:465.
Certificates are checked, every step has a time limit, and each failure is told apart by whether
the server can have accepted the message.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from events.notices.transports.faults import Ambiguous, Deferred, Dropped, Rejected, Unreachable

TIMEOUT = 20.0
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_CLOSING = 421
_GO_ON = 354


class Smtp:
    """One connection to the server of `url`, made with the first message, renewed when it ends."""

    def __init__(self, url: str, *, context: ssl.SSLContext | None = None) -> None:
        self._url = urlsplit(url)
        self._context = context
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._connection is not None and kind is None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
        self._drop()

    def send(self, message: EmailMessage, to: str, mark: Callable[[], bool]) -> bool:
        """Send to one recipient; `mark` is called when the server has taken the recipient."""
        octets = _dotted(message.as_bytes())
        connection = self._begin(message)
        self._recipient(connection, to)
        if not mark():
            self._reset(connection)
            return False
        self._content(connection, octets)
        return True

    def _begin(self, message: EmailMessage) -> smtplib.SMTP:
        """MAIL FROM; a kept connection that has ended meanwhile is renewed once."""
        sender = message["From"].addresses[0].addr_spec
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                code, reply = self._connection.mail(sender)
                if code != _CLOSING:
                    return self._begun(code, reply)
            self._drop()
        try:
            self._connection = self._connected()
            code, reply = self._connection.mail(sender)
        except (smtplib.SMTPException, OSError) as fault:
            self._drop()
            raise Unreachable(_said(fault)) from fault
        return self._begun(code, reply)

    def _begun(self, code: int, reply: bytes) -> smtplib.SMTP:
        """Refusing the sender concerns every message; asking to wait, at least this one."""
        assert self._connection is not None
        if 200 <= code < 300:
            return self._connection
        self._drop()
        kind = Dropped if 400 <= code < 500 and code != _CLOSING else Unreachable
        raise kind(_reply(code, reply))

    def _connected(self) -> smtplib.SMTP:
        scheme, host = self._url.scheme, self._url.hostname or "localhost"
        port = self._url.port or _PORTS[scheme]
        hello = socket.gethostname()  # the library would look it up, and may wait for that
        context = self._context or ssl.create_default_context()
        if scheme == "smtps":
            made: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, hello, timeout=TIMEOUT, context=context
            )
        else:
            made = smtplib.SMTP(host, port, hello, timeout=TIMEOUT)
        try:
            made.ehlo_or_helo_if_needed()
            if scheme == "smtp+starttls":
                made.starttls(context=context)
            if self._url.username:
                made.login(unquote(self._url.username), unquote(self._url.password or ""))
        except BaseException:
            made.close()
            raise
        return made

    def _recipient(self, connection: smtplib.SMTP, to: str) -> None:
        try:
            code, reply = connection.rcpt(to)
        except UnicodeEncodeError as fault:
            self._reset(connection)
            raise Rejected(str(fault)) from fault
        except (smtplib.SMTPException, OSError) as fault:
            self._drop()
            raise Dropped(_said(fault)) from fault
        if not 200 <= code < 300:
            self._refuse(connection, code, reply)

    def _content(self, connection: smtplib.SMTP, octets: bytes) -> None:
        """DATA, the message, the final dot, the answer: only the wait for the answer is unsure."""
        try:
            code, reply = connection.docmd("DATA")
            if code == _GO_ON:
                connection.send(octets)
        except (smtplib.SMTPException, OSError) as fault:
            self._drop()
            raise Dropped(_said(fault)) from fault
        if code != _GO_ON:
            self._refuse(connection, code, reply)
        try:
            code, reply = connection.getreply()
        except (smtplib.SMTPException, OSError) as fault:
            self._drop()
            raise Ambiguous(_said(fault)) from fault
        if 400 <= code < 600:
            self._refuse(connection, code, reply)
        if not 200 <= code < 300:
            self._drop()
            raise Ambiguous(_reply(code, reply))

    def _refuse(self, connection: smtplib.SMTP, code: int, reply: bytes) -> None:
        if code == _CLOSING:
            self._drop()
            raise Dropped(_reply(code, reply))
        self._reset(connection)
        raise (Rejected if code >= 500 else Deferred)(_reply(code, reply))

    def _reset(self, connection: smtplib.SMTP) -> None:
        try:
            connection.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _dotted(octets: bytes) -> bytes:
    """The message as it stands between DATA and its answer (RFC 5321, 4.5.2)."""
    lines = octets.replace(b"\r\n.", b"\r\n..")
    if lines.startswith(b"."):
        lines = b"." + lines
    return lines + (b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n")


def _reply(code: int, reply: bytes) -> str:
    return f"{code} {reply.decode('utf-8', 'replace')}".strip()


def _said(fault: Exception) -> str:
    return str(fault) or type(fault).__name__
