"""A dispatcher in a process of its own; arguments: folder, database URL, SMTP URL, now."""

from __future__ import annotations

import random
import sys
from datetime import datetime
from pathlib import Path

from events import create_app
from events.notices import dispatch
from events.notices.dispatch import Post
from events.notices.transports import smtp
from tests import databases
from tests.notices.conftest import LINKS


def main(folder: str, database_url: str, smtp_url: str, now: str) -> None:
    moment = datetime.fromisoformat(now)
    app = create_app(databases.settings(Path(folder), database_url))
    post = Post(
        links=LINKS,
        mail_from="Kepu <kepu@kepu.example>",
        smtp_url=smtp_url,
        folder=Path(folder) / "outbox",
        clock=lambda: moment,
    )
    smtp.TIMEOUT = 300.0  # a busy machine's server may take its time
    print("ready", flush=True)
    sys.stdin.readline()
    with app.app_context():
        print(dispatch.tick(moment, post, rng=random.Random(2)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
