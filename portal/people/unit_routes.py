"""Ending a unit, merging it into another, and taking that back: for the steward of the whole regency."""

from __future__ import annotations

from typing import Any

from flask import flash, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from portal import clock, htmx, submissions
from portal.access import Refusal, duty, ensure
from portal.people import actions, queries, rules
from portal.people.authority import Held, tree
from portal.people.confirmation import require_confirmation
from portal.people.forms import UnitEndForm
from portal.people.models import Unit
from portal.people.roster import regency_id
from portal.people.steward import bp, unit_choices


def _held() -> Held | None:
    held: Held | None = current_user.authority.over("steward", regency_id())
    return held


def refuse_ending(unit: Unit) -> Refusal | None:
    """Why the person at hand may not end this unit."""
    return rules.refuse_ending_unit(unit.kind, _held() is not None, unit.has_ended(clock.today()))


def _successors(unit: Unit) -> list[tuple[int, str]]:
    """Units that go on and do not lie under this one; an agency is merged into an agency."""
    under = tree().below([unit.id])
    lasting = queries.list_lasting(agencies_only=unit.kind == "agency")
    return [
        (unit_id, name) for unit_id, name in unit_choices() if unit_id in lasting and unit_id not in under
    ]


@bp.route("/unit-kerja/<int:unit_id>/akhir", methods=["GET", "POST"])
@duty("steward")
def end_unit(unit_id: int) -> Response:
    """The last day of a unit, and into which one it is merged; the password is asked first."""
    unit = queries.get_unit(unit_id)
    ensure(refuse_ending(unit))
    if ask := require_confirmation(url_for(".end_unit", unit_id=unit.id)):
        return ask
    form = UnitEndForm()
    form.successor.choices = [
        SelectChoice("0", _("Tidak digabung")),
        *(SelectChoice(str(successor_id), name) for successor_id, name in _successors(unit)),
    ]
    today = clock.today()
    context: dict[str, Any] = {
        "unit": unit,
        "form": form,
        "staff": queries.count_people({unit.id})["in_post"],
        "duties": actions.duties_that_outlast(unit.id, today),
        "below": len(tree().children.get(unit.id, ())),
    }
    if form.is_submitted():
        _check(form, unit)
    else:
        form.until_on.data = today
    if form.errors or not form.is_submitted():
        status = 422 if form.errors else 200
        return htmx.render("people/end_unit.html", "people/_end_unit.html", status, **context)
    ending = actions.duties_that_outlast(unit.id, form.until_on.data)
    ensure(actions.refuse_without_steward(ending=[duty.id for duty in ending if duty.role == "steward"]))
    held = _held()
    actions.end_unit(unit, form.until_on.data, form.successor.data or None, held.duty_id if held else None)
    url = url_for(".unit", unit_id=unit.id)
    submissions.commit(url)
    flash(_("Akhir unit kerja ini sudah dicatat."))
    return htmx.redirect_to(url)


def _check(form: UnitEndForm, unit: Unit) -> None:
    if form.validate() and (wrong := rules.wrong_unit_end(unit.from_on, form.until_on.data, clock.today())):
        form.until_on.errors = [wrong]


@bp.post("/unit-kerja/<int:unit_id>/pembukaan")
@duty("steward")
def reopen_unit(unit_id: int) -> Response:
    """A unit that was ended by mistake goes on."""
    unit = queries.get_unit(unit_id)
    ensure(rules.refuse_ending_unit(unit.kind, _held() is not None, has_ended=False))
    held = _held()
    if unit.until_on is not None:
        actions.reopen_unit(unit, held.duty_id if held else None)
    url = url_for(".unit", unit_id=unit.id)
    submissions.commit(url)
    flash(_("Unit kerja ini dilanjutkan. Penugasannya perlu diberikan kembali."))
    return htmx.redirect_to(url)
