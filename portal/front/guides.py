"""The help pages: one short guide a role, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Guide:
    label: Any
    second: Any
    steps: tuple[tuple[Any, Any], ...]


GUIDES: dict[str, Guide] = {
    "pegawai": Guide(
        _l("Pegawai"),
        _l("Membaca, mengusulkan, menanggapi, mendukung, memberi suara, dan menyatakan paham."),
        (
            (
                _l("Mulai dari Menunggu saya"),
                _l("Semua yang menunggu Anda ada di sana, yang terdekat paling atas."),
            ),
            (
                _l("Baca rencana"),
                _l(
                    "Pilih Rencana, lalu perangkat daerah. Tanda di tepi menunjukkan apa yang tetap, dikonsultasikan, atau diputuskan bersama."
                ),
            ),
            (
                _l("Tulis usulan"),
                _l(
                    "Sebutkan masalah, gagasan, dan manfaatnya. Usulan disimpan sebagai draf sampai Anda ajukan."
                ),
            ),
            (
                _l("Tunggu jawaban resmi"),
                _l("Setiap usulan dijawab paling lambat pada tanggal yang tertera, dengan dasar putusan."),
            ),
            (
                _l("Beri suara"),
                _l("Suara rahasia dapat diubah sampai kotak ditutup. Simpan tanda terimanya."),
            ),
            (
                _l("Nyatakan paham"),
                _l(
                    "Pada pemberitahuan perubahan, pilih paham, ada kekhawatiran, atau belum paham. Diam bukan setuju."
                ),
            ),
        ),
    ),
    "penyusun": Guide(
        _l("Penyusun"),
        _l("Menyunting bagian dan baris milik unit kerja Anda."),
        (
            (
                _l("Buka rencana perangkat daerah Anda"),
                _l("Bagian dan baris milik unit Anda memiliki tombol Sunting."),
            ),
            (
                _l("Simpan sebagai versi baru"),
                _l("Versi lama tidak pernah hilang dan dapat dibandingkan atau dipulihkan."),
            ),
            (
                _l("Bila orang lain lebih dahulu menyimpan"),
                _l(
                    "Perubahan yang berjauhan digabungkan dan ditunjukkan kepada Anda sebelum disimpan; yang bertabrakan ditampilkan berdampingan."
                ),
            ),
        ),
    ),
    "perencana": Guide(
        _l("Perencana"),
        _l("Membuka rencana, mengatur tahapan dan keterbukaan, serta menampung usulan."),
        (
            (
                _l("Buat rencana"),
                _l("Pilih Rencana, lalu Rencana baru. Tanggal tahapan sudah terisi dan dapat diubah."),
            ),
            (
                _l("Baca tabel dari berkas"),
                _l("Unggah Renja dalam bentuk CSV atau XLSX, periksa pratinjaunya, lalu terapkan."),
            ),
            (
                _l("Tetapkan keterbukaan"),
                _l(
                    "Sebelum pegawai diundang, tandai setiap bagian dan baris: tetap, dikonsultasikan, atau diputuskan bersama."
                ),
            ),
            (
                _l("Tampung usulan yang diterima"),
                _l("Jadikan baris baru atau tautkan ke baris yang ada; asal-usulnya tercatat."),
            ),
            (
                _l("Siapkan pemungutan suara"),
                _l("Tulis pertanyaan, pilih saksi, lalu pimpinan membukanya pada tahapan Forum."),
            ),
        ),
    ),
    "pimpinan": Guide(
        _l("Pimpinan"),
        _l("Menjawab usulan, menyampaikan perubahan, dan menanggapi kekhawatiran."),
        (
            (_l("Buka Meja pimpinan"), _l("Usulan yang belum dijawab diurutkan menurut batas waktunya.")),
            (
                _l("Jawab dengan dasar"),
                _l(
                    "Selain menerima, setiap putusan menyebut dasar dan apa yang dapat mengubahnya. Jawaban yang terbit tidak diubah, hanya disusul."
                ),
            ),
            (
                _l("Sampaikan perubahan"),
                _l("Tulis pemberitahuan dalam lima bagian; pegawai menjawab paham atau belum."),
            ),
            (
                _l("Jawab kekhawatiran"),
                _l("Paling lambat lima hari kerja: dijawab, mengubah rencana, atau risiko diterima."),
            ),
            (
                _l("Hasil suara bersifat masukan"),
                _l("Bila Anda memutuskan lain, alasannya ditulis dan dapat dibaca semua pegawai."),
            ),
        ),
    ),
    "saksi": Guide(
        _l("Saksi"),
        _l("Memegang kode untuk satu kotak suara."),
        (
            (
                _l("Ambil kode Anda sendirian"),
                _l("Tujuh kata ditampilkan satu kali. Tulis di kertas dan simpan di tempat yang aman."),
            ),
            (_l("Uji kode"), _l("Ketik kembali kode itu sebelum pemungutan suara dibuka.")),
            (
                _l("Buka kotak bersama"),
                _l("Setelah masa periksa 24 jam, para saksi memasukkan kode pada satu halaman."),
            ),
        ),
    ),
    "pengelola": Guide(
        _l("Pengelola kepegawaian"),
        _l("Mengelola daftar pegawai, unit kerja, penugasan, dan kode aktivasi."),
        (
            (
                _l("Baca daftar pegawai"),
                _l("Unggah CSV atau XLSX dengan NIP sebagai teks. Periksa pratinjau, lalu terapkan."),
            ),
            (
                _l("Beri penugasan"),
                _l("Tentukan peran, unit, tanggal mulai dan berakhir, serta definitif, Plt., Plh., atau Pj."),
            ),
            (
                _l("Cetak kode aktivasi"),
                _l("Satu lembar per unit, satu potongan per pegawai. Kode berlaku sekali."),
            ),
        ),
    ),
    "pengawas": Guide(
        _l("Pengawas"),
        _l("Membaca semuanya, kecuali suara yang disegel dan nama yang dirahasiakan."),
        (
            (
                _l("Buka Log audit"),
                _l("Setiap perbuatan tercatat dengan waktu dan pelakunya, dan dirantai dengan segel."),
            ),
            (
                _l("Periksa rantainya"),
                _l(
                    "Penjaga peladen menjalankan perintah flask audit verify; hasilnya menyebut tempat bila rantai putus."
                ),
            ),
        ),
    ),
}
