"""Requests of one process take turns."""

from __future__ import annotations

import threading

from flask import Flask

from portal.gunicorn_worker import LONGEST_TURN, Turns


def test_a_request_that_takes_long_is_waited_for_once_and_its_end_disturbs_nobody() -> None:
    turns = Turns(Flask(__name__))
    long = turns.take()
    following = turns.take()  # after LONGEST_TURN; it has the turn now
    assert following is not long

    others: list[threading.Lock] = []
    waiting = threading.Thread(target=lambda: others.append(turns.take()))
    waiting.start()
    long.release()
    waiting.join(LONGEST_TURN / 5)
    assert not others
    following.release()
    waiting.join()
    assert others == [following]
