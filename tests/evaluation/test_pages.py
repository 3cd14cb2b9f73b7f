"""The pages of results: a unit's year, a line, what was lowered, what became of proposals, and the open data."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest

from portal import clock
from portal.db import db
from portal.drafting import revisions
from portal.drafting.models import Origin, QuarterTarget, Revision
from portal.evaluation import actions, queries, yearly
from portal.evaluation.models import Filing, Spending, SpendingImport, Verdict
from portal.plans.models import Plan
from portal.proposals.models import Answer, Support
from tests import factories as make
from tests.conftest import words
from tests.evaluation.conftest import ENTRY, FILING

SVG = "{http://www.w3.org/2000/svg}"
pytestmark = pytest.mark.usefixtures("april")


@pytest.fixture
def entered(client_for: Any, adopted: dict[str, int]) -> str:
    at = f"/hasil/{adopted['unit']}/2027/1"
    editor = client_for("editor")
    assert editor.send(f"{at}/baris/{adopted['first']}", ENTRY | {"value": "8"}).status_code == 303
    return at


@pytest.fixture
def lowered(world: Any, entered: str, adopted: dict[str, int], ids: dict[str, int], stopped: Any) -> None:
    """E7: 12 in the first edition, 8 in the second one, adopted on 5 August."""
    with world():
        change = make.plan(ids["unit:bkpsdm"], edition=1)
        line = make.line(change, unit_id=ids["unit:mutasi"], target=8, ceiling=60_000_000)
        fields = revisions.line_fields(line)
        db.session.add(
            Revision(
                line_id=line.id,
                number=2,
                kind="save",
                fields=fields,
                sha256=revisions.sha256_of(fields),
                reason="Pagu dialihkan, contoh.",
                at=clock.now(),
            )
        )
        make.snapshot(change, datetime(2027, 8, 5, 3, 0, tzinfo=UTC))
    stopped.set(datetime(2027, 10, 4, 2, 0, tzinfo=UTC))


def test_the_units_page_says_first_what_was_reached_and_shows_each_line(client_for, adopted, entered):
    page = client_for("staff").page(f"/hasil/{adopted['unit']}/2027")
    assert "rata-rata capaian kinerja 66,67 persen dari target tahun; 1 dari 2 baris dihitung" in page.text
    [drawn] = [svg for svg in page.all(f"{SVG}svg") if "bullet" in svg.get("class", "")]
    assert drawn.get("aria-hidden") == "true"
    assert [rect.get("width") for rect in drawn if rect.get("class") == "fill"] == ["65.33"]
    assert "Tidak dihitung:" in page.text and "belum diisi" in page.text
    assert "di atas 90" in page.text


def test_money_comes_from_the_planning_systems_months_where_they_were_read_in(world, adopted, entered, ids):
    with world():
        sheet = yearly.queries.make_sheet(yearly.queries.list_editions(adopted["unit"], 2027), 2027, 1)
        money = yearly.money_of(sheet)
        assert (money.paid, money.is_monthly, money.planned) == ({3: 45_000_000}, False, {})
        db.session.add(QuarterTarget(line_id=adopted["first"], quarter=1, rupiah=20_000_000))
        db.session.add(QuarterTarget(line_id=adopted["first"], quarter=2, rupiah=5_000_000))
        day = clock.day_of(clock.now()).replace(year=2027, month=2, day=3)
        for number, rupiah in enumerate((999, 7_000_000)):  # the second file of the month counts
            made = SpendingImport(
                unit_id=adopted["unit"], sha256=f"{number:064d}", period="2027-02", at=clock.now()
            )
            db.session.add(made)
            db.session.flush()
            for paid_on in (day, None):
                db.session.add(
                    Spending(
                        import_id=made.id, code="x", account="y", paid_on=paid_on, rupiah=rupiah, returned=0
                    )
                )
        db.session.flush()
        money = yearly.money_of(sheet)  # one month of three would hide what the quarter says
        assert (money.paid, money.is_monthly) == ({3: 45_000_000}, False)
        assert money.missing == ["Januari 2027", "Maret 2027"]
        for month in ("01", "03"):
            db.session.add(
                SpendingImport(
                    unit_id=adopted["unit"], sha256=month * 32, period=f"2027-{month}", at=clock.now()
                )
            )
        db.session.flush()
        money = yearly.money_of(sheet)
        assert (money.paid, money.is_monthly, money.missing) == ({2: 7_000_000}, True, [])
        assert (money.planned, money.planned_lines) == ({3: 20_000_000, 6: 25_000_000}, 1)


def test_a_lowered_target_stands_with_its_first_and_its_reason(client_for, adopted, lowered):
    staff = client_for("staff")
    for path in ("/hasil/target-diturunkan?tahun=2027", f"/hasil/{adopted['unit']}/2027"):
        text = " ".join(staff.page(path).text.split())
        assert "Semula 12, menjadi 8 Dokumen (Perubahan I, 5\xa0Agustus\xa02027).".replace(
            "\xa0", " "
        ) in text.replace("\xa0", " ")
        assert "terhadap target semula: 66,67 persen" in text
        assert "Pagu dialihkan, contoh." in text
    assert "Capaian 100,00 persen" in text


def test_a_line_of_a_later_edition_that_the_next_lowers_is_listed(
    client_for, world, adopted, lowered, ids, stopped
):
    """Of 12, 8, 6, 7 the last that eased it was Perubahan II; the other line was added in Perubahan I."""
    code = "5.03.02.2.03.0009"
    with world():
        first = db.session.query(Plan).filter_by(unit_id=adopted["unit"], year=2027, edition=1).one()
        make.line(first, code, ids["unit:mutasi"], target=6)
        for edition, target in ((2, 6), (3, 7)):
            plan = make.plan(ids["unit:bkpsdm"], edition=edition)
            make.line(plan, unit_id=ids["unit:mutasi"], target=target)
            make.line(plan, code, ids["unit:mutasi"], target=4)
            make.snapshot(plan, datetime(2027, 9, edition, 3, 0, tzinfo=UTC))
        found = yearly.list_lowered(2027)
        assert [(one.row.line.code, one.first, one.row.line.target, one.edition, str(one.day), one.reason) for one in found] == [
            ("5.03.02.2.02.0003", 12, 7, 2, "2027-09-02", None),
            (code, 6, 4, 2, "2027-09-02", None),
        ]  # fmt: skip
        sheet = yearly.queries.make_sheet(yearly.queries.list_editions(adopted["unit"], 2027), 2027, 3)
        assert {row.line.code: row.first_target for row in sheet.rows} == {"5.03.02.2.02.0003": 12, code: 6}


def test_a_quarter_that_ended_before_the_change_is_still_judged_by_the_first_target(
    client_for, adopted, lowered
):
    text = client_for("staff").page(f"/hasil/{adopted['unit']}/2027/1").text
    assert "66,67" in text and "100,00" not in text.split("Cara hitung")[0]


def test_a_line_is_found_by_its_number_in_either_edition(client_for, adopted, lowered):
    staff = client_for("staff")
    [link] = {
        a.get("href")
        for a in staff.page("/hasil/target-diturunkan?tahun=2027").all("a")
        if "/baris/" in a.get("href")
    }
    for path in (link, f"/hasil/{adopted['unit']}/2027/baris/{adopted['first']}"):
        assert "tercatat 8 dari target 8 Dokumen: capaian 100,00 persen" in staff.page(path).text
    assert staff.get(f"/hasil/{adopted['unit']}/2027/baris/9999").status_code == 404


def test_where_lower_is_better_a_higher_target_is_the_easier_one():
    assert yearly.is_eased("higher", 12, 8) and not yearly.is_eased("higher", 8, 12)
    assert yearly.is_eased("lower", 8, 12) and not yearly.is_eased("lower", 12, 8)
    assert not yearly.is_eased("higher", None, 8)


def test_the_list_of_lowered_targets_as_files(client_for, lowered):
    staff = client_for("staff")
    text = staff.send("/hasil/target-diturunkan/2027/unduh/target.csv").get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[1][5:8] == ["12", "8", "1"] and rows[1][-2:] == ["100", "66,67"]
    about = {row[0]: row[1] for row in rows[3:]}
    head_and_rows = text.split("\r\n\r\n")[0] + "\r\n"
    assert about["SHA-256"] == hashlib.sha256(("\ufeff" + head_and_rows).encode()).hexdigest()
    assert about["Saringan"].startswith("Tahun 2027")
    book = openpyxl.load_workbook(
        io.BytesIO(staff.send("/hasil/target-diturunkan/2027/unduh/target.xlsx").get_data())
    )
    assert [cell.value for cell in book.worksheets[0][2]][5:8] == [12, 8, 1]
    assert {row[0].value: row[1].value for row in book.worksheets[-1]}["SHA-256"] == about["SHA-256"]
    assert staff.send("/hasil/target-diturunkan/1999/unduh/target.csv").status_code == 404


def test_a_lines_page_shows_its_quarters_and_its_years(client_for, world, adopted, entered, ids):
    with world():
        before = make.plan(ids["unit:bkpsdm"], 2026)
        line = make.line(before, unit_id=ids["unit:mutasi"], target=10)
        frozen = make.snapshot(before)
        make.evaluation(frozen, 4, ids["secretary"])
        assert line.code == "5.03.02.2.02.0003"
    page = client_for("staff").page(f"/hasil/{adopted['unit']}/2027/baris/{adopted['first']}")
    assert "tercatat 8 dari target 12 Dokumen: capaian 66,67 persen" in page.text
    years = page.find("section", aria_labelledby="per-tahun")
    assert [words(row) for row in years.iter("tr")][1:] == [
        "2026 10 Dokumen 1 10,00",
        "2027 12 Dokumen 8 66,67",
    ]
    assert len(page.find(f"{SVG}polyline").get("points").split()) == 2


@pytest.fixture
def proposed(world: Any, adopted: dict[str, int], ids: dict[str, int]) -> int:
    """A proposal of staff's, supported by a colleague and commented on by another, that became the first line."""
    with world():
        plan = db.session.get_one(Plan, adopted["plan"])
        proposal = make.proposal(plan, ids["staff"], clock.now())
        now = clock.now()
        db.session.add_all(
            (
                Answer(
                    proposal_id=proposal.id, round=1, kind="accepted", text="Ya.", by_id=ids["leader"], at=now
                ),
                Origin(line_id=adopted["first"], kind="proposal", proposal_id=proposal.id, at=now),
                Support(
                    proposal_id=proposal.id,
                    person_id=ids["colleague"],
                    unit_id=ids["unit:mutasi"],
                    on_revision=1,
                    at=now,
                ),
            )
        )
        make.comment(proposal.thread_id, ids["neighbour"])
        return proposal.id


def test_a_proposal_shows_what_its_line_reached(client_for, proposed, entered):
    page = client_for("neighbour").page(f"/usulan/{proposed}")
    assert (
        "Sampai triwulan I tahun 2027: 8 dari target 12 Dokumen. Capaian 66,67 persen. Angkanya belum divalidasi."
        in " ".join(page.text.split())
    )


def test_who_proposed_supported_or_commented_hears_of_a_validated_result(
    client_for, adopted, proposed, entered, ids
):
    editor, at = client_for("editor"), entered
    assert (
        editor.send(
            f"{at}/baris/{adopted['second']}", ENTRY | {"value": "40", "rupiah": "5.000.000"}
        ).status_code
        == 303
    )
    hearers = ("staff", "colleague", "neighbour")
    for who in hearers:
        assert "Ada hasilnya" not in client_for(who).page("/menunggu-saya").text
    assert (
        client_for("leader").send(f"{at}/penyampaian", FILING | {"unit": str(ids["unit:mutasi"])}).status_code
        == 303
    )
    findings = {f"b{n}-result": "fits" for n in (adopted["first"], adopted["second"])}
    assert client_for("verifier").send(f"{at}/telaah", findings | {"outcome": "validated"}).status_code == 303
    for who in hearers:
        text = " ".join(client_for(who).page("/menunggu-saya").text.split())
        assert text.count("Ada hasilnya") == 1
        assert "Hasil triwulan I tahun 2027 dari usulan “Usulan contoh” sudah divalidasi." in text
    assert "Ada hasilnya" not in client_for("editor").page("/menunggu-saya").text


def test_open_data_holds_what_is_final_and_nothing_before(client_for, adopted, entered, ids, stopped):
    anyone, at = client_for(None), entered
    assert "Belum ada yang final" in anyone.page("/data/hasil").text
    client_for("editor").send(
        f"{at}/baris/{adopted['second']}", ENTRY | {"value": "40", "rupiah": "5.000.000"}
    )
    client_for("leader").send(f"{at}/penyampaian", FILING | {"unit": str(ids["unit:mutasi"])})
    findings = {f"b{n}-result": "fits" for n in (adopted["first"], adopted["second"])}
    client_for("verifier").send(f"{at}/telaah", findings | {"outcome": "validated"})
    assert anyone.get("/data/hasil-2027.csv").status_code == 404
    stopped.forward(days=15)
    page = anyone.page("/data/hasil")
    assert words(page.find("a", href="/data/hasil-2027.csv")) == "Hasil Renja 2027 (CSV)"
    text = anyone.get("/data/hasil-2027.csv").get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [(row["kode"], row["realisasi"], row["capaian"], row["rupiah"]) for row in rows] == [
        ("5.03.02.2.02.0003", "8", "66,67", "45000000"),
        ("5.03.02.2.03.0001", "40", "40", "5000000"),
    ]
    described = {words(cell) for cell in page.all("th", scope="row")}
    assert described == set(rows[0])
    assert "800/12/2027" not in text and "Laporan contoh" not in text


def test_open_data_names_also_what_a_later_edition_dropped(world, adopted, ids, stopped):
    with world():
        first = queries.list_editions(adopted["unit"], 2027)[0].snapshot
        make.evaluation(first, 1, ids["editor"])
        change = make.plan(ids["unit:bkpsdm"], edition=1)
        make.line(change, unit_id=ids["unit:mutasi"], target=12)
        third = make.evaluation(
            make.snapshot(change, datetime(2027, 8, 5, 3, 0, tzinfo=UTC)), 3, ids["editor"]
        )
        stopped.set(datetime(2027, 10, 4, 2, 0, tzinfo=UTC))
        sheet = queries.make_sheet(queries.list_editions(adopted["unit"], 2027), 2027, 3)
        assert [row.is_dropped for row in sheet.rows] == [False, True]
        filed = Filing(
            evaluation_id=third.id, number=1, driving="a", hindering="b", content=actions.content_of(sheet),
            sha256="0" * 64, by_id=ids["leader"], duty_id=ids["duty:leader"], at=clock.now(),
        )  # fmt: skip
        db.session.add(filed)
        db.session.flush()
        db.session.add(
            Verdict(
                filing_id=filed.id,
                outcome="validated",
                by_id=ids["verifier"],
                duty_id=ids["duty:leader"],
                at=clock.now(),
            )
        )
        db.session.flush()
        stopped.forward(days=15)
        found = [(one.given["code"], one.line and one.line.plan.edition) for one in yearly.list_final(2027)]
        assert found == [("5.03.02.2.02.0003", 1), ("5.03.02.2.03.0001", 0)]


def test_pages_cost_the_same_whatever_the_number_of_lines(
    client_for, world, adopted, lowered, ids, count_queries
):
    staff = client_for("staff")
    paths = [
        f"/hasil/{adopted['unit']}/2027",
        "/hasil/target-diturunkan?tahun=2027",
        f"/hasil/{adopted['unit']}/2027/baris/{adopted['second']}",
        "/hasil/?tahun=2027",
    ]

    def costs():
        found = []
        for path in paths:
            staff.page(path)
            count_queries()
            staff.page(path)
            found.append(count_queries())
        return found

    before = costs()
    with world():
        for edition in (0, 1):
            plan = db.session.query(Plan).filter_by(unit_id=adopted["unit"], year=2027, edition=edition).one()
            for number in range(30):
                make.line(plan, f"5.03.02.2.09.{number:04d}", ids["unit:mutasi"], target=9 - edition)
    assert costs() == before
    assert max(before) <= 12, before
    assert len(staff.page(paths[1]).all("li")) > 30


@pytest.mark.parametrize("asked", ["abc", "1999", "20271", "٢٠٢٧"])
def test_a_year_that_is_none_shows_the_newest(client_for, lowered, asked):
    assert "Semula 12" in client_for("staff").page(f"/hasil/target-diturunkan?tahun={asked}").text
