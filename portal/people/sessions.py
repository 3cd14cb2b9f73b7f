"""Signing in lasts on the server: a random id in the cookie, its hash in the table."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import Flask, current_app, request, session
from flask_login import AnonymousUserMixin, LoginManager
from sqlalchemy import Date, bindparam, select, update
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Request, Response

from portal import clock
from portal.db import db, writing
from portal.people.authority import Authority, Held, in_force
from portal.people.models import Duty, Person, Preference, SignIn

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=10)
OWN_IDLE, OWN_LONGEST = timedelta(hours=12), timedelta(days=7)
CONFIRMED = timedelta(minutes=15)
"""How long a password that was just given is not asked for again."""

login_manager = LoginManager()
login_manager.session_protection = None


class User:
    """The signed-in person as views, rules and templates see them."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(
        self, person: Person, sign_in: SignIn, preference: Preference | None, authority: Authority
    ) -> None:
        self.person = person
        self.sign_in = sign_in
        self.preference = preference
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
    def full_name(self) -> str:
        return self.person.full_name

    @property
    def short_name(self) -> str:
        return self.person.name.split()[0]

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.person.name.split()[:2]).upper()

    @property
    def post(self) -> str:
        return self.person.post or self.person.unit.name

    @property
    def theme(self) -> str:
        return self.preference.theme if self.preference else "system"

    def get_id(self) -> str:
        return str(self.person.id)

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
        if name not in ("person", "sign_in", "preference", "authority"):
            raise AttributeError(name)
        whole = _read(self._key)
        if whole is None:  # it ended within this request
            raise Unauthorized
        vars(self).update(vars(whole))
        return vars(self)[name]


class Visitor(AnonymousUserMixin):  # type: ignore[misc]
    """Whoever has not signed in."""

    id = None
    authority = Authority()
    theme = "system"


def cookie_name() -> str:
    return "__Host-sesi" if current_app.config["SECURE"] else "sesi"


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def is_over(sign_in: Any, now: datetime) -> bool:
    idle, longest = (OWN_IDLE, OWN_LONGEST) if sign_in.own_device else (IDLE, LONGEST)
    return sign_in.ended_at is not None or now - sign_in.seen_at > idle or now - sign_in.at > longest


@cache
def _whose() -> Any:
    """The session of a key with its person, a row for each duty in force; built once: every request begins with it."""
    return (
        select(SignIn, Person, Preference, Duty.id, Duty.role, Duty.unit_id, Duty.standing)
        .join(Person, SignIn.person_id == Person.id)
        .outerjoin(Preference, Preference.person_id == Person.id)
        .outerjoin(Duty, (Duty.person_id == Person.id) & in_force(bindparam("today", type_=Date)))
        .where(SignIn.key_hash == bindparam("key"))
        .options(joinedload(Person.unit))
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


def _read(key: str) -> User | None:
    now = clock.now()
    rows = db.session.execute(_whose(), {"key": _hash(key), "today": clock.day_of(now)}).all()
    row = rows[0] if rows else None
    if row is None or row.Person.left_on is not None or is_over(row.SignIn, now):
        return None
    return User(
        row.Person,
        row.SignIn,
        row.Preference,
        Authority(tuple(Held(*one[3:]) for one in rows if one[3] is not None)),
    )


@login_manager.request_loader  # type: ignore[untyped-decorator]
def load(req: Request) -> User | None:
    """The person of the cookie; None when the session is over or the person has left."""
    key = req.cookies.get(cookie_name(), "")
    if not 20 <= len(key) <= 100:
        return None
    now = clock.now()
    if "HX-PTag" in req.headers:  # an asking page never prolongs a session
        row = db.session.execute(_stands(), {"key": _hash(key)}).first()
        if row is None or row.left_on is not None or is_over(row, now):
            return None
        return Asking(key, row.person_id)
    user = _read(key)
    # A visit is noted at most once a minute.
    if user is not None and now - user.sign_in.seen_at >= timedelta(minutes=1):
        db.session.commit()
        with writing():
            db.session.execute(update(SignIn).where(SignIn.id == user.sign_in.id).values(seen_at=now))
            db.session.commit()
    return user


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


def rotate(sign_in: SignIn) -> str:
    """Give a session a new id after its password was given again; returns it for the cookie."""
    key = secrets.token_urlsafe(32)
    db.session.execute(
        update(SignIn).where(SignIn.id == sign_in.id).values(key_hash=_hash(key), confirmed_at=clock.now())
    )
    return key


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
