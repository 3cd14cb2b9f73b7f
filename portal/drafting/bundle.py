"""All plans of a year as one ZIP: made by a job, kept in the database until it is fetched, a day at most.

A killed worker's job is taken up by another one when its lease is over, and begins again; what it made lay in memory only.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from flask import Flask, abort
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.orm import load_only

from portal import audit, clock, jobs
from portal.db import begin_writing, db, stop_writing, writing
from portal.drafting import exporting
from portal.ledger import Job, Upload
from portal.plans import queries as plans
from portal.plans.models import Plan

KIND = "plans as zip"
MOST = 500
CHUNK = 256 * 1024
SHOWN = 20
ROLES = ("planner", "leader", "verifier", "auditor")
"""Who may order it, whatever unit their duty is over; in it is what they may read."""


def list_plans(user: Any, year: int) -> list[int]:
    """Ids of the plans of a year that this person may read, the newest edition of each unit."""
    newest = (
        select(Plan.unit_id, func.max(Plan.edition).label("edition"))
        .where(Plan.year == year, plans.visible(user))
        .group_by(Plan.unit_id)
        .subquery()
    )
    return list(
        db.session.scalars(
            select(Plan.id)
            .join(newest, (newest.c.unit_id == Plan.unit_id) & (newest.c.edition == Plan.edition))
            .where(Plan.year == year)
            .order_by(Plan.unit_id)
            .limit(MOST)
        )
    )


def order(user: Any, year: int, form: str, token: str) -> int:
    """Have the ZIP made; returns the id of its job. The same form sent twice orders it once."""
    payload = {"by_id": user.id, "year": year, "form": form, "plans": list_plans(user, year)}
    key = f"plans:{user.id}:{token}"
    jobs.enqueue(KIND, key, payload)
    job = jobs.find(key)
    assert job is not None
    audit.record("ordered plans", f"job:{job.id}", after=payload)
    return job.id


def list_mine(user: Any) -> list[Job]:
    """What this person ordered in the last days, newest first."""
    return list(
        db.session.scalars(
            select(Job)
            .where(Job.kind == KIND, Job.key.startswith(f"plans:{user.id}:", autoescape=True))
            .order_by(Job.id.desc())
            .limit(SHOWN)
        )
    )


def get_mine(job_id: int, user: Any) -> Job:
    """A job that this person ordered, or 404."""
    job = db.session.get(Job, job_id)
    if job is None or job.kind != KIND or job.payload["by_id"] != user.id:
        abort(404)
    return job


def find_file(job: Job) -> Upload | None:
    """The made file without its bytes; None where it is not made yet, or fetched, or a day old."""
    return db.session.scalar(
        select(Upload)
        .where(
            Upload.person_id == job.payload["by_id"], Upload.kind == KIND, Upload.sha256 == audit.sha(job.key)
        )
        .options(load_only(Upload.id, Upload.basis))
    )


@jobs.handler(KIND, _l("Membuat berkas semua rencana"))
def make(job: Job) -> None:
    """Write each plan into the ZIP, outside of any writing transaction, and keep it."""
    stop_writing()
    db.session.commit()
    if find_file(job) is not None:
        return  # a former run had come to its end
    form, chosen = job.payload["form"], job.payload["plans"]
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED if form == "csv" else ZIP_STORED) as archive:
        for done, plan_id in enumerate(chosen, start=1):
            plan = plans.find(plan_id)
            if plan is not None:
                archive.writestr(exporting.filename(plan, form), exporting.make(plan, form))
            db.session.expunge_all()
            jobs.progress(job, max(1, 99 * done // len(chosen)))
    begin_writing()
    db.session.add(
        Upload(
            person_id=job.payload["by_id"],
            kind=KIND,
            sha256=audit.sha(job.key),
            content=file.getvalue(),
            basis={"name": f"renja-{job.payload['year']}-{form}.zip", "size": file.tell()},
            at=clock.now(),
        )
    )


def stream(app: Flask, upload_id: int) -> Iterator[bytes]:
    """The file piece by piece, each read by itself, for a reader may be slow; forgotten once the last was taken."""
    at = 1
    while True:
        with app.app_context():
            piece = db.session.scalar(
                select(func.substr(Upload.content, at, CHUNK)).where(Upload.id == upload_id)
            )
        if not piece:
            break
        yield bytes(piece)
        at += CHUNK
    with app.app_context(), writing():
        db.session.execute(delete(Upload).where(Upload.id == upload_id))
        db.session.commit()
