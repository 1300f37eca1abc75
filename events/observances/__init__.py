"""The year wheel: which observances of science popularization fall on which days of a year.

Knows the dataset, the forms of date rules, the lunar calendar and the solar terms; must not know
campaigns, plans, databases or HTTP. Start reading in dates.py, then rules.py.
"""

from events.observances.dataset import DatasetError, Observance, get, load
from events.observances.dates import (
    Announcement,
    Announcements,
    Dated,
    not_announced,
    occurrence,
    placeholder,
    rows,
    year,
)
from events.observances.lunar import LunarDate, gregorian, term
from events.observances.rules import Rule, Span
from events.observances.states import Confidence, Kind, Status

__all__ = [
    "Announcement",
    "Announcements",
    "Confidence",
    "DatasetError",
    "Dated",
    "Kind",
    "LunarDate",
    "Observance",
    "Rule",
    "Span",
    "Status",
    "get",
    "gregorian",
    "load",
    "not_announced",
    "occurrence",
    "placeholder",
    "rows",
    "term",
    "year",
]
