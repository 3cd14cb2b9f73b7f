"""Which state a training and an application are in, who may do what, and why not; pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access import Refusal
from portal.formatting import day, moment
from portal.growth import draw
from portal.growth.training.models import Enrolment, Meeting, SeatOffer, Training
from portal.people import shares

ENDORSEMENT_DAYS = 5
"""In which a superior endorses or refuses; silence endorses."""
OFFER = timedelta(hours=48)
"""For which a freed seat is held for one person."""
UPTAKE_DAYS = 90
"""After which a participant is asked what was used."""
MARGIN = timedelta(minutes=15)
"""Before and after a meeting in which the code on its wall counts."""
SMALLEST = 5
"""Answers under which feedback is not shown."""
QUOTA_PERCENT = 20
"""Of the seats, rounded up, that one unit may take where nothing else is fixed."""

STATES: dict[str, Any] = {
    "draft": _l("Draf"),
    "announced": _l("Diumumkan"),
    "open": _l("Pendaftaran dibuka"),
    "closed": _l("Pendaftaran ditutup"),
    "drawn": _l("Peserta ditetapkan"),
    "running": _l("Berlangsung"),
    "done": _l("Selesai"),
    "cancelled": _l("Dibatalkan"),
}
ENROLMENT_STATES: dict[str, Any] = {
    "applied": _l("Mendaftar"),
    "endorsed": _l("Disetujui atasan"),
    "refused": _l("Tidak disetujui"),
    "seat": _l("Mendapat tempat"),
    "offered": _l("Ditawari tempat"),
    "lapsed": _l("Tawaran tidak diambil"),
    "waiting": _l("Daftar tunggu"),
    "confirmed": _l("Hadir dipastikan"),
    "attended": _l("Mengikuti"),
    "absent": _l("Tidak hadir"),
    "completed": _l("Selesai"),
    "not_completed": _l("Belum lulus"),
    "withdrawn": _l("Mundur"),
}
TONES = {
    "open": "daun", "running": "daun", "drawn": "nila", "cancelled": "saga", "seat": "daun", "confirmed": "daun",
    "completed": "daun", "attended": "daun", "endorsed": "daun", "offered": "emas", "waiting": "emas", "refused": "saga",
}  # fmt: skip
"""Of the chips; the others are quiet."""
MODES: dict[str, Any] = {"onsite": _l("Tatap muka"), "online": _l("Daring"), "mixed": _l("Campuran")}
SOURCES: dict[str, Any] = {
    "plan": _l("Baris rencana"),
    "pulse": _l("Denyut kesiapan"),
    "gap": _l("Kesenjangan jabatan"),
    "request": _l("Keinginan pegawai"),
}
SHARES: dict[str, Any] = {
    "nearly_all": _l("hampir semua"),
    "some": _l("sebagian"),
    "few": _l("sebagian kecil"),
}
"""Said of a share where one side has fewer than five."""
USES: dict[str, Any] = {"yes": _l("Sudah dipakai"), "partly": _l("Sebagian"), "not_yet": _l("Belum")}
SEATED = ("seat", "confirmed", "attended", "absent", "completed", "not_completed")
"""States of those who hold a seat or held it."""


def state(training: Training, today: date) -> str:
    """By its days and deeds."""
    if training.cancellation is not None:
        return "cancelled"
    if training.draw is None:
        return "draft"
    if training.draw.at is None:
        if today < training.opens_on:
            return "announced"
        return "open" if today <= training.closes_on else "closed"
    if today > training.ends_on:
        return "done"
    return "running" if today >= training.starts_on else "drawn"


def holds(offers: Sequence[SeatOffer], now: datetime) -> str | None:
    """What the newest offer of a seat comes to: seat, confirmed, offered, lapsed; None where there was none."""
    if not offers:
        return None
    last = offers[-1]
    if last.answer == "accepted":
        return "confirmed"
    if last.answer == "declined":
        return "lapsed"
    if last.until is None:
        return "seat"
    return "offered" if last.until > now else "lapsed"


def enrolment_state(enrolment: Enrolment, training: Training, now: datetime, attended: int = 0) -> str:
    """`attended` are the minutes of their attendance so far."""
    if enrolment.withdrawal is not None:
        return "withdrawn"
    if enrolment.endorsement is not None and enrolment.endorsement.outcome == "refused":
        return "refused"
    if enrolment.completion is not None:
        return enrolment.completion.outcome
    held = holds(enrolment.offers, now)
    if held in ("seat", "confirmed"):
        if clock.day_of(now) > training.ends_on:
            return "attended" if attended else "absent"
        return held
    if held is not None:
        return held
    if enrolment.place is not None:
        return "waiting"
    if not training.asks_endorsement or enrolment.endorsement is not None:
        return "endorsed" if training.asks_endorsement else "applied"
    return "endorsed" if now >= endorsed_by(enrolment) else "applied"


def endorsed_by(enrolment: Enrolment) -> datetime:
    """The instant from which silence has endorsed."""
    return clock.end_of(clock.day_of(enrolment.at) + timedelta(days=ENDORSEMENT_DAYS))


def most_seats(seats: int) -> int:
    """The seats that one unit may take where no quota was set: a fifth, rounded up."""
    return -(-seats * QUOTA_PERCENT // 100)


# Making and publishing


def refuse_organise(*, organises: bool) -> Refusal | None:
    return None if organises else Refusal(_("Pelatihan diatur oleh penyusun atau pengelola unit ini."))


def refuse_edit(training: Training, *, organises: bool) -> Refusal | None:
    """Nothing of it changes once it is published."""
    if refusal := refuse_organise(organises=organises):
        return refusal
    if training.draw is not None or training.cancellation is not None:
        return Refusal(
            _(
                "Pelatihan ini sudah diterbitkan; kriteria dan kuotanya tidak berubah lagi. Bila keliru, batalkan."
            )
        )
    return None


def refuse_publish(training: Training, today: date, *, organises: bool) -> Refusal | None:
    if refusal := refuse_edit(training, organises=organises):
        return refusal
    if today > training.opens_on:
        return Refusal(
            _(
                "Pendaftaran seharusnya dibuka %(day)s. Silakan ubah tanggalnya dahulu.",
                day=day(training.opens_on),
            )
        )
    return None


def refuse_cancel(training: Training, today: date, *, organises: bool) -> Refusal | None:
    if refusal := refuse_organise(organises=organises):
        return refusal
    now = state(training, today)
    if now == "cancelled":
        return Refusal(_("Pelatihan ini sudah dibatalkan."))
    return Refusal(_("Pelatihan ini sudah selesai.")) if now == "done" else None


# Applying


def refuse_apply(
    training: Training,
    today: date,
    *,
    unmet: Collection[str] = (),
    already: str | None = None,
    free: int = 0,
    waiting: int = 0,
) -> Refusal | None:
    """Within the days of applying, or for a seat that is still free after the draw and its waiting list.

    `unmet` are criteria that the person does not meet; `already` the state of their application; `free` and `waiting`
    are asked after the draw only.
    """
    now = state(training, today)
    if now == "cancelled":
        return Refusal(_("Pelatihan ini dibatalkan."))
    if now in ("draft", "announced"):
        return Refusal(_("Pendaftaran dibuka %(day)s.", day=day(training.opens_on)))
    if now == "closed":
        return Refusal(_("Pendaftaran sudah ditutup %(day)s.", day=day(training.closes_on)))
    if now in ("running", "done"):
        return Refusal(_("Pelatihan ini sudah dimulai."))
    again = ("withdrawn",) if now == "open" else ("lapsed",)
    if already is not None and already not in again:
        return Refusal(_("Anda sudah mendaftar."))
    if unmet:
        return Refusal(_("Belum memenuhi syarat: %(what)s.", what="; ".join(unmet)))
    if now == "drawn" and waiting:
        return Refusal(_("Masih ada daftar tunggu; tempat yang kosong ditawarkan kepada mereka dahulu."))
    if now == "drawn" and free < 1:
        return Refusal(_("Semua tempat sudah terisi."))
    return None


def refuse_withdraw(training: Training, enrolment: Enrolment, today: date, *, is_own: bool) -> Refusal | None:
    """At any time before it starts."""
    if not is_own:
        return Refusal(_("Hanya pendaftar sendiri yang dapat mundur."))
    if enrolment.withdrawal is not None:
        return Refusal(_("Anda sudah mundur."))
    if today >= training.starts_on:
        return Refusal(_("Pelatihan sudah dimulai."))
    return None


def refuse_endorse(enrolment: Enrolment, training: Training, now: datetime, *, leads: bool) -> Refusal | None:
    """Their superior, within five days; silence is a yes."""
    if not leads:
        return Refusal(_("Persetujuan diberikan oleh atasan pendaftar."))
    if not training.asks_endorsement:
        return Refusal(_("Pelatihan ini tidak memerlukan persetujuan atasan."))
    if enrolment.withdrawal is not None or training.cancellation is not None:
        return Refusal(_("Pendaftaran ini sudah tidak berlaku."))
    if enrolment.endorsement is not None:
        return Refusal(_("Pendaftaran ini sudah Anda putuskan."))
    if now >= endorsed_by(enrolment):
        return Refusal(
            _("Batasnya %(day)s; tanpa jawaban dianggap disetujui.", day=moment(endorsed_by(enrolment)))
        )
    return None


# The draw


def refuse_cancelled(training: Training) -> Refusal | None:
    """A cancelled training goes no further."""
    return Refusal(_("Pelatihan ini dibatalkan.")) if training.cancellation is not None else None


def refuse_commit(training: Training, today: date, *, audits: bool, is_steward: bool) -> Refusal | None:
    """The auditor, never the one who fixed the first seed; through the day on which applications open, not after it:

    who already sees who applied is not to choose among seeds.
    """
    if not audits:
        return Refusal(_("Benih kedua ditetapkan oleh auditor."))
    if refusal := refuse_cancelled(training):
        return refusal
    made = training.draw
    if made is None:
        return Refusal(_("Pelatihan ini belum diterbitkan."))
    if is_steward:
        return Refusal(_("Anda sudah menetapkan benih pertama; benih kedua ditetapkan orang lain."))
    if made.seed_a is not None or made.at is not None:
        return Refusal(_("Benih pertama sudah dibuka."))
    if made.commitment_b is not None:
        return Refusal(_("Benih kedua sudah ditetapkan."))
    if today > training.opens_on:
        return Refusal(
            _(
                "Benih kedua ditetapkan paling lambat saat pendaftaran dibuka, %(day)s.",
                day=day(training.opens_on),
            )
        )
    return None


def refuse_freeze(
    training: Training, today: date, *, organises: bool, undecided: int, is_scarce: bool
) -> Refusal | None:
    """After closing, once every superior has answered or let the days pass; a draw needs the auditor's seed."""
    if refusal := refuse_organise(organises=organises):
        return refusal
    made = training.draw
    if made is None or training.cancellation is not None:
        return Refusal(_("Pelatihan ini tidak sedang menerima pendaftaran."))
    if made.frozen_at is not None:
        return Refusal(_("Daftar pendaftar sudah dibekukan %(day)s.", day=moment(made.frozen_at)))
    if today <= training.closes_on:
        return Refusal(
            _("Daftar dibekukan sesudah pendaftaran ditutup %(day)s.", day=day(training.closes_on))
        )
    if undecided:
        return Refusal(_("%(n)s pendaftaran masih menunggu persetujuan atasan.", n=undecided))
    if is_scarce and made.commitment_b is None:
        return Refusal(
            _(
                "Benih kedua tidak ditetapkan sampai pendaftaran dibuka, sehingga tempat tidak dapat diundi. "
                "Silakan batalkan dan terbitkan pelatihan yang baru."
            )
        )
    return None


def refuse_draw(training: Training, *, audits: bool, codes: Collection[str] | None = None) -> Refusal | None:
    """The auditor tells the second seed; a list that is not the frozen one any more is not drawn."""
    if not audits:
        return Refusal(_("Benih kedua dibuka oleh auditor."))
    if refusal := refuse_cancelled(training):
        return refusal
    made = training.draw
    if made is None or made.frozen_at is None:
        return Refusal(_("Daftar pendaftar belum dibekukan."))
    if made.at is not None:
        return Refusal(_("Undian sudah dilakukan %(day)s; hasilnya tetap.", day=moment(made.at)))
    if codes is not None and draw.list_sha256(codes) != made.list_sha256:
        return Refusal(_("Daftar pendaftar berbeda dari yang dibekukan. Undian tidak dapat dilakukan."))
    return None


def wrong_seed(seed: str, commitment: str | None) -> str | None:
    """What is wrong with a seed that is told: it must be the one fixed beforehand."""
    if draw.sha256(seed) != commitment:
        return _("Benih ini tidak cocok dengan sidik yang diumumkan. Mohon ketik persis seperti semula.")
    return None


def refuse_answer_offer(
    enrolment: Enrolment, training: Training, now: datetime, *, is_own: bool
) -> Refusal | None:
    if not is_own:
        return Refusal(_("Tawaran ini untuk orang lain."))
    if refusal := refuse_cancelled(training):
        return refusal
    held = enrolment_state(enrolment, training, now)
    if held == "confirmed":
        return Refusal(_("Kehadiran Anda sudah dipastikan."))
    if held not in ("seat", "offered"):
        return Refusal(_("Tidak ada tempat yang ditawarkan kepada Anda sekarang."))
    if clock.day_of(now) > training.starts_on:
        return Refusal(_("Pelatihan sudah dimulai."))
    return None


# Being there


def refuse_meet(training: Training, *, organises: bool) -> Refusal | None:
    return refuse_organise(organises=organises) or refuse_cancelled(training)


def refuse_list(meeting: Meeting, now: datetime, *, organises: bool, completed: bool) -> Refusal | None:
    """The list of who was there, from the beginning of the meeting until somebody's result stands."""
    if refusal := refuse_organise(organises=organises):
        return refusal
    if now < meeting.starts_at - MARGIN:
        return Refusal(_("Kehadiran dicatat sejak pertemuan dimulai."))
    return Refusal(_("Kelulusan sudah dicatat.")) if completed else None


def refuse_come(meeting: Meeting, training: Training, now: datetime, *, is_seated: bool) -> Refusal | None:
    """By the code on the wall, while the meeting lasts."""
    if refusal := refuse_cancelled(training):
        return refusal
    if not is_seated:
        return Refusal(_("Anda tidak tercatat sebagai peserta pelatihan ini."))
    over = meeting.starts_at + timedelta(minutes=meeting.minutes) + MARGIN
    if not meeting.starts_at - MARGIN <= now <= over:
        return Refusal(_("Kode berlaku selama pertemuan berlangsung."))
    return None


def refuse_complete(
    training: Training, now: datetime, *, organises: bool, meetings: Sequence[Meeting]
) -> Refusal | None:
    """From the last day, once the last meeting is over; results are final."""
    if refusal := refuse_organise(organises=organises):
        return refusal
    if clock.day_of(now) < training.ends_on:
        return Refusal(_("Kelulusan dicatat mulai hari terakhir, %(day)s.", day=day(training.ends_on)))
    if training.cancellation is not None or training.draw is None or training.draw.at is None:
        return Refusal(_("Pelatihan ini tidak memiliki peserta."))
    if not meetings:
        return Refusal(_("Belum ada pertemuan yang dicatat."))
    over = max(one.starts_at + timedelta(minutes=one.minutes) for one in meetings)
    if over > now:
        return Refusal(
            _("Kelulusan dicatat setelah pertemuan terakhir selesai, %(moment)s.", moment=moment(over))
        )
    return None


def refuse_feedback(training: Training, today: date, *, took_part: bool, given: bool) -> Refusal | None:
    if not took_part:
        return Refusal(_("Umpan balik diberikan oleh peserta yang hadir."))
    if today < training.ends_on:
        return Refusal(_("Umpan balik dibuka pada hari terakhir, %(day)s.", day=day(training.ends_on)))
    return Refusal(_("Umpan balik Anda sudah diterima.")) if given else None


def asked_on(training: Training) -> date:
    """The day from which a participant is asked what was used."""
    return training.ends_on + timedelta(days=UPTAKE_DAYS)


def share_of_use(answers: int, used: int) -> shares.Cell | None:
    """A number only where both those who use it and those who do not are five; nothing under five answers."""
    return shares.cells({0: answers}, {0: used}).whole


def refuse_uptake(enrolment: Enrolment, training: Training, today: date, *, is_own: bool) -> Refusal | None:
    if not is_own:
        return Refusal(_("Pertanyaan ini untuk peserta sendiri."))
    if enrolment.completion is None or enrolment.completion.outcome != "completed":
        return Refusal(_("Pertanyaan ini untuk peserta yang lulus."))
    if enrolment.uptake is not None:
        return Refusal(_("Jawaban Anda sudah tercatat."))
    if today < asked_on(training):
        return Refusal(_("Ditanyakan mulai %(day)s.", day=day(asked_on(training))))
    return None


def refuse_validate(*, keeps: bool, is_own: bool, settled: bool) -> Refusal | None:
    """A steward of the unit, never of their own learning."""
    if not keeps:
        return Refusal(_("Pembelajaran divalidasi oleh pengelola kepegawaian."))
    if is_own:
        return Refusal(_("Anda tidak memvalidasi pembelajaran Anda sendiri."))
    return Refusal(_("Pembelajaran ini sudah diputuskan.")) if settled else None
