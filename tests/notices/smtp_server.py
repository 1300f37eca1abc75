"""A real SMTP server for tests, with faults that a test orders in advance."""

# ruff: noqa: ARG002, N802 - aiosmtpd's hooks have their names and arguments
from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CUT = "cut"  # the connection ends without an answer
HANG = "hang"  # no answer comes
SLOW_S = 60.0


@dataclass
class Fault:
    """What happens at a stage: an answer such as "450 later", CUT, HANG, or a function's answer."""

    do: str | Callable[[], str]
    times: int


@dataclass
class SmtpServer:
    """Accepts mail on a free port; everything it accepted stands in `received`, in order."""

    controller: Controller = field(init=False)
    received: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict)
    logins: list[tuple[str, str]] = field(default_factory=list)
    together: int = 0  # no mail is taken before so many have connected

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.controller.port}"

    @property
    def messages(self) -> list[EmailMessage]:
        """What was accepted, read as a mail program does."""
        return [
            email.message_from_bytes(octets, policy=email.policy.default)
            for _, octets in self.received
        ]

    @property
    def copies(self) -> Counter[str]:
        """How often each Message-ID was accepted."""
        return Counter(str(message["Message-ID"]) for message in self.messages)

    def order(
        self, stage: str, do: str | Callable[[], str], *, to: str = "*", times: int = 1
    ) -> None:
        """Let a fault happen at "mail", "rcpt", "data" (before it is accepted) or "dot" (after)."""
        self.faults[stage, to] = Fault(do, times)

    # aiosmtpd's hooks

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return answers

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        while self.connections < self.together:  # noqa: ASYNC110 - another thread may look at both
            await asyncio.sleep(0.01)
        return await self._answer(server, "mail", "*") or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._answer(server, "rcpt", address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        (to,) = envelope.rcpt_tos
        refusal = await self._answer(server, "data", to)
        if refusal is not None:
            return refusal
        assert isinstance(envelope.content, bytes)
        self.received.append((to, envelope.content))
        return await self._answer(server, "dot", to) or "250 OK"

    async def _answer(self, server: SMTP, stage: str, to: str) -> str | None:
        fault = self.faults.get((stage, to)) or self.faults.get((stage, "*"))
        if fault is None or fault.times == 0:
            return None
        fault.times -= 1
        answer = fault.do if isinstance(fault.do, str) else fault.do()
        if answer == HANG:
            await asyncio.sleep(SLOW_S)
        if answer in (CUT, HANG):
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 gone"
        return answer


def free_port() -> int:
    """A port that nobody else is given meanwhile, and whose server may begin at once.

    Closing a connection that it has served keeps the port out of what the system hands out.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = int(listening.getsockname()[1])
        with socket.create_connection(("127.0.0.1", port)) as caller:
            served, _ = listening.accept()
            served.close()  # who closes first keeps the port, for a minute
            caller.recv(1)
    return port


@contextlib.contextmanager
def running(**options: Any) -> Iterator[SmtpServer]:
    """A server until the end of the block. options: of aiosmtpd's Controller."""
    server = SmtpServer()
    server.controller = Controller(
        server, hostname="127.0.0.1", port=free_port(), ready_timeout=60.0, **options
    )
    server.controller.start()
    try:
        yield server
    finally:
        server.controller.stop()


@contextlib.contextmanager
def running_tls(certificate: str, key: str) -> Iterator[SmtpServer]:
    """One that takes mail only after STARTTLS and log-in."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    logins: list[tuple[str, str]] = []

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"s3cret/+", handled=False)

    with running(
        tls_context=context, require_starttls=True, authenticator=authenticate, auth_required=True
    ) as server:
        server.logins = logins
        yield server
