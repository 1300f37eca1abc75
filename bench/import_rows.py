"""Rows per second of a large import, the time it holds the write lock, and its peak memory.

python bench/import_rows.py [rows] [venues|activities]: imports the demo data, then a made file of
that many rows into a fresh SQLite database; prints one line per stage. Peak memory is of the whole
process, measured by the system.
"""

from __future__ import annotations

import csv
import io
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from events import create_app, start  # noqa: E402
from events.config import Settings  # noqa: E402
from events.flows import import_files as flow  # noqa: E402
from events.imports.lines import Limits  # noqa: E402
from events.imports.prepare import File, prepare  # noqa: E402
from events.imports.world import Scope  # noqa: E402
from events.kernel import clock, db as kernel_db  # noqa: E402


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    kind = sys.argv[2] if len(sys.argv) > 2 else "venues"
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.from_environment({"KEPU_DATA": folder}))
        with app.app_context():
            start.migrate()
            settings = app.extensions["kepu"]
            demo = ROOT / "events" / "demo_data"
            flow.import_files(
                demo, campaign=None, dry_run=False, now=clock.now(), settings=settings
            )
            file = Path(folder) / f"{kind}.csv"
            file.write_text({"venues": venues, "activities": activities}[kind](rows), "utf-8")
            print(f"{file.name}: {rows} rows, {file.stat().st_size / 2**20:.1f} MiB")
            measure(file, settings, rows)
            kernel_db.db.engine.dispose()


def measure(file: Path, settings: Settings, rows: int) -> None:
    print(f"peak memory before: {peak()} MiB")
    with timed("read, parse and check", rows):
        files = [File(name=file.name, content=file.read_bytes())]
        plan = prepare(files, Scope(), Limits.of(settings), lambda _d, _t: None).plan
    assert plan.is_applicable, plan.problems.kept[:3]
    with timed("write, under the lock", rows):
        flow._write(plan, file.name, clock.now())  # noqa: SLF001
    print(f"peak memory after: {peak()} MiB")
    with timed("the same file again, all of it", rows):
        outcome = flow.import_files(
            file, campaign=None, dry_run=False, now=clock.now(), settings=settings
        )
    print(outcome.summary())


@contextmanager
def timed(what: str, rows: int) -> Iterator[None]:
    begun, cpu = time.perf_counter(), time.process_time()
    yield
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    print(f"{what}: {seconds:.2f} s ({cpu:.2f} s of processor), {rows / seconds:,.0f} rows/s")


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def venues(rows: int) -> str:
    head = (
        "venue_id,name,kind,region_id,manager_org_id,lat,lon,capacity_indoor,capacity_outdoor,"
        "rooms,facilities,opening_hours,booking_lead_days,max_bookings_per_day,"
        "rain_backup_venue_id,is_sample,note"
    )
    return table(
        head,
        (
            (
                f"X{n}", f"示例场馆{n}", "科技馆", "XA-WQ", "XA-KX", f"{29 + n / 1e6:.6f}",
                f"{114 + n / 1e6:.6f}", 100 + n % 400, n % 3 * 100, 1 + n % 3,
                "报告厅;投影;音响", "Tu-Su 09:00-17:00", 7, 4, f"X{n + 1}" if n + 1 < rows else "",
                "yes", f"第{n}行",
            )
            for n in range(rows)
        ),
    )  # fmt: skip


def activities(rows: int) -> str:
    head = (
        "activity_id,title_zh,format,mode,audience,themes,duration_min,expected_attendance,outdoor,"
        "venue_kinds,needed_facilities,needed_skills,volunteers_needed,preferred_start,"
        "preferred_end,preferred_days,time_window,lead_org_id,support_org_ids,recurrence,"
        "preferred_region_id,responsibility_ref,linked_observance,priority,is_sample,note"
    )
    first = date(2025, 9, 1)
    return table(
        head,
        (
            (
                f"B{n}", f"科普活动{n}", "讲座", "onsite", "青少年;家长", "科学精神", 60, n % 500,
                "no", "科技馆", "报告厅", "讲解", 3, first + timedelta(n % 20),
                first + timedelta(n % 20 + 9), "SA;SU", "09:00-12:00", "XA-KX", "XA-JYJ;XA-RMT",
                "FREQ=WEEKLY;BYDAY=SA;COUNT=2", "XA-WQ", "1.4", "national-science-month", 2,
                "yes", f"第{n}行",
            )
            for n in range(rows)
        ),
    )  # fmt: skip


def table(head: str, rows: Iterator[tuple[object, ...]]) -> str:
    text = io.StringIO()
    text.write(head + "\n")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    main()
