"""The demo's invented regency as data: units, people, duties, plans, voices. Nobody in it exists.

Nomenclature codes are real; names of people, wishes, answers and figures are invented, and so are the NIPs, which
begin with a birth date that no employee has. Days are counted from the day of loading.
"""

from __future__ import annotations

from datetime import date
from typing import Any

UNITS = [
    # key, parent, kind, code, name
    ("setda", None, "agency", "4.01.0.00.0.00.01.0000", "Sekretariat Daerah"),
    ("organisasi", "setda", "division", "4.01.0.00.0.00.01.0001", "Bagian Organisasi"),
    (
        "bkpsdm",
        None,
        "agency",
        "5.03.0.00.0.00.01.0000",
        "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia",
    ),
    ("sekretariat", "bkpsdm", "division", "5.03.0.00.0.00.01.0001", "Sekretariat"),
    ("informasi", "bkpsdm", "division", "5.03.0.00.0.00.01.0002", "Bidang Pengadaan dan Informasi"),
    ("mutasi", "bkpsdm", "division", "5.03.0.00.0.00.01.0003", "Bidang Mutasi dan Promosi"),
    ("kompetensi", "bkpsdm", "division", "5.03.0.00.0.00.01.0004", "Bidang Pengembangan Kompetensi"),
    ("kinerja", "bkpsdm", "division", "5.03.0.00.0.00.01.0005", "Bidang Kinerja dan Disiplin"),
    ("bappeda", None, "agency", "5.01.0.00.0.00.01.0000", "Badan Perencanaan Pembangunan Daerah"),
    ("evaluasi", "bappeda", "division", "5.01.0.00.0.00.01.0001", "Bidang Perencanaan dan Evaluasi"),
    ("diskominfo", None, "agency", "2.16.0.00.0.00.01.0000", "Dinas Komunikasi dan Informatika"),
    ("aplikasi", "diskominfo", "division", "2.16.0.00.0.00.01.0001", "Bidang Aplikasi Informatika"),
    ("publik", "diskominfo", "division", "2.16.0.00.0.00.01.0002", "Bidang Informasi Publik"),
    ("disdukcapil", None, "agency", "2.12.0.00.0.00.01.0000", "Dinas Kependudukan dan Pencatatan Sipil"),
    ("penduduk", "disdukcapil", "division", "2.12.0.00.0.00.01.0001", "Bidang Pendaftaran Penduduk"),
    ("inspektorat", None, "agency", "6.01.0.00.0.00.01.0000", "Inspektorat"),
    ("kotabumi", None, "agency", "7.01.0.00.0.00.01.0000", "Kecamatan Kotabumi"),
    ("pelayanan", "kotabumi", "division", "7.01.0.00.0.00.01.0001", "Seksi Pelayanan Umum"),
    ("arsip", None, "agency", "2.24.0.00.0.00.01.0000", "Dinas Perpustakaan dan Kearsipan"),
]

SHORT_NAMES = {
    "setda": "Setda",
    "bkpsdm": "BKPSDM",
    "bappeda": "Bappeda",
    "diskominfo": "Diskominfo",
    "disdukcapil": "Disdukcapil",
    "arsip": "Dispusip",
}

PEOPLE = [
    # key, name, titles, unit, post, rank, status, sex
    ("sekda", "Puncak Teduh Contoh", "S.Sos., M.M.", "setda", "Sekretaris Daerah", "IV/d", "PNS", 1),
    ("asisten", "Lereng Hijau Rekaan", "S.H.", "organisasi", "Analis Tata Laksana", "III/c", "PNS", 2),
    ("tatalaksana", "Sendang Biru Umpama", "S.A.P.", "organisasi", "Penata Laporan", "III/a", "PNS", 2),
    ("kepala", "Fajar Lembayung Rekaan", "S.H., M.H.", "bkpsdm", "Staf Ahli Bupati", "IV/b", "PNS", 1),
    ("sekretaris", "Telaga Sunyi Contoh", "S.E., M.M.", "sekretariat", "Sekretaris Badan", "IV/a", "PNS", 2),
    ("perencana", "Pena Perak Misal", "S.IP.", "sekretariat", "Perencana Ahli Muda", "III/d", "PNS", 2),
    ("steward", "Lentera Damai Fiktif", "S.A.P.", "sekretariat", "Analis SDM Aparatur", "III/c", "PNS", 1),
    ("arsiparis", "Kertas Jingga Umpama", "A.Md.", "sekretariat", "Arsiparis", "II/d", "PPPK", 2),
    ("umum", "Payung Kelabu Contoh", "", "sekretariat", "Pengadministrasi", "II/b", "PPPK", 1),
    ("kabid_informasi", "Merpati Kayu Rekaan", "S.Kom.", "informasi", "Kepala Bidang", "IV/a", "PNS", 2),
    ("pranata", "Kabel Hijau Umpama", "S.Kom.", "informasi", "Pranata Komputer", "III/b", "PNS", 1),
    ("formasi", "Timbangan Emas Misal", "S.STP.", "informasi", "Analis SDM Aparatur", "III/b", "PNS", 2),
    ("data", "Bukit Padi Fiktif", "S.Si.", "informasi", "Statistisi", "III/a", "PNS", 1),
    ("loket", "Bangku Rotan Contoh", "", "informasi", "Petugas Layanan", "II/c", "PPPK", 2),
    ("kabid_mutasi", "Kembang Randu Contoh", "S.STP., M.Si.", "mutasi", "Kepala Bidang", "IV/a", "PNS", 2),
    ("penyusun", "Daun Salam Rekaan", "S.Sos.", "mutasi", "Analis SDM Aparatur", "III/c", "PNS", 2),
    ("pangkat", "Anak Tangga Misal", "S.H.", "mutasi", "Analis SDM Aparatur", "III/b", "PNS", 1),
    ("berkala", "Jam Pasir Umpama", "S.E.", "mutasi", "Penata Kelola Kepegawaian", "III/a", "PNS", 2),
    ("jabatan", "Kursi Bambu Fiktif", "S.Psi.", "mutasi", "Analis SDM Aparatur", "III/a", "PNS", 1),
    ("kabid_kompetensi", "Buku Terbuka Rekaan", "S.Pd., M.M.", "kompetensi", "Kepala Bidang", "IV/a", "PNS", 1),
    ("widyaiswara", "Kapur Putih Contoh", "M.Pd.", "kompetensi", "Widyaiswara", "IV/a", "PNS", 2),
    ("pelatihan", "Tunas Muda Umpama", "S.Pd.", "kompetensi", "Analis Pengembangan", "III/b", "PNS", 2),
    ("asesmen", "Cermin Jernih Misal", "S.Psi.", "kompetensi", "Asesor SDM Aparatur", "III/c", "PNS", 1),
    ("kerjasama", "Jembatan Kayu Fiktif", "S.IP.", "kompetensi", "Analis Kerja Sama", "III/a", "PNS", 2),
    ("kabid_kinerja", "Roda Gigi Contoh", "S.H., M.Si.", "kinerja", "Kepala Bidang", "IV/a", "PNS", 1),
    ("disiplin", "Garis Lurus Umpama", "S.H.", "kinerja", "Auditor Kepegawaian", "III/c", "PNS", 1),
    ("penilaian", "Bintang Kecil Rekaan", "S.E.", "kinerja", "Analis Kinerja", "III/a", "PNS", 2),
    ("kepala_bappeda", "Peta Lipat Contoh", "S.T., M.T.", "bappeda", "Kepala Badan", "IV/c", "PNS", 1),
    ("verifikator", "Lensa Terang Umpama", "S.E.", "evaluasi", "Perencana Ahli Madya", "IV/a", "PNS", 2),
    ("perencana_bappeda", "Pensil Tajam Misal", "S.T.", "evaluasi", "Perencana Ahli Muda", "III/c", "PNS", 2),
    ("evaluator", "Neraca Kuningan Fiktif", "S.Si.", "evaluasi", "Peneliti", "III/b", "PNS", 1),
    ("kepala_kominfo", "Menara Suar Rekaan", "S.Kom., M.T.I.", "diskominfo", "Kepala Dinas", "IV/b", "PNS", 1),
    ("perencana_kominfo", "Layar Lebar Contoh", "S.Kom.", "diskominfo", "Perencana Ahli Muda", "III/d", "PNS", 2),
    ("pengembang", "Kunci Ganda Umpama", "S.Kom.", "aplikasi", "Pranata Komputer", "III/b", "PNS", 1),
    ("jaringan", "Benang Sutra Misal", "A.Md.", "aplikasi", "Teknisi Jaringan", "II/d", "PPPK", 1),
    ("keamanan", "Gembok Tua Fiktif", "S.T.", "aplikasi", "Sandiman", "III/a", "PNS", 2),
    ("penulis", "Titik Dua Rekaan", "S.I.Kom.", "publik", "Pranata Humas", "III/b", "PNS", 2),
    ("fotografer", "Bingkai Senja Contoh", "", "publik", "Pranata Humas", "II/c", "PPPK", 1),
    ("kepala_dukcapil", "Akar Kuat Umpama", "S.Sos., M.Si.", "disdukcapil", "Kepala Dinas", "IV/b", "PNS", 2),
    ("perencana_dukcapil", "Kartu Putih Rekaan", "S.E.", "disdukcapil", "Perencana", "III/c", "PNS", 1),
    ("operator", "Stempel Ungu Misal", "A.Md.", "penduduk", "Operator SIAK", "II/d", "PPPK", 2),
    ("keliling", "Ban Cadangan Contoh", "", "penduduk", "Petugas Layanan Keliling", "II/b", "PPPK", 1),
    ("inspektur", "Kaca Bening Fiktif", "S.H., M.H.", "inspektorat", "Inspektur", "IV/c", "PNS", 2),
    ("pengawas", "Daftar Periksa Contoh", "S.E., Ak.", "inspektorat", "Auditor Ahli Muda", "III/d", "PNS", 1),
    ("camat", "Gardu Ronda Rekaan", "S.STP.", "kotabumi", "Camat", "IV/a", "PNS", 1),
    ("perencana_camat", "Halaman Luas Umpama", "S.IP.", "kotabumi", "Perencana", "III/b", "PNS", 2),
    ("pelayan", "Pintu Depan Misal", "", "pelayanan", "Petugas Layanan", "II/c", "PPPK", 2),
    ("pustakawan", "Rak Jati Contoh", "S.I.P.", "arsip", "Pustakawan", "III/b", "PNS", 2),
    ("arsip_daerah", "Kotak Rapi Fiktif", "A.Md.", "arsip", "Arsiparis", "II/d", "PPPK", 1),
]  # fmt: skip

DUTIES = [
    # who, role, unit, standing, from (days from today), until (days from today or None)
    ("sekda", "leader", "regency", "definitif", -1200, None),
    ("kepala", "leader", "bkpsdm", "plt", -60, 40),
    ("kabid_mutasi", "leader", "mutasi", "definitif", -700, None),
    ("kabid_informasi", "leader", "informasi", "definitif", -700, None),
    ("kabid_kompetensi", "leader", "kompetensi", "definitif", -700, None),
    ("kabid_kinerja", "leader", "kinerja", "plh", -10, 20),
    ("perencana", "planner", "bkpsdm", "definitif", -1200, None),
    ("penyusun", "editor", "mutasi", "definitif", -400, None),
    ("pranata", "editor", "informasi", "definitif", -400, None),
    ("pelatihan", "editor", "kompetensi", "definitif", -400, None),
    ("steward", "steward", "regency", "definitif", -700, None),
    ("kepala_bappeda", "leader", "bappeda", "definitif", -800, None),
    ("perencana_bappeda", "planner", "bappeda", "definitif", -1200, None),
    ("verifikator", "verifier", "regency", "definitif", -800, None),
    ("kepala_kominfo", "leader", "diskominfo", "definitif", -500, None),
    ("perencana_kominfo", "planner", "diskominfo", "definitif", -1200, None),
    ("kepala_dukcapil", "leader", "disdukcapil", "pj", -90, 90),
    ("perencana_dukcapil", "planner", "disdukcapil", "definitif", -1200, None),
    ("inspektur", "leader", "inspektorat", "definitif", -600, None),
    ("pengawas", "auditor", "regency", "definitif", -600, None),
    ("pengawas", "planner", "inspektorat", "definitif", -600, None),
    ("camat", "leader", "kotabumi", "definitif", -600, None),
    ("perencana_camat", "planner", "kotabumi", "definitif", -1200, None),
]
"""Dinas Perpustakaan dan Kearsipan has no leader: the vacancy shows, the Sekda stands in."""

SIGN_IN = (
    ("berkala", "Pegawai"),
    ("penyusun", "Penyusun"),
    ("perencana", "Perencana"),
    ("kepala", "Pimpinan (Plt.)"),
    ("verifikator", "Verifikator"),
    ("steward", "Pengelola kepegawaian"),
    ("pengawas", "Pengawas"),
    ("sekda", "Sekretaris Daerah"),
)

HOLIDAYS = [
    (date(2026, 1, 1), "Tahun Baru 2026 Masehi"),
    (date(2026, 1, 16), "Isra Mikraj Nabi Muhammad S.A.W."),
    (date(2026, 2, 17), "Tahun Baru Imlek 2577 Kongzili"),
    (date(2026, 3, 19), "Hari Suci Nyepi, Tahun Baru Saka 1948"),
    (date(2026, 3, 21), "Idulfitri 1447 Hijriah"),
    (date(2026, 3, 22), "Idulfitri 1447 Hijriah, hari kedua"),
    (date(2026, 4, 3), "Wafat Yesus Kristus"),
    (date(2026, 4, 5), "Kebangkitan Yesus Kristus"),
    (date(2026, 5, 1), "Hari Buruh Internasional"),
    (date(2026, 5, 14), "Kenaikan Yesus Kristus"),
    (date(2026, 5, 27), "Iduladha 1447 Hijriah"),
    (date(2026, 5, 31), "Hari Raya Waisak 2570 BE"),
    (date(2026, 6, 1), "Hari Lahir Pancasila"),
    (date(2026, 6, 16), "Tahun Baru Islam 1448 Hijriah"),
    (date(2026, 8, 17), "Hari Kemerdekaan"),
    (date(2026, 8, 25), "Maulid Nabi Muhammad S.A.W."),
    (date(2026, 12, 25), "Kelahiran Yesus Kristus"),
    (date(2027, 1, 1), "Tahun Baru 2027 Masehi"),
    (date(2027, 2, 6), "Tahun Baru Imlek 2578 Kongzili"),
    (date(2027, 3, 26), "Wafat Yesus Kristus"),
    (date(2027, 3, 28), "Kebangkitan Yesus Kristus"),
    (date(2027, 5, 1), "Hari Buruh Internasional"),
    (date(2027, 5, 6), "Kenaikan Yesus Kristus"),
    (date(2027, 6, 1), "Hari Lahir Pancasila"),
    (date(2027, 8, 17), "Hari Kemerdekaan"),
    (date(2027, 12, 25), "Kelahiran Yesus Kristus"),
]
"""National holidays. Those of 2027 that follow the moon are not here: they are decreed year by year."""

# Stages in the order of the cycle, by the day on which each starts, counted from today.
STAGES = {
    "bkpsdm": (-75, -45, -14, 14, 45, 80),
    "diskominfo": (-40, -12, 18, 46, 76, 110),
    "disdukcapil": (-110, -80, -45, -15, 15, 50),
    "bappeda": (-150, -120, -80, -45, -12, 20),
    "kotabumi": (-180, -150, -110, -70, -40, -8),
    "inspektorat": (-10, 20, 50, 80, 110, 140),
}
LINES = {
    "bkpsdm": [
        # code, unit, target, ceiling, next target, next ceiling, realised, expected
        ("5.03.01.2.01.0001", "sekretariat", 6, 41_300_000, 6, 43_000_000, 6, 6),
        ("5.03.01.2.01.0007", "sekretariat", 4, 19_200_000, 4, 19_900_000, 4, 4),
        ("5.03.01.2.01.0010", "sekretariat", 1, 26_700_000, 1, 27_500_000, 1, 1),
        ("5.03.01.2.06.0011", "informasi", 2, 63_400_000, 2, 65_000_000, 1, 2),
        ("5.03.02.2.01.0002", "informasi", 3, 81_600_000, 3, 84_000_000, 3, 3),
        ("5.03.02.2.01.0010", "informasi", 4, 236_500_000, 4, 243_000_000, 3, 4),
        ("5.03.02.2.02.0002", "mutasi", 12, 117_800_000, 12, 121_000_000, 12, 12),
        ("5.03.02.2.02.0003", "mutasi", 2, 298_000_000, 2, 305_000_000, 1, 2),
        ("5.03.02.2.03.0002", "kompetensi", 2, 266_900_000, 2, 274_000_000, 1, 2),
        ("5.03.02.2.04.0002", "kinerja", 4, 143_700_000, 4, 148_000_000, 4, 4),
        ("5.03.02.2.04.0007", "kinerja", 120, 92_500_000, 130, 95_000_000, 96, 110),
        ("5.04.02.2.01.0003", "kompetensi", 240, 467_000_000, 260, 480_000_000, 180, 210),
    ],
    "diskominfo": [
        ("2.16.01.2.01.0001", "diskominfo", 6, 38_000_000, 6, 39_000_000, 6, 6),
        ("2.16.02.2.01.0032", "publik", 360, 88_000_000, 380, 91_000_000, 310, 340),
        ("2.16.03.2.02.0040", "aplikasi", 74, 612_000_000, 80, 640_000_000, 58, 66),
        ("2.16.03.2.02.0042", "aplikasi", 18, 205_000_000, 20, 214_000_000, 12, 15),
    ],
    "disdukcapil": [
        ("2.12.02.2.01.0004", "penduduk", 12, 154_000_000, 12, 160_000_000, 12, 12),
        ("2.12.02.2.03.0002", "penduduk", 48, 231_000_000, 50, 240_000_000, 41, 45),
        ("2.12.03.2.01.0002", "disdukcapil", 6, 97_000_000, 6, 99_000_000, 5, 6),
    ],
    "bappeda": [
        ("5.01.02.2.01.0003", "evaluasi", 2, 72_000_000, 2, 74_000_000, 2, 2),
        ("5.01.02.2.01.0005", "evaluasi", 1, 318_000_000, 1, 325_000_000, 1, 1),
        ("5.01.02.2.01.0007", "evaluasi", 3, 264_000_000, 3, 270_000_000, 3, 3),
    ],
    "kotabumi": [("7.01.01.2.01.0001", "kotabumi", 5, 21_000_000, 5, 22_000_000, 5, 5)],
    "inspektorat": [("6.01.02.2.01.0001", "inspektorat", 14, 188_000_000, 15, 193_000_000, 12, 13)],
    "present": [
        ("5.03.01.2.01.0001", "sekretariat", 6, 40_000_000, 6, 41_300_000, 6, 6),
        ("5.03.02.2.01.0010", "informasi", 4, 221_000_000, 4, 236_500_000, 3, 3),
        ("5.03.02.2.02.0002", "mutasi", 12, 109_000_000, 12, 117_800_000, 12, 12),
        ("5.03.02.2.04.0007", "kinerja", 110, 88_500_000, 120, 92_500_000, 90, 96),
        ("5.04.02.2.01.0003", "kompetensi", 210, 431_000_000, 240, 467_000_000, 160, 180),
    ],
}
LINES["adopted"] = [
    ("5.03.01.2.01.0001", "sekretariat", 6, 38_200_000, 6, 40_000_000, 5, 6),
    ("5.03.02.2.01.0010", "informasi", 3, 208_000_000, 4, 221_000_000, 2, 3),
    ("5.03.02.2.02.0002", "mutasi", 12, 101_500_000, 12, 109_000_000, 12, 12),
    ("5.03.02.2.04.0007", "kinerja", 96, 84_000_000, 110, 88_500_000, 80, 90),
    ("5.04.02.2.01.0003", "kompetensi", 180, 402_000_000, 210, 431_000_000, 140, 160),
]
DECREE = "000/000/Contoh"
"""The number of the decree that adopted the plans of past years; no such decree exists."""

RESULTS = {"bkpsdm": "validated", "diskominfo": "late", "disdukcapil": "returned", "kotabumi": "filed"}
"""How far the quarter that ended last has come, by agency; the quarters before it are final."""
REACHED = ((20, 30, 25, 25), (25, 25, 15, 20), (25, 25, 25, 25), (10, 40, 62, 30), (15, 20, 22, 18))
"""What a line reaches in each quarter, in percent of its target; one row after the other."""
PAID = ((18, 25, 24, 28), (12, 15, 20, 30), (22, 26, 25, 26), (20, 24, 22, 25), (9, 21, 14, 25))
"""What is paid of a line's ceiling in each quarter, in percent."""
QUARTER_SHARES = (20, 25, 30, 25)
"""What was planned to be paid of a ceiling in each quarter, in percent."""
YEARLY = {
    ("disdukcapil", "2.12.03.2.01.0002"): "Diukur dengan survei tahunan; angkanya terbit pada bulan Februari."
}
LOWERED = (
    "5.04.02.2.01.0003",
    80,
    "Pagu dialihkan pada perubahan anggaran; tiga kelas pelatihan ditunda ke tahun depan.",
)
"""The line whose target the plan's change lowers, to how many percent, and why."""
FACTORS = (
    "Berkas diperiksa lebih dahulu melalui daftar periksa contoh, sehingga jarang dikembalikan.",
    "Peserta dari kecamatan yang jauh sulit meninggalkan loketnya.",
    "Menyusun jadwal kelas bersama kecamatan sebelum triwulan dimulai.",
)
"""What drove, what hindered, and what follows."""
NOTE = "Pembinaan digabung dengan kegiatan lain, sehingga pesertanya lebih banyak."
"""Why a line went far beyond its target."""
FOLLOWED = "Jadwal disusun bersama tujuh kecamatan contoh."
FINDING = "Angka pada laporan pendukung berbeda dengan yang diisi. Mohon diperiksa kembali."
OBJECTIONS = (
    # who, days ago, text, voice, (outcome, answer)
    ("disiplin", 7, "Dua dokumen pada baris ini baru berupa konsep; menurut kami belum dapat dihitung.", "named",
     ("partly", "Satu dokumen memang masih konsep dan dikoreksi pada triwulan berikutnya; satu lagi sudah ditandatangani.")),
    ("umum", 6, "Realisasi belanjanya lebih rendah daripada yang kami catat di loket.", "withheld",
     ("dismissed", "Yang dicatat loket memuat uang muka yang belum dipertanggungjawabkan; angka ini menurut SP2D.")),
    ("berkala", 1, "Mohon dijelaskan mengapa triwulan ini lebih tinggi, padahal jumlah petugas berkurang.", "named", None),
)  # fmt: skip
PROPOSED: dict[str, Any] = {
    "who": "berkala", "code": "5.03.02.2.02.0002", "supporters": ("pangkat", "loket", "penyusun", "umum"),
    "words": {"title": "Dua kali setahun memeriksa berkas kenaikan pangkat bersama", "problem": "Berkas yang kurang baru diketahui pada minggu terakhir.",
              "idea": "Hari periksa berkas bersama, sebulan sebelum tiap periode.", "benefit": "Usulan kenaikan pangkat tidak lagi tertunda satu periode.", "cost": 4_000_000},
    "remark": ("pranata", "Daftar periksanya dapat kami pasang pada sistem informasi."),
    "answer": "Diterima dan dikerjakan pada sub kegiatan pengelolaan kenaikan pangkat.",
}  # fmt: skip
"""A proposal to the plan whose results are shown."""
CEILING = 1_950_000_000
"""The indicative ceiling of BKPSDM."""
FROM_PROPOSAL = ("5.03.02.2.03.0005", "kompetensi", 3, 38_500_000, 3, 40_000_000, 0, 1)
"""The line of BKPSDM that an accepted proposal became."""

CLOSED = {
    "5.03.01.2.01.0001": (
        "fixed",
        "Jumlah dokumen perencanaan sudah ditetapkan oleh peraturan dan tidak dapat diubah di tingkat badan.",
    ),
    "5.03.01.2.01.0007": ("fixed", "Laporan triwulanan diwajibkan oleh pedoman evaluasi."),
    "5.03.02.2.01.0010": ("decide", ""),
    "5.04.02.2.01.0003": ("decide", ""),
}

SOURCES = {
    "5.03.01.2.01.0001": ("mandate", "Peraturan contoh tentang tata cara penyusunan rencana kerja"),
    "5.03.01.2.01.0007": ("mandate", "Pedoman contoh evaluasi triwulanan"),
    "5.03.01.2.01.0010": ("mandate", "Pedoman contoh evaluasi triwulanan"),
    "5.03.01.2.06.0011": ("direction", "Arahan contoh pimpinan pada rapat kerja bulan Januari"),
    "5.03.02.2.01.0010": ("carry_over", "Renja tahun lalu, pekerjaan yang dilanjutkan"),
}
"""What some lines come from, as their planner declared it; no such document exists."""

TEXT = {
    "I": "Rencana Kerja ini memuat apa yang akan dikerjakan badan dalam satu tahun, untuk siapa, dan dengan biaya berapa.",
    "I.1": """Badan melayani sekitar enam ribu pegawai. Selama tiga tahun terakhir permintaan layanan naik, sedangkan jumlah petugas loket berkurang karena pensiun.

Hasil rembuk pegawai tahun lalu menyebut tiga hal yang paling menghambat:

- berkas yang sama diminta berulang oleh bidang yang berbeda;
- jadwal pelatihan yang baru diketahui dua minggu sebelumnya;
- penilaian kinerja yang tidak diikuti percakapan.

Ketiganya menjadi pokok perhatian rencana tahun ini.""",
    "I.2": "Rencana ini disusun berdasarkan undang-undang tentang aparatur sipil negara, peraturan tentang tata cara perencanaan daerah, serta rencana strategis badan.",
    "I.3": "Maksud rencana ini ialah menjadi pegangan bersama. Tujuannya agar setiap pegawai dapat melihat bagian pekerjaannya di dalamnya dan ikut memperbaikinya.",
    "I.4": "Rencana terdiri atas lima bab: pendahuluan, hasil evaluasi tahun lalu, tujuan dan sasaran, rencana kerja dan pendanaan, serta penutup.",
    "II.1": """Dari dua belas sub kegiatan tahun lalu, sembilan mencapai target keluaran. Tiga belum tercapai:

1. pengelolaan sistem informasi, karena pengadaan perangkat mundur satu triwulan;
2. pelatihan teknis, karena peserta dari kecamatan terkendala jarak;
3. penilaian kinerja, karena lembar kendali belum dipakai merata.""",
    "II.2": "Rata-rata penyelesaian kenaikan gaji berkala adalah sebelas hari kerja; standar pelayanan menetapkan tujuh. Hampir separuh waktu habis untuk melengkapi berkas yang sebenarnya sudah ada di bidang lain.",
    "II.3": "Isu terpenting: satu pintu berkas, pemerataan pelatihan sampai kecamatan, serta kesiapan pengganti bagi 143 pegawai yang pensiun dalam dua tahun.",
    "II.4": "Rancangan awal RKPD menempatkan tata kelola aparatur pada prioritas keempat. Pagu badan pada rancangan itu lebih rendah dari kebutuhan sehingga diperlukan urutan prioritas.",
    "II.5": "Usulan masyarakat yang diterima melalui musyawarah kecamatan menyangkut waktu tunggu layanan dan kejelasan petugas yang dapat dihubungi.",
    "III.1": "Kebijakan nasional meminta penerapan sistem merit dan pengembangan kompetensi paling sedikit dua puluh jam pelajaran setahun bagi setiap pegawai.",
    "III.2": "Sasaran tahun ini: layanan kepegawaian selesai dalam tujuh hari kerja pada sembilan dari sepuluh permohonan, dan setiap pegawai mengikuti paling sedikit satu pelatihan.",
    "III.3": "Program badan tetap tiga: penunjang urusan, kepegawaian daerah, dan pengembangan sumber daya manusia. Perubahan ada pada isi sub kegiatan, bukan pada jumlah program.",
    "IV": "Sub kegiatan beserta target dan pagunya disajikan pada tabel. Angka tahun berikutnya merupakan prakiraan maju.",
    "V": "Rencana ini terbuka untuk tanggapan sampai tahapan Rancangan berakhir. Setiap usulan dijawab dengan alasan.",
}
SHORT_TEXT = {
    "I.1": "Rencana ini disusun dari evaluasi tahun berjalan dan masukan pegawai pada setiap bidang.",
    "III.2": "Sasaran tahun ini adalah layanan yang lebih cepat, dengan biaya yang dapat dijelaskan baris demi baris.",
}
EDITED = (
    "II.2",
    "Rata-rata penyelesaian kenaikan gaji berkala adalah sembilan hari kerja; standar pelayanan menetapkan tujuh. Hampir separuh waktu habis untuk melengkapi berkas yang sebenarnya sudah ada di bidang lain. Perbaikan paling cepat datang dari satu tempat unggah bersama.",
    "Angka diperbarui dengan rekap bulan lalu",
)
"""A section that its editor changed once: number, new body, reason."""

REMARKS: list[tuple[str, str, int, str, list[tuple[str, int, str]]]] = [
    # section number or line code, who, days ago, body, replies: (who, days ago, body)
    ("II.2", "loket", 12, "Di loket, yang paling sering kurang adalah salinan keputusan terakhir. Itu sebenarnya ada di bidang kami sendiri.",
     [("pranata", 11, "Benar. Dari rekap kami, dua dari tiga berkas kembali karena dokumen itu."),
      ("perencana", 10, "Terima kasih, angka pada bagian ini sudah kami perbarui.")]),
    ("II.3", "berkala", 9, "Angka 143 pegawai pensiun: apakah sudah termasuk guru dan tenaga kesehatan?",
     [("data", 8, "Belum. Bila termasuk keduanya, jumlahnya kira-kira tiga kali lipat.")]),
    ("III.2", "pengembang", 6, "Sasaran tujuh hari kerja akan sulit bila sistem presensi dan sistem kepegawaian belum tersambung.", []),
    ("5.04.02.2.01.0003", "keliling", 7, "Mohon sebagian pelatihan diadakan di kecamatan. Perjalanan dari tempat saya dua jam.",
     [("pelatihan", 5, "Kami sedang menghitung biaya tiga kelas keliling, usulannya ada pada daftar usulan.")]),
    ("5.03.02.2.01.0010", "keamanan", 4, "Apakah pagu ini sudah memuat biaya cadangan data di luar gedung?", []),
]  # fmt: skip

QUOTES = {
    "II.2": "sebelas hari kerja",
    "II.3": "143 pegawai yang pensiun",
    "III.2": "selesai dalam tujuh hari kerja",
}
"""What the first remark on a section quotes; the words of II.2 have changed since."""

SUGGESTIONS: list[tuple[str, str, int, dict[str, str], str]] = [
    # place in BKPSDM's plan, who, days ago, what is changed (old words of a section: new ones; figures of a line), why
    (
        "II.3",
        "data",
        5,
        {"yang pensiun": "yang pensiun, terutama guru dan tenaga kesehatan,"},
        "Daftar pensiun dua tahun menunjukkan dua kelompok itu yang terbesar.",
    ),
    ("5.03.02.2.02.0002", "pangkat", 3, {"target": "14"}, "Dua periode tambahan berlaku mulai tahun depan."),
]

ON_PROPOSALS = [
    # which of PROPOSALS, who, days ago, body
    (0, "umum", 26, "Di loket kami hal yang sama terjadi setiap awal bulan."),
    (6, "arsip_daerah", 14, "Kami dapat meminjamkan satu alat pindai selama tiga bulan."),
    (7, "keliling", 4, "Untuk kecamatan yang jauh, hari Selasa dan Kamis paling mudah."),
]

PROPOSALS: list[dict[str, Any]] = [
    # days since it was handed in (None: a draft); fate: decision, days ago, ground, text, condition
    {"to": "bkpsdm", "who": "loket", "days": 30, "title": "Satu tempat unggah untuk semua berkas kepegawaian",
         "problem": "Pegawai mengunggah keputusan dan penilaian yang sama sampai empat kali dalam setahun, ke bidang yang berbeda.",
         "idea": "Satu map digital untuk setiap pegawai, yang dibaca oleh semua bidang.",
         "benefit": "Waktu layanan berkurang kira-kira tiga hari, dan loket tidak lagi memindai berkas ganda.",
         "cost": 18_000_000, "code": "5.03.02.2.01.0010", "supporters": ("berkala", "pangkat", "data", "pranata", "umum", "keliling", "pelayan", "penilaian"),
         "fate": ("accepted", 22, None, "Diterima. Map digital dikerjakan pada sistem informasi kepegawaian dan dipakai mulai triwulan kedua.", None)},
    {"to": "bkpsdm", "who": "kerjasama", "days": 33, "title": "Kelas berbagi keahlian dengan perguruan tinggi terdekat",
         "problem": "Biaya perjalanan dinas menghabiskan hampir separuh anggaran pelatihan.",
         "idea": "Kerja sama dengan perguruan tinggi terdekat untuk tiga kelas keahlian setahun, di Kotabumi.",
         "benefit": "Tiga kelas untuk kira-kira sembilan puluh pegawai dengan biaya satu kelas di luar daerah.",
         "cost": 36_000_000, "code": "5.03.02.2.03.0005", "supporters": ("pelatihan", "widyaiswara", "asesmen", "berkala", "operator", "formasi"),
         "fate": ("accepted", 24, None, "Diterima dan menjadi baris tersendiri pada tabel.", None), "line": True},
    {"to": "bkpsdm", "who": "penilaian", "days": 26, "title": "Jadwal percakapan kinerja setiap triwulan",
         "problem": "Penilaian akhir tahun sering menjadi kejutan, karena tidak ada percakapan sebelumnya.",
         "idea": "Setiap triwulan atasan dan pegawai bercakap tiga puluh menit, dicatat dalam satu halaman.",
         "benefit": "Masalah diketahui lebih awal, dan penilaian akhir tahun tidak lagi diperdebatkan.",
         "cost": None, "code": "5.03.02.2.04.0002", "supporters": ("disiplin", "pangkat", "jabatan", "tatalaksana"),
         "fate": ("partly", 15, "no_ceiling", "Diterima sebagian: dimulai pada dua bidang sebagai percobaan, tanpa biaya tambahan.",
               "Bila percobaan dua triwulan menunjukkan paling sedikit delapan dari sepuluh percakapan terlaksana, seluruh bidang menyusul.")},
    {"to": "bkpsdm", "who": "jabatan", "days": 29, "title": "Ruang uji kompetensi di setiap kecamatan",
         "problem": "Peserta uji kompetensi menempuh perjalanan sampai tiga jam.",
         "idea": "Menyiapkan satu ruang dengan sepuluh komputer pada setiap kantor kecamatan.",
         "benefit": "Peserta dari kecamatan dapat mengikuti uji tanpa menginap.",
         "cost": 920_000_000, "code": "5.03.02.2.03.0002", "supporters": ("keliling", "pelayan", "asesmen"),
         "fate": ("declined", 18, "no_ceiling", "Biayanya tiga kali pagu sub kegiatan ini. Kami mengupayakan ruang bergerak sebagai gantinya.",
               "Bila kecamatan menyediakan ruang dan perangkatnya, badan menyediakan petugas ujinya.")},
    {"to": "bkpsdm", "who": "pangkat", "days": 25, "title": "Pengingat kenaikan pangkat melalui surel",
         "problem": "Sebagian pegawai terlambat mengusulkan karena lupa tanggalnya.",
         "idea": "Pengingat otomatis enam, tiga, dan satu bulan sebelumnya.",
         "benefit": "Berkas masuk lebih merata sepanjang tahun.",
         "cost": 6_000_000, "code": "5.03.02.2.02.0002", "supporters": ("berkala", "umum", "penyusun", "arsiparis", "data"),
         "fate": ("deferred", 16, "already_planned", "Ditunda: pengiriman surel menunggu alamat dinas yang sedang disiapkan.",
               "Begitu alamat dinas tersedia bagi semua pegawai, usulan ini dikerjakan tanpa biaya tambahan.")},
    {"to": "bkpsdm", "who": "umum", "days": 20, "title": "Perbaikan kursi ruang tunggu loket",
         "problem": "Tujuh dari dua puluh kursi rusak.", "idea": "Mengganti kursi yang rusak.",
         "benefit": "Pegawai yang menunggu dapat duduk.", "cost": None, "code": None, "supporters": ("loket",),
         "fate": ("returned", 12, "needs_repair", "Mohon lengkapi perkiraan biaya dan jumlah kursi yang diganti.", None)},
    {"to": "bkpsdm", "who": "arsiparis", "days": 21, "title": "Alih media arsip kepegawaian sebelum tahun 2010",
         "problem": "Arsip lama hanya ada dalam bentuk kertas dan sebagian mulai rusak.",
         "idea": "Memindai empat ribu map secara bertahap selama dua tahun.",
         "benefit": "Arsip terselamatkan dan dapat dicari dalam hitungan menit.",
         "cost": 64_000_000, "code": "5.03.02.2.01.0011", "supporters": ("arsip_daerah", "pustakawan", "data", "formasi", "berkala", "loket", "tatalaksana"), "fate": None},
    {"to": "bkpsdm", "who": "pelatihan", "days": 8, "title": "Tiga kelas pelatihan keliling di kecamatan",
         "problem": "Peserta dari kecamatan yang jauh hanya satu dari sepuluh.",
         "idea": "Tiga kelas keliling yang pengajarnya datang ke kantor kecamatan.",
         "benefit": "Kira-kira seratus dua puluh pegawai kecamatan terjangkau.",
         "cost": 45_000_000, "code": "5.04.02.2.01.0003", "supporters": ("keliling", "pelayan", "operator", "camat", "perencana_camat"), "fate": None},
    {"to": "bkpsdm", "who": "disiplin", "days": 5, "title": "Kotak tanya disiplin tanpa nama di laman badan",
         "problem": "Pegawai segan bertanya tentang aturan disiplin kepada atasannya.",
         "idea": "Daftar tanya jawab yang diperbarui setiap bulan.",
         "benefit": "Pelanggaran karena ketidaktahuan berkurang.", "cost": None, "code": "5.03.02.2.04.0007", "supporters": ("penilaian", "penyusun"), "fate": None},
    {"to": "bkpsdm", "who": "berkala", "days": 2, "title": "Tanda status permohonan yang dapat dilihat sendiri",
         "problem": "Setiap hari kira-kira empat puluh orang bertanya sampai di mana berkasnya.",
         "idea": "Nomor permohonan yang dapat diperiksa pemiliknya kapan saja.",
         "benefit": "Petugas loket dapat melayani permohonan baru.",
         "cost": 12_000_000, "code": "5.03.02.2.01.0010", "supporters": ("loket", "pengembang", "umum"), "fate": None},
    {"to": "bkpsdm", "who": "data", "days": 17, "title": "Papan angka pegawai pada ruang lobi", "problem": "Angka pegawai sering ditanyakan tamu.",
         "idea": "Layar besar di lobi.", "benefit": "Tamu mendapat jawaban sendiri.", "cost": 27_000_000, "code": None, "supporters": ("umum",), "fate": "withdrawn"},
    {"to": "bkpsdm", "who": "penyusun", "days": None, "title": "Percepatan surat keputusan mutasi antarunit",
         "problem": "Surat keputusan mutasi menempuh enam paraf.", "idea": "Paraf bersamaan, paling banyak tiga.",
         "benefit": "Surat keputusan terbit lima hari lebih cepat.", "cost": None, "code": "5.03.02.2.02.0001", "supporters": (), "fate": None},
    {"to": "diskominfo", "who": "keamanan", "days": 6, "title": "Latihan pemulihan data dua kali setahun",
         "problem": "Cadangan data dibuat setiap malam, tetapi belum pernah dicoba dipulihkan.",
         "idea": "Latihan pemulihan setengah hari, dua kali setahun.",
         "benefit": "Waktu pemulihan diketahui sebelum diperlukan.",
         "cost": 9_000_000, "code": "2.16.03.2.02.0042", "supporters": ("pengembang", "jaringan", "pranata"), "fate": None},
    {"to": "disdukcapil", "who": "keliling", "days": 60, "title": "Ban cadangan kedua untuk mobil layanan keliling",
         "problem": "Bulan lalu tiga jadwal layanan batal karena ban pecah.", "idea": "Satu ban cadangan tambahan.",
         "benefit": "Jadwal desa yang jauh tidak batal.", "cost": 4_500_000, "code": "2.12.02.2.03.0002", "supporters": ("operator", "pelayan", "camat"),
         "fate": ("accepted", 50, None, "Diterima, dibeli pada triwulan pertama.", None)},
]  # fmt: skip

POLLS: dict[str, dict[str, Any]] = {
    "announced": {
        "unit": "bkpsdm",
        "question": "Usulan mana yang didahulukan bila pagunya belum cukup untuk semuanya?",
        "options": (0, 2, 1),  # which of PROPOSALS, or words
        "witnesses": ("penulis", "operator"),
        "choices": (0, 2, 2, 1, 2, 0, 2, 2, 1, 2, 0, 2, 2, 2),
    },
    "open": {
        "unit": "bkpsdm",
        "question": "Apakah loket pelayanan dibuka sampai pukul 17.00 setiap Kamis?",
        "options": ("Setuju", "Tidak setuju", "Abstain"),
        "witnesses": ("tatalaksana", "evaluator"),
        "choices": (0, 1, 0, 0, 2, 0, 1),
    },
    "draft": {
        "unit": "kompetensi",
        "question": "Tema pelatihan bersama mana yang didahulukan?",
        "options": ("Menulis naskah dinas", "Mengolah data", "Melayani tanpa menunggu"),
        "witnesses": ("pustakawan", "arsip_daerah"),
        "choices": (),
    },
}

NOTICES: list[dict[str, Any]] = [
    {
        "by": "kepala", "unit": "bkpsdm", "audience": ("bkpsdm",), "began": 16, "published": 9, "due": 6,
        "initiative": "Satu loket layanan kepegawaian",
        "title": "Empat loket bidang menjadi satu loket bersama",
        "parts": {
            "what": "- Empat loket bidang digabung menjadi satu loket bersama di lantai satu.\n- Berkas diserahkan satu kali dan diteruskan petugas loket.\n- Setiap permohonan selesai dalam sepuluh hari kerja.",
            "why": "Pegawai rata-rata mendatangi tiga loket untuk satu urusan, dan separuh berkas kembali karena salah loket.",
            "benefit": "Anda cukup datang satu kali, dan dapat mengetahui siapa yang memegang berkas Anda.",
            "when": "Berlaku mulai awal triwulan depan, sesudah uji coba empat minggu.",
            "still_open": "Pembagian giliran petugas dan letak meja belum diputuskan. Jumlah loket sudah diputuskan.",
        },
        "second": {"ago": 2, "what": "- Empat loket bidang digabung menjadi satu loket bersama di lantai satu.\n- Berkas diserahkan satu kali dan diteruskan petugas loket.\n- Setiap permohonan selesai dalam tujuh hari kerja.\n- Petugas loket bergiliran paling lama tiga hari seminggu.",
                    "still_open": "Letak meja belum diputuskan. Jumlah loket dan pembagian giliran sudah diputuskan."},
        "first_answers": {"understood": ("sekretaris", "perencana", "kabid_informasi", "pranata", "formasi", "kabid_mutasi", "pangkat", "jabatan", "widyaiswara", "asesmen", "kerjasama", "steward"),
                           "unclear": ("umum",)},
        "answers": {"understood": ("sekretaris", "perencana", "pranata", "formasi", "kabid_mutasi", "pangkat", "widyaiswara", "steward")},
        "concerns": [
            ("loket", "concerned", "named", 8, "Kalau semua berkas masuk ke satu loket, antrean pagi akan sampai ke halaman.",
             ("changed", 6, "Karena kekhawatiran ini, versi 2 memuat giliran petugas dan dua meja pada jam sibuk.")),
            ("data", "concerned", "unit", 7, "Berkas rahasia, misalnya izin perceraian, tidak patut dibaca di loket terbuka.",
             ("answered", 5, "Berkas seperti itu tetap diserahkan langsung kepada petugas bidang di ruang tertutup.")),
            ("berkala", "concerned", "withheld", 7, "Saya khawatir petugas yang paling muda yang selalu ditugaskan di loket.",
             ("accepted_risk", 4, "Giliran diundi setiap bulan. Risiko bahwa undian terasa tidak adil kami terima dan kami tinjau sesudah satu triwulan.")),
            ("penilaian", "unclear", "named", 1, "Apakah tugas di loket dihitung dalam sasaran kinerja saya?", None),
        ],
    },
    {
        "by": "sekda", "unit": "regency", "audience": ("bkpsdm", "diskominfo", "setda"), "began": 6, "published": 4, "due": 8,
        "initiative": "Naskah dinas tanpa kertas",
        "title": "Naskah dinas ditandatangani secara elektronik",
        "parts": {
            "what": "Surat antarperangkat daerah ditulis, diparaf, dan ditandatangani secara elektronik. Kertas hanya untuk surat ke luar.",
            "why": "Satu surat rata-rata berpindah meja enam kali dan menunggu empat hari.",
            "benefit": "Anda dapat melihat letak surat Anda, dan tidak perlu mengantar map.",
            "when": "Uji coba dua bulan pada tiga perangkat daerah, lalu menyeluruh.",
            "still_open": "Contoh naskah dan jadwal pelatihan masih terbuka untuk masukan.",
        },
        "second": None,
        "first_answers": {"understood": ("pengembang", "keamanan", "kepala_kominfo", "perencana", "asisten", "formasi", "pangkat"), "unclear": ()},
        "answers": {},
        "concerns": [("jaringan", "concerned", "named", 3, "Sambungan internet di beberapa kantor sering putus pada siang hari.", None)],
    },
]  # fmt: skip
