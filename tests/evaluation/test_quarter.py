"""A quarter from its first figure to final: entered, handed in, judged, objected to, answered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from portal.db import db
from portal.drafting.models import Line, QuarterTarget
from portal.evaluation import spending
from portal.evaluation.models import (
    Evaluation,
    Filing,
    Objection,
    ObjectionAnswer,
    Realisation,
    Verdict,
)
from tests import factories as make
from tests.conftest import read
from tests.evaluation.conftest import ENTRY, FILING

pytestmark = pytest.mark.usefixtures("april")


@pytest.fixture
def at(adopted: dict[str, int]) -> str:
    return f"/hasil/{adopted['unit']}/2027/1"


def enter(client: Any, at: str, line_id: int, **fields: str) -> Any:
    return client.send(f"{at}/baris/{line_id}", ENTRY | fields)


@pytest.fixture
def full(client_for: Any, at: str, adopted: dict[str, int]) -> None:
    editor = client_for("editor")
    assert enter(editor, at, adopted["first"]).status_code == 303
    assert enter(editor, at, adopted["second"], value="40", rupiah="10.000.000").status_code == 303


@pytest.fixture
def filed(full: None, client_for: Any, at: str, ids: dict[str, int]) -> None:
    assert (
        client_for("leader").send(f"{at}/penyampaian", FILING | {"unit": str(ids["unit:mutasi"])}).status_code
        == 303
    )


def findings(adopted: dict[str, int], result: str = "fits", text: str = "") -> dict[str, str]:
    lines = (adopted["first"], adopted["second"])
    return {f"b{n}-result": "fits" for n in lines} | {
        f"b{lines[0]}-result": result,
        f"b{lines[0]}-text": text,
    }


@pytest.fixture
def validated(filed: None, client_for: Any, at: str, adopted: dict[str, int]) -> None:
    sent = client_for("verifier").send(f"{at}/telaah", findings(adopted) | {"outcome": "validated"})
    assert sent.status_code == 303


def test_a_figure_is_entered_and_shown_with_its_achievement(client_for, world, at, adopted, ids):
    enter(client_for("editor"), at, adopted["first"])
    with world():
        row = db.session.scalars(select(Realisation)).one()
        assert (row.number, row.value, row.rupiah, row.by_id) == (1, 3, 45_000_000, ids["editor"])
        assert [proof.reference for proof in row.evidence] == ["800/12/2027"]
    page = client_for("staff").page(at)
    assert "25,00" in page.text and "75,00" in page.text and "belum divalidasi" in page.text
    assert "1 dari 2 baris dihitung" in client_for("staff").page(f"/hasil/{adopted['unit']}/2027").text


def test_a_second_figure_keeps_the_first_and_an_old_form_is_shown_both(client_for, world, at, adopted):
    editor = client_for("editor")
    enter(editor, at, adopted["first"])
    assert enter(editor, at, adopted["first"], number="1", value="4").status_code == 303
    late = client_for("planner").send(f"{at}/baris/{adopted['first']}", ENTRY | {"number": "1", "value": "5"})
    assert late.status_code == 409
    page = read(late)
    assert "4, oleh" in page.text and page.find("input", name="value").get("value") == "5"
    assert page.find("input", name="number").get("value") == "2"
    with world():
        assert db.session.scalars(select(Realisation.value).order_by(Realisation.number)).all() == [3, 4]
    assert "Isian 1" in editor.page(f"{at}/baris/{adopted['first']}/riwayat").text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"value": ""}, "value"),
        ({"value": "tiga"}, "value"),
        ({"value": "-1"}, "value"),
        ({"status": "not_started", "value": ""}, "reason"),
        ({"rupiah": "40.000.001"}, "reason"),
        ({"rupiah": "0", "numerator": "4"}, "denominator"),
        ({"rupiah": "0", "numerator": "4", "denominator": "0"}, "denominator"),
        ({"title": ""}, "title"),
        ({"reference": ""}, "reference"),
        ({"reference": "198804042012042104"}, "reference"),
        ({"kept_by": ""}, "kept_by"),
    ],
)
def test_a_wrong_figure_is_said_beside_its_field(client_for, world, at, adopted, fields, field):
    sent = enter(client_for("editor"), at, adopted["second"], **fields)
    assert sent.status_code == 422
    assert field in read(sent).errors()
    with world():
        assert db.session.scalar(select(func.count(Realisation.id))) == 0


@pytest.mark.parametrize(
    ("quarter", "fields", "field"),
    [
        (1, {"value": "14,5"}, "note"),  # 120,83 percent of the year already
        (1, {"value": "14,4"}, None),
        (1, {"value": "1"}, None),  # a quarter of the year says little of the year
        (4, {"value": "5"}, "note"),
        (4, {"value": "5", "note": "Pagu dialihkan pada triwulan II."}, None),
        (1, {"rupiah": "60.000.001"}, "reason"),
        (1, {"rupiah": "60.000.001", "reason": "Tagihan tahun lalu."}, None),
    ],
)
def test_what_is_far_from_its_target_or_over_the_ceiling_says_why(
    client_for, stopped, april, at, adopted, quarter, fields, field
):
    stopped.set(april.replace(year=2027 + quarter // 4, month=quarter * 3 % 12 + 1))
    sent = enter(client_for("editor"), f"{at[:-1]}{quarter}", adopted["first"], **fields)
    assert (list(read(sent).errors()) if sent.status_code == 422 else [None]) == [field]


def test_a_quarter_with_a_target_of_its_own_is_judged_by_that(client_for, world, at, adopted):
    with world():
        db.session.add(QuarterTarget(line_id=adopted["first"], quarter=1, value=4))
    editor = client_for("editor")
    assert list(read(enter(editor, at, adopted["first"], value="1")).errors()) == ["note"]
    assert list(read(enter(editor, at, adopted["first"], value="5")).errors()) == ["note"]
    assert enter(editor, at, adopted["first"], value="2").status_code == 303


def test_a_line_without_a_ceiling_is_spent_on_only_with_a_reason(client_for, world, at, adopted):
    with world():
        db.session.get_one(Line, adopted["first"]).ceiling = 0
    sent = enter(client_for("editor"), at, adopted["first"], rupiah="1")
    assert "tanpa pagu" in read(sent).errors()["reason"]


def test_several_pieces_of_evidence_are_added_without_javascript(client_for, world, at, adopted):
    editor, path = client_for("editor"), f"{at}/baris/{adopted['first']}"
    page = read(editor.send(path, ENTRY | {"pieces": "0", "more": "1"}))
    assert page.find("input", name="pieces").get("value") == "1"
    assert page.find("input", name="value").get("value") == "3"
    second = {
        "evidence_kind": "link",
        "title": "Laman contoh",
        "reference": "https://contoh.example",
        "kept_by": "Sekretariat",
    }
    further = {f"bukti2-{name}": value for name, value in second.items()} | {"pieces": "1"}
    wrong = editor.send(path, ENTRY | further | {"bukti2-title": ""})
    assert wrong.status_code == 422 and "bukti2-title" in read(wrong).errors()
    with world():
        assert db.session.scalar(select(func.count(Realisation.id))) == 0
    assert editor.send(path, ENTRY | further).status_code == 303
    with world():
        kept = db.session.scalars(select(Realisation)).one().evidence
        assert [(one.kind, one.title) for one in kept] == [
            ("document", "Laporan contoh triwulan"), ("link", "Laman contoh"),
        ]  # fmt: skip
    again = editor.page(path)
    assert again.find("input", name="bukti2-reference").get("value") == "https://contoh.example"


def test_spending_that_was_read_in_is_proposed_and_stands_beside(client_for, world, at, adopted, ids):
    with world():
        code = db.session.get_one(Line, adopted["first"]).code
        paid = spending.Entry(code, "5.1", date(2027, 1, 4), date(2027, 1, 5), 7_000_000, 0)
        waits = spending.Entry(code, "5.1", date(2027, 1, 4), None, 1_000_000, 0)
        spending.take_over(ids["unit:bkpsdm"], "2027-01", spending.Reading([paid, waits]))
    editor, path = client_for("editor"), f"{at}/baris/{adopted['first']}"
    page = editor.page(path)
    assert "(Januari 2027): Rp7.000.000 sudah cair" in page.text
    assert page.find("input", name="rupiah").get("value") == "7.000.000"
    assert enter(editor, at, adopted["first"], rupiah="6.000.000").status_code == 303
    page = editor.page(path)
    assert page.find("input", name="rupiah").get("value") == "6.000.000" and "Rp7.000.000" in page.text


def test_nobody_enters_another_units_figure(client_for, at, adopted):
    for who in ("staff", "neighbour", "verifier", "auditor"):
        assert enter(client_for(who), at, adopted["first"]).status_code == 403


def test_nothing_is_entered_before_the_quarter_is_over(client_for, stopped, at, adopted, april):
    stopped.set(april - timedelta(days=10))
    sent = enter(client_for("editor"), at, adopted["first"])
    assert sent.status_code == 403 and "1 April 2027" in read(sent).text.replace("\xa0", " ")


def test_what_is_incomplete_is_not_handed_in(client_for, at, adopted, ids):
    enter(client_for("editor"), at, adopted["first"], evidence_kind="", title="", reference="", kept_by="")
    form = FILING | {"unit": str(ids["unit:mutasi"])}
    sent = client_for("leader").send(f"{at}/penyampaian", form)
    assert sent.status_code == 403 and "2 baris belum lengkap" in read(sent).text


def test_a_sum_is_handed_in_with_every_quarter_since_the_line_began(
    client_for, world, stopped, at, april, adopted, ids
):
    """The first line adds up, the second one is averaged; a third is new in the edition of May."""
    with world():
        change = make.plan(ids["unit:bkpsdm"], edition=1)
        lines = [
            make.line(change, unit_id=ids["unit:mutasi"], target=12, ceiling=60_000_000),
            make.line(change, "5.03.02.2.03.0001", ids["unit:mutasi"], target=100, accumulation="average"),
            make.line(change, "5.03.02.2.03.0002", ids["unit:mutasi"], target=4),
        ]
        make.snapshot(change, datetime(2027, 5, 3, 3, 0, tzinfo=UTC))
        first, *others = [line.id for line in lines]
    stopped.set(april.replace(month=7))
    editor, second = client_for("editor"), at[:-1] + "2"
    for line_id in (first, *others):
        assert enter(editor, second, line_id, rupiah="").status_code == 303
    form = FILING | {"unit": str(ids["unit:mutasi"])}
    assert editor.page(second).text.count("Triwulan I belum diisi") == 1
    sent = client_for("leader").send(f"{second}/penyampaian", form)
    assert sent.status_code == 403 and "1 baris belum lengkap" in read(sent).text
    assert enter(editor, at, adopted["first"]).status_code == 303
    assert client_for("leader").send(f"{second}/penyampaian", form).status_code == 303


def test_handing_in_keeps_what_was_computed(full, client_for, world, at, ids):
    form = FILING | {"unit": str(ids["unit:mutasi"]), "next_quarter": "Ajukan pagu kembali."}
    assert client_for("planner").send(f"{at}/penyampaian", form).status_code == 403
    leader = client_for("leader")
    assert leader.send(f"{at}/penyampaian", form).status_code == 303
    with world():
        filing = db.session.scalars(select(Filing)).one()
        assert filing.content["performance"] == "32.5" and filing.content["rating"] == "SR"
        assert [line["achievement"] for line in filing.content["lines"]] == ["25", "40"]
    assert leader.send(f"{at}/penyampaian", form).status_code == 403
    assert enter(client_for("editor"), at, 1).status_code in (403, 404)


def test_late_is_taken_and_said(full, client_for, stopped, at, april, ids):
    stopped.set(april + timedelta(days=16))
    client_for("leader").send(f"{at}/penyampaian", FILING | {"unit": str(ids["unit:mutasi"])})
    assert "terlambat 6 hari" in client_for("staff").page(at).text


def test_the_follow_up_is_asked_for_in_the_next_quarter(
    full, client_for, stopped, world, at, adopted, april, ids
):
    form = FILING | {"unit": str(ids["unit:mutasi"])}
    client_for("leader").send(f"{at}/penyampaian", form | {"next_quarter": "Ajukan pagu kembali."})
    stopped.set(april.replace(month=7))
    second = at[:-1] + "2"
    editor = client_for("editor")
    for line_id in (adopted["first"], adopted["second"]):
        assert enter(editor, second, line_id, value="1", rupiah="0").status_code == 303
    leader = client_for("leader")
    page = leader.page(f"{second}/penyampaian")
    assert "Ajukan pagu kembali." in page.text
    assert leader.send(f"{second}/penyampaian", form).status_code == 422
    answered = {"tl1-result": "partly", "tl1-text": "Separuh pagu kembali."}
    assert leader.send(f"{second}/penyampaian", form | answered).status_code == 303


def test_returned_corrected_and_validated(filed, client_for, world, at, adopted, ids):
    verifier, editor = client_for("verifier"), client_for("editor")
    said = findings(adopted, "does_not_fit", "Bukti tidak memuat angkanya.")
    assert verifier.send(f"{at}/telaah", said | {"outcome": "validated"}).status_code == 422
    assert verifier.send(f"{at}/telaah", said | {"outcome": "returned"}).status_code == 303
    assert "Bukti tidak memuat angkanya." in editor.page(at).text
    assert enter(editor, at, adopted["first"], number="1").status_code == 422  # a reason is asked
    assert (
        enter(editor, at, adopted["first"], number="1", value="2", reason="Salah hitung.").status_code == 303
    )
    form = FILING | {"unit": str(ids["unit:mutasi"])}
    assert client_for("leader").send(f"{at}/penyampaian", form).status_code == 303
    assert verifier.send(f"{at}/telaah", findings(adopted) | {"outcome": "validated"}).status_code == 303
    with world():
        outcomes = db.session.scalars(select(Verdict.outcome).order_by(Verdict.id)).all()
        assert outcomes == ["returned", "validated"]


def test_only_a_verifier_from_outside_judges(filed, client_for, at, adopted):
    for who in ("leader", "editor", "staff", "auditor"):
        sent = client_for(who).send(f"{at}/telaah", findings(adopted) | {"outcome": "validated"})
        assert sent.status_code == 403


def test_objection_answer_and_final(validated, client_for, stopped, world, at, adopted, april):
    staff, leader = client_for("staff"), client_for("leader")
    sent = staff.send(
        f"{at}/keberatan", {"code": "", "text": "Angkanya lain dari laporan.", "voice": "withheld"}
    )
    assert sent.status_code == 303
    page = client_for("colleague").page(at).text
    assert "Angkanya lain dari laporan." in page and "Sungai Jernih" not in page
    with world():
        found = db.session.scalars(select(Objection)).one()
        address = f"/hasil/keberatan/{found.id}/jawaban"
    assert client_for("colleague").send(address, {"outcome": "upheld", "text": "Ya."}).status_code == 403
    stopped.set(april + timedelta(days=15))
    leader = client_for("leader")
    assert "Final" not in leader.page(at).text
    assert leader.send(address, {"outcome": "dismissed", "text": "Sesuai lampiran."}).status_code == 303
    assert leader.send(address, {"outcome": "upheld", "text": "Ya."}).status_code == 403
    assert "Final" in leader.page(at).text
    with world():
        assert db.session.scalar(select(func.count(ObjectionAnswer.id))) == 1
    again = {"code": "", "text": "Lagi.", "voice": "named"}
    assert client_for("staff").send(f"{at}/keberatan", again).status_code == 403
    assert (
        enter(client_for("editor"), at, adopted["first"], number="1", reason="Terlambat.").status_code == 403
    )


def test_a_withdrawn_objection_stops_its_clock(validated, client_for, stopped, at, april, world):
    staff = client_for("staff")
    staff.send(f"{at}/keberatan", {"code": "", "text": "Keliru.", "voice": "named"})
    with world():
        objection_id = db.session.scalars(select(Objection.id)).one()
    assert client_for("colleague").send(f"/hasil/keberatan/{objection_id}/penarikan", {}).status_code == 404
    assert staff.send(f"/hasil/keberatan/{objection_id}/penarikan", {}).status_code == 303
    stopped.set(april + timedelta(days=15))
    assert "Final" in client_for("staff").page(at).text


def test_figures_are_never_changed_in_the_database(full, world):
    with pytest.raises(DBAPIError, match="append-only"), world():
        db.session.scalars(select(Realisation)).first().note = "lain"
    with world():
        assert db.session.scalar(select(func.count(Evaluation.id))) == 1


def test_queries_do_not_grow_with_the_lines(full, client_for, count_queries, world, at, adopted, ids):
    from portal.plans.models import Plan
    from tests import factories as make

    staff = client_for("staff")
    staff.page(at)
    count_queries()
    staff.page(at)
    few = count_queries()
    with world():
        plan = db.session.get_one(Plan, adopted["plan"])
        for n in range(20):
            make.line(plan, f"5.03.02.2.04.{n:04d}", ids["unit:mutasi"])
    count_queries()
    staff.page(at)
    assert count_queries() == few <= 13


def agenda(client: Any) -> str:
    return client.page("/menunggu-saya").text.replace("\xa0", " ")


@pytest.mark.slow
def test_each_deed_waits_for_whoever_does_it_and_then_no_more(client_for, world, at, adopted, ids):
    editor, leader, verifier = client_for("editor"), client_for("leader"), client_for("verifier")
    assert "triwulan I: 2 baris unit Anda belum diisi" in agenda(editor)
    assert "menunggu Anda sampaikan" not in agenda(leader)
    for line_id in (adopted["first"], adopted["second"]):
        enter(editor, at, line_id, rupiah="0")
    assert "belum diisi" not in agenda(editor)
    assert "menunggu Anda sampaikan" in agenda(leader) and "menunggu telaah" not in agenda(verifier)
    leader.send(f"{at}/penyampaian", FILING | {"unit": str(ids["unit:mutasi"])})
    assert "menunggu Anda sampaikan" not in agenda(leader) and "menunggu telaah Anda" in agenda(verifier)
    verifier.send(f"{at}/telaah", findings(adopted) | {"outcome": "validated"})
    assert "menunggu telaah" not in agenda(verifier)
    client_for("staff").send(f"{at}/keberatan", {"code": "", "text": "Keliru.", "voice": "named"})
    assert "Keberatan “Keliru.” menunggu jawaban Anda" in agenda(leader)


def test_a_small_unit_is_not_named_where_only_the_unit_speaks(validated, client_for, at):
    """The division has four people; its agency has more."""
    client_for("staff").send(f"{at}/keberatan", {"code": "", "text": "Keliru.", "voice": "unit"})
    said = client_for("colleague").page(f"{at}").find("li", id="keberatan-1")
    assert "Mutasi" not in "".join(said.itertext()) and "Badan Kepegawaian" in "".join(said.itertext())
