"""Employees, units, duties and activation slips: the desk of the personnel steward."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, flash, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from portal import clock, htmx, submissions
from portal.access import Refusal, duty, ensure, signed_in
from portal.db import db
from portal.forms import searched
from portal.people import actions, codes, queries, rules, sessions, slips
from portal.people.authority import not_over, tree
from portal.people.confirmation import require_confirmation
from portal.people.forms import DutyEndForm, DutyForm, SlipForm
from portal.people.models import Activation, Duty, Person, Unit

bp = Blueprint("people", __name__)


def reach() -> set[int]:
    """The units whose people this steward keeps."""
    return current_user.authority.reach("steward")


def readable() -> set[int]:
    """The units whose people the person at hand reads: a steward's own, and an auditor's."""
    return current_user.authority.reach("steward", "auditor")


def _under(unit_id: int) -> int | None:
    held = current_user.authority.over("steward", unit_id)
    return held.duty_id if held else None


def number_of(name: str) -> int | None:
    """A small whole number of the address; None for anything else."""
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else None


@bp.get("/pegawai")
@duty("steward", "auditor")
def index() -> Response:
    """Everybody within reach, searchable, a page at a time; the auditor only reads."""
    search = searched("cari")
    unit_id, state = number_of("unit"), request.args.get("keadaan", "")
    units = readable()
    unit = tree().names.get(unit_id) if unit_id in units else None
    page = queries.list_people(units, search, unit_id if unit else None, state, number_of("after"))
    return htmx.render(
        "people/index.html",
        "people/_people.html",
        found=page,
        counts=queries.count_people(units) if not htmx.is_partial() else None,
        search=search,
        unit=unit,
        unit_id=unit_id if unit else None,
        state=state if state in ("keluar", "tanpa-sandi") else "",
        keeps=bool(reach()),
    )


@bp.get("/pegawai/<int:person_id>")
@duty("steward", "auditor")
def show(person_id: int) -> Response:
    """One employee with duties, sessions' number and codes; the auditor only reads."""
    person = queries.get_person(person_id, readable())
    return _person_page(person)


def _person_page(person: Person) -> Response:
    duties = queries.list_duties(person.id)
    today = clock.today()
    codes = db.session.scalars(
        select(Activation)
        .where(
            Activation.person_id == person.id,
            Activation.used_at.is_(None),
            Activation.expires_at > clock.now(),
        )
        .order_by(Activation.id.desc())
        .limit(1)
    ).all()
    return htmx.render(
        "people/show.html",
        "people/_duties.html",
        person=person,
        keeps=person.unit_id in reach(),
        duties=duties,
        current=[duty for duty in duties if not duty.is_over(today)],
        past=[duty for duty in duties if duty.is_over(today)],
        code=codes[0] if codes else None,
        sign_ins=len(queries.list_sign_ins(person.id)),
        may_end={duty.id: rules.refuse_ending(duty.unit_id, reach(), duty.is_over(today)) for duty in duties},
        refusal=_code_refusal(person),
    )


def _code_refusal(person: Person) -> Refusal | None:
    units = db.session.scalars(
        select(Duty.unit_id).where(Duty.person_id == person.id, not_over(clock.today()))
    ).all()
    return rules.refuse_code(person.is_in_post, units, reach())


@bp.route("/pegawai/<int:person_id>/penugasan", methods=["GET", "POST"])
@duty("steward")
def give_duty(person_id: int) -> Response:
    """A new duty for this employee; the password is asked first, and their sessions end."""
    person = queries.get_person(person_id, reach())
    here = url_for(".give_duty", person_id=person.id)
    if ask := require_confirmation(here):
        return ask
    form = DutyForm(role=request.args.get("peran"), unit=number_of("unit") or person.unit_id)
    form.unit.choices = [SelectChoice(str(unit_id), name) for unit_id, name in unit_choices()]
    context: dict[str, Any] = {"person": person, "form": form}
    if request.method == "GET":
        form.from_on.data = clock.today()
        return htmx.render("people/give_duty.html", "people/_give_duty.html", **context)
    if not form.validate():
        return htmx.render("people/give_duty.html", "people/_give_duty.html", 422, **context)
    ensure(rules.refuse_giving(form.unit.data, reach(), person.is_in_post))
    wrong = rules.wrong_dates(form.from_on.data, form.until_on.data, clock.today())
    for name, reason in wrong.items():
        form[name].errors = [*form[name].errors, reason]
    if wrong:
        return htmx.render("people/give_duty.html", "people/_give_duty.html", 422, **context)
    actions.give_duty(
        person,
        form.unit.data,
        form.role.data,
        form.standing.data,
        form.from_on.data,
        form.until_on.data,
        form.document.data,
        under=_under(form.unit.data),
    )
    url = url_for(".show", person_id=person.id)
    submissions.commit(url)
    flash(_("Penugasan sudah dicatat. %(name)s perlu masuk kembali.", name=person.name))
    return htmx.redirect_to(url)


def unit_choices() -> list[tuple[int, str]]:
    """Units within reach in the order of the tree, indented by their depth."""
    units = reach()
    found: list[tuple[int, str]] = []

    def walk(branches: list[queries.Branch], depth: int) -> None:
        for branch in branches:
            if branch.unit.id in units:
                found.append((branch.unit.id, "\u2003" * depth + queries.full_unit_name(branch.unit.id)))
            walk(branch.below, depth + (branch.unit.id in units))

    walk(queries.unit_tree(clock.today()), 0)
    return found


@bp.route("/penugasan/<int:duty_id>/akhir", methods=["GET", "POST"])
@duty("steward")
def end_duty(duty_id: int) -> Response:
    """The last day of a duty, or its revocation on its first; the password is asked first, and the sessions of its holder end."""
    ending = db.session.get(Duty, duty_id)
    if ending is None or (ending.person.unit_id not in reach() and ending.unit_id not in reach()):
        abort(404)
    if ask := require_confirmation(url_for(".end_duty", duty_id=ending.id)):
        return ask
    today = clock.today()
    ensure(rules.refuse_ending(ending.unit_id, reach(), ending.is_over(today)))
    form = DutyEndForm()
    may_revoke = rules.may_revoke(ending.from_on, today)
    revoking = may_revoke and bool(form.revoke.data)
    context: dict[str, Any] = {
        "duty": ending,
        "form": form,
        "person": ending.person,
        "may_revoke": may_revoke,
    }
    if request.method == "GET":
        form.until_on.data = max(today, ending.from_on)
        return htmx.render("people/end_duty.html", "people/_end_duty.html", **context)
    if (
        form.validate()
        and not revoking
        and (reason := rules.wrong_end(ending.from_on, form.until_on.data, today))
    ):
        form.until_on.errors = [reason]
    if form.errors:
        return htmx.render("people/end_duty.html", "people/_end_duty.html", 422, **context)
    if ending.role == "steward" and ending.is_in_force(today):
        ensure(actions.refuse_without_steward(ending=[ending.id]))
    if revoking:
        actions.revoke_duty(ending, under=_under(ending.unit_id))
    else:
        actions.end_duty(ending, form.until_on.data, under=_under(ending.unit_id))
    url = (
        url_for(".show", person_id=ending.person_id)
        if ending.person.unit_id in reach()
        else url_for(".units")
    )
    submissions.commit(url)
    flash(_("Penugasan itu sudah dicabut.") if revoking else _("Hari terakhir penugasan sudah dicatat."))
    return htmx.redirect_to(url)


@bp.get("/unit-kerja")
@signed_in
def units() -> Response:
    """The tree of units, with who leads each and who stands in."""
    roots = queries.unit_tree(clock.today())
    words = searched("cari")
    found = queries.find_branches(roots, words) if words else None
    return htmx.render(
        "people/units.html", "people/_units.html", roots=roots, found=found, words=words, reach=reach()
    )


@bp.get("/unit-kerja/<int:unit_id>")
@signed_in
def unit(unit_id: int) -> Response:
    """One unit: its leaders, what is above and below, and for the steward its people and codes."""
    return _unit_page(queries.get_unit(unit_id), SlipForm())


def _find(branches: list[queries.Branch], unit_id: int) -> queries.Branch | None:
    for branch in branches:
        if branch.unit.id == unit_id:
            return branch
        if found := _find(branch.below, unit_id):
            return found
    return None


def _unit_page(shown: Unit, form: SlipForm, status: int = 200) -> Response:
    branch = _find(queries.unit_tree(clock.today()), shown.id) or queries.Branch(
        shown, queries.count_people({shown.id})["in_post"]
    )
    mine = shown.id in reach()
    names = tree()
    return htmx.render(
        "people/unit.html",
        "people/_unit.html",
        status,
        unit=shown,
        branch=branch,
        above=[(unit_id, names.names[unit_id]) for unit_id in names.up(shown.id)[1:]],
        mine=mine,
        reads=shown.id in readable(),
        has_ended=shown.has_ended(clock.today()),
        merged=queries.list_merged_into(shown.id),
        whole_regency=_under(tree().up(shown.id)[-1]) is not None,
        waiting=queries.count_waiting(names.below([shown.id]) & reach()) if mine else None,
        form=form,
        at_once=rules.SLIPS_AT_ONCE,
    )


@bp.post("/unit-kerja/<int:unit_id>/kode-aktivasi")
@duty("steward")
def unit_codes(unit_id: int) -> Response:
    """A sheet of slips, one for each person of the unit and below who has no password; the codes are in it alone."""
    shown = queries.get_unit(unit_id)
    if shown.id not in reach():
        abort(404)
    here = url_for(".unit", unit_id=shown.id)
    if ask := require_confirmation(here):
        return ask
    form = SlipForm()
    people = queries.list_without_password(tree().below([shown.id]), reach(), bool(form.again.data))
    if not people:
        flash(_("Tidak ada pegawai yang perlu kode aktivasi di unit ini."))
        return htmx.redirect_to(here)
    return _slips(people, _under(shown.id))


@bp.post("/pegawai/<int:person_id>/kode-aktivasi")
@duty("steward")
def person_code(person_id: int) -> Response:
    """One slip: the first way in, or the way back for 24 hours after a forgotten password."""
    person = queries.get_person(person_id, reach())
    here = url_for(".show", person_id=person.id)
    if ask := require_confirmation(here):
        return ask
    ensure(_code_refusal(person))
    return _slips([person], _under(person.unit_id))


def _code_for(token: str) -> Callable[[int], str]:
    """The codes that the form with this token gives: derived under the portal's key from the raw id of this session,
    of which only the hash is stored, so that the same form gives the same sheet and nobody else can derive it."""
    key = f"{current_app.config['SECRET_KEY']}:{request.cookies.get(sessions.cookie_name(), '')}".encode()

    def code(person_id: int) -> str:
        return codes.code_of(hmac.digest(key, f"code:{token}:{person_id}".encode(), "sha256"))

    return code


def _slips(people: list[Person], duty_id: int | None) -> Response:
    """Store the hashes, commit, and lead to the sheet: a form pressed twice, or a line that broke, finds the same one."""
    token = submissions.token()
    actions.give_codes(people, current_user.id, duty_id, _code_for(token))
    url = url_for(".sheet", token=token)
    submissions.commit(url)
    return htmx.redirect_to(url)


@bp.get("/pegawai/lembar-kode/<token>")
@duty("steward")
def sheet(token: str) -> Response:
    """The slips that the form with this token gave, in the session that sent it, while their codes are unused."""
    code = _code_for(token)
    made = [
        (given.person, code(given.person_id), given)
        for given in queries.list_codes_given(current_user.id, reach())
        if codes.code_hash(code(given.person_id)) == given.code_hash
    ]
    if not made:
        abort(404)
    with force_locale("id"):  # whoever prints it, it is read at the counter
        content = slips.sheet(made)
    response = Response(slips.pdf(content), mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="kode-aktivasi.pdf"'
    return response
