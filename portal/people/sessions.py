"""Signing in lasts on the server: a random id in the cookie, its hash in the table."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from flask import Flask, current_app, g, request, session
from flask_login import AnonymousUserMixin, LoginManager, current_user
from sqlalchemy import Date, bindparam, select, update
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Request, Response

from portal import clock, htmx, submissions
from portal.db import db, rows, writing
from portal.people.authority import Authority, Held, in_force
from portal.people.models import Duty, Person, Preference, SignIn, Unit, with_titles

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=10)
OWN_IDLE, OWN_LONGEST = timedelta(hours=12), timedelta(days=7)
CONFIRMED = timedelta(minutes=15)
"""How long a password that was just given is not asked for again."""

login_manager = LoginManager()
login_manager.session_protection = None


class Session(NamedTuple):
    """The columns of a SignIn that a request asks for."""

    id: int
    key_hash: str
    person_id: int
    own_device: bool
    at: datetime
    confirmed_at: datetime
    seen_at: datetime
    ended_at: datetime | None


class Known(NamedTuple):
    """The columns of a Person, their unit and their preference that a request asks for."""

    id: int
    nip: str
    name: str
    titles: str
    status: str
    post: str
    unit_id: int
    left_on: date | None
    unit_name: str
    theme: str | None
    language: str | None


class User:
    """The signed-in person as views, rules and templates see them."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, person: Known, sign_in: Session, authority: Authority) -> None:
        self.person = person
        self.sign_in = sign_in
        self.authority = authority

    @property
    def id(self) -> int:
        return self.person.id

    @property
    def unit_id(self) -> int:
        return self.person.unit_id

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def language(self) -> str | None:
        return self.person.language

    @property
    def theme(self) -> str:
        return self.person.theme or "system"

    @property
    def full_name(self) -> str:
        return with_titles(self.name, self.person.titles)

    @property
    def short_name(self) -> str:
        return self.name.split()[0]

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()

    @property
    def post(self) -> str:
        return self.person.post or self.person.unit_name

    def get_id(self) -> str:
        return str(self.id)

    @property
    def has_just_confirmed(self) -> bool:
        return clock.now() - self.sign_in.confirmed_at <= CONFIRMED


class Asking(User):
    """Somebody whose open page asks for news: that the session stands is known, everything else is read when needed."""

    def __init__(self, key: str, person_id: int) -> None:
        self._key, self._person_id = key, person_id

    @property
    def id(self) -> int:
        return self._person_id

    def __getattr__(self, name: str) -> Any:
        if name not in ("person", "sign_in", "authority"):
            raise AttributeError(name)
        now = clock.now()
        found = _found(self._key, now)
        if found is None or found.person.left_on is not None or is_over(found.sign_in, now):
            raise Unauthorized  # it ended within this request
        vars(self).update(vars(found))
        return vars(self)[name]


class Visitor(AnonymousUserMixin):  # type: ignore[misc]
    """Whoever has not signed in."""

    id = None
    authority = Authority()
    theme = "system"
    language = None


def cookie_name() -> str:
    return "__Host-sesi" if current_app.config["SECURE"] else "sesi"


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def is_over(sign_in: Any, now: datetime) -> bool:
    idle, longest = (OWN_IDLE, OWN_LONGEST) if sign_in.own_device else (IDLE, LONGEST)
    return sign_in.ended_at is not None or now - sign_in.seen_at > idle or now - sign_in.at > longest


_SESSION = tuple(getattr(SignIn, name) for name in Session._fields)
_PERSON = (
    *(getattr(Person, name) for name in Known._fields[:8]),
    Unit.name,
    Preference.theme,
    Preference.language,
)


@cache
def _whose() -> Any:
    """The session of a key with its person, a row for each duty in force; built once: every request begins with it."""
    return (
        select(*_SESSION, *_PERSON, Duty.id, Duty.role, Duty.unit_id, Duty.standing)
        .join(Person, SignIn.person_id == Person.id)
        .join(Unit, Unit.id == Person.unit_id)
        .outerjoin(Preference, Preference.person_id == Person.id)
        .outerjoin(Duty, (Duty.person_id == Person.id) & in_force(bindparam("today", type_=Date)))
        .where(SignIn.key_hash == bindparam("key"))
        .order_by(Duty.id)
    )


@cache
def _stands() -> Any:
    """As much of a session as tells whether it stands; columns alone, for open pages ask every few seconds."""
    sign_in, person = SignIn.__table__, Person.__table__
    return (
        select(
            sign_in.c.person_id, sign_in.c.own_device, sign_in.c.at, sign_in.c.seen_at, sign_in.c.ended_at, person.c.left_on
        )
        .join(person, sign_in.c.person_id == person.c.id)
        .where(sign_in.c.key_hash == bindparam("key"))
    )  # fmt: skip


@login_manager.request_loader  # type: ignore[untyped-decorator]
def load(req: Request) -> User | None:
    """The person of the cookie; None when the session is over or the person has left."""
    key = req.cookies.get(cookie_name(), "")
    if not 20 <= len(key) <= 100:
        return None
    now, renewed = clock.now(), None
    if req.method == "GET" and "HX-PTag" in req.headers:  # an asking page never prolongs a session
        asking = next(iter(rows(_stands(), {"key": _hash(key)})), None)
        if asking is None or asking.left_on is not None or is_over(asking, now):
            return None
        return Asking(key, asking.person_id)
    found = _found(key, now)
    if found is None and (token := submissions.sent_token()):
        key = renewed = successor(key, token)
        found = _found(key, now)
        if found is not None and now - found.sign_in.confirmed_at > CONFIRMED:
            found = None
    if found is None:
        return None
    if found.person.left_on is not None or is_over(found.sign_in, now):
        g.former_person = found.person.id
        return None
    g.renewed_key = renewed
    sign_in = found.sign_in
    # Polling never prolongs a session, and a visit is noted at most once a minute.
    if now - sign_in.seen_at >= timedelta(minutes=1) and "HX-PTag" not in req.headers:
        db.session.commit()
        try:
            with writing():
                db.session.execute(update(SignIn).where(SignIn.id == sign_in.id).values(seen_at=now))
                db.session.commit()
        except DBAPIError:
            db.session.rollback()  # a database that takes no writes is still read
    return found


def _found(key: str, now: datetime) -> User | None:
    """Whose session this is the id of, be it over or not."""
    found = rows(_whose(), {"key": _hash(key), "today": clock.day_of(now)})
    if not found:
        return None
    split = len(_SESSION), len(_SESSION) + len(_PERSON)
    sign_in, person = Session(*found[0][: split[0]]), Known(*found[0][split[0] : split[1]])
    return User(
        person,
        sign_in,
        Authority(tuple(Held(*row[split[1] :]) for row in found if row[split[1]] is not None)),
    )


def successor(key: str, token: str) -> str:
    """The id that a session has once the form with this token renewed it.

    Derived under the portal's key, so that a copy of that form, sent with the former id, still finds its session;
    nobody else can tell it, whatever old id they hold.
    """
    digest = hmac.digest(str(current_app.secret_key).encode(), f"{key} {token}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _answer_repetition() -> Response | None:
    """A copy of a form whose session ended with the first (signing out, ending it) gets the first result."""
    token = submissions.sent_token()
    if not token or current_user.is_authenticated or "former_person" not in g:
        return None
    address = submissions.led_to(g.former_person, token)
    return htmx.redirect_to(address) if address else None


def _hand_out_again(response: Response) -> Response:
    """The first answer with the renewed id may never have arrived."""
    key = g.get("renewed_key")
    if key is None and g.get("is_repetition"):
        # The session was renewed after this copy had been let in by the former id.
        following = successor(request.cookies[cookie_name()], submissions.sent_token())
        key = following if _found(following, clock.now()) else None
    if key:
        set_cookie(response, key, current_user.sign_in.own_device)
    return response


def start(person: Person, own_device: bool) -> str:
    """Begin a session in the transaction at hand; returns the random id for the cookie.

    The CSRF token stays only where the same person signs in again in the same browser.
    """
    kept = session.get("csrf_token") if session.get("person") == person.id else None
    session.clear()
    if kept:
        session["csrf_token"] = kept
    session["person"] = person.id
    key = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.add(
        SignIn(
            key_hash=_hash(key),
            person_id=person.id,
            device=(request.user_agent.string or "")[:200],
            own_device=own_device,
            at=now,
            confirmed_at=now,
            seen_at=now,
        )
    )
    return key


def rotate(sign_in: Session) -> str | None:
    """Give a session a new id after its password was given again, in the transaction at hand.

    Returns it for the cookie; None where another form was faster.
    """
    key = successor(request.cookies[cookie_name()], submissions.token())
    renewed = update(SignIn).where(SignIn.id == sign_in.id, SignIn.key_hash == sign_in.key_hash)
    done: Any = db.session.execute(renewed.values(key_hash=_hash(key), confirmed_at=clock.now()))
    return key if done.rowcount else None


def set_cookie(response: Response, key: str, own_device: bool) -> Response:
    response.set_cookie(
        cookie_name(),
        key,
        max_age=int(OWN_LONGEST.total_seconds()) if own_device else None,
        secure=current_app.config["SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def clear_cookie(response: Response) -> Response:
    response.delete_cookie(
        cookie_name(), path="/", secure=current_app.config["SECURE"], httponly=True, samesite="Lax"
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def end_all(person_id: int, but: int | None = None) -> int:
    """End the sessions of a person, but for one; in the transaction at hand."""
    query = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    if but is not None:
        query = query.where(SignIn.id != but)
    return int(db.session.execute(query.values(ended_at=clock.now())).rowcount)  # type: ignore[attr-defined]


def end(sign_in_id: int, person_id: int) -> bool:
    """End one session of this person, in the transaction at hand; False where there is none such."""
    query = update(SignIn).where(
        SignIn.id == sign_in_id, SignIn.person_id == person_id, SignIn.ended_at.is_(None)
    )
    return bool(db.session.execute(query.values(ended_at=clock.now())).rowcount)  # type: ignore[attr-defined]


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    login_manager.anonymous_user = Visitor
    app.before_request(_answer_repetition)
    app.after_request(_hand_out_again)
