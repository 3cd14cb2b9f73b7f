"""Windows, states and who may do what with a quarter's results; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal import clock
from portal.access import Refusal
from portal.formatting import day

DUE_DAY = 15
"""Day of the month after a quarter until which it is handed in. No deadline was found in the law: Bappeda sets it."""
OBJECTION_DAYS = 14
"""Days in which an employee may object after validation, and in which an objection is answered."""

STATES: dict[str, Any] = {
    "upcoming": _l("Belum dibuka"),
    "open": _l("Diisi"),
    "late": _l("Terlambat"),
    "filed": _l("Disampaikan"),
    "returned": _l("Dikembalikan"),
    "validated": _l("Divalidasi"),
    "final": _l("Final"),
}
STATUSES: dict[str, Any] = {
    "measured": _l("Sudah diukur"),
    "not_started": _l("Belum dimulai"),
    "not_measured": _l("Belum diukur pada triwulan ini"),
}
EVIDENCE: dict[str, Any] = {
    "document": _l("Dokumen"),
    "link": _l("Tautan"),
    "visit": _l("Peninjauan"),
}
FOLLOW_UP_RESULTS: dict[str, Any] = {
    "done": _l("Selesai"),
    "partly": _l("Sebagian"),
    "not_yet": _l("Belum"),
}
OUTCOMES: dict[str, Any] = {"validated": _l("Divalidasi"), "returned": _l("Dikembalikan")}
FINDINGS: dict[str, Any] = {
    "fits": _l("Sesuai"),
    "unclear": _l("Kurang jelas"),
    "does_not_fit": _l("Tidak sesuai"),
}
OBJECTION_OUTCOMES: dict[str, Any] = {
    "upheld": _l("Diterima"),
    "partly": _l("Diterima sebagian"),
    "dismissed": _l("Tidak diterima"),
}
ACCUMULATIONS: dict[str, Any] = {
    "sum": _l("angka tiap triwulan dijumlahkan"),
    "last": _l("yang dihitung posisi terakhir"),
    "average": _l("yang dihitung rata-rata triwulan"),
}
DIRECTIONS: dict[str, Any] = {
    "higher": _l("Makin tinggi makin baik"),
    "lower": _l("Makin rendah makin baik"),
}
WHY_NOT: dict[str, Any] = {
    "no_entry": _l("belum diisi"),
    "no_target": _l("tidak dapat dihitung: target kosong"),
    "zero_target": _l("tidak dapat dihitung: target nol"),
    "no_budget": _l("tanpa anggaran"),
    "over_no_budget": _l("dibelanjakan tanpa pagu"),
}
ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}


def last_day(year: int, quarter: int) -> date:
    """The last day of a quarter."""
    return opens_on(year, quarter) - timedelta(days=1)


def opens_on(year: int, quarter: int) -> date:
    """The day after a quarter, from which it is entered."""
    return date(year + quarter // 4, quarter * 3 % 12 + 1, 1)


def due_on(year: int, quarter: int) -> date:
    """The day through which it is handed in without being late."""
    return opens_on(year, quarter).replace(day=DUE_DAY)


@dataclass(frozen=True)
class Course:
    """What has happened to one quarter so far: the deeds from which its state follows."""

    year: int
    quarter: int
    filed_at: datetime | None = None
    is_judged: bool = False
    """Whether the newest filing has its verdict."""
    outcome: str | None = None
    """Of the newest verdict."""
    judged_at: datetime | None = None
    entered_at: datetime | None = None
    """Of the newest figure."""
    open_objections: int = 0

    @property
    def is_corrected(self) -> bool:
        """Whether a figure is newer than the verdict that stands."""
        return self.judged_at is not None and self.entered_at is not None and self.entered_at > self.judged_at

    @property
    def objections_until(self) -> date | None:
        """The last day on which one may object."""
        if self.outcome != "validated" or self.judged_at is None:
            return None
        return clock.day_of(self.judged_at) + timedelta(days=OBJECTION_DAYS)

    @property
    def days_late(self) -> int:
        """By how many days the filing missed its day; 0 where it did not."""
        if self.filed_at is None:
            return 0
        return max(0, (clock.day_of(self.filed_at) - due_on(self.year, self.quarter)).days)

    def state(self, today: date) -> str:
        if today < opens_on(self.year, self.quarter):
            return "upcoming"
        if self.filed_at is None:
            return "late" if today > due_on(self.year, self.quarter) else "open"
        if not self.is_judged:
            return "filed"
        if self.outcome == "returned":
            return "returned"
        until = self.objections_until
        over = until is not None and today > until
        return "final" if over and not self.open_objections and not self.is_corrected else "validated"


def refuse_enter(course: Course, today: date, *, edits: bool, dropped: bool = False) -> Refusal | None:
    """The owning unit's editors, from the day after the quarter until it is final; not while the verifier reads it."""
    if not edits:
        return Refusal(_("Realisasi diisi oleh penyunting unit pemilik baris."))
    if dropped:
        return Refusal(_("Baris ini dihentikan oleh perubahan Renja."))
    state = course.state(today)
    if state == "upcoming":
        return Refusal(_("Pengisian dibuka pada %(day)s.", day=day(opens_on(course.year, course.quarter))))
    if state == "filed":
        return Refusal(_("Evaluasi sedang ditelaah verifikator; angkanya tidak berubah selama itu."))
    return Refusal(_("Evaluasi triwulan ini sudah final.")) if state == "final" else None


def refuse_file(course: Course, today: date, *, leads: bool, missing: int) -> Refusal | None:
    """The leader, once every line has its figure; the form asks what became of the last quarter's follow-ups."""
    if not leads:
        return Refusal(_("Evaluasi disampaikan oleh pimpinan unit ini."))
    state = course.state(today)
    if state == "upcoming":
        return Refusal(_("Penyampaian dibuka pada %(day)s.", day=day(opens_on(course.year, course.quarter))))
    if state == "filed":
        return Refusal(_("Evaluasi ini sudah disampaikan dan menunggu telaah."))
    if state == "final":
        return Refusal(_("Evaluasi triwulan ini sudah final."))
    if state == "validated" and not course.is_corrected:
        return Refusal(_("Evaluasi ini sudah divalidasi."))
    if missing:
        return Refusal(
            ngettext("%(n)s baris belum lengkap.", "%(n)s baris belum lengkap.", missing, n=missing)
        )
    return None


def refuse_judge(course: Course, today: date, *, verifies: bool, took_part: bool) -> Refusal | None:
    """A verifier, of what is handed in; never of what they entered or handed in themselves."""
    if not verifies:
        return Refusal(_("Evaluasi ditelaah oleh verifikator di luar unit ini."))
    if took_part:
        return Refusal(
            _("Anda mengisi atau menyampaikan evaluasi ini, sehingga orang lain yang menelaahnya.")
        )
    if course.state(today) != "filed":
        return Refusal(_("Evaluasi ditelaah sesudah disampaikan."))
    return None


def refuse_outcome(outcome: str, results: Collection[str]) -> Refusal | None:
    """Returning needs something that does not fit or is unclear; validating bears nothing that does not fit."""
    if outcome == "returned" and not {"unclear", "does_not_fit"} & set(results):
        return Refusal(_("Mengembalikan memerlukan sedikitnya satu temuan."))
    if outcome == "validated" and "does_not_fit" in results:
        return Refusal(_("Belum dapat divalidasi selama ada baris yang tidak sesuai."))
    return None


def refuse_object(course: Course, today: date) -> Refusal | None:
    """Every employee, in the fourteen days after validation."""
    until = course.objections_until
    if course.state(today) != "validated" or until is None or today > until:
        return Refusal(_("Keberatan dapat diajukan selama 14 hari sesudah validasi."))
    return None


def refuse_answer_objection(*, is_answerer: bool, is_own: bool, settled: bool) -> Refusal | None:
    if settled:
        return Refusal(_("Keberatan ini sudah dijawab atau ditarik."))
    if is_own:
        return Refusal(_("Anda tidak menjawab keberatan Anda sendiri."))
    return None if is_answerer else Refusal(_("Keberatan ini dijawab oleh orang lain."))


def incomplete(
    status: str | None,
    value: Any,
    evidence: int,
    reason: str | None,
    asks_note: bool = False,
    empty: int | None = None,
) -> str | None:
    """What a line's figure still lacks before it can be handed in; None where nothing. `empty` is an earlier
    quarter that it adds up with and that has no figure."""
    if status is None:
        return _("Belum diisi")
    if empty is not None:
        return _("Triwulan %(n)s belum diisi", n=ROMAN[empty])
    if status == "measured" and value and not evidence:
        return _("Bukti dukung belum ada")
    if asks_note and not reason:
        return _("Catatan belum ada")
    return None if status == "measured" or reason else _("Alasannya belum ada")


def wrong_figure(
    status: str,
    value: Any,
    reason: str | None,
    rupiah: Any,
    ceiling: int | None,
    spent_before: int,
    is_judged: bool,
    asks_note: bool = False,
    note: str | None = None,
) -> Mapping[str, str]:
    """What a typed figure lacks, by field."""
    found: dict[str, str] = {}
    if status == "measured" and value is None:
        found["value"] = _("Mohon isi angkanya, atau pilih keadaan lain.")
    if status != "measured" and value is not None:
        found["value"] = _("Kosongkan angkanya, atau pilih “Sudah diukur”.")
    if status != "measured" and not reason:
        found["reason"] = _("Mohon tulis alasannya.")
    if rupiah is not None and spent_before + rupiah > (ceiling or 0) and not reason:
        found["reason"] = (
            _("Belanja melampaui pagu baris ini. Mohon tulis alasannya.")
            if ceiling
            else _("Baris ini tanpa pagu, tetapi ada belanjanya. Mohon tulis alasannya.")
        )
    if asks_note and not (note or reason):
        found["note"] = _("Capaiannya di atas 120 atau di bawah 50 persen. Mohon tulis penjelasannya.")
    if is_judged and not reason:
        found.setdefault("reason", _("Evaluasi ini sudah ditelaah. Mohon tulis alasan perubahannya."))
    return found


def quarter_before(today: date) -> tuple[int, int]:
    """The year and the quarter that ended last."""
    ended = (today.month - 1) // 3
    return (today.year, ended) if ended else (today.year - 1, 4)
