"""Signing in and out, activation, and one's own account."""

from __future__ import annotations

import json

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from portal import audit, clock, htmx, i18n, jobs, submissions
from portal.access import local_address, public, signed_in
from portal.db import begin_writing, db, stop_writing
from portal.people import (
    actions,
    commands,
    drafts,
    imports,
    passwords,
    queries,
    sessions,
    tries,
    unit_routes,  # noqa: F401  puts its views on the blueprint of the steward
    words,
)
from portal.people.codes import code_hash
from portal.people.confirmation import require_confirmation
from portal.people.forms import ActivationForm, AppearanceForm, ConfirmForm, PasswordForm, SignInForm
from portal.people.limits import note_export
from portal.people.models import Activation, Person
from portal.people.nip import bare
from portal.people.own_data import own_data
from portal.submissions import without_token

bp = Blueprint("account", __name__)


def home() -> str:
    """The first page after signing in."""
    return url_for("inbox.index") if "inbox.index" in current_app.view_functions else "/"


def _page(template: str, status: int = 200, **context: object) -> Response:
    stop_writing()
    return make_response(render_template(template, **context), status)


def _waiting(template: str, error: TooManyRequests, **context: object) -> Response:
    """The same page with the time to wait in words."""
    response = _page(template, 429, message=error.description, **context)
    response.headers["Retry-After"] = str(error.retry_after)
    return response


@bp.route("/masuk", methods=["GET", "POST"])
@public
@without_token
def sign_in() -> Response:
    """NIP and password; the same words and the same time whether or not the NIP is known."""
    form = SignInForm()
    onward = local_address(request.values.get("next"))
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(onward or home(), 303)  # type: ignore[return-value]
        form.next.data = onward or ""
        return _page("account/sign_in.html", form=form, message=None)
    if not form.validate():
        return _page("account/sign_in.html", 422, form=form, message=None)
    former = current_user.sign_in if current_user.is_authenticated else None
    nip = bare(form.nip.data or "")
    try:
        person = tries.begin(nip)
    except TooManyRequests as error:
        return _waiting("account/sign_in.html", error, form=form)
    stored = person.password_hash if person else None
    if not passwords.is_right(stored, form.password.data or "") or person is None:
        tries.failed(nip, person)
        return _page(
            "account/sign_in.html",
            422,
            form=form,
            message=_(
                "NIP atau kata sandi tidak cocok. Bila belum pernah masuk, silakan aktifkan akun dahulu."
            ),
        )
    tries.succeeded(nip)
    if former is not None:
        sessions.end(former.id, former.person_id)
    own_device = bool(form.own_device.data)
    key = sessions.start(person, own_device)
    audit.record("signed in", f"person:{person.id}", by_id=person.id)
    db.session.commit()
    return sessions.set_cookie(redirect(onward or home(), 303), key, own_device)  # type: ignore[arg-type]


@bp.post("/keluar")
@signed_in
def sign_out() -> Response:
    """End this session on the server."""
    sessions.end(current_user.sign_in.id, current_user.id)
    audit.record("signed out", f"person:{current_user.id}")
    url = url_for("account.sign_in")
    submissions.commit(url)
    session.clear()
    return sessions.clear_cookie(htmx.redirect_to(url))


@bp.get("/lupa-kata-sandi")
@public
def forgotten() -> Response:
    """What to do when the password is forgotten."""
    return _page("account/forgotten.html")


@bp.route("/aktivasi", methods=["GET", "POST"])
@public
@without_token
def activate() -> Response:
    """A code from paper and a new password, twice."""
    form = ActivationForm()
    if request.method == "GET":
        return _page("account/activate.html", form=form, message=None)
    if not form.validate():
        return _page("account/activate.html", 422, form=form, message=None)
    nip = bare(form.nip.data or "")
    try:
        person = tries.begin(nip)
    except TooManyRequests as error:
        return _waiting("account/activate.html", error, form=form)
    activation = queries.find_activation(person.id, code_hash(form.code.data or "")) if person else None
    if person is None or activation is None:
        tries.failed(nip, person)
        wrong = _("NIP dan kode aktivasi ini tidak cocok. Mohon periksa kembali lembar Anda.")
        return _page("account/activate.html", 422, form=form, message=wrong)
    tries.succeeded(nip)
    db.session.commit()
    spent = _(
        "Kode aktivasi ini sudah dipakai atau kedaluwarsa. Mintalah kode baru kepada pengelola kepegawaian."
    )
    if activation.used_at is not None or activation.expires_at <= clock.now():
        return _activated(form, activation) or _page("account/activate.html", 422, form=form, message=spent)
    if not _choose(form, person):
        db.session.commit()
        return _page("account/activate.html", 422, form=form, message=None)
    db.session.commit()
    hashed = passwords.hash_password(form.new_password.data or "")
    try:
        actions.activate(person, activation.id, hashed)
    except actions.CodeUsed:
        db.session.rollback()
        return _activated(form, activation) or _page("account/activate.html", 422, form=form, message=spent)
    return _welcome(person)


def _welcome(person: Person) -> Response:
    key = sessions.start(person, own_device=False)
    db.session.commit()
    flash(_("Akun Anda sudah aktif. Selamat datang di Rembuk."))
    return sessions.set_cookie(redirect(home(), 303), key, own_device=False)  # type: ignore[arg-type]


def _activated(form: ActivationForm, activation: Activation) -> Response | None:
    """Sign in with the password that this very form has set a moment ago; None where it has not."""
    db.session.refresh(activation)
    person = db.session.get_one(Person, activation.person_id, populate_existing=True)
    used_at, stored = activation.used_at, person.password_hash
    db.session.commit()
    if used_at is None or clock.now() - used_at > sessions.CONFIRMED:
        return None
    if not passwords.is_right(stored, form.new_password.data or ""):
        return None
    begin_writing()
    audit.record("signed in", f"person:{person.id}", by_id=person.id)
    return _welcome(person)


def _choose(form: ActivationForm | PasswordForm, person: Person) -> bool:
    """Whether the new password may be taken; puts the reason beside its field."""
    chosen = form.new_password.data or ""
    if reason := passwords.refuse_password(chosen, person):
        form.new_password.errors = [*form.new_password.errors, reason]
        return False
    if chosen != form.repeat.data:
        form.repeat.errors = [*form.repeat.errors, _("Kedua kata sandi belum sama.")]
        return False
    return True


@bp.route("/konfirmasi", methods=["GET", "POST"])
@signed_in
@submissions.claims_late
def confirm() -> Response:
    """The password once more, then on to where one was going."""
    form = ConfirmForm()
    onward = local_address(request.values.get("next")) or home()
    form.next.data = onward
    if request.method == "GET" or not form.validate():
        return _page("account/confirm.html", 200 if request.method == "GET" else 422, form=form, message=None)
    if (earlier := _claim()) is not None:
        return earlier
    try:
        person = _whose_password(form)
    except TooManyRequests as error:
        return _waiting("account/confirm.html", error, form=form)
    if person is None:
        form.password.errors = [_("Kata sandi ini tidak cocok.")]
        return _page("account/confirm.html", 422, form=form, message=None)
    audit.record("confirmed password", f"person:{person.id}")
    return _renew(onward if len(onward) <= submissions.LONGEST else home())


def _claim() -> Response | None:
    """Claim the form that renews the session; a copy of it gets the first result and the same new id.

    The password is compared inside of this transaction: a copy waits for the answer, and counts as no try.
    """
    earlier = submissions.claim()
    if earlier is not None:
        g.renewed_key = sessions.successor(request.cookies[sessions.cookie_name()], submissions.token())
    return earlier


def _whose_password(form: ConfirmForm | PasswordForm) -> Person | None:
    """The person at hand when the typed password is theirs; else the try is counted. Raises a 429."""
    nip = current_user.person.nip
    person = tries.note(nip)
    if person is None or not passwords.is_right(person.password_hash, form.password.data or ""):
        submissions.release(submissions.token())
        tries.failed(nip, person)
        return None
    tries.succeeded(nip)
    return person


def _renew(onward: str) -> Response:
    """The deed is done: the session goes on under a new id."""
    key = sessions.rotate(current_user.sign_in)
    submissions.commit(onward)
    response = htmx.redirect_to(onward)
    return sessions.set_cookie(response, key, current_user.sign_in.own_device) if key else response


@bp.get("/akun")
@signed_in
def show() -> Response:
    """My profile, duties, sessions and settings."""
    return _account_page()


def _account_page(form: AppearanceForm | None = None) -> Response:
    return _page(
        "account/show.html",
        422 if form else 200,
        duties=queries.list_duties(current_user.id),
        sign_ins=queries.list_sign_ins(current_user.id),
        password_chosen=queries.find_password_choice(current_user.id),
        appearance=form or AppearanceForm(formdata=None, data={"theme": current_user.theme}),
    )


@bp.route("/akun/kata-sandi", methods=["GET", "POST"])
@signed_in
@submissions.claims_late
def password() -> Response:
    """A new password; all other sessions end."""
    form = PasswordForm()
    if request.method == "GET" or not form.validate():
        return _page(
            "account/password.html", 200 if request.method == "GET" else 422, form=form, message=None
        )
    if (earlier := _claim()) is not None:
        return earlier
    try:
        person = _whose_password(form)
    except TooManyRequests as error:
        return _waiting("account/password.html", error, form=form)
    if person is None:
        form.password.errors = [_("Kata sandi sekarang tidak cocok.")]
        return _page("account/password.html", 422, form=form, message=None)
    if not _choose(form, person):
        submissions.release(submissions.token())
        db.session.commit()
        return _page("account/password.html", 422, form=form, message=None)
    hashed = passwords.hash_password(form.new_password.data or "")
    actions.set_password(person, hashed, but=current_user.sign_in.id)
    audit.record("changed password", f"person:{person.id}")
    answer = _renew(url_for(".show"))
    flash(_("Kata sandi Anda sudah diganti. Semua sesi masuk lainnya diakhiri."))
    return answer


@bp.post("/akun/sesi/<int:sign_in_id>/akhir")
@signed_in
def end_session(sign_in_id: int) -> Response:
    """End one of my sessions; ending the present one signs out."""
    if sessions.end(sign_in_id, current_user.id):
        audit.record("ended session", f"person:{current_user.id}")
    submissions.commit(url_for(".show"))
    if sign_in_id == current_user.sign_in.id:
        session.clear()
        return sessions.clear_cookie(htmx.redirect_to(url_for(".sign_in")))
    flash(_("Sesi masuk itu sudah diakhiri."))
    return _sessions()


@bp.post("/akun/sesi")
@signed_in
def end_other_sessions() -> Response:
    """End all my sessions but this one."""
    sessions.end_all(current_user.id, but=current_user.sign_in.id)
    audit.record("ended other sessions", f"person:{current_user.id}")
    submissions.commit(url_for(".show"))
    flash(_("Semua sesi masuk lainnya sudah diakhiri."))
    return _sessions()


def _sessions() -> Response:
    return htmx.swap(
        "account/_sessions.html",
        url_for(".show"),
        lambda: {"sign_ins": queries.list_sign_ins(current_user.id)},
    )


@bp.post("/akun/tampilan")
@signed_in
def appearance() -> Response:
    """Light, dark, or as the device has it."""
    form = AppearanceForm()
    if not form.validate():
        return _account_page(form)
    actions.set_preference(current_user.id, theme=form.theme.data)
    submissions.commit(url_for(".show"))
    flash(_("Tampilan sudah disimpan."))
    return htmx.redirect_to(url_for(".show"))


@bp.post("/akun/data")
@signed_in
@without_token
def data() -> Response:
    """What the portal holds about me, as JSON; the password is asked first."""
    if ask := require_confirmation(url_for(".show")):
        return ask
    note_export()
    db.session.commit()
    stop_writing()
    found = own_data(current_user.id, withheld=request.form.get("dirahasiakan") == "1")
    text = json.dumps(found, ensure_ascii=False, indent=1)
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="data-saya.json"'
    return response


@bp.post("/bahasa")
@public
@without_token
def language() -> Response:
    """Switch the language, for this browser and where known for the person."""
    chosen = request.form.get("language", "")
    if chosen in i18n.LANGUAGES:
        session["language"] = chosen
        g.pop("language", None)
        if current_user.is_authenticated:
            actions.set_preference(current_user.id, language=chosen)
            db.session.commit()
    return redirect(local_address(request.form.get("next")) or url_for("account.sign_in"), 303)  # type: ignore[return-value]


jobs.every("old tries", 3600)(tries.sweep)


def init_app(app: Flask) -> None:
    words.init_app(app)
    app.jinja_env.globals["full_unit_name"] = queries.full_unit_name
    app.register_blueprint(bp)
    drafts.init_app(app)
    imports.init_app(app)
    commands.init_app(app)
