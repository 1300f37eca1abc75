"""Words of identity."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """Administrative level of an organization."""

    COUNTRY = "country"
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"


class Kind(StrEnum):
    """What an organization is."""

    REGION = "region"
    ZONE = "zone"
    DEPARTMENT = "department"
    GROUP = "group"
    SOCIETY = "society"
    UNIVERSITY = "university"
    ENTERPRISE = "enterprise"
    HOSPITAL = "hospital"
    SCHOOL = "school"
    STATION = "station"


class Expansion(StrEnum):
    """Whom a collective name stands for, among its parent's children."""

    TOWNS = "towns"
    DEPARTMENTS = "departments"


class Role(StrEnum):
    """What a user is on a subtree of organizations."""

    ADMIN = "admin"
    ORGANIZER = "organizer"
    OFFICER = "officer"
    OBSERVER = "observer"
    KEEPER = "keeper"
    LEADER = "leader"
    VOLUNTEER = "volunteer"


class Permission(StrEnum):
    """What a door may ask for; who has it stands in policy.py."""

    CAMPAIGN_VIEW = "campaign.view"
    CAMPAIGN_EDIT = "campaign.edit"
    ACTIVITY_PUBLISH = "activity.publish"
    IMPORT_RUN = "import.run"
    NOTICE_VIEW = "notice.view"
    ORGANIZATION_VIEW = "organization.view"
    USER_MANAGE = "user.manage"
    YEAR_KEEP = "year.keep"
    VENUE_VIEW = "venue.view"
    BOOKING_ANSWER = "booking.answer"
    SHIFT_SIGN_UP = "shift.sign_up"
