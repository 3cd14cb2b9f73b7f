"""What follows from the plan, under load: pages of results, the form, an import of spending, the draw, entries while
processes are killed."""

from __future__ import annotations

import http.client
import os
import random
import secrets
import signal
import threading
import time
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import insert, select, text

from portal import clock
from portal.db import db, writing
from portal.discussion.models import Thread
from portal.drafting.models import Line, Snapshot
from portal.evaluation import form as e81
from portal.evaluation import queries, spending
from portal.evaluation.figures import QUARTERS
from portal.evaluation.models import Evaluation, Filing, Realisation, Verdict
from portal.growth import draw
from portal.people.models import Duty, Unit
from portal.plans.models import Plan

AGENCIES, LINES, LONG = 60, 60, 600
FIRST_UNIT = 1001
"""The first agency, as the regency is generated; its leader and its planner are the people 1 and 61."""
READER = 61
"""The first of eight planners, each of an agency of their own, who also edit there."""
YEARS = 2
"""Whole years of results before this one: eight quarters."""
ENTRANTS, SPENT = 15_000, 100_000
KILLS, AT_LEAST, LONGEST = 20, 2_000, 240.0
SHA = "0" * 64


def _line(plan: int, unit: int, thread: int, number: int) -> dict[str, Any]:
    return {
        "plan_id": plan, "unit_id": unit, "thread_id": thread, "code": f"5.03.02.2.{number // 10:02d}.{number:04d}",
        "name": f"Sub kegiatan contoh {number}", "indicator": "Jumlah dokumen", "measure_unit": "Dokumen",
        "target": 12, "ceiling": 60_000_000, "forward_target": 12, "forward_ceiling": 60_000_000,
        "funding_source": "DAU", "location": "Semua kecamatan", "target_group": "", "national_priority": "",
        "regional_priority": "", "urgency": "", "note": "", "accumulation": "sum", "direction": "higher",
        "value_kind": "number", "openness": "consult", "position": number, "version": 1,
    }  # fmt: skip


def _put(model: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 2_000):
        db.session.execute(insert(model), rows[start : start + 2_000])


def _adopt(unit: int, year: int, lines: int) -> None:
    """A plan of this many lines, adopted before its year began."""
    plan = Plan(unit_id=unit, year=year, edition=0, answer_days=10)
    db.session.add(plan)
    db.session.flush()
    threads = [Thread() for _ in range(lines)]
    db.session.add_all(threads)
    db.session.flush()
    _put(Line, [_line(plan.id, unit, thread.id, number) for number, thread in enumerate(threads, 1)])
    at = datetime(year - 1, 12, 20, 3, tzinfo=clock.now().tzinfo)
    db.session.add(
        Snapshot(plan_id=plan.id, content={}, sha256=SHA, decree_number="1", decree_on=at.date(), at=at)
    )
    db.session.flush()


def _enter_all(unit: int, year: int, person: int, duty: int) -> None:
    """Four quarters of every line: entered, filed and validated."""
    snapshot, plan = db.session.execute(
        select(Snapshot.id, Plan.id).join(Plan, Plan.id == Snapshot.plan_id).where(Plan.unit_id == unit, Plan.year == year)
    ).one()  # fmt: skip
    lines = db.session.execute(select(Line.id, Line.code).where(Line.plan_id == plan)).all()
    dice = random.Random(unit * year)
    for quarter in QUARTERS:
        at = datetime(year + quarter // 4, quarter * 3 % 12 + 1, 5, 3, tzinfo=clock.now().tzinfo)
        evaluation = Evaluation(unit_id=unit, year=year, quarter=quarter, snapshot_id=snapshot)
        db.session.add(evaluation)
        db.session.flush()
        _put(
            Realisation,
            [
                {
                    "evaluation_id": evaluation.id, "unit_id": unit, "code": code, "number": 1, "line_id": line,
                    "status": "measured", "value": dice.randint(0, 4), "rupiah": dice.randint(0, 15) * 1_000_000,
                    "by_id": person, "at": at,
                }
                for line, code in lines
            ],
        )  # fmt: skip
        filing = Filing(
            evaluation_id=evaluation.id, number=1, driving="Contoh", hindering="Contoh", content={"performance": "83.33"}, sha256=SHA,
            by_id=person, duty_id=duty, at=at + timedelta(days=1),
        )  # fmt: skip
        db.session.add(filing)
        db.session.flush()
        db.session.add(
            Verdict(filing_id=filing.id, outcome="validated", by_id=person, duty_id=duty, at=at + timedelta(days=2))
        )  # fmt: skip


def _prepare(measured: Any) -> None:
    """Eight quarters of results of all agencies, this year's adopted plans, a plan of 600 lines; editors who enter."""
    this_year = clock.today().year
    with measured.app.app_context(), writing():
        db.session.commit()
        duties = dict(
            db.session.execute(select(Duty.unit_id, Duty.id).where(Duty.role == "leader")).tuples().all()
        )
        for place in range(AGENCIES):
            unit = FIRST_UNIT + place
            for year in range(this_year - YEARS, this_year):
                _adopt(unit, year, LINES)
                _enter_all(unit, year, place + 1, duties[unit])
            _adopt(unit, this_year, LINES)
        _adopt(FIRST_UNIT, this_year - YEARS - 1, LONG)
        _enter_all(FIRST_UNIT, this_year - YEARS - 1, 1, duties[FIRST_UNIT])
        for place in range(8):
            db.session.add(
                Duty(person_id=place + READER, unit_id=FIRST_UNIT + place, role="editor", standing="definitif", from_on=clock.today())
            )  # fmt: skip
        db.session.commit()
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("ANALYZE"))
            db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _alone(measured: Any) -> dict[str, float]:
    """What is made in one piece: the form of 600 lines, a month of 100,000 payments, a draw of all employees."""
    result = {}
    began = time.perf_counter()
    with measured.app.test_request_context():
        editions = queries.list_editions(FIRST_UNIT, clock.today().year - YEARS - 1)
        e81.as_xlsx(e81.make(editions, clock.today().year - YEARS - 1, 4))
        db.session.remove()
    result["e81_600_lines_s"] = round(time.perf_counter() - began, 2)
    rows = "".join(
        f"5.03.02.2.{n % 60 // 10:02d}.{n % 60:04d};5.1.02.01.01.0024;2025-01-{n % 28 + 1:02d};2025-01-{n % 28 + 1:02d};{n + 1000}\n"
        for n in range(SPENT)
    )
    file = f"kode_sub_kegiatan;kode_akun;tanggal_dokumen;tanggal_sp2d;nilai_realisasi\n{rows}".encode()
    began = time.perf_counter()
    with measured.app.test_request_context(), writing():
        db.session.commit()
        unit = db.session.get(Unit, FIRST_UNIT)
        assert unit is not None
        reading = spending.read(
            spending.read_file(file, "belanja.csv", spending.LARGEST_ON_SERVER), unit.code, "2025-01"
        )
        assert not reading.wrong, reading.wrong[0]
        spending.take_over(unit.id, "2025-01", reading)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    result["spending_import_100k_rows_s"] = round(time.perf_counter() - began, 2)
    entrants = [draw.Entrant(f"P-{number:06d}", number % 9) for number in range(ENTRANTS)]
    began = time.perf_counter()
    ordered = draw.order(entrants, secrets.token_hex(32), secrets.token_hex(32))
    draw.seat([int(one.code[2:]) % AGENCIES for one in ordered], 300, dict.fromkeys(range(AGENCIES), 10))
    result["draw_15000_s"] = round(time.perf_counter() - began, 2)
    return result


class Entering:
    """Editors who enter figures again and again, and what the server acknowledged of it."""

    def __init__(self, measured: Any, server: Any) -> None:
        self.measured, self.server = measured, server
        self.acknowledged: dict[tuple[int, str], Decimal] = {}
        self.number = 0
        self.lock, self.done = threading.Lock(), threading.Event()

    def work(self, place: int) -> None:
        from tests.load.__main__ import Client

        client = Client(self.server.port, self.measured.cookies[place + READER])
        year, unit, line, opened = clock.today().year, FIRST_UNIT + place, 0, 0
        with self.measured.app.app_context():
            lines = db.session.execute(
                select(Line.id, Line.code)
                .join(Plan, Plan.id == Line.plan_id)
                .where(Plan.unit_id == unit, Plan.year == year)
            ).all()
            db.session.remove()
        while not self.done.is_set():
            row_id, code = lines[line]
            value = secrets.randbelow(9) + 1
            form = self.measured.tokens() | {
                "number": opened, "status": "measured", "value": value, "rupiah": "1.000.000", "evidence_kind": "document",
                "title": "Laporan contoh", "reference": "800/1", "kept_by": "Bidang contoh", "note": "Contoh", "reason": "Contoh",
            }  # fmt: skip
            status = self._send(client, f"/hasil/{unit}/{year}/1/baris/{row_id}", form)
            if status == 303:
                opened += 1
                with self.lock:
                    self.acknowledged[unit, f"{code}#{opened}"] = Decimal(value)
            if status != 303 or opened == 40:
                line, opened = line + 1, 0

    def _send(self, client: Any, path: str, form: dict[str, Any]) -> int:
        """Send a form with its token until it is answered."""
        for _attempt in range(60):
            try:
                status: int = client.post(path, form)[0]
                if status != 503:
                    return status
            except (OSError, http.client.HTTPException):
                client.close()
                client.connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
            time.sleep(0.05)
        return 0

    def find_lost(self) -> int:
        with self.measured.app.app_context():
            stored = {
                (unit, f"{code}#{number}"): value
                for unit, code, number, value in db.session.execute(
                    select(Realisation.unit_id, Realisation.code, Realisation.number, Realisation.value)
                    .join(Evaluation, Evaluation.id == Realisation.evaluation_id)
                    .where(Evaluation.year == clock.today().year)
                )
            }
            db.session.remove()
            db.engine.dispose()
        return sum(stored.get(key) != value for key, value in self.acknowledged.items())


def _under_kills(measured: Any, server: Any) -> dict[str, int]:
    entering = Entering(measured, server)
    threads = [threading.Thread(target=partial(entering.work, place)) for place in range(8)]
    for thread in threads:
        thread.start()
    kills, until = 0, time.monotonic() + LONGEST
    while (kills < KILLS or len(entering.acknowledged) < AT_LEAST) and time.monotonic() < until:
        time.sleep(1.0)
        if kills < KILLS and len(found := server.workers()) == 2:
            os.kill(found[0], signal.SIGKILL)
            kills += 1
    entering.done.set()
    for thread in threads:
        thread.join(60)
    return {"acknowledged": len(entering.acknowledged), "kills": kills, "lost": entering.find_lost()}


def measure(measured: Any) -> dict[str, Any]:
    from tests.load.__main__ import Server, p95, read_all

    _prepare(measured)
    readers = [*range(READER, READER + 8)]
    measured.sign_in(readers)
    cookies = [measured.cookies[person] for person in readers]
    result: dict[str, Any] = _alone(measured)
    server = Server(measured.url, measured.instance)
    year = clock.today().year
    pages = {
        "unit_page": lambda n: f"/hasil/{FIRST_UNIT + n % AGENCIES}/{year - 1 - n % YEARS}",
        "regency_page": lambda n: f"/hasil/?tahun={year - 1 - n % YEARS}",
    }
    try:
        for name, path_of in pages.items():
            read_all(server.port, cookies, path_of, 80)
            spent, _all = read_all(server.port, cookies, path_of, 240)
            result[f"{name}_ms_p95"] = p95(spent)
        result |= _under_kills(measured, server)
    finally:
        server.stop()
    agency = f"/hasil/{FIRST_UNIT}/{year - 1}"
    paths = ["/hasil/", agency, *(f"{agency}/{quarter}" for quarter in QUARTERS)]
    paths += [f"/hasil/{FIRST_UNIT}/{year}/1{page}" for page in ("", "/penyampaian", "/telaah", "/keberatan")]
    counted = dict(measured.count_statements(READER, paths))
    return result | {"queries_max": max(counted.values()), "pages_counted": len(counted)}
