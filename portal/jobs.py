"""Work that outlives its request: a durable row, claimed with a lease by a worker and done at least once.

`enqueue` writes the row in the transaction of the deed. The worker (`flask jobs work`, started by ./run) asks
the table twice a second, runs what is due, and takes up again what a killed worker left behind.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.db import db, writing
from portal.ledger import Job

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
TRIES = 3
KILLED = 10
"""Runs after which a job is given up that ends its worker each time: each run counts, a failure at once."""
Handler = Callable[[Job], None]


class WorkerKilled(Exception):
    """No run of this job has come to an end, good or bad."""


_handlers: dict[str, Handler] = {}
labels: dict[str, Any] = {}
"""What people call each kind of job."""
_periodic: dict[str, tuple[timedelta, Callable[[], Any]]] = {}


def handler(kind: str, label: Any) -> Callable[[Handler], Handler]:
    """Register what does jobs of this kind, and what people call it. It commits by itself and may be run again
    after a kill."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        labels[kind] = label
        return function

    return register


def every(name: str, seconds: int) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Register what the worker does periodically, in a writing transaction that it commits."""

    def register(function: Callable[[], Any]) -> Callable[[], Any]:
        _periodic[name] = (timedelta(seconds=seconds), function)
        return function

    return register


def enqueue(kind: str, key: str, payload: dict[str, Any]) -> None:
    """Add a job in the transaction at hand; the same key a second time adds nothing."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(
        insert(Job)
        .values(key=key, kind=kind, payload=payload, state="ready", due_at=clock.now(), attempts=0)
        .on_conflict_do_nothing()
    )


def find(key: str) -> Job | None:
    return db.session.scalar(select(Job).where(Job.key == key))


def forget(key: str) -> None:
    """Nothing stands under this key any more, in the transaction at hand."""
    db.session.execute(delete(Job).where(Job.key == key))


def retry(job_id: int) -> bool:
    """Let a failed job wait for a worker again, in the transaction at hand; False where it is not failed."""
    again = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == "failed")
        .values(state="ready", attempts=0, error=None, due_at=clock.now())
    )
    return bool(again.rowcount)  # type: ignore[attr-defined]


def progress(job: Job, percent: int) -> None:
    """Say how far it is and hold the lease, in a short transaction of its own."""
    with writing():
        db.session.commit()
        db.session.execute(
            update(Job).where(Job.id == job.id).values(progress=percent, lease_until=clock.now() + LEASE)
        )
        db.session.commit()


def claim() -> Job | None:
    """Take the next job that is due or whose worker is gone; the row's own update decides who gets it."""
    now = clock.now()
    free = or_(Job.state == "ready", (Job.state == "running") & (Job.lease_until < now))
    with writing():
        db.session.commit()
        candidate = db.session.scalar(
            select(Job.id).where(free, Job.due_at <= now).order_by(Job.due_at, Job.id).limit(1)
        )
        job = None
        if candidate is not None:
            job = db.session.scalar(
                update(Job)
                .where(Job.id == candidate, free)
                .values(state="running", lease_until=now + LEASE, attempts=Job.attempts + 1)
                .returning(Job)
                .execution_options(populate_existing=True)
            )
        db.session.commit()
    return job


def run(job: Job) -> None:
    """Do a claimed job and note how it ended; after the third failure it stays failed, with the reason."""
    try:
        if job.attempts > KILLED:
            raise WorkerKilled
        with writing():
            _handlers[job.kind](job)
            db.session.commit()
        outcome: dict[str, Any] = {"state": "done", "progress": 100, "error": None}
    except Exception as error:
        db.session.rollback()
        log.exception("job %s failed", job.key)
        last = job.attempts >= TRIES
        outcome = {
            "state": "failed" if last else "ready",
            "error": f"{type(error).__name__}"[:200],
            "due_at": clock.now() + timedelta(seconds=0 if last else 5 * job.attempts),
        }
    with writing():
        db.session.commit()
        db.session.execute(update(Job).where(Job.id == job.id).values(lease_until=None, **outcome))
        db.session.commit()


def run_due() -> int:
    """Do everything that is due now, in this process; returns how many jobs."""
    done = 0
    while (job := claim()) is not None:
        run(job)
        done += 1
    return done


def run_periodic(last: dict[str, float]) -> None:
    """Do the periodic work whose time has come; `last` keeps the monotonic second of each last run."""
    for name, (interval, function) in _periodic.items():
        now = time.monotonic()
        if now - last.get(name, -1e9) < interval.total_seconds():
            continue
        last[name] = now
        try:
            with writing():
                db.session.commit()
                function()
                db.session.commit()
        except Exception:
            db.session.rollback()
            log.exception("periodic work %s failed", name)
        finally:
            db.session.remove()


def sweep() -> int:
    """Forget jobs that were done two days ago."""
    result = db.session.execute(
        delete(Job).where(Job.state == "done", Job.due_at < clock.now() - timedelta(days=2))
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def work(app: Flask) -> None:
    """The worker's loop, until TERM or INT."""
    running = True

    def stop(*_: Any) -> None:
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    last: dict[str, float] = {}
    while running:
        with app.app_context():
            run_periodic(last)
            try:
                if running and (job := claim()) is not None:
                    run(job)
                    continue
            except DBAPIError:
                log.warning("the database is not available; trying again")
                db.session.remove()
        time.sleep(0.5)
