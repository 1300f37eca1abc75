"""Opening hours as people read them: "周二至周日 09:00–17:00", "Tue–Sun 09:00–17:00"."""

from __future__ import annotations

import re

from events.kernel.hours import DAYS

_NAMES = {
    "zh": tuple(f"周{name}" for name in "一二三四五六日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_TO = {"zh": "至", "en": "–"}
_AND = {"zh": "、", "en": ", "}
_PART = re.compile(r"^(?P<days>\S+)\s+(?P<times>\S+)$")


def opening(hours: str, language: str) -> str:
    """Hours in words; what cannot be read is shown as it is written."""
    parts = [part.strip() for part in hours.replace("；", ";").split(";") if part.strip()]
    return ("；" if language == "zh" else "; ").join(_part(part, language) for part in parts)


def _part(part: str, language: str) -> str:
    match = _PART.match(part)
    if not match or not all(day in DAYS for day in re.split("[-,]", match["days"])):
        return part
    days = _AND[language].join(_days(group, language) for group in match["days"].split(","))
    return f"{days} {match['times'].replace('-', '–')}"


def _days(group: str, language: str) -> str:
    return _TO[language].join(_NAMES[language][DAYS.index(day)] for day in group.split("-"))
