"""Background work as the steward sees it: what runs, waits and failed, and why; a failed job is tried again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, abort, flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import case, func, select
from werkzeug.wrappers import Response

from portal import audit, clock, htmx, jobs, submissions
from portal.access import Refusal, duty, ensure
from portal.db import db
from portal.ledger import Job

bp = Blueprint("background_jobs", __name__)
SHOWN = 100
STATES: dict[str, Any] = {
    "failed": _l("Gagal"),
    "running": _l("Berjalan"),
    "ready": _l("Menunggu"),
    "done": _l("Selesai"),
}
TONES = {"failed": "saga", "running": "nila", "ready": "emas", "done": "daun"}
CAUSES: dict[str, Any] = {
    "OperationalError": _l("Basis data tidak dapat dihubungi atau sedang sibuk."),
    "TimeoutError": _l("Basis data sedang dibaca; pekerjaan ini perlu menunggu."),
    "WorkerKilled": _l("Pekerjaan ini berkali-kali terhenti sebelum selesai."),
    "OSError": _l("Penyimpanan penuh atau tidak dapat ditulis."),
    "MemoryError": _l("Memori peladen tidak cukup."),
}


def cause_of(job: Job) -> Any:
    """Why it failed last, for a person; the details stand in the server's own log."""
    return CAUSES.get(job.error or "", _l("Kesalahan pada program; rinciannya ada dalam catatan peladen."))


@bp.get("/pekerjaan-latar")
@duty("steward")
def index() -> str:
    """What failed first, then what runs, waits, and was done in the last two days."""
    order = case({state: place for place, state in enumerate(STATES)}, value=Job.state)
    return render_template(
        "records/jobs.html",
        jobs=db.session.scalars(select(Job).order_by(order, Job.id.desc()).limit(SHOWN)).all(),
        counts=dict(db.session.execute(select(Job.state, func.count()).group_by(Job.state)).all()),
        now=clock.now(),
    )


@bp.post("/pekerjaan-latar/<int:job_id>/pengulangan")
@duty("steward")
def retry(job_id: int) -> Response:
    """A failed job waits for a worker again, with its tries counted anew."""
    if db.session.get(Job, job_id) is None:
        abort(404)
    ensure(None if jobs.retry(job_id) else Refusal(_("Hanya pekerjaan yang gagal yang dicoba lagi.")))
    audit.record("retried", f"job:{job_id}")
    url = url_for(".index")
    submissions.commit(url)
    flash(_("Pekerjaan dicoba lagi."))
    return htmx.redirect_to(url)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        job_states=STATES, job_tones=TONES, job_labels=jobs.labels, job_cause=cause_of, job_tries=jobs.TRIES
    )
