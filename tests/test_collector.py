"""The garbage collector may come at any moment, also while a session says farewell to its objects."""

import subprocess
import sys

import pytest

FAREWELL = """
import gc
import portal.db
from sqlalchemy import create_engine, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase): pass

class Thing(Base):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with engine.begin() as connection:
    connection.execute(insert(Thing.__table__), [{"id": number} for number in range(1000)])
gc.disable()
for late in range(30):
    session = Session(engine)
    things = session.scalars(select(Thing)).all()
    session.expire(things[5])  # one more attribute of its record: no place is left among the shared names
    for thing in things:
        thing.itself = thing  # only the collector frees it
    for _ in range(4):
        gc.collect(0)  # all are of the next generation, which is due
    del thing, things
    held = [{} for _ in range(200)]  # so that the next dictionary is a new one
    gc.set_threshold(200 + late, 1, 1000)
    gc.enable()
    session.close()
    gc.disable()
    gc.collect()
"""


@pytest.mark.slow
def test_a_collection_during_the_end_of_a_session_does_not_kill_the_process() -> None:
    """Without `db._name_attributes` Python 3.11 ends here by a segmentation fault."""
    ended = subprocess.run([sys.executable, "-c", FAREWELL], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
