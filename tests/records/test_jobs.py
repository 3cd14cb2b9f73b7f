"""The steward sees background work and lets a failed job be tried again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from portal import clock, jobs
from portal.db import db
from portal.drafting import bundle
from portal.ledger import AuditEvent, Job, Submission
from tests import factories as make
from tests.conftest import words
from tests.served import together

pytestmark = pytest.mark.slow
PAGE = "/pekerjaan-latar"


def test_what_failed_says_why_and_is_tried_again_once(
    client_for: Any, world: Any, app: Any, monkeypatch: Any
) -> None:
    done = []
    monkeypatch.setitem(jobs._handlers, "scrub", lambda job: done.append(job.id))
    with world():
        number = make.failed_job().id
    steward = client_for("steward")
    page = steward.page(PAGE)
    assert "Membersihkan sisa kotak suara" in page.text and "TimeoutError" in page.text
    assert "Basis data sedang dibaca" in page.text
    again = f"{PAGE}/{number}/pengulangan"
    page.find("form", action=again)
    assert steward.send(again).status_code == 303
    refused = steward.send(again)
    assert refused.status_code == 403 and "Hanya pekerjaan yang gagal" in refused.text
    with world():
        job = db.session.get_one(Job, number)
        assert (job.state, job.attempts, job.error) == ("ready", 0, None)
        events = db.session.scalars(
            select(AuditEvent.by_id).where(AuditEvent.subject == f"job:{number}")
        ).all()
        assert events == [steward.ids["steward"]]
    with app.app_context():
        assert jobs.run_due() == 1
    assert done == [number]
    assert not steward.page(PAGE).all("form", action=again)


def test_a_job_that_always_kills_its_worker_is_given_up(app: Any, world: Any, monkeypatch: Any) -> None:
    runs = []
    monkeypatch.setitem(jobs._handlers, "scrub", lambda job: runs.append(job.id))
    with world():
        job = make.failed_job()
        job.state, job.attempts, job.error = "running", jobs.KILLED, None
        job.lease_until = clock.now() - jobs.LEASE
        number = job.id
    with app.app_context():
        jobs.run_due()
    with world():
        job = db.session.get_one(Job, number)
        assert (job.state, job.error, runs) == ("failed", "WorkerKilled", [])


@pytest.mark.parametrize("state", ["ready", "running", "done"])
def test_only_a_failed_job_is_tried_again(client_for: Any, world: Any, state: str) -> None:
    with world():
        job = make.failed_job()
        job.state = state
        number = job.id
    assert client_for("steward").send(f"{PAGE}/{number}/pengulangan").status_code == 403
    with world():
        assert db.session.get_one(Job, number).state == state


def test_what_was_done_and_sent_is_forgotten_in_time(
    app: Any, world: Any, ids: dict[str, int], stopped: Any
) -> None:
    """Jobs two days after they were done, form tokens after a week; what failed stays."""
    with world():
        done, failed = make.failed_job(), make.failed_job()
        done.state = "done"
        db.session.add(Submission(person_id=ids["staff"], token="t" * 20, address="/", at=clock.now()))
        kept = failed.id
    for days, left in ((1, (2, 1)), (2, (1, 1)), (5, (1, 0))):
        stopped.forward(days=days)
        with app.app_context():
            jobs.run_periodic({})
        with world():
            assert db.session.scalars(select(Job.id).order_by(Job.id)).all()[-1] == kept
            counts = [
                db.session.scalar(select(func.count()).select_from(table)) for table in (Job, Submission)
            ]
            assert tuple(counts) == left


def test_of_many_workers_each_job_is_taken_by_one(app: Any, world: Any) -> None:
    with world():
        waiting = []
        for _n in range(40):
            job = make.failed_job()
            job.state = "ready"
            waiting.append(job.id)
    taken: list[int] = []

    def work() -> None:
        with app.app_context():
            left = select(func.count(Job.id)).where(Job.state == "ready")
            while True:
                if job := jobs.claim():
                    taken.append(job.id)
                elif not db.session.scalar(left):
                    return

    together(work, work, work, work)
    assert sorted(taken) == waiting


def test_the_page_costs_the_same_queries_however_many_jobs(
    client_for: Any, world: Any, count_queries: Any
) -> None:
    steward = client_for("steward")
    steward.page(PAGE)
    count_queries()
    steward.page(PAGE)
    few = count_queries()
    with world():
        for _n in range(20):
            make.failed_job()
    count_queries()
    steward.page(PAGE)
    assert count_queries() == few <= 12


def test_a_job_that_failed_for_good_stands_in_the_stewards_list_with_its_time(
    client_for: Any, world: Any, app: Any, monkeypatch: Any, stopped: Any
) -> None:
    def fail(_job: Job) -> None:
        raise TimeoutError

    monkeypatch.setitem(jobs._handlers, "scrub", fail)
    sentence = "Pekerjaan latar gagal: membersihkan sisa kotak suara."
    with world():
        jobs.enqueue("scrub", "scrub:1", {})
    for _try in range(jobs.TRIES):
        assert sentence not in client_for("steward").page("/menunggu-saya").text
        with app.app_context():
            assert jobs.run_due() == 1
        stopped.forward(minutes=1)
    with world():
        number = db.session.scalar(select(Job.id))
    client_for("steward").page("/menunggu-saya").find("a", href=f"{PAGE}#pekerjaan-{number}")
    page = client_for("steward").page(PAGE)
    assert "gagal 3 Maret 2026 pukul 09.02 WIB" in words(page.find("li", id=f"pekerjaan-{number}"))
    assert sentence not in client_for("planner").page("/menunggu-saya").text
    client_for("steward").send(f"{PAGE}/{number}/pengulangan")
    assert sentence not in client_for("steward").page("/menunggu-saya").text


def test_who_ordered_all_plans_finds_that_it_failed_until_it_is_ordered_again(
    client_for: Any, world: Any, ids: dict[str, int], stopped: Any
) -> None:
    sentence = "Berkas semua rencana yang Anda minta gagal dibuat."
    ordered = {"by_id": ids["planner"], "year": 2027, "form": "pdf", "plans": []}
    with world():
        number = make.failed_job(bundle.KIND, ordered).id
    planner = client_for("planner")
    planner.page("/menunggu-saya").find("a", href=f"/rencana/unduhan/{number}")
    assert "terakhir 3 Maret 2026 pukul 09.00 WIB" in planner.page(f"/rencana/unduhan/{number}").text
    assert sentence not in client_for("leader").page("/menunggu-saya").text
    stopped.forward(days=2, minutes=1)
    assert sentence not in client_for("planner").page("/menunggu-saya").text
    stopped.forward(days=-1)
    assert sentence in client_for("planner").page("/menunggu-saya").text
    with world():
        make.failed_job(bundle.KIND, ordered).state = "ready"
    assert sentence not in client_for("planner").page("/menunggu-saya").text
