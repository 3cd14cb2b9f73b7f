"""What is allowed about people, duties and codes. Plain values in, a Refusal or None out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from flask_babel import gettext as _

from portal.access import Refusal

SLIPS_AT_ONCE = 300


def covers(unit_id: int, other: int, parents: Mapping[int, int | None]) -> bool:
    """Whether a duty over `unit_id` reaches `other`."""
    here: int | None = other
    seen: set[int] = set()
    while here is not None and here not in seen:
        if here == unit_id:
            return True
        seen.add(here)
        here = parents.get(here)
    return False


def refuse_last_steward(
    going: Iterable[int], staying: Iterable[int], parents: Mapping[int, int | None]
) -> Refusal | None:
    """Units of the steward duties that would end, and of those that stay: each must still be covered by one."""
    kept = list(staying)
    if any(not any(covers(unit, ending, parents) for unit in kept) for ending in going):
        return Refusal(
            _(
                "Pengelola kepegawaian yang terakhir tidak dapat dihentikan; "
                "beri dahulu penugasan itu kepada pegawai lain."
            )
        )
    return None


def refuse_giving(unit_id: int, reach: Collection[int], in_post: bool) -> Refusal | None:
    """May a duty over this unit be given by who reaches these units, to this person?"""
    if not in_post:
        return Refusal(_("Pegawai ini sudah tidak bertugas, sehingga tidak dapat menerima penugasan."))
    if unit_id not in reach:
        return Refusal(_("Unit kerja itu di luar wewenang Anda."))
    return None


def refuse_ending(unit_id: int, reach: Collection[int], is_over: bool) -> Refusal | None:
    """May this duty be ended?"""
    if unit_id not in reach:
        return Refusal(_("Unit kerja itu di luar wewenang Anda."))
    if is_over:
        return Refusal(_("Penugasan ini sudah berakhir."))
    return None


def may_revoke(from_on: date, today: date) -> bool:
    """Whether a duty can still be called a mistake: until its first day is over. An older one ends yesterday."""
    return from_on >= today


def wrong_dates(from_on: date, until_on: date | None, today: date) -> dict[str, str]:
    """What is wrong with the days of a duty, by field."""
    found = {}
    if not today - timedelta(days=20 * 366) <= from_on <= today + timedelta(days=2 * 366):
        found["from_on"] = _("Tanggal mulainya terlalu jauh dari hari ini.")
    if until_on is not None and until_on < from_on:
        found["until_on"] = _("Hari terakhir tidak boleh sebelum hari mulai.")
    elif until_on is not None and until_on > today + timedelta(days=20 * 366):
        found["until_on"] = _("Hari terakhirnya terlalu jauh dari hari ini.")
    return found


def wrong_end(from_on: date, until_on: date, today: date) -> str | None:
    """What is wrong with the last day of a duty that is ended."""
    if until_on < from_on:
        return _("Hari terakhir tidak boleh sebelum hari mulai.")
    if until_on < today - timedelta(days=1) and until_on != from_on:
        return _("Hari terakhir paling awal kemarin; yang sudah lewat tidak dapat diubah.")
    if until_on > today + timedelta(days=20 * 366):
        return _("Hari terakhirnya terlalu jauh dari hari ini.")
    return None


def refuse_ending_unit(kind: str, whole_regency: bool, has_ended: bool) -> Refusal | None:
    """May this unit be ended, or merged into another?"""
    if not whole_regency:
        return Refusal(_("Hal ini hanya untuk pengelola kepegawaian seluruh kabupaten."))
    if kind == "regency":
        return Refusal(_("Kabupaten sendiri tidak dapat diakhiri."))
    if has_ended:
        return Refusal(_("Unit kerja ini sudah berakhir."))
    return None


def wrong_unit_end(from_on: date, until_on: date, today: date) -> str | None:
    """What is wrong with the last day of a unit."""
    if until_on < max(from_on, today - timedelta(days=1)):
        return _("Hari terakhir paling awal kemarin, dan tidak sebelum unit ini berdiri.")
    if until_on > today + timedelta(days=2 * 366):
        return _("Hari terakhirnya terlalu jauh dari hari ini.")
    return None


def refuse_code(in_post: bool, duty_units: Iterable[int], reach: Collection[int]) -> Refusal | None:
    """May who reaches these units print a code for this person, and so be able to act as them?"""
    if not in_post:
        return Refusal(_("Pegawai ini sudah tidak bertugas."))
    if any(unit_id not in reach for unit_id in duty_units):
        return Refusal(
            _(
                "Pegawai ini memegang penugasan di luar wewenang Anda; kodenya dicetak oleh pengelola di atas Anda."
            )
        )
    return None
