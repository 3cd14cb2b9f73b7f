"""Bad input in every form of the portal: the right status, a sentence beside the field, what was typed still there,
and nothing written."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import update
from wtforms import BooleanField, HiddenField, PasswordField
from wtforms.fields import FileField

from portal import clock
from portal.db import db
from portal.errors import CHOSEN
from portal.forms import clean
from portal.people.models import SignIn
from tests import cast
from tests.conftest import Page, parse, path_of, read, words
from tests.input.database import changed, contents
from tests.input.table import ROWS, Row, put
from tests.input.wrong import MARKUP, wrong_values

pytestmark = pytest.mark.slow

TOKEN = "satu-kiriman-satu-kali-saja"
SECRET = (PasswordField, FileField)
by_row = pytest.mark.parametrize("row", ROWS, ids=str)


class Desk:
    """One person before one form, in a world where it can be sent."""

    def __init__(self, row: Row, app: Any, made: Any, client_for: Any) -> None:
        self.row, self.app, self.made, self.client_for = row, app, made, client_for
        self.sit_down()

    def sit_down(self) -> None:
        """Sign in (again)."""
        by = self.row.by
        self.client = self.client_for(self.made.get(by, by) if by else None)

    def put(self, value: Any) -> Any:
        return put(value, self.made)

    def fields(self, **more: Any) -> dict[str, Any]:
        """The accepted fields with other values in some; None leaves one out."""
        typed = {self.put(name): self.put(value) for name, value in (self.row.valid | more).items()}
        return {name: _file(value) for name, value in typed.items() if value is not None}

    def send(self, fields: dict[str, Any], path: str | None = None, **options: Any) -> Any:
        return self.client.send(self.put(path or self.row.path), fields, **options)

    def contents(self) -> Any:
        with self.app.app_context():
            return contents()


def _file(value: Any) -> Any:
    return (BytesIO(value), "berkas.csv") if isinstance(value, bytes) else value


@pytest.fixture
def once(store):
    """What comes before the database is tried on one of them."""
    if store.kind != "sqlite":
        pytest.skip("the same on both databases")


@pytest.fixture
def desk_of(app, built, client_for):
    return lambda row: Desk(row, app, built, client_for)


@pytest.fixture
def desk(desk_of, row):
    return desk_of(row)


def test_every_form_stands_in_the_table(app, built):
    there = {rule.rule for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    addresses = app.url_map.bind("localhost")
    paths = [row.path.format_map(built).partition("?")[0] for row in ROWS]
    assert there == {addresses.match(path, "POST", return_rule=True)[0].rule for path in paths}


def controls(page: Page, name: str) -> list[Any]:
    return [e for tag in ("input", "textarea", "select") for e in page.all(tag) if e.get("name") == name]


def in_the_box(control: Any) -> str:
    """What a control holds when its page opens."""
    if control.tag == "textarea":
        return "".join(control.itertext())
    if control.tag == "select":
        return next(
            (o.get("value") or "" for o in control.iter("option") if o.get("selected") is not None), ""
        )
    if control.get("type") in ("radio", "checkbox") and control.get("checked") is None:
        return ""
    return control.get("value") or ""


def sentence_beside(page: Page, name: str) -> str:
    """The error tied to a field (or to the group it stands in) by `aria-describedby`."""
    by_id = {e.get("id"): e for e in page.tree.iter() if isinstance(e.tag, str) and e.get("id")}
    groups = [e for tag in ("fieldset", "section") for e in page.tree.iter(tag)]
    tied = [g for g in groups if g.get("id") == name or any(c.get("name") == name for c in g.iter())]
    for element in (*controls(page, name), *tied):
        for described in (element.get("aria-describedby") or "").split():
            if described.endswith("-error"):
                return words(by_id[described])
    return ""


def typed_is_kept(page: Page, fields: dict[str, Any], form: Any) -> list[str]:
    """The fields that lost what was typed into them."""
    visible = [
        f for f in form if not isinstance(f, (HiddenField, BooleanField, *SECRET)) and f.name in fields
    ]
    lost = []
    for field in visible:
        value = fields[field.name]
        boxes = [clean(in_the_box(control)) for control in controls(page, field.name)]
        for one in value if isinstance(value, list) else [value]:
            if (clean(one)[:200] if field.type == "NumberField" else clean(one)) not in boxes:
                lost.append(field.name)
    return lost


def cases(row: Row, form: Any) -> list[tuple[str, str, Any]]:
    """What is wrong, in which field, and the value."""
    found = []
    for field in form:
        if isinstance(field, FileField):
            found += [
                ("empty", field.name, None),
                ("wrong type", field.name, "bukan berkas"),
                ("garbage", field.name, b"\x00\xff" * 99),
            ]
        elif not isinstance(field, (HiddenField, BooleanField)):
            found += [(kind, field.name, value) for kind, value in wrong_values(field).items()]
    return found


@pytest.mark.parametrize("row", [row for row in ROWS if row.form], ids=str)
def test_wrong_field_is_named_and_nothing_is_lost(once, desk, row):
    with desk.app.test_request_context():
        form = row.form(desk.made)
        tried = cases(row, form)
    by_name = {field.name: field for field in form}
    before, found = desk.contents(), []
    assert tried or all(isinstance(field, BooleanField) for field in form)
    for kind, name, value in tried:
        fields = desk.fields(**{name: value})
        response = desk.send(fields)
        if response.status_code != 422:
            found.append(f"{name} {kind}: {response.status_code}")
            continue
        page = read(response)
        if not sentence_beside(page, name):
            found.append(f"{name} {kind}: no sentence beside the field")
        chosen = by_name[name].type in ("SelectField", "RadioField", "SelectMultipleField")
        if row.kept and (lost := set(typed_is_kept(page, fields, form)) - ({name} if chosen else set())):
            found.append(f"{name} {kind}: lost {sorted(lost)}")
    assert not found, "\n".join(found)
    assert not changed(before, desk.contents())


def test_what_only_the_row_knows_is_refused(desk_of):
    found = []
    for row in ROWS:
        desk = desk_of(row)
        before = desk.contents()
        for more, status, name in row.wrong:
            response = desk.send(desk.fields(**more))
            if response.status_code != status:
                found.append(f"{row} {more}: {response.status_code} instead of {status}")
            elif name and not sentence_beside(read(response), desk.put(name)):
                found.append(f"{row} {more}: no sentence beside {name}")
        if tables := changed(before, desk.contents()):
            found.append(f"{row}: wrote {tables}")
    assert not found, "\n".join(found)


def refused(desk: Desk, path: str | None, status: int) -> list[str]:
    """What is wrong with the page and the fragment that refuse a whole form."""
    before, found, fields = desk.contents(), [], desk.fields()
    response = desk.send(fields, path)
    if response.status_code != status:
        return [f"{desk.row}: {response.status_code} instead of {status}"]
    page = read(response)
    words_typed = [v for v in fields.values() if isinstance(v, str) and v.strip() and not CHOSEN.fullmatch(v)]
    kept = desk.row.kept and (words_typed or (status == 401 and any(fields.values())))
    if kept and not page.all("form", action=desk.put(path or desk.row.path)):
        found.append(f"{desk.row}: what was typed cannot be sent again from here")
    for name, value in fields.items():
        boxes = [clean(in_the_box(control)) for control in controls(page, name)]
        if kept and isinstance(value, str) and value.strip() and clean(value) not in boxes:
            found.append(f"{desk.row}: {name} is lost")
    if not desk.row.kept and [
        v for v in fields.values() if isinstance(v, str) and len(v) > 9 and v in response.text
    ]:
        found.append(f"{desk.row}: a secret comes back")
    beside = desk.send(
        fields | {name: _file(b"x") for name, v in fields.items() if isinstance(v, tuple)}, path, htmx=True
    )
    if (beside.status_code, beside.headers.get("HX-Retarget")) != (
        status,
        "find [data-message]",
    ) or "<html" in beside.text:
        found.append(f"{desk.row}: no message beside the form: {beside.status_code}")
    if tables := changed(before, desk.contents()):
        found.append(f"{desk.row}: wrote {tables}")
    return found


def test_another_s_is_out_of_reach(desk_of):
    found = []
    for row in ROWS:
        if isinstance(row.other, str):
            continue
        path, status = row.other
        if status >= 400:
            found += refused(desk_of(row), path, status)
        else:
            desk = desk_of(row)
            before = desk.contents()
            response = desk.send(desk.fields(), path)
            found += [f"{row}: {response.status_code}"] if response.status_code != status else []
            found += [f"{row}: wrote {tables}" for tables in changed(before, desk.contents())]
    assert not found, "\n".join(found)


def test_closed_says_so_and_keeps_what_was_typed(desk_of, stopped):
    found = []
    for row in ROWS:
        if isinstance(row.closed, str):
            continue
        (when, status), path = row.closed, None
        if isinstance(when, str):
            path = when
        else:
            stopped.set(when)
        found += refused(desk_of(row), path, status)
        stopped.set(cast.NOW)
    assert not found, "\n".join(found)


def test_ended_session_keeps_what_was_typed(desk_of, world):
    found = []
    for row in ROWS:
        if row.by is None:
            continue
        desk = desk_of(row)
        with world():
            db.session.execute(update(SignIn).values(ended_at=clock.now() - timedelta(minutes=1)))
        found += refused(desk, None, 401)
    assert not found, "\n".join(found)


def test_body_over_the_limit(desk_of):
    body = b"a=" + b"x" * 7_000_000
    found = []
    for row in ROWS:
        desk = desk_of(row)
        before = desk.contents()
        response = desk.client.post(
            desk.put(row.path), data=body, content_type="application/x-www-form-urlencoded"
        )
        if response.status_code != 413 or "Kiriman terlalu besar" not in response.text:
            found.append(f"{row}: {response.status_code}")
        found += [f"{row}: wrote {table}" for table in changed(before, desk.contents())]
    assert not found, "\n".join(found)


@by_row
def test_markup_is_only_text(once, desk, row):
    """Everywhere at once: accepted or refused, it never becomes part of a page."""
    form = row.form(desk.made) if row.form else []
    texts = [f.name for f in form if f.type in ("StringField", "TextAreaField")] or list(row.valid)
    response = desk.send(desk.fields(**{name: MARKUP for name in texts if desk.put(name) in desk.fields()}))
    assert response.status_code < 500
    answers = [response]
    if response.status_code == 303:
        answers.append(desk.client.get(response.location))
    for page in (answer.text for answer in answers if answer.mimetype == "text/html"):
        assert "<script>alert" not in page
        assert not [e for e in parse(page).iter() if e.get("onerror")]


@by_row
def test_repeated_form_does_nothing_twice(desk, row):
    first = desk.send(desk.fields(), token=TOKEN)
    assert first.status_code == row.status, first.text[:3000]
    after = desk.contents()
    second = desk.send(desk.fields(), token=TOKEN)
    assert second.status_code == row.again
    if first.status_code == second.status_code == 303:
        assert path_of(first) == path_of(second)
    assert not changed(after, desk.contents()) or row.another_deed
