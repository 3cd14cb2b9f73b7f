"""How the audit log's verbs and subjects are said on the screen.

They are stored in English and stay so: the log outlives the words of a page.
"""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

SUBJECTS: dict[str, Any] = {
    "call": _l("Undangan kemitraan"),
    "comment": _l("Tanggapan"),
    "correction": _l("Permintaan perbaikan data"),
    "concern": _l("Kekhawatiran"),
    "duty": _l("Penugasan"),
    "evaluation": _l("Evaluasi"),
    "gap": _l("Kesenjangan"),
    "holiday": _l("Hari libur"),
    "initiative": _l("Inisiatif perubahan"),
    "job": _l("Pekerjaan latar"),
    "line": _l("Baris"),
    "nomenclature": _l("Nomenklatur"),
    "notice": _l("Pemberitahuan"),
    "offer": _l("Tawaran dukungan"),
    "person": _l("Pegawai"),
    "plan": _l("Rencana"),
    "poll": _l("Pemungutan suara"),
    "proposal": _l("Usulan"),
    "section": _l("Bagian"),
    "sign-in": _l("Halaman masuk"),
    "spending": _l("Realisasi belanja"),
    "suggestion": _l("Saran perubahan"),
    "learning": _l("Pembelajaran di luar"),
    "share": _l("Rekam karier yang dibagikan"),
    "training": _l("Pelatihan"),
    "unit": _l("Unit kerja"),
}
VERBS: dict[str, Any] = {
    "answered a correction corrected": _l("Memperbaiki data"),
    "answered a correction declined": _l("Menolak permintaan perbaikan data"),
    "answered a correction partly": _l("Memperbaiki sebagian data"),
    "asked for a correction": _l("Meminta perbaikan data"),
    "opened a shared record": _l("Membuka rekam karier yang dibagikan"),
    "revoked a shared record": _l("Mencabut rekam karier yang dibagikan"),
    "shared a career record": _l("Membagikan rekam karier"),
    "thanked": _l("Berterima kasih"),
    "entered a delivery": _l("Mencatat penyerahan"),
    "entered an agreement": _l("Mencatat naskah kerja sama"),
    "withdrew an offer": _l("Mencatat penarikan tawaran"),
    "ruled on an offer referred": _l("Meneruskan tawaran ke Inspektorat"),
    "ruled on an offer declined": _l("Menolak tawaran"),
    "ruled on an offer accepted": _l("Menerima tawaran"),
    "declared no interest": _l("Menyatakan tanpa benturan kepentingan"),
    "declared an interest": _l("Menyatakan benturan kepentingan"),
    "checked an offer": _l("Menelaah tawaran"),
    "entered an offer": _l("Mencatat tawaran"),
    "noted a gap": _l("Mencatat kesenjangan"),
    "called for partners": _l("Mengundang mitra"),
    "accepted a seat": _l("Memastikan kehadiran"),
    "accepted learning": _l("Mengakui pembelajaran"),
    "applied for a training": _l("Mendaftar pelatihan"),
    "came to a meeting": _l("Mencatat kehadiran"),
    "cancelled a training": _l("Membatalkan pelatihan"),
    "changed a training": _l("Mengubah draf pelatihan"),
    "declined a seat": _l("Melepas tempat"),
    "drafted a training": _l("Menyusun pelatihan"),
    "drew seats": _l("Mengundi tempat"),
    "endorsed an application": _l("Menyetujui pendaftaran"),
    "fixed a seed": _l("Menetapkan benih undian"),
    "froze a list": _l("Membekukan daftar pendaftar"),
    "gave feedback": _l("Memberi umpan balik"),
    "listed attendance": _l("Mencatat daftar hadir"),
    "made a calendar address": _l("Membuat alamat kalender"),
    "offered a seat": _l("Menawarkan tempat"),
    "published a training": _l("Menerbitkan pelatihan"),
    "recorded a need": _l("Mencatat kebutuhan pelatihan"),
    "recorded learning": _l("Mencatat pembelajaran"),
    "recorded results": _l("Mencatat kelulusan"),
    "refused an application": _l("Tidak menyetujui pendaftaran"),
    "refused learning": _l("Tidak mengakui pembelajaran"),
    "revoked a calendar address": _l("Mencabut alamat kalender"),
    "set a meeting": _l("Menambah pertemuan"),
    "told what was used": _l("Mencatat penerapan"),
    "withdrew from a training": _l("Mundur dari pelatihan"),
    "acknowledged concerned": _l("Paham, ada kekhawatiran"),
    "acknowledged unclear": _l("Belum paham"),
    "acknowledged understood": _l("Paham"),
    "activated": _l("Mengaktifkan akun"),
    "adopted": _l("Menetapkan"),
    "announced": _l("Mengumumkan hasil"),
    "answered an objection dismissed": _l("Menjawab keberatan: tidak diterima"),
    "answered an objection partly": _l("Menjawab keberatan: diterima sebagian"),
    "answered an objection upheld": _l("Menjawab keberatan: diterima"),
    "answered accepted": _l("Menjawab: diterima"),
    "answered declined": _l("Menjawab: ditolak"),
    "answered deferred": _l("Menjawab: ditunda"),
    "answered forwarded": _l("Menjawab: diteruskan"),
    "answered joined": _l("Menjawab: digabung"),
    "answered partly": _l("Menjawab: diterima sebagian"),
    "answered returned": _l("Menjawab: dikembalikan"),
    "became a line": _l("Menampung pada baris"),
    "began edition": _l("Memulai Perubahan Renja"),
    "began": _l("Mencatat"),
    "called answered": _l("Menandai: ditanggapi"),
    "called changed": _l("Menandai: mengubah teks"),
    "called settled": _l("Menandai: selesai"),
    "cancelled": _l("Membatalkan"),
    "changed password": _l("Mengganti kata sandi"),
    "closed": _l("Menutup kotak"),
    "commented": _l("Menanggapi"),
    "confirmed password": _l("Memasukkan kata sandi kembali"),
    "created": _l("Membuat"),
    "declared the source of": _l("Menyatakan sumber"),
    "departed": _l("Memutuskan lain daripada hasil"),
    "drafted": _l("Menulis draf"),
    "edited": _l("Menyunting"),
    "ended duty": _l("Mengakhiri penugasan"),
    "ended other sessions": _l("Mengakhiri sesi masuk lain"),
    "ended session": _l("Mengakhiri satu sesi masuk"),
    "ended": _l("Mengakhiri"),
    "entered a figure": _l("Mengisi realisasi"),
    "fetched a code": _l("Mengambil kode saksi"),
    "filed": _l("Menyampaikan evaluasi"),
    "gave ceiling reason": _l("Menulis alasan melampaui pagu"),
    "gave code": _l("Mencetak kode aktivasi"),
    "gave duty": _l("Memberi penugasan"),
    "gave way back": _l("Mencetak kode aktivasi ulang"),
    "gave": _l("Menyerahkan kepada unit lain"),
    "hid": _l("Menyembunyikan"),
    "imported": _l("Membaca dari berkas"),
    "judged returned": _l("Mengembalikan evaluasi"),
    "judged validated": _l("Memvalidasi evaluasi"),
    "left shown": _l("Membiarkan tampil"),
    "loaded the demo": _l("Memuat peragaan"),
    "locked sign-in": _l("Mengunci jalan masuk sementara"),
    "merged": _l("Menggabungkan"),
    "met a clash": _l("Bentrok saat menyimpan"),
    "moved stage": _l("Mengubah jadwal tahapan"),
    "moved": _l("Memindahkan"),
    "objected": _l("Mengajukan keberatan"),
    "opened consult": _l("Keterbukaan: dikonsultasikan"),
    "opened decide": _l("Keterbukaan: diputuskan bersama"),
    "opened fixed": _l("Keterbukaan: tetap"),
    "opened": _l("Membuka"),
    "ordered plans": _l("Meminta berkas semua rencana"),
    "prepared": _l("Menyiapkan"),
    "raised": _l("Menyampaikan"),
    "reopened": _l("Membuka kembali"),
    "replied accepted_risk": _l("Membalas: risiko diterima"),
    "replied answered": _l("Membalas: dijawab"),
    "replied changed": _l("Membalas: mengubah rencana"),
    "reported": _l("Melaporkan"),
    "reset password": _l("Memilih ulang kata sandi"),
    "retried": _l("Menjalankan kembali"),
    "revoked duty": _l("Mencabut penugasan"),
    "ruled accepted": _l("Menerima saran"),
    "ruled declined": _l("Menolak saran"),
    "ruled partly": _l("Menerima saran dengan perubahan"),
    "ruled withdrawn": _l("Menarik saran"),
    "set Renstra figures": _l("Mengisi angka Renstra"),
    "set ceiling": _l("Mengisi pagu indikatif"),
    "set quarterly targets": _l("Mengisi target triwulan"),
    "showed again": _l("Menampilkan kembali"),
    "signed in": _l("Masuk"),
    "signed out": _l("Keluar"),
    "struck": _l("Mencoret"),
    "submitted": _l("Mengajukan"),
    "suggested": _l("Menyarankan perubahan"),
    "supported": _l("Mendukung"),
    "tested a code": _l("Menguji kode saksi"),
    "throttled address": _l("Menahan percobaan masuk"),
    "took back support": _l("Menarik dukungan"),
    "took over": _l("Mengambil dari rencana tahun lalu"),
    "returned to the next year": _l("Mengajukan kembali usulan tahun lalu"),
    "took up again": _l("Memakai kembali"),
    "verified passed": _l("Menyatakan lolos verifikasi"),
    "verified returned": _l("Mengembalikan dari verifikasi"),
    "withdrew an objection": _l("Menarik keberatan"),
    "withdrew": _l("Menarik"),
}
OF_VERSION = {
    "called ready": lambda n: _("Menandai siap, versi %(n)s", n=n),
    "published": lambda n: _("Menerbitkan versi %(n)s", n=n),
    "saved": lambda n: _("Menyimpan versi %(n)s", n=n),
}
"""Verbs with the number of a version behind them."""


def verb_words(verb: str) -> str:
    """The verb on the screen; one that nobody has words for stands as it is stored."""
    head, _version, number = verb.partition(" version ")
    if number and head in OF_VERSION:
        return OF_VERSION[head](number)
    return str(VERBS.get(verb, verb))


def subject_words(subject: str) -> str:
    """`proposal:7` as “Usulan 7”."""
    kind, _colon, number = subject.partition(":")
    return f"{SUBJECTS.get(kind, kind)} {number}".strip()


def subject_of(typed: str) -> str:
    """What somebody types, “usulan 7” or `proposal:7`, as the log keeps it."""
    words = re.fullmatch(r"(.+?)\s+(\S+)", typed.strip())
    kind, number = words.groups() if words else (typed.strip(), "")
    for key, label in SUBJECTS.items():
        if str(label).casefold() == kind.casefold():
            return f"{key}:{number}" if number else key
    return typed.strip()
