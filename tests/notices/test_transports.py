from __future__ import annotations

import ssl
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from events.notices import transports
from events.notices.transports.faults import Rejected, Unreachable
from events.notices.transports.folder import Folder
from events.notices.transports.smtp import Smtp
from tests.notices import smtp_server
from tests.notices.smtp_server import SmtpServer

DATA = Path(__file__).parent / "data"  # a certificate of 127.0.0.1, signed by its own key
TO = "tao@kepu.example"


def message(text: str = "Hello\n") -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"] = "Kepu <kepu@kepu.example>"
    made["To"] = TO
    made["Message-ID"] = "<d7.00ff@kepu.example>"
    made.set_content(text, cte="7bit")
    return made


def test_lines_that_begin_with_a_dot_arrive_whole(server: SmtpServer) -> None:
    with transports.open(server.url, Path()) as channel:
        assert channel.send(message(".\n..\n.end\n"), TO, lambda: True)
    assert server.messages[0].get_content() == ".\r\n..\r\n.end\r\n"


def test_what_the_mark_forbids_is_not_sent_and_the_connection_stays(server: SmtpServer) -> None:
    with transports.open(server.url, Path()) as channel:
        assert not channel.send(message(), TO, lambda: False)
        assert channel.send(message(), TO, lambda: True)
    assert (len(server.received), server.connections) == (1, 1)


def test_an_address_that_smtp_cannot_say_is_rejected(server: SmtpServer) -> None:
    with transports.open(server.url, Path()) as channel:
        with pytest.raises(Rejected):
            channel.send(message(), "陶@kepu.example", lambda: True)
        assert channel.send(message(), TO, lambda: True)


def test_starttls_checks_the_certificate_and_logs_in(tmp_path: Path) -> None:
    certificate = str(DATA / "server.crt")
    with smtp_server.running_tls(certificate, str(DATA / "server.key")) as server:
        port = server.controller.port
        url = f"smtp+starttls://kepu%40kepu.example:s3cret%2F%2B@127.0.0.1:{port}"
        with (
            transports.open(url, tmp_path) as channel,
            pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"),
        ):
            channel.send(message(), TO, lambda: True)
        context = ssl.create_default_context(cafile=certificate)
        with Smtp(url, context=context) as trusted:
            assert trusted.send(message(), TO, lambda: True)
        assert server.logins == [("kepu@kepu.example", "s3cret/+")]
        wrong = url.replace("s3cret", "guess")
        with Smtp(wrong, context=context) as refused, pytest.raises(Unreachable, match="535"):
            refused.send(message(), TO, lambda: True)
    assert len(server.received) == 1


def test_a_server_that_speaks_no_tls_gets_no_password(server: SmtpServer) -> None:
    url = server.url.replace("smtp://", "smtp+starttls://user:password@")
    with transports.open(url, Path()) as channel, pytest.raises(Unreachable, match="STARTTLS"):
        channel.send(message(), TO, lambda: True)


def test_the_folder_keeps_one_file_a_message(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "outbox"
    with transports.open("", folder) as channel:
        assert not channel.send(message(), TO, lambda: False)
        assert channel.send(message(), TO, lambda: True)
        assert channel.send(message(), TO, lambda: True)
    (file,) = folder.iterdir()
    assert file.name == "d7.00ff@kepu.example.eml"
    assert file.read_bytes() == message().as_bytes()


def test_a_message_id_cannot_leave_the_folder(tmp_path: Path) -> None:
    made = message()
    made.replace_header("Message-ID", "<../../d7@kepu.example>")
    with Folder(tmp_path / "outbox") as channel:
        channel.send(made, TO, lambda: True)
    assert [f.name for f in (tmp_path / "outbox").iterdir()] == [".._.._d7@kepu.example.eml"]


def test_a_folder_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with Folder(tmp_path / "file") as channel, pytest.raises(Unreachable, match="exists"):
        channel.send(message(), TO, lambda: True)
