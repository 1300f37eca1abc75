"""The columns of the six tables, each as a frozen row: this page is the description of the files.

An attribute is named like the model's; its column() says how files call it (the demo files' name
first, then Chinese headings, the first of which stands in templates), how its cells are read, and
to which table it refers. A column that a file lacks leaves the stored value as it is.
"""

# ruff: noqa: RUF009 - column() makes a field()
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, time
from enum import StrEnum
from functools import cache
from typing import Any

from events.campaigns.states import Mode
from events.identity.states import Expansion, Kind, Level
from events.imports import parsing as p
from events.imports.columns import Column, column
from events.imports.states import TableKind

LEVELS: Mapping[str, StrEnum] = {
    "国家": Level.COUNTRY,
    "全国": Level.COUNTRY,
    "省": Level.PROVINCE,
    "省级": Level.PROVINCE,
    "市": Level.CITY,
    "市级": Level.CITY,
    "区": Level.DISTRICT,
    "县": Level.DISTRICT,
    "区县": Level.DISTRICT,
    "县级": Level.DISTRICT,
    "乡镇": Level.TOWN,
    "镇": Level.TOWN,
    "街道": Level.TOWN,
    "乡镇级": Level.TOWN,
}
KINDS: Mapping[str, StrEnum] = {
    "行政区": Kind.REGION,
    "行政区划": Kind.REGION,
    "地区": Kind.REGION,
    "园区": Kind.ZONE,
    "功能区": Kind.ZONE,
    "部门": Kind.DEPARTMENT,
    "机关": Kind.DEPARTMENT,
    "集合单位": Kind.GROUP,
    "统称": Kind.GROUP,
    "学会": Kind.SOCIETY,
    "协会": Kind.SOCIETY,
    "高校": Kind.UNIVERSITY,
    "企业": Kind.ENTERPRISE,
    "医院": Kind.HOSPITAL,
    "学校": Kind.SCHOOL,
    "站": Kind.STATION,
    "站点": Kind.STATION,
}
EXPANSIONS: Mapping[str, StrEnum] = {
    "乡镇": Expansion.TOWNS,
    "成员单位": Expansion.DEPARTMENTS,
    "部门": Expansion.DEPARTMENTS,
}
MODES: Mapping[str, StrEnum] = {
    "线下": Mode.ONSITE,
    "现场": Mode.ONSITE,
    "线上": Mode.ONLINE,
    "线上线下结合": Mode.HYBRID,
    "混合": Mode.HYBRID,
}
PRIORITIES = {"1": 1, "2": 2, "3": 3, "高": 1, "中": 2, "低": 3}
SPEECHES = {"zh": "zh", "en": "en", "zh-cn": "zh", "中文": "zh", "英文": "en"}

_ORGANIZATIONS = TableKind.ORGANIZATIONS
_VENUES = TableKind.VENUES


def _sample() -> Any:
    return column("is_sample", "是否示例", "示例", format=p.YES_NO, default=False)


def _note() -> Any:
    return column("note", "备注", "说明", format=p.prose(500), default="")


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganizationRow:
    """A unit of the tree."""

    code: str = column(
        "org_id", "单位编号", "机构编号", "组织编号", "编号", format=p.CODE, required=True
    )
    name: str = column(
        "name", "单位名称", "机构名称", "组织名称", "名称", format=p.line(200), required=True
    )
    level: Level = column("level", "层级", "级别", format=p.choice(Level, LEVELS), required=True)
    kind: Kind = column(
        "org_type", "单位类型", "机构类型", "类型", format=p.choice(Kind, KINDS), required=True
    )
    parent: str | None = column(
        "parent_id",
        "上级单位编号",
        "上级编号",
        "上级单位",
        format=p.CODE,
        stored_as="parent_id",
        refers=_ORGANIZATIONS,
    )
    region: str | None = column(
        "region_id", "所在地区编号", "地区编号", "所属地区编号", format=p.CODE, stored_as=None
    )
    duties: tuple[str, ...] = column("roles", "职责", "角色", format=p.WORDS, default=())
    expansion: Expansion | None = column(
        "expansion", "展开方式", "展开为", format=p.choice(Expansion, EXPANSIONS)
    )
    email: str | None = column("email", "邮箱", "电子邮箱", "联系邮箱", format=p.EMAIL)
    is_sample: bool = _sample()
    note: str = _note()


@dataclass(frozen=True, kw_only=True, slots=True)
class VenueRow:
    """A place; `rooms` becomes that many indoor spaces."""

    code: str = column("venue_id", "场馆编号", "场地编号", "编号", format=p.CODE, required=True)
    name: str = column("name", "场馆名称", "场地名称", "名称", format=p.line(200), required=True)
    kind: str = column(
        "kind", "场馆类型", "场地类型", "类型", "类别", format=p.line(64), required=True
    )
    region: str | None = column(
        "region_id",
        "所在地区编号",
        "地区编号",
        "所属地区编号",
        format=p.CODE,
        stored_as="region_id",
        refers=_ORGANIZATIONS,
    )
    owner: str = column(
        "manager_org_id",
        "管理单位编号",
        "所属单位编号",
        "单位编号",
        format=p.CODE,
        required=True,
        stored_as="organization_id",
        refers=_ORGANIZATIONS,
        own=True,
    )
    lat: float | None = column("lat", "纬度", format=p.number(-90, 90))
    lon: float | None = column("lon", "经度", format=p.number(-180, 180))
    indoor_capacity: int = column(
        "capacity_indoor", "室内容量", "室内容纳人数", format=p.integer(0, 1_000_000), default=0
    )
    outdoor_capacity: int = column(
        "capacity_outdoor",
        "室外容量",
        "户外容量",
        "室外容纳人数",
        format=p.integer(0, 1_000_000),
        default=0,
    )
    rooms: int | None = column(
        "rooms", "房间数", "场地数", "厅室数", format=p.integer(0, 200), stored_as=None
    )
    facilities: tuple[str, ...] = column("facilities", "设施", format=p.WORDS, default=())
    hours: str = column("opening_hours", "开放时间", "开馆时间", format=p.HOURS, default="")
    lead_days: int = column(
        "booking_lead_days", "提前预约天数", "预约提前天数", format=p.integer(0, 365), default=0
    )
    most_per_day: int | None = column(
        "max_bookings_per_day", "每日最多场次", "每日预约上限", format=p.integer(1, 1000)
    )
    rain_backup: str | None = column(
        "rain_backup_venue_id",
        "雨天备用场馆编号",
        "雨备场馆编号",
        format=p.CODE,
        stored_as="rain_backup_id",
        refers=_VENUES,
    )
    address: str = column("address", "地址", "详细地址", format=p.line(300), default="")
    contact_name: str = column("contact_name", "联系人", format=p.line(100), default="")
    contact_email: str = column(
        "contact_email", "联系邮箱", "联系人邮箱", "邮箱", format=p.EMAIL, default=""
    )
    contact_phone: str = column("contact_phone", "联系电话", "电话", format=p.line(40), default="")
    language: str = column("language", "语言", format=p.one_of(SPEECHES), default="zh")
    is_sample: bool = _sample()
    note: str = _note()


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamRow:
    """A volunteer team."""

    code: str = column(
        "team_id", "队伍编号", "志愿队编号", "团队编号", "编号", format=p.CODE, required=True
    )
    name: str = column(
        "name", "队伍名称", "志愿队名称", "团队名称", "名称", format=p.line(200), required=True
    )
    kind: str = column("kind", "队伍类型", "类型", format=p.line(64), default="")
    owner: str = column(
        "host_org_id",
        "所属单位编号",
        "挂靠单位编号",
        "单位编号",
        format=p.CODE,
        required=True,
        stored_as="organization_id",
        refers=_ORGANIZATIONS,
        own=True,
    )
    base_venue: str | None = column(
        "base_venue_id",
        "驻地场馆编号",
        "常驻场馆编号",
        "场馆编号",
        format=p.CODE,
        stored_as="base_venue_id",
        refers=_VENUES,
    )
    size: int = column("size", "人数", "队伍人数", format=p.integer(0, 100_000), default=0)
    leader_name: str = column("leader_label", "队长", "负责人", format=p.line(100), default="")
    leader_email: str = column("leader_email", "队长邮箱", "负责人邮箱", format=p.EMAIL, default="")
    skills: tuple[str, ...] = column("skills", "技能", format=p.WORDS, default=())
    availability: str = column("availability", "可服务时间", "空闲时间", format=p.HOURS, default="")
    most_hours_per_week: int | None = column(
        "max_hours_per_week", "每周最多工时", "每周服务时长上限", format=p.integer(0, 100_000)
    )
    service_area: tuple[str, ...] = column(
        "service_area",
        "服务区域编号",
        "服务区域",
        format=p.CODES,
        default=(),
        refers=_ORGANIZATIONS,
    )
    is_sample: bool = _sample()
    note: str = _note()


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpertRow:
    """Somebody who can speak on a field."""

    code: str = column("expert_id", "专家编号", "编号", format=p.CODE, required=True)
    name: str = column(
        "label", "专家姓名", "姓名", "专家", "name", format=p.line(200), required=True
    )
    field: str = column("field", "专业领域", "领域", format=p.line(64), default="")
    title_level: str = column("title_level", "职称级别", "职称", format=p.line(64), default="")
    owner: str = column(
        "org_id",
        "所属单位编号",
        "单位编号",
        format=p.CODE,
        required=True,
        stored_as="organization_id",
        refers=_ORGANIZATIONS,
        own=True,
    )
    topics: tuple[str, ...] = column("topics", "主题", "讲座主题", format=p.WORDS, default=())
    audiences: tuple[str, ...] = column("audiences", "受众", "面向人群", format=p.WORDS, default=())
    availability: str = column("availability", "可服务时间", "空闲时间", format=p.HOURS, default="")
    most_per_month: int | None = column(
        "max_sessions_per_month", "每月最多场次", format=p.integer(0, 1000)
    )
    review_roles: tuple[str, ...] = column(
        "review_roles", "审核角色", "审核职责", format=p.WORDS, default=()
    )
    is_emergency: bool = column(
        "emergency_pool", "应急专家", "是否应急专家", format=p.YES_NO, default=False
    )
    is_sample: bool = _sample()
    note: str = _note()


@dataclass(frozen=True, kw_only=True, slots=True)
class KitRow:
    """Touring equipment."""

    code: str = column(
        "kit_id",
        "器材编号",
        "展教器材编号",
        "展品编号",
        "资源编号",
        "装备编号",
        "编号",
        format=p.CODE,
        required=True,
    )
    name: str = column(
        "name",
        "器材名称",
        "展教器材名称",
        "展品名称",
        "资源名称",
        "装备名称",
        "名称",
        format=p.line(200),
        required=True,
    )
    kind: str = column(
        "kind",
        "器材类型",
        "展教器材类型",
        "展品类型",
        "资源类型",
        "装备类型",
        "类型",
        format=p.line(64),
        required=True,
    )
    quantity: int = column("quantity", "数量", format=p.integer(0, 100_000), default=1)
    owner: str = column(
        "owner_org_id",
        "所属单位编号",
        "单位编号",
        format=p.CODE,
        required=True,
        stored_as="organization_id",
        refers=_ORGANIZATIONS,
        own=True,
    )
    home_venue: str | None = column(
        "home_venue_id",
        "存放场馆编号",
        "场馆编号",
        format=p.CODE,
        stored_as="home_venue_id",
        refers=_VENUES,
    )
    is_vehicle: bool = column("is_vehicle", "是否车辆", format=p.YES_NO, default=False)
    power_kw: float = column(
        "power_kw", "功率千瓦", "用电功率", format=p.number(0, 100_000), default=0.0
    )
    floor_area_m2: int = column(
        "floor_area_m2", "占地面积", "占地平方米", format=p.integer(0, 1_000_000), default=0
    )
    setup_min: int = column(
        "setup_minutes", "布置分钟", "布展分钟", format=p.integer(0, 43_200), default=0
    )
    teardown_min: int = column(
        "teardown_minutes", "撤场分钟", "撤展分钟", format=p.integer(0, 43_200), default=0
    )
    most_per_day: int | None = column(
        "max_sessions_per_day", "每日最多场次", format=p.integer(0, 1000)
    )
    required_skills: tuple[str, ...] = column(
        "required_skills", "所需技能", format=p.WORDS, default=()
    )
    required_facility: str = column("required_facility", "所需设施", format=p.line(64), default="")
    is_sample: bool = _sample()
    note: str = _note()


@dataclass(frozen=True, kw_only=True, slots=True)
class ActivityRow:
    """Something to be done, with its wishes for time and place."""

    code: str = column("activity_id", "活动编号", "编号", format=p.CODE, required=True)
    title: str = column(
        "title_zh",
        "活动名称",
        "活动标题",
        "名称",
        "标题",
        "title",
        "name",
        format=p.line(200),
        required=True,
    )
    format: str = column("format", "活动形式", "形式", format=p.line(64), default="")
    mode: Mode = column(
        "mode", "参与方式", "线上线下", format=p.choice(Mode, MODES), default=Mode.ONSITE
    )
    audiences: tuple[str, ...] = column("audience", "受众", "面向人群", format=p.WORDS, default=())
    themes: tuple[str, ...] = column("themes", "主题", format=p.WORDS, default=())
    duration_min: int = column(
        "duration_min", "时长分钟", "时长", "活动时长", format=p.integer(5, 1440), required=True
    )
    expected_attendance: int = column(
        "expected_attendance", "预计人数", "参加人数", format=p.integer(0, 10_000_000), default=0
    )
    is_outdoor: bool = column("outdoor", "是否户外", "户外", format=p.YES_NO, default=False)
    venue_kinds: tuple[str, ...] = column("venue_kinds", "场馆类型", format=p.WORDS, default=())
    needed_facilities: tuple[str, ...] = column(
        "needed_facilities", "所需设施", format=p.WORDS, default=()
    )
    needed_skills: tuple[str, ...] = column(
        "needed_skills", "所需技能", "志愿者技能", format=p.WORDS, default=()
    )
    volunteers_needed: int = column(
        "volunteers_needed", "所需志愿者", "志愿者人数", format=p.integer(0, 100_000), default=0
    )
    expert_fields: tuple[str, ...] = column("expert_fields", "专家领域", format=p.WORDS, default=())
    kit_kinds: tuple[str, ...] = column(
        "kit_kinds",
        "器材类型",
        "器材类型",
        "展教器材类型",
        "展品类型",
        "资源类型",
        "所需展品",
        format=p.WORDS,
        default=(),
    )
    wish_from: date | None = column(
        "preferred_start", "最早日期", "期望开始日期", "开始日期", format=p.DATE
    )
    wish_until: date | None = column(
        "preferred_end", "最晚日期", "期望结束日期", "结束日期", format=p.DATE
    )
    wish_weekdays: tuple[int, ...] = column(
        "preferred_days", "期望星期", "星期", format=p.WEEKDAYS, default=()
    )
    window: tuple[time, time] | None = column(
        "time_window", "时间段", "期望时段", "时段", format=p.WINDOW, stored_as=None
    )
    lead_name: str = column("lead_unit", "牵头单位", format=p.line(200), default="", stored_as=None)
    lead: str = column(
        "lead_org_id",
        "牵头单位编号",
        format=p.CODE,
        required=True,
        or_else="lead_name",
        stored_as="lead_id",
        refers=_ORGANIZATIONS,
        own=True,
    )
    supporters: tuple[str, ...] = column(
        "support_org_ids",
        "配合单位编号",
        "责任单位编号",
        "协办单位编号",
        format=p.CODES,
        default=(),
        stored_as=None,
        refers=_ORGANIZATIONS,
    )
    wish_rule: str = column("recurrence", "重复规则", "重复", format=p.RULE, default="")
    wish_region: str | None = column(
        "preferred_region_id",
        "期望地区编号",
        "地区编号",
        format=p.CODE,
        stored_as="wish_region_id",
        refers=_ORGANIZATIONS,
    )
    responsibility: str = column(
        "responsibility_ref", "责任分工序号", "任务序号", format=p.line(32), default=""
    )
    observance_id: str | None = column(
        "linked_observance", "关联节日", "关联纪念日", "关联主题日", format=p.OBSERVANCE
    )
    needs_review: bool = column(
        "needs_content_review", "需要内容审核", "是否需要审核", format=p.YES_NO, default=False
    )
    priority: int = column("priority", "优先级", format=p.one_of(PRIORITIES), default=2)
    is_sample: bool = _sample()
    description: str = column("note", "备注", "说明", "活动简介", format=p.prose(5000), default="")


Row = OrganizationRow | VenueRow | TeamRow | ExpertRow | KitRow | ActivityRow
ROWS: dict[TableKind, type[Row]] = {
    TableKind.ORGANIZATIONS: OrganizationRow,
    TableKind.VENUES: VenueRow,
    TableKind.TEAMS: TeamRow,
    TableKind.EXPERTS: ExpertRow,
    TableKind.KITS: KitRow,
    TableKind.ACTIVITIES: ActivityRow,
}


@cache
def columns(kind: TableKind) -> tuple[Column, ...]:
    """The columns of a table, in the order of the demo files."""
    return tuple(_described(one.name, one.metadata["column"]) for one in fields(ROWS[kind]))


def _described(attribute: str, one: Column) -> Column:
    stored_as = attribute if one.stored_as == "=" else one.stored_as
    plain = {name.name: getattr(one, name.name) for name in fields(Column)}
    return Column(**plain | {"attribute": attribute, "stored_as": stored_as})
