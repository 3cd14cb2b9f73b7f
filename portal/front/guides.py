"""The help pages: one short guide a role, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Step:
    """What to do, and how its page looks: a picture of static/img/help, made by tools/pictures.py."""

    title: Any
    text: Any
    picture: str = ""
    alt: Any = ""


@dataclass(frozen=True)
class Guide:
    label: Any
    second: Any
    steps: tuple[Step, ...]


GUIDES: dict[str, Guide] = {
    "pegawai": Guide(
        _l("Pegawai"),
        _l("Membaca, mengusulkan, menanggapi, mendukung, memberi suara, dan menyatakan paham."),
        (
            Step(
                _l("Mulai dari Menunggu saya"),
                _l("Semua yang menunggu Anda ada di sana, yang terdekat paling atas."),
                "menunggu-saya",
                _l(
                    "Halaman Menunggu saya: pemungutan suara dan pemberitahuan, masing-masing dengan batas waktu dan satu tombol."
                ),
            ),
            Step(
                _l("Baca rencana"),
                _l(
                    "Pilih Rencana, lalu perangkat daerah. Tanda di tepi menunjukkan apa yang tetap, dikonsultasikan, atau diputuskan bersama."
                ),
                "rencana",
                _l("Naskah rencana: setiap bagian bertanda Dikonsultasikan, dengan tombol Tanggapi."),
            ),
            Step(
                _l("Tanggapi kata-katanya"),
                _l(
                    "Pilih kata-kata dalam naskah, lalu tekan Tanggapi kata-kata ini; rekan dapat disebut namanya. Bila teks berubah, tanggapan Anda tetap ada beserta versinya."
                ),
                "tanggapi",
                _l(
                    "Percakapan di bawah sebuah bagian: kata-kata yang dikutip, tanggapan, dan keadaannya Mengubah teks."
                ),
            ),
            Step(
                _l("Sarankan perubahan"),
                _l(
                    "Ubah salinan teks atau angkanya dan tulis alasannya. Penyusun menerima, menerima dengan perubahan, atau menolak dengan alasan."
                ),
                "sarankan",
                _l("Formulir saran perubahan: salinan naskah yang dapat diubah dan alasan saran."),
            ),
            Step(
                _l("Tulis usulan"),
                _l(
                    "Sebutkan masalah, gagasan, dan manfaatnya. Usulan disimpan sebagai draf sampai Anda ajukan."
                ),
                "usulan-baru",
                _l("Formulir usulan: judul, masalah, dan gagasan."),
            ),
            Step(
                _l("Tunggu jawaban resmi"),
                _l("Setiap usulan dijawab paling lambat pada tanggal yang tertera, dengan dasar putusan."),
                "jawaban-resmi",
                _l("Sebuah usulan yang diterima sebagian, dengan tanggal diajukan, didukung, dan dijawab."),
            ),
            Step(
                _l("Beri suara"),
                _l("Suara rahasia dapat diubah sampai kotak ditutup. Simpan tanda terimanya."),
                "beri-suara",
                _l(
                    "Pemungutan suara yang dibuka, dengan waktu tutup, tombol Beri suara, dan janji kerahasiaannya."
                ),
            ),
            Step(
                _l("Nyatakan paham"),
                _l(
                    "Pada pemberitahuan perubahan, pilih paham, ada kekhawatiran, atau belum paham. Diam bukan setuju."
                ),
                "tanda-paham",
                _l("Tiga jawaban: Saya paham; Saya paham, ada kekhawatiran; Belum paham."),
            ),
        ),
    ),
    "penyusun": Guide(
        _l("Penyusun"),
        _l("Menyunting bagian dan baris milik unit kerja Anda."),
        (
            Step(
                _l("Buka rencana perangkat daerah Anda"),
                _l("Bagian dan baris milik unit Anda memiliki tombol Sunting."),
                "bagian-milik-unit",
                _l("Sebuah baris dengan unit pemilik, kode, indikator, dan nomor versinya."),
            ),
            Step(
                _l("Simpan sebagai versi baru"),
                _l("Versi lama tidak pernah hilang dan dapat dibandingkan atau dipulihkan."),
                "sunting",
                _l("Formulir menyunting baris: nama sub kegiatan, indikator, target, satuan, dan pagu."),
            ),
            Step(
                _l("Ketikan Anda tersimpan sebagai draf"),
                _l(
                    "Draf disimpan sendiri dan hanya Anda yang melihatnya. Bila sesi berakhir atau sambungan putus, lanjutkan dari Menunggu saya."
                ),
            ),
            Step(
                _l("Bila orang lain lebih dahulu menyimpan"),
                _l(
                    "Perubahan yang berjauhan digabungkan dan ditunjukkan kepada Anda sebelum disimpan; yang bertabrakan ditampilkan berdampingan."
                ),
                "riwayat",
                _l("Riwayat sebuah bagian: dua versi dipilih untuk dibandingkan."),
            ),
            Step(
                _l("Putuskan saran"),
                _l(
                    "Terima, ubah dahulu lalu terima, atau tolak dengan alasan. Penulis saran disebut pada versi baru dan diberi tahu."
                ),
                "putuskan-saran",
                _l(
                    "Sebuah saran perubahan: kata yang ditambah dan yang dicoret, alasan, dan tombol putusan."
                ),
            ),
            Step(
                _l("Tandai siap"),
                _l(
                    "Bila bagian atau baris unit Anda selesai, tandai siap sebelum tahapan ditutup. Versi baru meminta tanda siap lagi."
                ),
                "tandai-siap",
                _l("Halaman Kesiapan: bagian dan baris yang menunggu tanda siap, dengan tombol Tandai siap."),
            ),
        ),
    ),
    "perencana": Guide(
        _l("Perencana"),
        _l("Membuka rencana, mengatur tahapan dan keterbukaan, serta menampung usulan."),
        (
            Step(
                _l("Buat rencana"),
                _l("Pilih Rencana, lalu Rencana baru. Tanggal tahapan sudah terisi dan dapat diubah."),
                "rencana-baru",
                _l("Formulir rencana baru: perangkat daerah, tahun, dan hari mulai setiap tahapan."),
            ),
            Step(
                _l("Baca tabel dari berkas"),
                _l("Unggah Renja dalam bentuk CSV atau XLSX, periksa pratinjaunya, lalu terapkan."),
                "baca-tabel",
                _l("Halaman membaca tabel dari berkas CSV atau XLSX."),
            ),
            Step(
                _l("Isi angka sekaligus"),
                _l(
                    "Pada Tabel, pilih Isi angka: target dan pagu satu kegiatan dalam satu lembar, dari sel ke sel dengan papan ketik."
                ),
                "isi-angka",
                _l("Lembar Isi angka: target, pagu, dan prakiraan maju setiap baris sebuah kegiatan."),
            ),
            Step(
                _l("Tetapkan keterbukaan"),
                _l(
                    "Sebelum pegawai diundang, tandai setiap bagian dan baris: tetap, dikonsultasikan, atau diputuskan bersama."
                ),
                "keterbukaan",
                _l("Daftar bagian; pada masing-masing dipilih keterbukaan dan ditulis alasannya."),
            ),
            Step(
                _l("Tampung usulan yang diterima"),
                _l("Jadikan baris baru atau tautkan ke baris yang ada; asal-usulnya tercatat."),
                "tampung-usulan",
                _l("Usulan yang diterima, dan baris-baris yang dapat ditautkan dengannya."),
            ),
            Step(
                _l("Siapkan pemungutan suara"),
                _l("Tulis pertanyaan, pilih saksi, lalu pimpinan membukanya pada tahapan Forum."),
                "siapkan-suara",
                _l("Formulir pemungutan suara: pertanyaan dan pilihan, satu per baris."),
            ),
            Step(
                _l("Lihat Pemeriksaan dan Kesiapan"),
                _l(
                    "Pemeriksaan menunjuk sel yang kosong atau tidak sesuai; Kesiapan menyebut yang belum ditandai siap oleh pemiliknya."
                ),
                "pemeriksaan",
                _l("Halaman Pemeriksaan: jumlah pagu, pagu tiap program, dan baris yang perlu dilihat."),
            ),
            Step(
                _l("Perbaiki catatan verifikasi"),
                _l(
                    "Bila rencana dikembalikan, tab Verifikasi menyebut yang masih harus diperbaiki. Setiap putaran tersimpan."
                ),
            ),
            Step(
                _l("Unduh dan cetak"),
                _l(
                    "Buku Renja sebagai PDF, atau tabelnya sebagai berkas. Tabel yang diunduh dapat dibaca kembali ke portal."
                ),
                "unduh",
                _l("Halaman Unduh dan cetak: buku Renja sebagai PDF dan tabelnya sebagai berkas."),
            ),
            Step(
                _l("Mulai Perubahan Renja"),
                _l(
                    "Rencana yang ditetapkan tidak disunting lagi. Perubahannya menjadi edisi baru yang dimulai dari naskah itu, dan perbedaannya selalu dapat dibaca."
                ),
                "edisi-baru",
                _l("Formulir Perubahan Renja: hari mulai setiap tahapan edisi baru."),
            ),
        ),
    ),
    "pimpinan": Guide(
        _l("Pimpinan"),
        _l("Menjawab usulan, menyampaikan perubahan, dan menanggapi kekhawatiran."),
        (
            Step(
                _l("Buka Meja pimpinan"),
                _l("Usulan yang belum dijawab diurutkan menurut batas waktunya."),
                "meja",
                _l(
                    "Meja pimpinan: usulan menurut batas waktu, yang terlambat paling atas, dengan tombol Jawab."
                ),
            ),
            Step(
                _l("Jawab dengan dasar"),
                _l(
                    "Selain menerima, setiap putusan menyebut dasar dan apa yang dapat mengubahnya. Jawaban yang terbit tidak diubah, hanya disusul."
                ),
                "jawab",
                _l("Formulir jawaban resmi: putusan, jawaban, dan dasar putusan."),
            ),
            Step(
                _l("Sampaikan perubahan"),
                _l("Tulis pemberitahuan dalam lima bagian; pegawai menjawab paham atau belum."),
                "sampaikan",
                _l("Formulir pemberitahuan perubahan: judul, dan bagian pertama dari lima."),
            ),
            Step(
                _l("Jawab kekhawatiran"),
                _l("Paling lambat lima hari kerja: dijawab, mengubah rencana, atau risiko diterima."),
                "kekhawatiran",
                _l("Sebuah kekhawatiran pegawai, dan formulir balasannya dengan batas waktu."),
            ),
            Step(
                _l("Hasil suara bersifat masukan"),
                _l("Bila Anda memutuskan lain, alasannya ditulis dan dapat dibaca semua pegawai."),
                "hasil",
                _l("Hasil pemungutan suara sebagai bagan batang dan sebagai tabel."),
            ),
            Step(
                _l("Tetapkan rencana"),
                _l(
                    "Sesudah semua usulan dijawab dan verifikasi lolos, isi nomor dan tanggal keputusan. Naskahnya dibekukan beserta sidiknya, lalu tidak disunting lagi."
                ),
                "penetapan",
                _l("Halaman Penetapan: yang masih kurang sebelum rencana dapat ditetapkan."),
            ),
        ),
    ),
    "verifikator": Guide(
        _l("Verifikator"),
        _l("Mengisi pagu indikatif dan memeriksa rencana sebelum ditetapkan."),
        (
            Step(
                _l("Isi pagu indikatif"),
                _l(
                    "Pada tab Pemeriksaan. Selama penyusunan pagu boleh terlampaui; pada Rancangan Akhir diperlukan alasan pimpinan."
                ),
                "pagu-indikatif",
                _l("Halaman Pemeriksaan bagi verifikator: jumlah pagu dan pagu indikatif."),
            ),
            Step(
                _l("Periksa butir demi butir"),
                _l(
                    "Pada tahapan Verifikasi, nyatakan setiap butir sesuai, perlu perbaikan, atau tidak berlaku, dengan catatan pada baris yang dimaksud."
                ),
                "verifikasi",
                _l("Formulir verifikasi: setiap butir dengan putusan dan catatannya."),
            ),
            Step(
                _l("Loloskan atau kembalikan"),
                _l(
                    "Rencana yang dikembalikan dapat disunting lagi. Yang sudah diubah sejak catatan Anda ditandai pada putaran berikutnya."
                ),
            ),
        ),
    ),
    "saksi": Guide(
        _l("Saksi"),
        _l("Memegang kode untuk satu kotak suara."),
        (
            Step(
                _l("Ambil kode Anda sendirian"),
                _l("Tujuh kata ditampilkan satu kali. Tulis di kertas dan simpan di tempat yang aman."),
                "kode-saksi",
                _l("Halaman kode saksi dengan tombol Tampilkan kode satu kali."),
            ),
            Step(_l("Uji kode"), _l("Ketik kembali kode itu sebelum pemungutan suara dibuka.")),
            Step(
                _l("Buka kotak bersama"),
                _l("Setelah masa periksa 24 jam, para saksi memasukkan kode pada satu halaman."),
            ),
        ),
    ),
    "pengelola": Guide(
        _l("Pengelola kepegawaian"),
        _l("Mengelola daftar pegawai, unit kerja, penugasan, dan kode aktivasi."),
        (
            Step(
                _l("Baca daftar pegawai"),
                _l("Unggah CSV atau XLSX dengan NIP sebagai teks. Periksa pratinjau, lalu terapkan."),
                "daftar-pegawai",
                _l("Halaman membaca daftar pegawai dari berkas CSV atau XLSX."),
            ),
            Step(
                _l("Beri penugasan"),
                _l("Tentukan peran, unit, tanggal mulai dan berakhir, serta definitif, Plt., Plh., atau Pj."),
                "penugasan",
                _l("Formulir penugasan: peran, unit kerja, dan kedudukan."),
            ),
            Step(
                _l("Cetak kode aktivasi"),
                _l("Satu lembar per unit, satu potongan per pegawai. Kode berlaku sekali."),
                "kode-aktivasi",
                _l("Bagian Jalan masuk seorang pegawai dengan tombol Cetak kode aktivasi."),
            ),
        ),
    ),
    "pengawas": Guide(
        _l("Pengawas"),
        _l("Membaca semuanya, kecuali suara yang disegel dan nama yang dirahasiakan."),
        (
            Step(
                _l("Buka Log audit"),
                _l("Setiap perbuatan tercatat dengan waktu dan pelakunya, dan dirantai dengan segel."),
                "log-audit",
                _l("Log audit: pencarian menurut perihal, lalu catatan terbaru dengan waktu dan pelakunya."),
            ),
            Step(
                _l("Lihat pegawai dan penugasannya"),
                _l("Siapa memegang peran apa, sejak kapan, dan atas dasar apa; tanpa mengubah apa pun."),
                "pegawai",
                _l("Daftar pegawai dengan pencarian menurut nama, NIP, atau unit."),
            ),
            Step(
                _l("Periksa rantainya"),
                _l(
                    "Penjaga peladen menjalankan perintah flask audit verify; hasilnya menyebut tempat bila rantai putus."
                ),
            ),
        ),
    ),
}
