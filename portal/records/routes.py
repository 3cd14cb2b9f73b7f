"""The audit log for the auditor, background work for the steward, and the keeper's backup commands."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template, request

from portal.access import duty
from portal.records import backup, job_routes, queries, words

bp = Blueprint("records", __name__)


@bp.get("/log-audit")
@duty("auditor")
def log() -> str:
    before = request.args.get("sebelum", "")
    subject = words.subject_of(request.args.get("perihal", "")[:60].replace("\0", ""))
    key = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    rows, following = queries.list_events(key, subject)
    return render_template(
        "records/log.html",
        rows=rows,
        following=following,
        subject=subject,
        verb_words=words.verb_words,
        subject_words=words.subject_words,
    )


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    job_routes.init_app(app)
    backup.init_app(app)
