"""What is allowed with a poll, and which state it is in; pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from textwrap import shorten
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access import Refusal
from portal.formatting import moment
from portal.plans import stages
from portal.voting.models import Poll, Witness

SMALLEST = 5
LONGEST_OPTION = 200
CHECK_PERIOD = timedelta(hours=24)
STATES: dict[str, Any] = {
    "draft": _l("Disiapkan"),
    "open": _l("Dibuka"),
    "closed": _l("Ditutup"),
    "announced": _l("Diumumkan"),
    "cancelled": _l("Dibatalkan"),
}


def option_of(number: int, title: str) -> str:
    """The words of an option that stands for a proposal."""
    return shorten(_("Usulan nomor %(n)s: %(title)s", n=number, title=title), LONGEST_OPTION, placeholder="…")


def state(poll: Poll, now: datetime) -> str:
    """Follows from the deeds and the clock."""
    if poll.cancelled_at is not None:
        return "cancelled"
    if poll.announced_at is not None:
        return "announced"
    if poll.opened_at is None:
        return "draft"
    return "closed" if poll.closed_at is not None or now >= poll.closes_at else "open"


def refuse_roll(count: int) -> Refusal | None:
    """Under five people a vote is not secret, so there is none."""
    if count >= SMALLEST:
        return None
    return Refusal(
        _("Pemungutan suara rahasia memerlukan paling sedikit lima pegawai; di unit ini ada %(n)d.", n=count)
    )


def refuse_closing_day(closes_at: datetime, calendar: stages.Calendar | None) -> Refusal | None:
    """A poll about a plan ends before the plan's stage after the forum begins."""
    last = calendar.ends_on("forum") if calendar else None
    if last is None or closes_at <= clock.end_of(last):
        return None
    return Refusal(_("Harus ditutup sebelum tahapan Rancangan dimulai."))


def refuse_open(
    poll: Poll,
    roll: int,
    leads_unit: bool,
    unfit: list[str],
    calendar: stages.Calendar | None,
    now: datetime,
) -> Refusal | None:
    """A leader opens a prepared poll once every witness has tested their code; of a plan only in its forum.

    `unfit` are the names of witnesses who left or were given a duty over the unit since; `calendar` is the plan's.
    """
    if not leads_unit:
        return Refusal(_("Pemungutan suara dibuka oleh pimpinan unit ini."))
    if state(poll, now) != "draft":
        return Refusal(_("Pemungutan suara ini sudah dibuka atau dibatalkan."))
    if now < poll.opens_at:
        return Refusal(_("Dapat dibuka mulai %(when)s.", when=moment(poll.opens_at)))
    if now >= poll.closes_at:
        return Refusal(_("Waktu penutupannya sudah lewat."))
    if calendar and not stages.allows("poll", calendar.stage(clock.day_of(now))):
        return Refusal(_("Pemungutan suara tentang rencana dibuka pada tahapan Forum Perangkat Daerah."))
    if (refusal := refuse_closing_day(poll.closes_at, calendar)) is not None:
        return refusal
    if unfit:
        return Refusal(
            _(
                "%(names)s tidak dapat lagi menjadi saksi. Silakan siapkan pemungutan suara yang baru.",
                names=", ".join(unfit),
            )
        )
    if any(witness.code_tested_at is None for witness in poll.witnesses):
        return Refusal(_("Belum semua saksi mengambil dan menguji kodenya."))
    return refuse_roll(roll)


def refuse_cast(poll: Poll, on_roll: bool, now: datetime) -> Refusal | None:
    if not on_roll:
        return Refusal(_("Nama Anda tidak ada pada daftar pemilih tetap pemungutan suara ini."))
    if state(poll, now) == "draft" or now < poll.opens_at:
        return Refusal(_("Pemungutan suara ini belum dibuka."))
    if state(poll, now) != "open":
        return Refusal(_("Kotak suara ini sudah ditutup."))
    return None


def refuse_fetch(poll: Poll, tested: bool, now: datetime) -> Refusal | None:
    """A code that was shown and lost (a double click, a lost line) gives way to a new one until it is tested."""
    if state(poll, now) != "draft":
        return Refusal(_("Kode diambil sebelum pemungutan suara dibuka."))
    if tested:
        return Refusal(_("Kode Anda sudah diuji, sehingga tidak dapat diganti."))
    return None


def refuse_test(poll: Poll, witness: Witness | None, now: datetime) -> Refusal | None:
    """A witness types the code once more, before the poll is opened."""
    if witness is None or witness.public_key is None:
        return Refusal(_("Kode Anda belum diambil."))
    if state(poll, now) != "draft":
        return Refusal(_("Kode diuji sebelum pemungutan suara dibuka."))
    return None


def refuse_opening(poll: Poll, is_witness: bool, now: datetime) -> Refusal | None:
    """The witnesses open the box, 24 hours after closing at the earliest."""
    if not is_witness:
        return Refusal(_("Kotak dibuka oleh para saksi."))
    if state(poll, now) == "announced":
        return Refusal(_("Kotak ini sudah dibuka."))
    if state(poll, now) != "closed":
        return Refusal(_("Kotak dibuka sesudah pemungutan suara ditutup."))
    earliest = poll.closes_at + CHECK_PERIOD
    if now < earliest:
        return Refusal(_("Masa periksa berlangsung sampai %(when)s.", when=moment(earliest)))
    return None


def refuse_cancel(poll: Poll, leads_unit: bool, now: datetime) -> Refusal | None:
    if not leads_unit:
        return Refusal(_("Pemungutan suara dibatalkan oleh pimpinan unit ini."))
    if state(poll, now) in ("announced", "cancelled"):
        return Refusal(_("Pemungutan suara ini sudah selesai."))
    return None
