"""The words of what waits and of what is new: one sentence, one button."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from textwrap import shorten
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock, jobs
from portal.discussion.rules import STATES
from portal.evaluation.rules import ROMAN
from portal.formatting import NO_BREAK, day_month, days_until, hour, moment, short_day, weekday, weekday_name
from portal.growth.careers.rules import OUTCOMES, TONES
from portal.inbox.queries import News, Waiting
from portal.proposals.rules import DECISIONS, LOOKS


@dataclass(frozen=True)
class Entry:
    """A row of the agenda."""

    when: str
    when_more: str
    tone: str
    sentence: str
    second: str | None
    action: str
    url: str
    is_form: bool
    """Whether the button does the deed itself, and is no link."""


def _words(waiting: Waiting) -> tuple[str, str | None, str, str, dict[str, Any]]:
    """Sentence, second line, word of the button, endpoint and its values."""
    title, ref = waiting.title, waiting.ref
    quoted = f"“{title}”"
    match waiting.kind:
        case "answer":
            return (
                _("Usulan %(title)s menunggu jawaban resmi dari Anda.", title=quoted),
                _("Diajukan %(name)s", name=waiting.more),
                _("Tulis jawaban"),
                "proposals.answer",
                {"proposal_id": ref},
            )
        case "concern":
            return (
                _("Kekhawatiran atas %(title)s menunggu balasan Anda.", title=quoted),
                _("Dijawab, mengubah rencana, atau risiko diterima"),
                _("Tulis balasan"),
                "changes.reply",
                {"concern_id": ref},
            )
        case "notice":
            again = waiting.more not in (None, "1")
            return (
                _(
                    "Pemberitahuan %(title)s berubah menjadi versi %(n)s dan menunggu tanda paham Anda.",
                    title=quoted,
                    n=waiting.more,
                )
                if again
                else _("Pemberitahuan %(title)s menunggu tanda paham Anda.", title=quoted),
                _("Diam bukan setuju; tanda paham bukan tanda setuju"),
                _("Baca versi %(n)s", n=waiting.more) if again else _("Baca"),
                "changes.notice",
                {"notice_id": ref},
            )
        case "ballot":
            return (
                _("Pemungutan suara %(title)s menunggu suara Anda.", title=quoted),
                _("Rahasia, bersifat masukan, kira-kira dua menit"),
                _("Beri suara"),
                "voting.show",
                {"poll_id": ref},
            )
        case "code":
            return (
                _("Anda menjadi saksi pemungutan suara %(title)s.", title=quoted),
                _("Ambil kode Anda sendirian; kode ditampilkan satu kali"),
                _("Ambil kode"),
                "voting.witness",
                {"poll_id": ref},
            )
        case "code_test":
            return (
                _("Kode saksi Anda untuk %(title)s belum diuji.", title=quoted),
                _("Pemungutan suara tidak dapat dibuka sebelum kode diuji"),
                _("Uji kode"),
                "voting.witness",
                {"poll_id": ref},
            )
        case "box":
            return (
                _("Kotak suara %(title)s dapat dibuka oleh para saksi.", title=quoted),
                _("Masa periksa sudah selesai"),
                _("Buka kotak"),
                "voting.opening",
                {"poll_id": ref},
            )
        case "poll":
            return (
                _("Pemungutan suara %(title)s siap dibuka.", title=quoted),
                _("Semua saksi sudah menguji kodenya"),
                _("Buka"),
                "voting.show",
                {"poll_id": ref},
            )
        case "line":
            return (
                _("Usulan %(title)s diterima dan belum menjadi baris.", title=quoted),
                _("Jadikan baris baru, atau tautkan ke baris yang ada"),
                _("Tampung"),
                "origins.choose",
                {"proposal_id": ref},
            )
        case "suggestion":
            return (
                _("Saran perubahan atas %(title)s menunggu putusan Anda.", title=quoted),
                _("Disarankan %(name)s", name=waiting.more),
                _("Putuskan"),
                "suggestions.show",
                {"suggestion_id": ref},
            )
        case "closing":
            return (
                _(
                    "Renja %(unit)s: tahapan berakhir dan %(n)s saran belum diputuskan.",
                    unit=title,
                    n=waiting.more,
                ),
                _("Sesudahnya diputuskan selama penyuntingan dibuka; tidak ada yang hilang"),
                _("Lihat saran"),
                "suggestions.index",
                {"plan_id": ref},
            )
        case "closed":
            return (
                _(
                    "Renja %(unit)s: masa saran ditutup dan %(n)s saran belum diputuskan.",
                    unit=title,
                    n=waiting.more,
                ),
                _("Diputuskan selama penyuntingan dibuka; tidak ada yang hilang"),
                _("Lihat saran"),
                "suggestions.index",
                {"plan_id": ref},
            )
        case "draft":
            return (
                _("Draf usulan Anda %(title)s belum diajukan.", title=quoted),
                _("Hanya Anda yang melihatnya"),
                _("Lanjutkan"),
                "proposals.show",
                {"proposal_id": ref},
            )
        case "typed":
            return (
                _("Tulisan Anda pada %(title)s belum dikirim.", title=quoted),
                _("Tersimpan sebagai draf; hanya Anda yang melihatnya"),
                _("Lanjutkan"),
                waiting.more or "",
                {},
            )
        case "returned":
            return (
                _("Usulan Anda %(title)s dikembalikan untuk diperbaiki.", title=quoted),
                _("Dapat diajukan lagi sampai tahapan Rancangan berakhir"),
                _("Perbaiki"),
                "proposals.show",
                {"proposal_id": ref},
            )
        case "vacancy":
            return (
                _("%(unit)s belum memiliki pimpinan yang bertugas.", unit=title),
                _("Tugasnya sementara jatuh kepada pimpinan di atasnya"),
                _("Beri penugasan"),
                "people.units",
                {},
            )
        case "job":
            return (
                _("Pekerjaan latar gagal: %(what)s.", what=str(jobs.labels.get(title, title)).lower()),
                _("Sebab dan waktunya ada pada halamannya"),
                _("Lihat"),
                "background_jobs.index",
                {"_anchor": f"pekerjaan-{ref}"},
            )
        case "bundle":
            return (
                _("Berkas semua rencana yang Anda minta gagal dibuat."),
                _("Tidak ada berkas yang dibuat"),
                _("Minta kembali"),
                "plan_export.bundle_of",
                {"job_id": ref},
            )
        case "ready":
            return (
                ngettext(
                    "Renja %(unit)s: %(n)s bagian atau baris unit Anda belum ditandai siap.",
                    "Renja %(unit)s: %(n)s bagian atau baris unit Anda belum ditandai siap.",
                    int(waiting.more or 0),
                    unit=title,
                    n=waiting.more,
                ),
                _("Versi baru meminta tanda siap lagi"),
                _("Lihat"),
                "readiness.index",
                {"plan_id": ref},
            )
        case "verify":
            return (
                _("Renja %(unit)s menunggu verifikasi Anda.", unit=title),
                _("Rencana dinyatakan lolos, atau dikembalikan beserta catatan"),
                _("Verifikasi"),
                "verification.rounds",
                {"plan_id": ref},
            )
        case "mend":
            return (
                ngettext(
                    "Renja %(unit)s dikembalikan verifikator dengan %(n)s butir.",
                    "Renja %(unit)s dikembalikan verifikator dengan %(n)s butir.",
                    int(waiting.more or 0),
                    unit=title,
                    n=waiting.more,
                ),
                _("Naskah dan tabel dapat disunting sampai verifikasi berikutnya"),
                _("Baca catatan"),
                "verification.rounds",
                {"plan_id": ref},
            )
        case "adopt":
            return (
                _("Renja %(unit)s lolos verifikasi dan menunggu penetapan Anda.", unit=title),
                _("Halamannya menunjukkan apa yang masih kurang"),
                _("Tetapkan"),
                "adoption.show",
                {"plan_id": ref},
            )
        case "mention":
            return (
                _("%(name)s menyebut Anda dalam sebuah tanggapan.", name=title),
                shorten(waiting.more or "", 120, placeholder="…"),
                _("Buka percakapan"),
                "discussion.mention",
                {"comment_id": ref},
            )
        case "left":
            return (
                _("Usulan Anda tahun lalu %(title)s dapat diajukan kembali. Sudah berubah?", title=quoted),
                shorten(waiting.more or "", 160, placeholder="…") or None,
                _("Ajukan kembali"),
                "returning.bring_back",
                {"proposal_id": ref},
            )
        case "figure":
            year, quarter, left = (waiting.more or "").split(".")
            return (
                ngettext(
                    "Hasil %(unit)s triwulan %(q)s: %(n)s baris unit Anda belum diisi.",
                    "Hasil %(unit)s triwulan %(q)s: %(n)s baris unit Anda belum diisi.",
                    int(left),
                    unit=title,
                    q=ROMAN[int(quarter)],
                    n=left,
                ),
                _("Belum diukur atau belum dimulai pun dicatat, beserta alasannya"),
                _("Isi"),
                "evaluation.quarter",
                {"agency_id": ref, "year": year, "quarter": quarter},
            )
        case "filing":
            year, quarter = (waiting.more or "").split(".")
            return (
                _(
                    "Hasil %(unit)s triwulan %(q)s sudah lengkap dan menunggu Anda sampaikan.",
                    unit=title,
                    q=ROMAN[int(quarter)],
                ),
                _("Yang disampaikan tidak dapat diubah; koreksi menjadi penyampaian baru"),
                _("Sampaikan"),
                "evaluation.quarter",
                {"agency_id": ref, "year": year, "quarter": quarter},
            )
        case "verdict":
            year, quarter = (waiting.more or "").split(".")
            return (
                _(
                    "Hasil %(unit)s triwulan %(q)s tahun %(year)s menunggu telaah Anda.",
                    unit=title,
                    q=ROMAN[int(quarter)],
                    year=year,
                ),
                _("Divalidasi, atau dikembalikan beserta temuan"),
                _("Telaah"),
                "evaluation.verdict",
                {"agency_id": ref, "year": year, "quarter": quarter},
            )
        case "objection":
            return (
                _(
                    "Keberatan %(text)s menunggu jawaban Anda.",
                    text=f"“{shorten(title, 120, placeholder='…')}”",
                ),
                _("Dijawab dalam 14 hari; yang terlambat dihitung terbuka"),
                _("Jawab"),
                "evaluation.objection_answer",
                {"objection_id": ref},
            )
        case "correction":
            return (
                _("%(name)s meminta perbaikan data.", name=title),
                _("Dijawab dalam 14 hari"),
                _("Jawab"),
                "careers.correction_answer",
                {"correction_id": ref},
            )
        case "endorsement":
            return (
                _(
                    "%(name)s mendaftar pelatihan %(title)s dan menunggu jawaban Anda.",
                    name=waiting.more,
                    title=quoted,
                ),
                _("Diam berarti setuju"),
                _("Putuskan"),
                "training.endorsement",
                {"enrolment_id": ref},
            )
        case "seat":
            return (
                _("Ada tempat untuk Anda pada pelatihan %(title)s.", title=quoted),
                _("Pastikan Anda datang, atau berikan kepada yang berikut"),
                _("Jawab"),
                "training.show",
                {"training_id": ref},
            )
        case "feedback":
            return (
                _("Bagaimana pelatihan %(title)s?", title=quoted),
                _("Tanpa nama, ditampilkan mulai lima jawaban"),
                _("Beri umpan balik"),
                "attendance.feedback",
                {"training_id": ref},
            )
        case "uptake":
            return (
                _("Apa yang sudah dipakai dari pelatihan %(title)s?", title=quoted),
                _("Satu pertanyaan, 90 hari sesudah pelatihan"),
                _("Jawab"),
                "attendance.uptake",
                {"enrolment_id": ref},
            )
        case "freezing":
            return (
                _("Pendaftaran pelatihan %(title)s sudah ditutup; daftarnya belum dibekukan.", title=quoted),
                _("Sesudahnya tempat dibagikan"),
                _("Bekukan"),
                "training.show",
                {"training_id": ref},
            )
        case "seed_to_fix":
            return (
                _("Pelatihan %(title)s menunggu benih kedua dari auditor.", title=quoted),
                _("Paling lambat saat pendaftaran dibuka; tanpanya tempat tidak dapat diundi"),
                _("Tetapkan benih"),
                "training_draw.commitment",
                {"training_id": ref},
            )
        case "seed":
            return (
                _("Undian pelatihan %(title)s menunggu benih Anda.", title=quoted),
                _("Daftar pendaftar sudah dibekukan"),
                _("Buka benih"),
                "training_draw.seed",
                {"training_id": ref},
            )
        case "learning":
            return (
                _("%(name)s mencatat pembelajaran %(title)s.", name=waiting.more, title=quoted),
                _("Diakui dengan JP yang tercetak, atau tidak beserta alasan"),
                _("Telaah"),
                "learning.verdict",
                {"learning_id": ref},
            )
        case "offer_check":
            return (
                _(
                    "Tawaran mitra %(title)s menunggu telaah Anda.",
                    title=f"“{shorten(title, 120, placeholder='…')}”",
                ),
                _("Sembilan pertanyaan, dan pernyataan benturan kepentingan"),
                _("Telaah"),
                "partners.offer",
                {"offer_id": ref},
            )
        case "offer_ruling":
            return (
                _(
                    "Tawaran mitra %(title)s menunggu putusan Anda.",
                    title=f"“{shorten(title, 120, placeholder='…')}”",
                ),
                _("Sudah ditelaah; putusan disertai dasarnya"),
                _("Baca tawaran"),
                "partners.offer",
                {"offer_id": ref},
            )
        case "report":
            return (
                _("Tanggapan %(name)s dilaporkan dan menunggu putusan Anda.", name=title),
                waiting.more,
                _("Baca laporan"),
                "discussion.hide",
                {"comment_id": ref},
            )
    raise ValueError(waiting.kind)


def _address(endpoint: str, values: dict[str, Any]) -> str:
    if endpoint.startswith("/"):  # a draft keeps its own address
        return endpoint
    return url_for(endpoint if endpoint in current_app.view_functions else "inbox.index", **values)


def due_day(waiting: Waiting) -> date | None:
    return clock.day_of(waiting.due_at) if waiting.due_at else waiting.due_on


def near_day(due: date) -> str:
    """A day of the agenda in a sentence: hari ini, besok, Selasa, 17 Maret 2026."""
    left = days_until(due)
    return _("hari ini") if left == 0 else _("besok") if left == 1 else weekday(due)


def entry(waiting: Waiting) -> Entry:
    """The row of the agenda for something that waits."""
    sentence, second, action, endpoint, values = _words(waiting)
    due = due_day(waiting)
    at = _("pukul %(hour)s", hour=hour(waiting.due_at)).replace(" ", NO_BREAK) if waiting.due_at else ""
    if due is None:
        when, more, tone = _("Tanpa batas"), "", ""
    elif (left := days_until(due)) < 0:
        when, more, tone = _("Lewat"), short_day(due), "late"
    elif left <= 1:
        when, more, tone = (
            _("Hari ini") if left == 0 else _("Besok"),
            f"{day_month(due)} {at}".strip(),
            "soon",
        )
    else:
        when, more, tone = short_day(due), f"{weekday_name(due)} {at}".strip(), ""
    is_form = waiting.kind == "mention"
    return Entry(when, more, tone, sentence, second, action, _address(endpoint, values), is_form)


@dataclass(frozen=True)
class Item:
    """A piece of news."""

    head: str
    tone: str
    text: str
    action: str
    url: str


def item(news: News) -> Item:
    """The words of a piece of news."""
    quoted = f"“{news.title}”"
    if news.kind == "answered":
        kind = news.more or "accepted"
        tone = LOOKS[kind][0]
        return Item(
            str(DECISIONS[kind]),
            tone,
            quoted,
            _("Baca jawaban resmi"),
            url_for("proposals.show", proposal_id=news.ref),
        )
    if news.kind == "line":
        return Item(
            _("Menjadi baris"),
            "daun",
            _("%(title)s tercantum pada %(line)s.", title=quoted, line=news.more),
            _("Lihat barisnya"),
            url_for("proposals.show", proposal_id=news.ref),
        )
    if news.kind == "replied":
        heads = {
            "answered": _("Dijawab"),
            "changed": _("Mengubah rencana"),
            "accepted_risk": _("Risiko diterima"),
        }
        return Item(
            heads[news.more or "answered"],
            "",
            _("Kekhawatiran Anda atas %(title)s dibalas.", title=quoted),
            _("Baca balasan"),
            _address("changes.notice", {"notice_id": news.ref}),
        )
    if news.kind == "result":
        year, _dot, quarter = (news.more or "").partition(".")
        return Item(
            _("Ada hasilnya"),
            "daun",
            _(
                "Hasil triwulan %(n)s tahun %(year)s dari usulan %(title)s sudah divalidasi.",
                n=ROMAN.get(int(quarter), quarter),
                year=year,
                title=quoted,
            ),
            _("Lihat hasilnya"),
            url_for("proposals.show", proposal_id=news.ref, _anchor="hasil"),
        )
    if news.kind in ("state", "hidden", "quoted"):
        return _comment_item(news)
    if news.kind == "ruled":
        ruled = {
            "accepted": _("Saran diterima"),
            "partly": _("Saran diterima dengan perubahan"),
            "declined": _("Saran ditolak"),
        }
        return Item(
            ruled[news.more or "accepted"],
            "emas" if news.more == "declined" else "daun",
            _("Saran Anda atas %(title)s sudah diputuskan.", title=quoted),
            _("Baca putusan"),
            url_for("suggestions.show", suggestion_id=news.ref),
        )
    if news.kind == "password":
        return _password_item(news)
    if news.kind == "thanked":
        text = _("%(name)s: “%(text)s”", name=news.title, text=shorten(news.more or "", 160, placeholder="…"))
        return Item(
            _("Ucapan terima kasih"),
            "daun",
            text,
            _("Rekam karier"),
            url_for("careers.index", _anchor="thanks"),
        )
    if news.kind == "corrected":
        return Item(
            str(OUTCOMES[news.title]),
            TONES[news.title],
            _("Permintaan perbaikan data Anda dijawab."),
            _("Baca jawaban"),
            url_for("careers.index", _anchor="perbaikan"),
        )
    if news.kind in ("drawn", "called_off", "settled", "endorsed"):
        return _training_item(news)
    return Item(
        _("Ditanggapi"),
        "",
        _("%(name)s menanggapi usulan Anda %(title)s.", name=news.more, title=quoted),
        _("Baca tanggapan"),
        url_for("proposals.show", proposal_id=news.ref, _anchor="percakapan"),
    )


def _comment_item(news: News) -> Item:
    """What became of my comment: its state, or that it was hidden and why."""
    url = url_for("discussion.show", comment_id=news.ref)
    if news.kind == "hidden":
        text = _("Tanggapan Anda disembunyikan: %(reason)s", reason=news.title)
        return Item(_("Disembunyikan"), "emas", text, _("Baca tanggapan"), url)
    if news.kind == "quoted":
        text = _(
            "Kata yang Anda kutip pada %(title)s berubah (versi %(n)s).", title=f"“{news.title}”", n=news.more
        )
        return Item(_("Teks berubah"), "", text, _("Lihat tempatnya"), url)
    if news.title == "changed":
        text = _("Tanggapan Anda mengubah teks (versi %(n)s).", n=news.more)
        return Item(str(STATES["changed"]), "daun", text, _("Lihat tempatnya"), url)
    text = _("Keadaan tanggapan Anda dicatat.")
    return Item(str(STATES[news.title]), "", text, _("Baca tanggapan"), url)


def _training_item(news: News) -> Item:
    """What became of my application or of my learning elsewhere."""
    quoted = f"“{news.title}”"
    if news.kind == "settled":
        is_good, url = news.more == "accepted", url_for("learning.index")
        text = (
            _("Pembelajaran %(title)s diakui.", title=quoted)
            if is_good
            else _("Pembelajaran %(title)s tidak diakui; alasannya tercantum.", title=quoted)
        )
        return Item(_("Pembelajaran"), "daun" if is_good else "emas", text, _("Lihat JP saya"), url)
    url = url_for("training.show", training_id=news.ref)
    if news.kind == "called_off":
        text = _("Pelatihan %(title)s dibatalkan: %(reason)s", title=quoted, reason=news.more)
        return Item(_("Dibatalkan"), "emas", text, _("Lihat pelatihan"), url)
    if news.kind == "endorsed":
        is_good = news.more == "endorsed"
        text = (
            _("Atasan Anda menyetujui pendaftaran pada %(title)s.", title=quoted)
            if is_good
            else _(
                "Atasan Anda tidak menyetujui pendaftaran pada %(title)s; alasannya tercantum.", title=quoted
            )
        )
        return Item(_("Pendaftaran"), "daun" if is_good else "emas", text, _("Lihat pelatihan"), url)
    text = _("Tempat pelatihan %(title)s sudah dibagikan; urutan Anda %(n)s.", title=quoted, n=news.more)
    return Item(_("Peserta ditetapkan"), "", text, _("Lihat hasilnya"), url)


def _password_item(news: News) -> Item:
    """Somebody printed or used a code for my account: said to me, lest it was done behind my back."""
    was_used = news.title == "reset password"
    text = (
        _("Kata sandi Anda dipilih ulang dengan kode aktivasi, %(at)s.", at=moment(news.at))
        if was_used
        else _("Pengelola kepegawaian mencetak kode aktivasi baru untuk Anda, %(at)s.", at=moment(news.at))
    )
    unasked = _("Bila bukan atas permintaan Anda, silakan hubungi pengelola kepegawaian.")
    return Item(
        _("Kata sandi baru") if was_used else _("Kode baru"),
        "emas",
        f"{text} {unasked}",
        _("Lihat sesi masuk Anda"),
        url_for("account.show", _anchor="sesi"),
    )
