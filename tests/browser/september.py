"""A September that is full enough to be looked at."""

from __future__ import annotations

from sqlalchemy import select

from events.campaigns.models import Activity, Campaign
from events.campaigns.states import Mode
from events.flows.answer_request import Answer, answer_request
from events.flows.cancel_occurrence import cancel_occurrence
from events.kernel.db import session, transaction
from events.volunteers.models import Shift
from tests.cast import NOW, Cast
from tests.flows import season

THEME = "科技改变生活，创新赢得未来"


def fill(cast: Cast) -> None:
    """Talks every Saturday, an open day, a lecture online, and one session that is cancelled."""
    talks = season.draft(cast, "A002", rule="FREQ=WEEKLY;COUNT=4", team="team")
    open_day = season.draft(cast, "A003", start=season.saturday(14), space="square", attendance=300)
    online = season.draft(cast, "A004", start=season.saturday(10, weeks=1), space=None)
    show = season.draft(cast, "A005", start=season.saturday(14, weeks=1), volunteers=1)
    season.publish(cast, talks, open_day, online, show)
    _name(talks, title="院士讲科学", format="讲座", audiences=["公众", "青少年"])
    _name(open_day, title="气象台开放日", format="开放日", audiences=["亲子家庭"], is_outdoor=True)
    _name(online, title="AI 与生活线上讲堂", format="讲座", audiences=["老年人"], mode=Mode.ONLINE)
    _name(show, title="液氮实验秀", format="科学实验", audiences=["青少年"])
    with transaction() as writes:
        campaign = writes.get_one(Campaign, cast["campaign"])
        campaign.theme = THEME
    request = season.the_request()
    first, second = season.bookings(talks)[:2]
    answers = {first.id: Answer(is_yes=True), second.id: Answer(is_yes=False, reason="当天闭馆")}
    answer_request(NOW, request_id=request.id, nonce=request.nonce, answers=answers, by="陶馆长")
    cancelled = season.occurrences(talks)[3]
    cancel_occurrence(
        cast.actor("mei"),
        NOW,
        occurrence_id=cancelled.id,
        version=cancelled.version,
        reason="主讲人临时有公务",
    )


def shifts() -> list[int]:
    """Ids of all shifts, in time's order."""
    found = select(Shift).join(Shift.occurrence)
    rows = sorted(session().scalars(found), key=lambda row: row.occurrence.starts_at)
    return [row.id for row in rows]


def _name(activity: int, **values: object) -> None:
    with transaction() as writes:
        row = writes.get_one(Activity, activity)
        for name, value in values.items():
            setattr(row, name, value)
