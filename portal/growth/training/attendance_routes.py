"""Meetings, attendance by list or by the code on the wall, results, the certificate, feedback, the question after 90 days."""

from __future__ import annotations

import hmac

from flask import Blueprint, Flask, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from portal import clock, htmx, submissions
from portal.access import ensure, public, signed_in
from portal.growth.training import access, actions, certificate, hours, queries, rules
from portal.growth.training.forms import (
    FeedbackForm,
    MeetingForm,
    PassedForm,
    PresentForm,
    UptakeForm,
    WallCodeForm,
)
from portal.people.codes import bare_code

bp = Blueprint("attendance", __name__)


def _at(training_id: int, anchor: str | None = None) -> str:
    return url_for("training.show", training_id=training_id, _anchor=anchor)


@bp.route("/pelatihan/<int:training_id>/pertemuan", methods=["GET", "POST"])
@signed_in
def meeting(training_id: int) -> Response:
    training = access.get(training_id, alone=request.method == "POST")
    duty = access.organising(training.unit_id)
    ensure(rules.refuse_meet(training, organises=duty is not None))
    assert duty is not None
    form = MeetingForm(data={"place": training.place} if request.method == "GET" else None)
    if form.validate_on_submit():
        starts_at = form.instant()
        if not training.starts_on <= clock.day_of(starts_at) <= training.ends_on:
            form.starts_at.errors = [
                _("Pertemuan berlangsung di antara hari mulai dan hari selesai pelatihan.")
            ]
        else:
            actions.meet(training, starts_at, int(form.minutes.data or 0), form.place.data or "", duty)
            url = _at(training_id, "pertemuan")
            submissions.commit(url)
            flash(_("Pertemuan tercatat."))
            return htmx.redirect_to(url)
    return htmx.render(
        "training/meeting.html",
        "training/_meeting.html",
        422 if form.errors else 200,
        form=form,
        training=training,
        action=url_for(".meeting", training_id=training_id),
    )


@bp.route("/pelatihan/pertemuan/<int:meeting_id>/daftar-hadir", methods=["GET", "POST"])
@signed_in
def attendance(meeting_id: int) -> Response:
    """Who was there, for how many minutes."""
    held, training = queries.get_meeting(meeting_id, alone=request.method == "POST")
    now = clock.now()
    duty = access.organising(training.unit_id)
    ensure(
        rules.refuse_list(
            held,
            now,
            organises=duty is not None,
            completed=queries.has_completions(training.id),
        )
    )
    assert duty is not None
    seated = queries.list_seated(training.id, now)
    there = queries.attended_at(meeting_id) if request.method == "GET" else {}
    forms = {
        one.id: PresentForm(
            prefix=f"p{one.id}", data={"minutes": there.get(one.id), "shown": there.get(one.id, "")}
        )
        for one in seated
    }
    checked = [form.validate_on_submit() for form in forms.values()]
    for form in forms.values():
        if form.minutes.data and form.minutes.data > held.minutes:
            form.minutes.errors = [_("Pertemuan ini berlangsung %(n)s menit.", n=held.minutes)]
    wrong = any(form.errors for form in forms.values())
    if request.method == "POST" and all(checked) and not wrong:
        actions.list_attendance(
            held, {n: int(form.minutes.data or 0) for n, form in forms.items() if form.is_changed}, duty
        )
        url = _at(training.id, "pertemuan")
        submissions.commit(url)
        flash(_("Daftar hadir tersimpan."))
        return htmx.redirect_to(url)
    return htmx.render(
        "training/attendance.html",
        "training/_attendance.html",
        422 if wrong else 200,
        forms=forms,
        seated=seated,
        meeting=held,
        training=training,
        action=url_for(".attendance", meeting_id=meeting_id),
    )


@bp.get("/pelatihan/pertemuan/<int:meeting_id>/kode")
@signed_in
def wall(meeting_id: int) -> str:
    """The code to hang on the wall, large."""
    held, training = queries.get_meeting(meeting_id)
    ensure(rules.refuse_organise(organises=access.organising(training.unit_id) is not None))
    return render_template(
        "training/wall.html", meeting=held, training=training, code=actions.wall_code(held)
    )


@bp.route("/pelatihan/pertemuan/<int:meeting_id>/hadir", methods=["GET", "POST"])
@signed_in
def coming(meeting_id: int) -> Response:
    """Sign oneself in by the code on the wall."""
    held, training = queries.get_meeting(meeting_id, alone=request.method == "POST")
    own = queries.find_enrolment(training.id, current_user.id)
    now = clock.now()
    state = rules.enrolment_state(own, training, now) if own else None
    ensure(rules.refuse_come(held, training, now, is_seated=state in rules.SEATED))
    assert own is not None
    form = WallCodeForm()
    if form.validate_on_submit():
        if not hmac.compare_digest(
            bare_code(form.code.data or "").encode(), actions.wall_code(held).encode()
        ):
            form.code.errors = [_("Kode ini tidak cocok. Mohon periksa kode di dinding.")]
        else:
            actions.come(held, own)
            url = _at(training.id, "pertemuan")
            submissions.commit(url)
            flash(_("Kehadiran Anda tercatat."))
            return htmx.redirect_to(url)
    return htmx.render(
        "training/coming.html",
        "training/_coming.html",
        422 if form.errors else 200,
        form=form,
        meeting=held,
        training=training,
        action=url_for(".coming", meeting_id=meeting_id),
    )


@bp.route("/pelatihan/<int:training_id>/kelulusan", methods=["GET", "POST"])
@signed_in
def completion(training_id: int) -> Response:
    """The results of all who had a seat; too little attendance is never completed."""
    training = access.get(training_id, alone=request.method == "POST")
    meetings = queries.list_meetings(training_id)
    minutes = sum(one.minutes for one in meetings)
    duty = access.organising(training.unit_id)
    now = clock.now()
    ensure(rules.refuse_complete(training, now, organises=duty is not None, meetings=meetings))
    assert duty is not None
    there = queries.attended(training_id)
    seated = queries.list_seated(training_id, now)
    enough = {
        one.id: hours.is_enough(there.get(one.id, 0), minutes, training.min_attendance) for one in seated
    }
    forms = {
        one.id: PassedForm(
            prefix=f"p{one.id}", data={"passed": enough[one.id]} if request.method == "GET" else None
        )
        for one in seated
        if one.completion is None
    }
    if request.method == "POST" and all(form.validate_on_submit() for form in forms.values()):
        done = actions.complete(
            training,
            {n: form.passed.data if training.has_test else True for n, form in forms.items()},
            current_user,
            duty,
        )
        url = _at(training_id, "hasil")
        submissions.commit(url)
        flash(_("%(n)s peserta lulus dan menerima sertifikat.", n=done))
        return htmx.redirect_to(url)
    return htmx.render(
        "training/completion.html",
        "training/_completion.html",
        forms=forms,
        seated=seated,
        enough=enough,
        share={one.id: 100 * there.get(one.id, 0) // minutes for one in seated},
        training=training,
        hours=hours.of_training(
            training.form, [(clock.day_of(one.starts_at), one.minutes) for one in meetings]
        ),
        action=url_for(".completion", training_id=training_id),
    )


@bp.get("/pelatihan/pendaftaran/<int:enrolment_id>/sertifikat.pdf")
@signed_in
def certificate_file(enrolment_id: int) -> Response:
    """One's own certificate."""
    enrolment = queries.get_enrolment(enrolment_id)
    done = enrolment.completion
    if enrolment.person_id != current_user.id or done is None or done.code is None:
        abort(404)
    response = make_response(certificate.pdf(enrolment))
    response.headers["Content-Type"] = "application/pdf"
    response.headers.set("Content-Disposition", "attachment", filename=f"sertifikat-{done.code}.pdf")
    return response


@bp.get("/sertifikat")
@public
def check() -> str:
    """Whether a certificate is ours: anyone with its code may ask."""
    typed = request.args.get("kode", "")[:60]
    code = bare_code(typed)
    found = queries.find_certificate(code) if code else None
    return render_template("training/check.html", typed=typed, found=found, days=certificate.days)


@bp.route("/pelatihan/<int:training_id>/umpan-balik", methods=["GET", "POST"])
@signed_in
def feedback(training_id: int) -> Response:
    training = access.get(training_id, alone=request.method == "POST")
    own = queries.find_enrolment(training_id, current_user.id)
    took_part = own is not None and queries.attended(training_id).get(own.id, 0) > 0
    given = queries.has_given_feedback(training_id, current_user.id)
    ensure(rules.refuse_feedback(training, clock.today(), took_part=took_part, given=given))
    form = FeedbackForm()
    if form.validate_on_submit():
        scores = [int(form[name].data) for name in ("content_score", "teaching_score", "use_score")]
        actions.give_feedback(training, scores, form.text.data or "", current_user)
        url = _at(training_id, "umpan-balik")
        submissions.commit(url)
        flash(_("Umpan balik Anda diterima. Terima kasih."))
        return htmx.redirect_to(url)
    return htmx.render(
        "training/feedback.html",
        "training/_feedback.html",
        422 if form.errors else 200,
        form=form,
        training=training,
        action=url_for(".feedback", training_id=training_id),
    )


@bp.route("/pelatihan/pendaftaran/<int:enrolment_id>/penerapan", methods=["GET", "POST"])
@signed_in
def uptake(enrolment_id: int) -> Response:
    """What was used of it, asked ninety days later."""
    enrolment = queries.get_enrolment(enrolment_id, alone=request.method == "POST")
    training = enrolment.training
    ensure(
        rules.refuse_uptake(enrolment, training, clock.today(), is_own=enrolment.person_id == current_user.id)
    )
    form = UptakeForm()
    lines = queries.lines_to_choose({current_user.unit_id}, clock.today().year)
    form.line.choices = [
        SelectChoice(0, _("Tidak pada baris rencana")),
        *(SelectChoice(n, name) for n, name in lines),
    ]
    if form.validate_on_submit():
        actions.tell_uptake(enrolment, form.used.data, form.line.data or None, form.text.data or "")
        url = _at(training.id)
        submissions.commit(url)
        flash(_("Jawaban Anda tercatat."))
        return htmx.redirect_to(url)
    return htmx.render(
        "training/uptake.html",
        "training/_uptake.html",
        422 if form.errors else 200,
        form=form,
        training=training,
        action=url_for(".uptake", enrolment_id=enrolment_id),
    )


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals["in_groups"] = certificate.in_groups
