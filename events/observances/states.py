"""What an observance can be: its kind, how well it is known, how firm its dates are."""

from enum import StrEnum


class Status(StrEnum):
    """How firm the dates of a year are; PROVISIONAL (暂定) must never be shown as CONFIRMED.

    WITHDRAWN is said of an entry only: what was entered does not count any more.
    """

    CONFIRMED = "confirmed"
    PROVISIONAL = "provisional"
    WITHDRAWN = "withdrawn"


class Kind(StrEnum):
    """What the name says; a day may last a whole week (全国科普日)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SEASON = "season"


class Confidence(StrEnum):
    """Where a rule or an announced date was learned."""

    VERIFIED = "verified"
    SINGLE_WEAK_SOURCE = "single_weak_source"
    GENERAL_KNOWLEDGE = "general_knowledge"


class DayKind(StrEnum):
    """What a day is for people who work Monday to Friday."""

    WORKDAY = "workday"
    REST = "rest"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"


class DayStatus(StrEnum):
    """How firm a year's holidays and make-up workdays are."""

    PROVISIONAL = "provisional"
    OFFICIAL = "official"
