"""One way to talk about notices and polls too: replies that name a colleague, states, moderation with a public count."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal.changes import actions
from portal.changes.models import Notice
from portal.db import db
from portal.discussion.models import Comment, Mention
from portal.people.authority import Held
from tests import factories as make
from tests.conftest import path_of, read, words


@pytest.fixture(params=["notice", "poll"])
def place(request: pytest.FixtureRequest, world: Any, ids: dict[str, int]) -> str:
    """The page of a notice to BKPSDM, or of a poll of it."""
    with world():
        if request.param == "notice":
            return f"/pemberitahuan/{make.notice(ids['unit:bkpsdm'], ids['leader']).id}"
        return f"/pemungutan-suara/{make.poll(ids['unit:bkpsdm'], ids['planner']).id}"


def say(client: Any, place: str, body: str, **more: Any) -> Any:
    return client.send(f"{place}/tanggapan", {"body": body} | more)


def newest(world: Any) -> int:
    with world():
        return int(db.session.scalars(select(Comment.id).order_by(Comment.id.desc())).first())


@pytest.mark.parametrize("htmx", [False, True])
def test_whoever_reads_it_speaks(client_for: Any, world: Any, place: str, htmx: bool) -> None:
    staff = client_for("staff")
    answer = staff.send(f"{place}/tanggapan", {"body": "Mohon dijelaskan."}, htmx=htmx)
    assert answer.status_code == (200 if htmx else 303)
    text = client_for("colleague").page(place).text
    assert "Mohon dijelaskan." in text and "Sungai Jernih Contoh" in text and "Terbuka" in text
    assert path_of(client_for("colleague").get(f"/tanggapan/{newest(world)}")) == place
    assert say(staff, place, "").status_code == 422


def test_who_may_not_know_of_it_neither_speaks_nor_is_named(
    client_for: Any, world: Any, ids: dict[str, int], place: str
) -> None:
    assert say(client_for("neighbour"), place, "Dari luar.").status_code == 404
    staff = client_for("staff")
    found = read(
        staff.send(f"{place}/tanggapan", {"body": "Mohon dilihat.", "search": "i", "deed": "search"})
    )
    offered = {int(box.get("value")) for box in found.all("input", name="mentions")}
    assert ids["colleague"] in offered and ids["secretary"] in offered
    assert ids["neighbour"] not in offered, "it would wait for him and could not be opened"
    refused = say(staff, place, "Mohon dilihat.", mentions=str(ids["neighbour"]))
    assert refused.status_code == 422
    with world():
        assert db.session.scalars(select(Mention.person_id)).all() == []


def test_a_reply_names_a_colleague_who_finds_it(
    client_for: Any, world: Any, ids: dict[str, int], place: str
) -> None:
    say(client_for("staff"), place, "Siapa yang berjaga?")
    first, leader = newest(world), client_for("leader")
    typed = {"parent": str(first), "body": "Rekan ini tahu.", "search": "layar", "deed": "search"}
    page = read(leader.send(f"{place}/tanggapan", typed))
    article = page.find("article", id=f"tanggapan-{first}")
    assert next(article.iter("textarea")).text.strip() == "Rekan ini tahu.", (
        "the form stands under the remark"
    )
    assert page.find("input", name="parent").get("value") == str(first)
    assert (
        say(leader, place, "Rekan ini tahu.", parent=str(first), mentions=str(ids["colleague"])).status_code
        == 303
    )
    colleague = client_for("colleague")
    waits = "menyebut Anda dalam sebuah tanggapan"
    page = colleague.page("/menunggu-saya")
    assert waits in page.text
    opened = colleague.send(page.find("form", action=f"/tanggapan/{newest(world)}/sebutan").get("action"))
    assert path_of(opened) == place
    assert waits not in colleague.page("/menunggu-saya").text
    remark = words(colleague.page(place).find("article", id=f"tanggapan-{first}"))
    assert "Menyebut Layar Biru Umpama" in remark and "Rekan ini tahu." in remark


def test_the_planner_gives_states_and_moderates_in_a_public_count(
    client_for: Any, world: Any, place: str, stopped: Any
) -> None:
    say(client_for("staff"), place, "Kata yang kasar.")
    comment, planner = newest(world), client_for("planner")
    assert (
        client_for("colleague").send(f"/tanggapan/{comment}/keadaan", {"kind": "answered"}).status_code == 403
    )
    assert planner.send(f"/tanggapan/{comment}/keadaan", {"kind": "answered"}).status_code == 303
    assert "Ditanggapi" in client_for("staff").page(place).text
    report = {"reason": "Menyebut orang."}
    assert client_for("colleague").send(f"/tanggapan/{comment}/laporan", report).status_code == 303
    assert planner.page("/menunggu-saya").find("a", href=f"/tanggapan/{comment}/penyembunyian") is not None
    assert client_for("editor").send(f"/tanggapan/{comment}/penyembunyian", report).status_code == 403
    assert planner.send(f"/tanggapan/{comment}/penyembunyian", report).status_code == 303
    text = client_for("colleague").page(place).text
    assert "Kata yang kasar." not in text and "Disembunyikan: Menyebut orang." in text
    assert "Dilaporkan 1, disembunyikan 1, ditampilkan kembali 0." in text
    assert "Kata yang kasar." in client_for("staff").page(place).text, "the author reads it, with the reason"
    stopped.forward(minutes=1)
    assert planner.send(f"/tanggapan/{comment}/penampilan").status_code == 303
    assert "Dilaporkan 1, disembunyikan 0, ditampilkan kembali 1." in client_for("colleague").page(place).text


def test_the_talk_about_a_poll_says_that_it_is_not_secret(
    client_for: Any, world: Any, ids: dict[str, int]
) -> None:
    with world():
        poll = make.poll(ids["unit:bkpsdm"], ids["planner"]).id
    page = client_for("staff").page(f"/pemungutan-suara/{poll}")
    assert "terpisah dari suara Anda yang rahasia" in words(page.find("section", id="percakapan"))


def test_words_of_a_notice_are_quoted_and_followed_through_its_versions(
    client_for: Any, world: Any, ids: dict[str, int]
) -> None:
    with world():
        notice = make.notice(ids["unit:bkpsdm"], ids["leader"]).id
    place, staff = f"/pemberitahuan/{notice}", client_for("staff")
    assert say(staff, place, "Mengapa?", quote="Dua loket menjadi satu", on_version="1").status_code == 303
    assert say(staff, place, "Mengapa?", quote="Kata lain", on_version="1").status_code == 422
    comment = newest(world)
    assert "Dua loket menjadi satu" in words(client_for("colleague").page(place).find("mark"))
    with world():
        found = db.session.get_one(Notice, notice)
        parts = {part: getattr(found.revisions[0], part) for part in actions.PARTS}
        held = Held(ids["duty:leader"], "leader", ids["unit:bkpsdm"], "plt")
        actions.revise(
            found, 1, parts | {"what": "Tiga loket tetap."}, True, client_user(ids["leader"]), held
        )
    page = client_for("colleague").page(place)
    assert "Ditulis pada versi 1; teks sudah berubah." in page.text
    changed = client_for("colleague").page(page.find("a", href=f"{place}/versi?dari=1&ke=2").get("href"))
    assert words(changed.find("ins")) and "loket" in changed.text
    planner = client_for("planner")
    assert (
        planner.send(f"/tanggapan/{comment}/keadaan", {"kind": "changed", "version": "2"}).status_code == 303
    )
    page = client_for("staff").page(place)
    assert "Mengubah teks (versi 2)" in page.text


class client_user:
    """The person whose deed it is."""

    def __init__(self, person_id: int) -> None:
        self.id = person_id
