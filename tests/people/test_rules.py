"""The rules about people as tables: NIP, waiting times, duties, codes, files. No app, no database."""

from __future__ import annotations

from datetime import date

import pytest

from portal.people import rules
from portal.people.codes import ALPHABET, bare_code, new_code
from portal.people.nip import read_nip
from portal.people.reading import (
    Known,
    KnownUnit,
    Units,
    compare_holidays,
    compare_roster,
    compare_units,
    read_day,
)
from portal.people.tries import wait_after
from portal.tables import Row, Table, Unreadable

pytestmark = pytest.mark.rules
TODAY = date(2026, 3, 3)
GOOD = "199001012015011101"


@pytest.mark.parametrize(
    "value",
    [GOOD, "19900101 201501 1 101", "19900101.201501.1.101", "'199001012015011101", " 199001012015011101\u00a0",
     "199001012015212101", "200002292024012001"],
)  # fmt: skip
def test_good_nips(value):
    read = read_nip(value, TODAY)
    assert read.problem is None
    assert len(read.digits) == 18


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (199001012015011101, "sebagai angka"),
        (1.99001012015011e17, "sebagai angka"),
        (date(2026, 1, 1), "sebagai angka"),
        ("1,99001E+17", "bilangan"),
        ("1.99E+17", "bilangan"),
        ("", "kosong"),
        (None, "kosong"),
        ("19900101201501110", "18 digit; di sini ada 17"),
        ("1990010120150111011", "ada 19"),
        ("19900101201501110a", "hanya boleh berisi angka"),
        ("١٩٩٠٠١٠١٢٠١٥٠١١١٠١", "hanya boleh berisi angka"),
        ("199013012015011101", "tanggal lahir yang benar"),
        ("199002302015011101", "tanggal lahir yang benar"),
        ("000000002015011101", "tanggal lahir yang benar"),
        ("202603042015011101", "belum terjadi"),
        ("199001012015013101", "jenis kelamin"),
        ("199001012015010101", "jenis kelamin"),
        ("199001012015011000", "000"),
    ],
)
def test_bad_nips_are_named(value, words):
    read = read_nip(value, TODAY)
    assert words in (read.problem or "")
    assert read.digits == ""


@pytest.mark.parametrize(("month", "unusual"), [("01", False), ("12", False), ("13", True), ("00", True), ("20", True), ("21", False), ("35", False)])  # fmt: skip
def test_an_unusual_month_is_only_a_warning(month, unusual):
    read = read_nip(f"199001012015{month}1101", TODAY)
    assert read.problem is None
    assert bool(read.warning) is unusual


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (4, 0), (5, 2), (6, 4), (7, 8), (12, 256), (13, 512), (14, 900), (500, 900)])  # fmt: skip
def test_waiting_times(failures, seconds):
    assert wait_after(failures) == seconds


def test_codes_have_sixty_bits_and_survive_typing():
    assert len(ALPHABET) ** 12 >= 2**60
    code = new_code()
    assert bare_code(code.lower()) == bare_code(code.replace("-", "")) == code.replace("-", "")
    assert bare_code("o0-iIlL u") == "001111V"
    assert len({new_code() for _ in range(1000)}) == 1000


# A regency (1) with two agencies (2, 3); 4 is a division of 2.
PARENTS = {1: None, 2: 1, 3: 1, 4: 2}


@pytest.mark.parametrize(
    ("going", "staying", "refused"),
    [
        ([1], [], True),
        ([1], [1], False),
        ([1], [2, 3], True),
        ([2], [1], False),
        ([2], [3], True),
        ([4], [2], False),
        ([], [], False),
        ([1, 2], [1], False),
    ],
)
def test_the_last_steward_stays(going, staying, refused):
    assert bool(rules.refuse_last_steward(going, staying, PARENTS)) is refused


def test_a_circle_of_units_does_not_hang():
    assert not rules.covers(9, 1, {1: 2, 2: 1})


@pytest.mark.parametrize(
    ("unit", "reach", "in_post", "refused"),
    [(4, {2, 4}, True, False), (3, {2, 4}, True, True), (4, {2, 4}, False, True), (4, set(), True, True)],
)
def test_who_may_be_given_a_duty(unit, reach, in_post, refused):
    assert bool(rules.refuse_giving(unit, reach, in_post)) is refused


@pytest.mark.parametrize(
    ("is_over", "reach", "refused"),
    [(False, {4}, False), (True, {4}, True), (False, {3}, True)],
)
def test_which_duty_may_be_ended(is_over, reach, refused):
    assert bool(rules.refuse_ending(4, reach, is_over)) is refused


@pytest.mark.parametrize(
    ("start", "until", "field"),
    [
        (TODAY, None, None),
        (TODAY, TODAY, None),
        (date(2026, 4, 1), date(2026, 12, 31), None),
        (TODAY, date(2026, 3, 2), "until_on"),
        (date(1990, 1, 1), None, "from_on"),
        (date(2030, 1, 1), None, "from_on"),
        (TODAY, date(2090, 1, 1), "until_on"),
    ],
)
def test_days_of_a_duty(start, until, field):
    assert list(rules.wrong_dates(start, until, TODAY)) == ([field] if field else [])


@pytest.mark.parametrize(
    ("start", "until", "wrong"),
    [
        (date(2025, 1, 1), TODAY, False),
        (date(2025, 1, 1), date(2026, 3, 2), False),
        (date(2025, 1, 1), date(2026, 3, 1), True),
        (TODAY, date(2026, 3, 2), True),
        (date(2026, 4, 1), date(2026, 4, 1), False),
        (date(2025, 1, 1), date(2090, 1, 1), True),
    ],
)
def test_last_day_of_an_ended_duty(start, until, wrong):
    assert bool(rules.wrong_end(start, until, TODAY)) is wrong


@pytest.mark.parametrize(
    ("in_post", "duties", "refused"),
    [(True, [], False), (True, [4], False), (True, [4, 3], True), (False, [], True)],
)
def test_for_whom_a_code_may_be_printed(in_post, duties, refused):
    assert bool(rules.refuse_code(in_post, duties, {2, 4})) is refused


def table(*rows, head=("NIP", "Nama", "Unit kerja")):
    return Table(list(head), [Row(number, tuple(row)) for number, row in enumerate(rows, start=2)])


UNITS = Units.of([(2, "1.01", "Dinas Contoh"), (3, "1.02", "Badan Misal"), (4, "1.01.01", "Sekretariat"), (5, "1.02.01", "Sekretariat")])  # fmt: skip
KNOWN = {
    GOOD: Known(1, GOOD, "Satu Contoh", "", "PNS", "", "Analis", None, 2, None),
    "199001012015012102": Known(
        2, "199001012015012102", "Dua Misal", "", "", "", "", None, 3, date(2025, 1, 1)
    ),
    "199001012015012103": Known(3, "199001012015012103", "Tiga Umpama", "", "", "", "", None, 9, None),
}
REACH = {2, 3, 4, 5}


def kinds(comparison):
    return [entry.kind for entry in comparison.entries]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (("199001012015011999", "Baru Rekaan", "1.01"), "new"),
        ((GOOD, "Satu Contoh", "Dinas  contoh"), "same"),
        ((GOOD, "Satu Contoh Ganti", "1.01"), "changed"),
        ((GOOD, "Satu Contoh", "Badan Misal"), "moved"),
        (("199001012015012102", "Dua Misal", "1.02"), "back"),
        (("199001012015012103", "Tiga Umpama", "1.01"), "wrong"),  # of a unit out of reach
        ((GOOD, "", "1.01"), "wrong"),
        ((GOOD, "Satu", "Tidak Ada"), "wrong"),
        ((GOOD, "Satu", ""), "wrong"),
        ((GOOD, "Satu", "Sekretariat"), "wrong"),  # two units of that name
        ((int(GOOD), "Satu", "1.01"), "wrong"),
        ((GOOD, "x" * 201, "1.01"), "wrong"),
        ((GOOD, "Satu\u202e", "1.01"), "wrong"),
    ],
)
def test_kinds_of_a_roster_row(row, kind):
    comparison = compare_roster(table(row), KNOWN, UNITS, REACH, TODAY)
    assert kinds(comparison) == [kind]
    assert bool(comparison.entries[0].problems) is (kind == "wrong")


def test_columns_are_found_by_heading_and_others_named():
    rows = table(
        ("x", "1.01", "Satu Contoh", GOOD, 31), head=("NIK", "UNIT  KERJA", "nama pegawai", "N.I.P", "Umur")
    )
    with pytest.raises(Unreadable, match="NIP"):
        compare_roster(rows, KNOWN, UNITS, REACH, TODAY)
    rows = table(
        ("x", "1.01", "Satu Contoh", GOOD, 31),
        head=("NIK", "UNIT  KERJA", "nama pegawai", "NIP_Baru", "Umur"),
    )
    comparison = compare_roster(rows, KNOWN, UNITS, REACH, TODAY)
    assert comparison.ignored == ["NIK", "Umur"]
    assert kinds(comparison) == ["same"]


def test_a_column_that_is_not_there_changes_nothing():
    row = (GOOD, "Satu Contoh", "1.01", "")
    assert kinds(compare_roster(table(row[:3]), KNOWN, UNITS, REACH, TODAY)) == ["same"]
    head = ("NIP", "Nama", "Unit kerja", "Jabatan")
    changed = compare_roster(table(row, head=head), KNOWN, UNITS, REACH, TODAY)
    assert changed.entries[0].changes == (("Jabatan", "Analis", ""),)


def test_duplicates_are_named_with_the_line():
    rows = table((GOOD, "Satu Contoh", "1.01"), (GOOD, "Satu Lagi", "1.01"))
    wrong = compare_roster(rows, KNOWN, UNITS, REACH, TODAY).of("wrong")
    assert [(entry.line, entry.problems[0]) for entry in wrong] == [
        (3, ("NIP", "NIP ini sudah ada di baris 2."))
    ]


def test_who_is_missing_has_left_only_in_a_full_roster_and_within_reach():
    rows = table(("199001012015011999", "Baru Rekaan", "1.01"))
    assert compare_roster(rows, KNOWN, UNITS, REACH, TODAY).of("left") == []
    left = compare_roster(rows, KNOWN, UNITS, REACH, TODAY, full=True).of("left")
    assert [entry.title for entry in left] == ["Satu Contoh"]


@pytest.mark.parametrize("email", ["salah", "a@b", "a b@c.id", "@x.id"])
def test_an_email_must_be_one(email):
    rows = table((GOOD, "Satu Contoh", "1.01", email), head=("NIP", "Nama", "Unit kerja", "Email"))
    assert kinds(compare_roster(rows, KNOWN, UNITS, REACH, TODAY)) == ["wrong"]


KNOWN_UNITS = [
    KnownUnit(1, None, "Kabupaten Contoh", "regency", None),
    KnownUnit(2, "1.01", "Dinas Contoh", "agency", 1),
    KnownUnit(4, "1.01.01", "Sekretariat", "division", 2),
]
UNIT_HEAD = ("Kode", "Nama", "Induk", "Jenis")


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (("1.01", "Dinas Contoh", "", ""), "same"),
        (("1.01", "Dinas Contoh Baru", "", ""), "changed"),
        (("1.03", "Badan Baru", "", ""), "new"),
        (("1.01.02", "Bidang Baru", "1.01", ""), "new"),
        (("", "Sekretariat", "Dinas Contoh", "Unit kerja"), "same"),
        (("1.01.01", "Sekretariat", "", "Unit kerja"), "changed"),
        (("1.04", "Badan Baru", "9.99", ""), "wrong"),
        (("1.04", "", "", ""), "wrong"),
        (("1.04", "Badan", "1.04", ""), "wrong"),
        (("1.04", "Badan", "", "aneh"), "wrong"),
        ((1.04, "Badan", "", ""), "wrong"),
        (("1.04", "N" * 501, "", ""), "wrong"),
    ],
)
def test_kinds_of_a_unit_row(row, kind):
    assert kinds(compare_units(table(row, head=UNIT_HEAD), KNOWN_UNITS, 1)) == [kind]


def test_units_without_parent_column_are_agencies():
    comparison = compare_units(table(("4.01", "Badan Satu", "x"), head=("KODE", "ORGANISASI", "KETERANGAN")), KNOWN_UNITS, 1)  # fmt: skip
    assert comparison.entries[0].values == {
        "code": "4.01",
        "name": "Badan Satu",
        "parent": 1,
        "kind": "agency",
        "short_name": None,
    }
    assert comparison.ignored == ["KETERANGAN"]


def test_a_child_may_stand_above_its_parent_and_circles_are_named():
    rows = table(("2.1", "Bidang", "2", ""), ("2", "Dinas", "", ""), head=UNIT_HEAD)
    assert kinds(compare_units(rows, KNOWN_UNITS, 1)) == ["new", "new"]
    rows = table(("7", "A", "8", ""), ("8", "B", "7", ""), head=UNIT_HEAD)
    assert kinds(compare_units(rows, KNOWN_UNITS, 1)) == ["wrong", "wrong"]
    rows = table(("7", "A", "B", ""), ("8", "B", "A", ""), head=UNIT_HEAD)
    assert kinds(compare_units(rows, KNOWN_UNITS, 1)) == ["wrong", "wrong"]
    rows = table(("7", "A", "", ""), ("7", "B", "", ""), head=UNIT_HEAD)
    assert kinds(compare_units(rows, KNOWN_UNITS, 1)) == ["new", "wrong"]


@pytest.mark.parametrize("parent", ["1.2", "1.3", "Bidang", "1.1", "Dinas"])
def test_a_known_unit_is_not_put_under_what_stands_under_it(parent):
    known = [
        KnownUnit(1, None, "Kabupaten", "regency", None, None),
        KnownUnit(2, "1.1", "Dinas", "agency", 1, None),
        KnownUnit(3, "1.2", "Bidang", "division", 2, None),
        KnownUnit(4, "1.3", "Seksi", "division", 3, None),
    ]
    assert kinds(compare_units(table(("1.1", "Dinas", parent, ""), head=UNIT_HEAD), known, 1)) == ["wrong"]
    turned = table(("1.1", "Dinas", parent, ""), ("1.2", "Bidang", "", ""), head=UNIT_HEAD)
    assert kinds(compare_units(turned, known, 1))[0] == ("wrong" if parent in ("1.1", "Dinas") else "changed")


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (date(2026, 3, 19), date(2026, 3, 19)),
        ("2026-03-19", date(2026, 3, 19)),
        ("19/3/2026", date(2026, 3, 19)),
        ("19-03-2026", date(2026, 3, 19)),
        ("19 Maret 2026", date(2026, 3, 19)),
        ("Kamis, 19 Maret 2026", date(2026, 3, 19)),
        ("Jum'at, 20 Maret 2026", date(2026, 3, 20)),
        ("31/2/2026", None),
        ("kemarin", None),
        (46100, None),
        (None, None),
    ],
)
def test_days_as_people_write_them(value, day):
    assert read_day(value) == day


def test_kinds_of_holidays():
    rows = table(
        ("2026-03-19", "Nyepi"),
        ("2026-03-20", "Lain"),
        ("2026-03-21", "Libur"),
        ("2026-03-21", "Lagi"),
        ("x", "Y"),
        ("2026-03-22", ""),
        head=("Tanggal", "Nama"),
    )
    known = {date(2026, 3, 19): "Nyepi", date(2026, 3, 20): "Lama"}
    assert kinds(compare_holidays(rows, known)) == ["same", "changed", "new", "wrong", "wrong", "wrong"]
