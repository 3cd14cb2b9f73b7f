"""The real nomenclature and two real plans give exactly these figures."""

from __future__ import annotations

import json
import time
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.drafting import checks, queries, revisions
from portal.drafting.models import Line, Revision
from portal.plans import nomenclature, urusan
from portal.plans.models import Plan, SubActivity
from tests.drafting.test_exporting import again

pytestmark = [pytest.mark.real, pytest.mark.slow]

NOMENCLATURE = "nomenklatur-subkegiatan-20260123_pemutakhiran_2027.xlsx"
PPU = "renja-2024-bappelitbang-ppu.csv"
PASANGKAYU = "renja-sub-kegiatan-pasangkayu-2024.xlsx"
AGENCIES = "perangkat-daerah-pasangkayu.xlsx"


@pytest.fixture
def run(app, real):
    """Run a command on a real file; returns the JSON of its last line."""

    def go(*words):
        result = app.test_cli_runner().invoke(args=[*words, "--json"])
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout.strip().splitlines()[-1])

    return go


@pytest.fixture
def loaded(run, real):
    return run("nomenclature", "import", str(real / NOMENCLATURE))


def figures(result, *names):
    return tuple(result[name] for name in names)


def test_every_bidang_of_a_regency_is_named_as_the_nomenclature_writes_it(real):
    sheet = openpyxl.load_workbook(real / NOMENCLATURE, read_only=True).active
    found = {(row[0], " ".join(str(row[1]).split())) for row in sheet.iter_rows(values_only=True)}
    ours = {f"{code} {name}" for code, name in urusan.NAMES.items() if "." in code}
    regency = {bidang for level, bidang in found if level == "KABKOT" and not bidang.startswith("X.XX")}
    assert regency <= ours <= {bidang for _level, bidang in found}


def test_the_nomenclature_and_again(run, real, world):
    began = time.monotonic()
    result = run("nomenclature", "import", str(real / NOMENCLATURE))
    assert time.monotonic() - began < 30
    assert figures(result, "new", "changed", "same", "gone", "errors") == (7581, 0, 0, 0, 0)
    result = run("nomenclature", "import", str(real / NOMENCLATURE))
    assert figures(result, "new", "changed", "same", "gone", "errors") == (0, 0, 7581, 0, 0)
    with world():
        levels = dict(
            db.session.execute(select(SubActivity.level, func.count()).group_by(SubActivity.level)).all()
        )
        assert levels == {"PROV": 4031, "KABKOT": 3550}
        assert not db.session.scalar(
            select(func.count()).where(SubActivity.name.contains("  ") | SubActivity.name.contains("\n"))
        )
        assert db.session.scalar(select(func.count()).where(SubActivity.predecessor.is_not(None))) == 346
        general = select(func.count()).where(
            SubActivity.code.startswith("X.XX"), SubActivity.level == "KABKOT"
        )
        assert db.session.scalar(general) == 111


def test_searching_all_of_it_is_quick(loaded, world):
    with world():
        nomenclature.search("pengelolaan")
        for words in ("pengelolaan", "promosi asn", "5.03.01", "penyusunan dokumen perencanaan perangkat"):
            times = []
            for _time in range(5):
                began = time.perf_counter()
                assert nomenclature.search(words).entries
                times.append(time.perf_counter() - began)
            assert sorted(times)[2] < 0.05, words


def test_the_plan_of_penajam_paser_utara(run, real, loaded, world):
    command = ("plan", "import", str(real / PPU), "--unit", "5.01.5.05", "--year", "2024")
    result = run(*command, "--create-unit", "Bappelitbang")
    assert figures(result, "lines", "ceiling", "unresolved", "new", "errors") == (45, 17830385362, 0, 45, 0)
    assert result["stage"] == "final_draft"
    again = run(*command)
    assert figures(again, "lines", "ceiling", "unresolved", "new", "changed", "same") == (
        45, 17830385362, 0, 0, 0, 45,
    )  # fmt: skip
    with world():
        assert db.session.scalar(select(func.count(Revision.id))) == 45
        line = db.session.scalars(select(Line).where(Line.code == "5.01.01.2.01.0001")).one()
        assert (line.target, line.measure_unit) == (Decimal(14), "Dokumen")
        assert db.session.scalar(select(func.sum(Line.forward_ceiling))) == 18470140900
        assert not db.session.scalar(select(func.count()).where(Line.indicator == ""))
    for column, ceiling in (("pagu_apbd", 18730291362), ("pagu_rkpd_perubahan", 20730291362)):
        assert run(*command, "--ceiling-column", column)["ceiling"] == ceiling


def test_the_plan_of_pasangkayu(run, real, loaded, world):
    command = ("plan", "import", str(real / PASANGKAYU), "--unit", "1.03", "--year", "2024")
    result = run(*command, "--create-unit", "Dinas Pekerjaan Umum")
    assert figures(result, "lines", "ceiling", "unresolved", "new", "errors") == (44, 125103902555, 10, 44, 0)
    assert {"TOLAK UKUR HASIL", "TARGET KINERJA HASIL"} <= set(result["ignored"])
    again = run(*command)
    assert figures(again, "lines", "ceiling", "unresolved", "new", "changed", "same") == (
        44, 125103902555, 10, 0, 0, 44,
    )  # fmt: skip
    with world():
        assert db.session.scalar(select(func.count(Revision.id))) == 44
        percent = db.session.scalars(select(Line).where(Line.code == "1.03.01.2.01.0001")).one()
        assert (percent.target, percent.measure_unit, percent.value_kind) == (Decimal(96), "%", "percent")
        output = db.session.scalars(select(Line).where(Line.code == "1.03.11.2.01.0010")).one()
        assert (output.target, output.measure_unit) == (Decimal(150), "Orang")
        bare = db.session.scalars(select(Line).where(Line.code == "1.03.10.2.01.0032")).one()
        assert bare.target is None and bare.ceiling == 60248725808
        unresolved = db.session.scalars(select(Line).where(Line.sub_activity_id.is_(None))).all()
        assert len(unresolved) == 10 and all(line.name and line.code for line in unresolved)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("file", "code", "foreign"), [(PPU, "5.01.5.05", 0), (PASANGKAYU, "1.03", 0)], ids=["ppu", "pasangkayu"]
)
def test_a_real_plan_taken_out_and_read_in_again_is_the_same(
    run, real, loaded, world, file, code, foreign, form
):
    command = ("plan", "import", str(real / file), "--unit", code, "--year", "2024")
    result = run(*command, "--create-unit", "Perangkat Daerah Contoh")
    with world():
        plan = db.session.get_one(Plan, result["plan"])
        lines = queries.list_lines(plan.id)
        kept = [(line.code, revisions.line_fields(line)) for line in lines]
        read = [(line.code, revisions.line_fields(line)) for line in again(plan, form, 2025)]
        assert read == kept
        found = {one.rule.key: len(one.lines) for one in checks.check(lines, code)}
        assert found.get("bidang", 0) == foreign


def test_the_agencies_of_pasangkayu(run, real):
    result = run("unit", "import", str(real / AGENCIES))
    assert figures(result, "new", "errors") == (32, 0)
    result = run("unit", "import", str(real / AGENCIES))
    assert figures(result, "new", "changed", "same", "errors") == (0, 0, 32, 0)


def test_e16_spending_of_one_month(run, real, loaded, world):
    agency = "5.01.5.05.0.00.01.0000"
    run(
        "plan", "import", str(real / PPU), "--unit", agency, "--year", "2025", "--create-unit", "Badan Contoh"
    )
    file = str(real / "realisasi-belanja-sipd-tegal-2025-01.csv")
    for _time in range(2):
        assert run("spending", "import", file, "--unit", agency, "--period", "2025-01") == {
            "rows": 128, "paid": 473_934_687, "unpaid": 184_342_841, "unpaid_rows": 18, "sub_activities": 24,
            "unresolved": 0,
        }  # fmt: skip
