"""The limit that a feed is measured against: one Flask route, the same bytes, the same tag."""

import hashlib
import os
from pathlib import Path

from flask import Flask, Response, request

BODY = Path(os.environ["BENCH_BODY"]).read_bytes()
TAG = hashlib.sha256(BODY).hexdigest()[:32]

app = Flask(__name__)


@app.get("/bare.ics")
def bare() -> Response:
    if request.if_none_match.contains_weak(TAG):
        answer = Response(status=304)
    else:
        answer = Response(BODY, content_type="text/calendar; charset=utf-8")
    answer.set_etag(TAG)
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer
