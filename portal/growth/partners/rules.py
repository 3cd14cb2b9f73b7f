"""States, the nine questions, and who may do what with an offer; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access import Refusal
from portal.formatting import day

CALL_DAYS = 14
"""Days for which a gap is called out before an offer for it is accepted."""
RULING_DAYS = 7
"""Working days in which the leader above rules once an interest was stated (a ministry's rule after PermenPANRB 17/2024)."""
NEVER_ACCEPTED = (3, 4)
"""Questions whose problem is declined or sent to the Inspektorat, whoever rules."""

GAP_KINDS: dict[str, Any] = {
    "money": _l("Anggaran"),
    "instructor": _l("Pengajar"),
    "room": _l("Ruang"),
    "equipment": _l("Peralatan"),
    "expertise": _l("Keahlian"),
}
PARTNER_KINDS: dict[str, Any] = {
    "university": _l("Perguruan tinggi"),
    "business": _l("Badan usaha"),
    "association": _l("Asosiasi"),
    "community": _l("Komunitas"),
    "government": _l("Instansi pemerintah lain"),
    "individual": _l("Perorangan"),
}
STATES: dict[str, Any] = {
    "received": _l("Surat diterima"),
    "checked": _l("Ditelaah"),
    "accepted": _l("Diterima untuk disepakati"),
    "declined": _l("Ditolak"),
    "referred": _l("Diteruskan ke Inspektorat"),
    "agreed": _l("Disepakati"),
    "delivered": _l("Terpenuhi"),
    "lapsed": _l("Tidak terpenuhi"),
    "withdrawn": _l("Ditarik mitra"),
}
OUTCOMES: dict[str, Any] = {
    "accepted": _l("Diterima untuk disepakati"),
    "declined": _l("Ditolak"),
    "referred": _l("Diteruskan ke Inspektorat"),
}
CHECK_RESULTS: dict[str, Any] = {"fits": _l("Sesuai"), "problem": _l("Ada masalah")}
AGREEMENTS: dict[str, Any] = {
    "memorandum": _l("Kesepakatan bersama"),
    "agreement": _l("Perjanjian kerja sama"),
    "handover": _l("Berita acara serah terima"),
    "letter": _l("Surat pernyataan mitra"),
}
CHECKS: dict[int, Any] = {
    1: _l("Ditujukan kepada unit kerja, bukan kepada seseorang"),
    2: _l(
        "Tanpa imbalan: tidak ada hak khusus, data, penerimaan pegawai, atau promosi selain ucapan terima kasih"
    ),
    3: _l(
        "Mitra tidak sedang, dan dalam 12 bulan terakhir tidak, berurusan izin, pajak, pemeriksaan, atau pengadaan dengan unit yang memutuskan"
    ),
    4: _l("Tidak ada uang tunai, voucer, perjalanan, penginapan, atau honorarium bagi pegawai"),
    5: _l("Peserta dipilih oleh pemerintah daerah"),
    6: _l("Data pribadi peserta tidak keluar"),
    7: _l("Nilainya ditaksir, dan sumber harganya disebut"),
    8: _l("Biaya sesudahnya (pemeliharaan, lisensi) disebut"),
    9: _l("Bagian Hukum atau bagian yang menangani kerja sama sudah membaca"),
}


@dataclass(frozen=True)
class Course:
    """What has happened to one offer so far: the deeds from which its state follows."""

    checks: Mapping[int, str] = field(default_factory=dict)
    outcome: str | None = None
    is_withdrawn: bool = False
    until_on: date | None = None
    """The last day of the agreement; None where nothing is signed."""
    promised: Decimal | None = None
    """The quantity offered; None where it cannot be counted."""
    delivered: Decimal = Decimal(0)
    deliveries: int = 0
    stated: Mapping[int, bool] = field(default_factory=dict)
    """Whether a person stated an interest, by person."""
    checkers: frozenset[int] = frozenset()

    @property
    def is_delivered(self) -> bool:
        return self.deliveries > 0 and (self.promised is None or self.delivered >= self.promised)

    @property
    def interested(self) -> set[int]:
        return {person for person, has_interest in self.stated.items() if has_interest}

    @property
    def problems(self) -> list[int]:
        return [item for item, result in sorted(self.checks.items()) if result == "problem"]

    @property
    def unanswered(self) -> list[int]:
        return [item for item in CHECKS if item not in self.checks]

    def state(self, today: date) -> str:
        if self.is_withdrawn:
            return "withdrawn"
        if self.outcome is None:
            return "received" if self.unanswered else "checked"
        if self.outcome != "accepted" or self.until_on is None:
            return self.outcome
        if self.is_delivered:
            return "delivered"
        return "lapsed" if today > self.until_on else "agreed"

    def counts(self, today: date) -> Decimal | None:
        """The quantity by which the offer narrows its gap: what is promised while it stands, what came once it
        lapsed. None where it cannot be counted."""
        match self.state(today):
            case "accepted" | "agreed" | "delivered":
                return self.promised
            case "lapsed":
                return self.delivered
        return Decimal(0)


def met(quantity: Decimal | None, counted: Iterable[Decimal | None]) -> Decimal:
    """How much of a gap is met, in percent, never over 100; a gap that cannot be counted is met by the first offer."""
    parts = list(counted)
    if quantity is None:
        return Decimal(100 if any(part is None or part > 0 for part in parts) else 0)
    if any(part is None for part in parts):
        return Decimal(100)
    return min(Decimal(100), sum((part for part in parts if part), Decimal(0)) / quantity * 100)


def ruling_unit(
    path: Sequence[int], leaders: Mapping[int, Collection[int]], interested: Collection[int]
) -> int | None:
    """The unit whose leader rules: of those from the gap's unit upwards (`path`) the first that has leaders, none of
    whom stated an interest. None where nobody is left."""
    for unit_id in path:
        if (found := leaders.get(unit_id)) and not set(found) & set(interested):
            return unit_id
    return None


def refuse_check(course: Course, *, keeps: bool, person_id: int) -> Refusal | None:
    if not keeps:
        return Refusal(_("Tawaran ditelaah oleh pengelola kepegawaian."))
    if course.is_withdrawn:
        return Refusal(_("Tawaran ini sudah ditarik mitra."))
    if course.outcome is not None:
        return Refusal(_("Tawaran ini sudah diputuskan."))
    if course.stated.get(person_id):
        return Refusal(_("Anda menyatakan benturan kepentingan, jadi orang lain yang menelaah."))
    if not course.unanswered:
        return Refusal(_("Kesembilan telaah sudah dijawab."))
    if person_id not in course.stated:
        return Refusal(_("Mohon isi pernyataan benturan kepentingan dahulu."))
    return None


def refuse_state(course: Course, *, takes_part: bool, person_id: int) -> Refusal | None:
    """Why a statement of interest is not possible."""
    if not takes_part:
        return Refusal(_("Pernyataan diisi oleh yang menelaah dan yang memutuskan."))
    if course.outcome is not None or course.is_withdrawn:
        return Refusal(_("Tawaran ini sudah selesai diputuskan."))
    if person_id in course.stated:
        return Refusal(_("Anda sudah mengisi pernyataan untuk tawaran ini."))
    return None


def refuse_rule(
    course: Course, *, leads: bool, person_id: int, may_by_unit: bool, above: str | None
) -> Refusal | None:
    """Why this person may not rule. `may_by_unit`: they lead the unit on which the ruling falls, or one above it;
    `above` names that unit."""
    if not leads:
        return Refusal(_("Tawaran diputuskan oleh pimpinan unit yang memerlukan."))
    if course.is_withdrawn:
        return Refusal(_("Tawaran ini sudah ditarik mitra."))
    if course.outcome is not None:
        return Refusal(_("Tawaran ini sudah diputuskan."))
    if course.stated.get(person_id) or not may_by_unit:
        if above is None:
            return Refusal(_("Semua pimpinan yang dapat memutuskan menyatakan benturan kepentingan."))
        return Refusal(
            _("Ada pernyataan benturan kepentingan, jadi putusan naik kepada %(unit)s.", unit=above)
        )
    if course.unanswered:
        return Refusal(_("%(n)s dari 9 telaah belum dijawab.", n=len(course.unanswered)))
    if person_id not in course.stated:
        return Refusal(_("Mohon isi pernyataan benturan kepentingan dahulu."))
    return None


def refuse_outcome(
    course: Course, outcome: str, called: Sequence[tuple[date, date]], today: date
) -> Refusal | None:
    """Why this outcome is not possible. `called` are the days of the calls that name the gap."""
    if outcome != "accepted":
        return None
    if barred := [item for item in course.problems if item in NEVER_ACCEPTED]:
        return Refusal(
            _(
                "Telaah %(items)s menyebut masalah. Tawaran seperti ini ditolak atau diteruskan ke Inspektorat.",
                items=_(" dan ").join(map(str, barred)),
            )
        )
    if not course.checkers <= set(course.stated):
        return Refusal(_("Yang menelaah belum mengisi pernyataan benturan kepentingan."))
    if course.checkers & course.interested:
        return Refusal(
            _("Yang menelaah menyatakan benturan kepentingan, jadi tawaran ini tidak dapat diterima.")
        )
    if not called:
        return Refusal(
            _(
                "Kesenjangan ini belum pernah diumumkan. Mohon diumumkan selama 14 hari terlebih dahulu, agar mitra lain tahu."
            )
        )
    if all(today <= closes_on for _opens_on, closes_on in called):
        closes_on = min(closes_on for _opens_on, closes_on in called)
        return Refusal(
            _("Undangan masih dibuka sampai %(day)s; tawaran diterima sesudahnya.", day=day(closes_on))
        )
    return None


def refuse_agree(course: Course, today: date, *, keeps: bool) -> Refusal | None:
    if not keeps:
        return Refusal(_("Naskah kerja sama dicatat oleh pengelola kepegawaian."))
    if course.state(today) != "accepted":
        return Refusal(_("Naskah dicatat sesudah tawaran diterima, satu kali."))
    return None


def refuse_deliver(course: Course, *, keeps: bool) -> Refusal | None:
    if not keeps:
        return Refusal(_("Penyerahan dicatat oleh pengelola kepegawaian."))
    if course.until_on is None or course.is_withdrawn:
        return Refusal(_("Penyerahan dicatat sesudah naskah kerja sama ada."))
    return None


def refuse_withdraw(course: Course, *, keeps: bool) -> Refusal | None:
    if not keeps:
        return Refusal(_("Penarikan dicatat oleh pengelola kepegawaian, dari surat mitra."))
    if course.is_withdrawn:
        return Refusal(_("Tawaran ini sudah ditarik mitra."))
    if course.until_on is not None or course.outcome in ("declined", "referred"):
        return Refusal(_("Tawaran ini sudah selesai diputuskan."))
    return None


def wrong_days(opens_on: date | None, closes_on: date | None, today: date) -> Mapping[str, str]:
    """What is wrong with the days of a call, by field."""
    found: dict[str, str] = {}
    if opens_on and opens_on < today:
        found["opens_on"] = _("Paling cepat hari ini.")
    if opens_on and closes_on and closes_on < opens_on + timedelta(days=CALL_DAYS):
        found["closes_on"] = _(
            "Paling cepat %(day)s, 14 hari sesudah dibuka.", day=day(opens_on + timedelta(days=CALL_DAYS))
        )
    return found
