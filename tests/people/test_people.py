"""The list of employees, one employee, and the slips."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.ledger import AuditEvent
from portal.people.codes import code_hash
from portal.people.models import Activation, Duty, Person
from tests import factories
from tests.conftest import path_of


def names(page):
    return [link.text_content() if hasattr(link, "text_content") else "".join(link.itertext()) for link in page.all("a") if "/pegawai/" in (link.get("href") or "") and link.find("b") is not None]  # fmt: skip


def test_the_list_is_paged_by_name(client_for, world, ids):
    with world():
        factories.crowd(ids["unit:mutasi"], 90)
    steward = client_for("steward")
    seen, path = [], "/pegawai"
    for _page in range(5):
        page = steward.page(path)
        seen += names(page)
        onward = [link.get("href") for link in page.all("a") if "after=" in (link.get("href") or "")]
        if not onward:
            break
        path = onward[0]
    assert len(seen) == 101
    assert seen == sorted(seen)
    assert len(set(seen)) == 101


def test_people_are_found_by_name_digits_and_unit(client_for, ids):
    steward = client_for("steward")
    assert names(steward.page("/pegawai?cari=sungai")) == ["Sungai Jernih Contoh, S.Sos."]
    assert names(steward.page("/pegawai?cari=101")) == ["Sungai Jernih Contoh, S.Sos."]
    assert names(steward.page("/pegawai?cari=aplikasi")) == ["Titik Koma Misal, S.Sos."]
    assert names(steward.page(f"/pegawai?unit={ids['unit:diskominfo']}")) == [
        "Menara Sinyal Umpama, S.Sos.", "Titik Koma Misal, S.Sos.",
    ]  # fmt: skip
    assert names(steward.page("/pegawai?keadaan=keluar")) == ["Kabut Tipis Umpama, S.Sos."]
    assert "Tidak ada yang cocok" in steward.page("/pegawai?cari=%25_").text


def test_odd_addresses_do_no_harm(client_for):
    steward = client_for("steward")
    for query in ("after=9999999999999999999", "after=-1", "after=x", "unit=x", "unit=99999999999", "cari=" + "a" * 3000,
                  "cari=%27%22%3C"):  # fmt: skip
        steward.page(f"/pegawai?{query}")


def test_a_person_shows_only_the_end_of_the_nip(client_for, ids):
    answer = client_for("steward").page(f"/pegawai/{ids['staff']}")
    assert "199001012015012101" not in answer.response.text
    assert "101" in answer.text


def test_queries_of_the_list_do_not_grow(client_for, world, ids, count_queries):
    steward = client_for("steward")
    steward.page("/pegawai")
    count_queries()
    steward.page("/pegawai")
    few = count_queries()
    with world():
        for person in factories.crowd(ids["unit:mutasi"], 60):
            db.session.add(
                Duty(
                    person_id=person.id, unit_id=ids["unit:mutasi"], role="editor", standing="definitif",
                    from_on=date(2026, 1, 1),
                )
            )  # fmt: skip
    count_queries()
    steward.page("/pegawai")
    assert count_queries() == few <= 9


def without_password(world, ids, *who):
    with world():
        for name in who:
            db.session.get(Person, ids[name]).password_hash = None


def printed(steward, path, form=None, **more):
    """The sheet that a form of slips leads to."""
    return steward.get(path_of(steward.send(path, form or {}, **more)))


def test_a_sheet_for_the_unit_and_below(client_for, world, ids, caplog):
    without_password(world, ids, "staff", "colleague", "planner", "neighbour")
    steward = client_for("steward")
    answer = printed(steward, f"/unit-kerja/{ids['unit:bkpsdm']}/kode-aktivasi")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Cache-Control"] == "no-store"
    with world():
        rows = db.session.scalars(select(Activation)).all()
        assert {row.person_id for row in rows} == {ids["staff"], ids["colleague"], ids["planner"]}
        assert all(row.expires_at == clock.now() + timedelta(days=14) for row in rows)
        events = db.session.scalars(select(AuditEvent)).all()
        assert {event.subject for event in events} == {f"person:{row.person_id}" for row in rows}
        assert all(event.duty_id == ids["duty:steward"] for event in events)
    # Again: nobody is left who needs one, unless asked for.
    assert (
        path_of(steward.send(f"/unit-kerja/{ids['unit:bkpsdm']}/kode-aktivasi"))
        == f"/unit-kerja/{ids['unit:bkpsdm']}"
    )
    assert (
        printed(steward, f"/unit-kerja/{ids['unit:bkpsdm']}/kode-aktivasi", {"again": "y"}).mimetype
        == "application/pdf"
    )


def test_the_code_on_the_slip_is_the_one_that_works_and_is_never_logged(
    client_for, world, ids, monkeypatch, caplog
):
    from portal.people import slips

    without_password(world, ids, "staff")
    seen = []
    honest = slips.sheet
    monkeypatch.setattr(slips, "sheet", lambda made: seen.append(honest(made)) or seen[-1])
    printed(client_for("steward"), f"/unit-kerja/{ids['unit:mutasi']}/kode-aktivasi")
    [slip] = seen[0]["slips"]
    assert slip["name"] == "Sungai Jernih Contoh, S.Sos."
    assert slip["nip"] == "…101"
    assert slip["code"] not in caplog.text
    with world():
        assert db.session.scalars(select(Activation.code_hash)).one() == code_hash(slip["code"])


def test_one_slip_as_the_way_back(client_for, world, ids):
    answer = printed(client_for("steward"), f"/pegawai/{ids['staff']}/kode-aktivasi")
    assert answer.mimetype == "application/pdf"
    with world():
        assert db.session.scalars(select(Activation)).one().expires_at == clock.now() + timedelta(hours=24)


def test_who_may_print(client_for, ids, stopped):
    for who in ("staff", "leader", "auditor"):
        assert client_for(who).send(f"/unit-kerja/{ids['unit:mutasi']}/kode-aktivasi").status_code == 403
        assert client_for(who).send(f"/pegawai/{ids['staff']}/kode-aktivasi").status_code == 403
    assert client_for("steward").send("/unit-kerja/99999/kode-aktivasi").status_code == 404
    assert client_for("steward").send(f"/pegawai/{ids['left']}/kode-aktivasi").status_code == 403
    steward = client_for("steward")
    stopped.forward(minutes=16)
    assert path_of(steward.send(f"/unit-kerja/{ids['unit:mutasi']}/kode-aktivasi")) == "/konfirmasi"


def test_a_repeated_form_prints_the_same_sheet(client_for, world, ids, monkeypatch, stopped):
    from portal.people import slips

    without_password(world, ids, "staff", "colleague")
    steward, path = client_for("steward"), f"/unit-kerja/{ids['unit:mutasi']}/kode-aktivasi"
    sheets = []
    honest = slips.sheet
    monkeypatch.setattr(slips, "sheet", lambda made: sheets.append(honest(made)) or sheets[-1])
    for _ in range(2):
        assert printed(steward, path, token="satu-kiriman-yang-sama").mimetype == "application/pdf"
    assert sheets[0] == sheets[1] and len(sheets[0]["slips"]) == 2
    with world():
        assert {row.code_hash for row in db.session.scalars(select(Activation))} == {
            code_hash(slip["code"]) for slip in sheets[0]["slips"]
        }
    here = path_of(steward.send(path, token="satu-kiriman-yang-sama"))
    # Another session of the same steward cannot derive it, and void codes are on no sheet.
    assert client_for("steward").get(here).status_code == 404
    assert printed(steward, path, {"again": "y"}).mimetype == "application/pdf"
    assert steward.get(here).status_code == 404


def test_names_with_signs_of_typst_stay_text(client_for, world, ids):
    with world():
        person = db.session.get(Person, ids["staff"])
        person.name, person.password_hash = '#panic() *Contoh* \\ $x$ [y] <z> "q"', None
    assert printed(client_for("steward"), f"/pegawai/{ids['staff']}/kode-aktivasi").data.startswith(b"%PDF")


def test_the_auditor_reads_people_and_duties_and_changes_nothing(client_for, ids):
    auditor = client_for("auditor")
    page = auditor.page("/pegawai?cari=Bintang")
    assert "Bintang Purnama Rekaan" in page.text
    assert "…106" in page.text
    assert "Baca daftar pegawai" not in page.text
    person = auditor.page(f"/pegawai/{ids['leader']}")
    assert "Pimpinan, Plt." in person.text
    main = person.find("main")
    assert not [form for form in main.iter("form") if form.get("method") == "post"]
    for word in ("Akhiri", "Beri penugasan", "Cetak kode"):
        assert word not in person.text
    assert "Lihat pegawainya" in auditor.page(f"/unit-kerja/{ids['unit:mutasi']}").text
    assert auditor.send(f"/pegawai/{ids['leader']}/kode-aktivasi").status_code == 403
    assert "/pegawai" in [a.get("href") for a in auditor.page("/akun").all("a")]


def test_who_keeps_one_agency_and_audits_the_regency_changes_only_the_agency(client_for, world, ids):
    with world():
        for role, unit in (("steward", "bkpsdm"), ("auditor", "regency")):
            db.session.add(
                Duty(
                    person_id=ids["planner"], unit_id=ids[f"unit:{unit}"], role=role, from_on=date(2026, 1, 1)
                )
            )  # fmt: skip
    both = client_for("planner")
    assert "Beri penugasan" in both.page(f"/pegawai/{ids['staff']}").text
    assert "Beri penugasan" not in both.page(f"/pegawai/{ids['neighbour']}").text
    assert both.get(f"/pegawai/{ids['neighbour']}/penugasan").status_code == 404
