"""All plans of a year as one ZIP: ordered, made by a job that outlives its worker, fetched once, then forgotten."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select

from portal import clock, jobs
from portal.db import db
from portal.drafting import bundle, exporting
from portal.ledger import Job, Upload
from portal.people import roster
from portal.plans.models import Plan
from tests import cast, served
from tests import factories as make
from tests.conftest import build, path_of

pytestmark = pytest.mark.slow
ORDER = {"year": "2027", "format": "csv"}


@pytest.fixture
def plans_made(world: Any, ids: dict[str, int]) -> None:
    """Two open plans of 2027, the newer edition of one, one that nobody may read yet, and one of another year."""
    later = {kind: make.STARTS[kind].replace(year=2027) for kind in make.STARTS}
    with world():
        make.line(make.plan(ids["unit:bkpsdm"]), location="Edisi lama")
        make.line(make.plan(ids["unit:bkpsdm"], edition=1), location="Edisi baru")
        make.line(make.plan(ids["unit:diskominfo"]))
        make.line(make.plan(ids["unit:inspektorat"], starts=later))
        make.plan(ids["unit:bkpsdm"], year=2026)


def order(client: Any, **more: str) -> str:
    answer = client.send("/rencana/unduhan", ORDER | more)
    assert answer.status_code == 303, answer.text[:500]
    return path_of(answer)


def work(app: Any) -> int:
    with app.app_context():
        done = jobs.run_due()
        db.session.remove()
    return done


def test_the_zip_holds_the_newest_edition_of_what_one_may_read(
    app: Any, client_for: Any, world: Any, plans_made: None
) -> None:
    planner = client_for("planner")
    planner.page("/rencana").find("a", href="/rencana/unduhan")
    planner.page("/rencana/unduhan")
    here = order(planner)
    assert "hx-trigger" in planner.page(here).response.text
    assert work(app) == 1
    page = planner.page(here)
    assert "2 rencana siap diunduh" in page.text and "hx-trigger" not in page.response.text
    answer = planner.send(f"{here}/berkas")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/zip"
    assert "no-store" in answer.headers["Cache-Control"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    with ZipFile(BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == [
            "renja-2027-2.16.0.00.0.00.01.0000.csv",
            "renja-2027-5.03.0.00.0.00.01.0000-perubahan-1.csv",
        ]
        assert b"Edisi baru" in archive.read(archive.namelist()[0]) + archive.read(archive.namelist()[1])
    assert "Sudah diunduh" in planner.page(here).text
    assert planner.send(f"{here}/berkas").status_code == 404
    with world():
        assert db.session.scalar(select(func.count(Upload.id))) == 0
    secretary = client_for("secretary")
    whole = order(secretary)
    work(app)
    assert "3 rencana" in secretary.page(whole).text


def test_nobody_else_reads_it_and_staff_order_none(app: Any, client_for: Any, plans_made: None) -> None:
    here = order(client_for("planner"))
    work(app)
    for who in ("leader", "auditor"):
        assert client_for(who).get(here).status_code == 404
        assert client_for(who).send(f"{here}/berkas").status_code == 404
    assert client_for("staff").send("/rencana/unduhan", ORDER).status_code == 403
    assert "/rencana/unduhan" not in client_for("staff").page("/rencana").response.text
    assert client_for("planner").send("/rencana/unduhan", ORDER | {"year": "2031"}).status_code == 422


def test_the_same_form_twice_orders_once(client_for: Any, world: Any, plans_made: None) -> None:
    planner, token = client_for("planner"), "t" * 24
    first = planner.send("/rencana/unduhan", ORDER, token=token)
    assert path_of(planner.send("/rencana/unduhan", ORDER, token=token)) == path_of(first)
    with world():
        assert db.session.scalar(select(func.count(Job.id))) == 1


def test_a_killed_worker_leaves_it_to_the_next_one(
    app: Any, client_for: Any, plans_made: None, stopped: Any, monkeypatch: Any
) -> None:
    """The kill comes after the first plan; its progress stays seen, and after the lease another worker makes the file."""
    planner = client_for("planner")
    here = order(planner)
    real, made = exporting.make, []

    def dies(plan: Plan, form: str) -> bytes:
        made.append(plan.id)
        if len(made) == 2:
            raise KeyboardInterrupt
        return real(plan, form)

    monkeypatch.setattr(exporting, "make", dies)
    with app.app_context(), pytest.raises(KeyboardInterrupt):
        jobs.run_due()
    with app.app_context():
        db.session.rollback()
        db.session.remove()
    assert "49" in planner.page(here).text
    assert work(app) == 0, "its lease still holds"
    stopped.forward(seconds=61)
    assert work(app) == 1
    assert "2 rencana siap diunduh" in planner.page(here).text
    assert len(made) == 4


def _worker(folder: str, url: str, seconds: int) -> None:
    now = cast.NOW + timedelta(seconds=seconds)
    clock.now = lambda: now
    jobs.work(build(SimpleNamespace(folder=Path(folder)), url))


def _until(app: Any, worker: Any, reached: Callable[[Job], bool]) -> None:
    """Wait until the one job is so far, as another connection sees it."""
    deadline = time.monotonic() + served.BOUND
    while True:
        with app.app_context():
            job = db.session.scalars(select(Job)).one()
            found = reached(job)
            db.session.remove()
        if found:
            return
        assert worker.is_alive() and time.monotonic() < deadline, job.state
        time.sleep(0.005)


def test_a_worker_that_is_killed_in_the_middle_leaves_a_whole_archive_to_the_next(
    app: Any, store: Any, client_for: Any, world: Any, ids: dict[str, int], stopped: Any
) -> None:
    with world():
        for name in ("bkpsdm", "diskominfo", "inspektorat", "bappeda"):
            plan = make.plan(ids[f"unit:{name}"])
            for n in range(60):
                make.line(plan, code=f"5.03.02.2.02.{n:04}")
    verifier = client_for("verifier")
    here = order(verifier, format="pdf")

    first = served.CONTEXT.Process(target=_worker, args=(str(store.folder), store.url, 0))
    first.start()
    try:
        _until(app, first, lambda job: 0 < (job.progress or 0) < 99)
    finally:
        first.kill()
        first.join()
    with app.app_context():
        job = db.session.scalars(select(Job)).one()
        assert (job.state, job.attempts) == ("running", 1) and bundle.find_file(job) is None
        db.session.remove()

    second = served.CONTEXT.Process(target=_worker, args=(str(store.folder), store.url, 61))
    second.start()
    try:
        _until(app, second, lambda job: job.state == "done")
    finally:
        second.kill()
        second.join()
    assert "4 rencana siap diunduh" in verifier.page(here).text
    with ZipFile(BytesIO(verifier.send(f"{here}/berkas").data)) as archive:
        assert archive.testzip() is None and len(archive.namelist()) == 4
        assert all(archive.read(name).rstrip().endswith(b"%%EOF") for name in archive.namelist())


def test_a_broken_line_leaves_the_file_and_a_day_does_not(
    app: Any, client_for: Any, world: Any, plans_made: None, stopped: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(bundle, "CHUNK", 50)
    here = order(client_for("planner"))
    work(app)
    with world():
        number = db.session.scalars(select(Upload.id)).one()
    pieces = bundle.stream(app, number)
    assert len(next(pieces)) == 50
    pieces.close()
    stopped.forward(days=1, seconds=1)
    with world():
        assert db.session.get_one(Upload, number).at < clock.now() - timedelta(days=1)
        roster.sweep_uploads()
    assert "lebih dari sehari" in client_for("planner").page(here).text


def test_ordering_without_end_is_refused(client_for: Any, plans_made: None) -> None:
    planner = client_for("planner")
    for _n in range(20):
        order(planner)
    assert planner.send("/rencana/unduhan", ORDER).status_code == 429
