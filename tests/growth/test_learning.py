"""Learning done elsewhere (T6), the steward's word on it, and the calendar feed."""

from __future__ import annotations

from portal import clock
from tests import factories as make
from tests.conftest import read

LEARNING = {
    "title": "Kelas daring contoh", "form": "C3", "issuer": "Lembaga Umpama", "number": "12/2026",
    "starts_on": "2026-02-02", "ends_on": "2026-02-02", "hours": "5", "minutes": "", "kept_at": "Map contoh",
}  # fmt: skip


def test_t6_the_same_certificate_is_recorded_once(client_for):
    staff = client_for("staff")
    assert staff.send("/pelatihan/jp/baru", LEARNING).status_code == 303
    again = staff.send("/pelatihan/jp/baru", LEARNING)
    assert again.status_code == 422
    assert "sudah tercatat 3 Maret" in read(again).errors()["number"].replace("\xa0", " ")
    other = staff.send("/pelatihan/jp/baru", LEARNING | {"number": "13/2026"})
    assert other.status_code == 422 and "Mungkin ganda" in read(other).text
    assert staff.send("/pelatihan/jp/baru", LEARNING | {"number": "13/2026", "tetap": "1"}).status_code == 303
    page = staff.page("/pelatihan/jp").text
    assert "6 JP dari 20" in page and "2 JP di atas batas bentuk ini" in page


def test_the_steward_settles_learning_and_the_printed_hours_count(client_for, ids):
    client_for("staff").send("/pelatihan/jp/baru", LEARNING)
    steward = client_for("steward")
    assert "Kelas daring contoh" in steward.page("/pelatihan/jp/telaah").text
    refused = steward.send("/pelatihan/jp/1/telaah", {"outcome": "refused", "hours": "", "reason": ""})
    assert refused.status_code == 422
    assert steward.send("/pelatihan/jp/1/telaah", {"outcome": "accepted", "hours": "5"}).status_code == 303
    assert steward.send("/pelatihan/jp/1/telaah", {"outcome": "accepted", "hours": "9"}).status_code == 403
    assert "5 JP dari 20" in client_for("staff").page("/pelatihan/jp").text


def test_a_steward_does_not_settle_their_own(client_for):
    steward = client_for("steward")
    steward.send("/pelatihan/jp/baru", LEARNING)
    assert steward.send("/pelatihan/jp/1/telaah", {"outcome": "accepted", "hours": "5"}).status_code == 403


def test_the_calendar_address_is_read_until_it_is_revoked(client_for, world, ids):
    with world():
        training = make.training(ids["unit:bkpsdm"], ids["planner"], title="Arsip, menata; rapi")
        make.drawn(training)
        make.enrolment(training, ids["staff"], seat="held")
        make.meeting(training, clock.now())
    staff = client_for("staff")
    staff.send("/pelatihan/kalender", {"urusan": "baru"})
    url = staff.page("/pelatihan/jp").find("input", readonly="").get("value")
    path = "/kalender/" + url.rpartition("/")[2]
    someone = client_for(None)
    feed = someone.get(path)
    text = feed.data.decode()
    assert feed.mimetype == "text/calendar"
    assert "BEGIN:VTIMEZONE\r\nTZID:Asia/Jakarta\r\n" in text and "TZOFFSETTO:+0700" in text
    assert (
        "DTSTART;TZID=Asia/Jakarta:20260303T090000\r\n" in text
        and "SUMMARY:Arsip\\, menata\\; rapi\r\n" in text
    )
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert someone.get(path.replace("/1-", "/1-0")[:-5] + ".ics").status_code == 404
    staff.send("/pelatihan/kalender", {"urusan": "cabut"})
    assert someone.get(path).status_code == 404
