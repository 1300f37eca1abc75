"""How large campaigns are, from public figures of National Science Days 2017 to 2025.

35 activities a county and 330 a prefecture (2024), 6 to 32 science staff an activity, teams of 19
to 47 people, 14 museums and 57 caravans a province: docs/planner.md names the sources.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How many there are of each; `side_km` is the side of the square that a province fills.

    Beyond one province only `shared_experts` and `shared_kits` (part of the counts) travel.
    """

    activities: int
    days: int
    venues: int
    districts: int
    experts: int
    kits: int
    teams: int
    volunteers: int
    side_km: int
    provinces: int = 1
    shared_experts: int = 0
    shared_kits: int = 0


SIZES = {
    "county": Size(60, 5, 20, 8, 12, 2, 10, 150, side_km=40),
    "city": Size(400, 7, 80, 10, 60, 6, 80, 1_500, side_km=90),
    "province": Size(2_000, 9, 350, 16, 250, 20, 400, 6_000, side_km=400),
    "national": Size(
        *(20_000, 11, 4_000, 320, 1_500, 200, 4_000, 60_000),
        side_km=400,
        provinces=32,
        shared_experts=150,
        shared_kits=40,
    ),
}

AUDIENCES = (
    ("youth", "青少年", 40),
    ("farmers", "农民", 15),
    ("workers", "产业工人", 12),
    ("elderly", "老年人", 20),
    ("officials", "领导干部和公务员", 13),
)
"""Id, name and share in percent of the five groups of the national scheme."""

TOPICS = (
    *("人工智能", "航天", "健康", "气象", "农业", "防灾减灾", "生态", "能源", "食品安全", "地质"),
    *("天文", "机器人", "海洋", "生物", "化学", "数学", "材料", "交通", "文物保护", "心理"),
)
"""By how much they are asked for: the n-th is drawn with weight 1 / n (Zipf)."""

SKILLS = ("guide", "reception", "safety", "technician")
LEADER = "leader"
FACILITIES = ("projector", "sound", "stage", "power", "screen", "lab")
KIT_KINDS = ("dome", "caravan", "robots", "vr")

PEAK_SHARE = 0.7
"""Of the activities on the opening day and days off."""
BLACKOUT_SHARE = 0.08
"""Of a venue's days on which it is taken for something else."""
