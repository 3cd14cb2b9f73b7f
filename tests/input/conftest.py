"""The world of the forms, built once and copied for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from portal import clock
from portal.db import db, writing
from tests import cast
from tests.conftest import Store
from tests.input import world as things


@pytest.fixture(scope="session")
def built(one_app: Flask, store: Store, template: dict[str, int]) -> things.World:
    """What stands in the world, by name; the world itself is kept in the store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: cast.NOW)
        with one_app.app_context():
            db.engine.dispose()
            store.fresh()
            with writing():
                made = things.build(template)
                db.session.commit()
            db.session.remove()
            db.engine.dispose()
        store.keep("forms")
    return made


@pytest.fixture
def anew(one_app: Flask, store: Store, built: things.World) -> Callable[[], None]:
    """Put the world back as it was built."""

    def start() -> None:
        with one_app.app_context():
            db.session.remove()
            db.engine.dispose()
        store.fresh("forms")

    return start


@pytest.fixture
def app(one_app: Flask, anew: Callable[[], None]) -> Iterator[Flask]:
    """The portal in the world of the forms, instead of the empty one with the cast."""
    anew()
    yield one_app
    with one_app.app_context():
        db.session.remove()
        db.engine.dispose()
