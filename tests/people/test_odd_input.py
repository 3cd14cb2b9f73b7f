"""Numbers no database holds, letters nobody types."""

from __future__ import annotations

import pytest

PAGES = (
    "/pegawai/%s", "/unit-kerja/%s", "/berkas-masukan/%s", "/pegawai/%s/penugasan", "/penugasan/%s/akhir",
    "/pegawai?after=%s", "/pegawai?unit=%s", "/berkas-masukan/1?mulai=%s",
)  # fmt: skip
DEEDS = (
    "/akun/sesi/%s/akhir", "/pegawai/%s/kode-aktivasi", "/unit-kerja/%s/kode-aktivasi",
    "/berkas-masukan/%s/penerapan", "/penugasan/%s/akhir",
)  # fmt: skip


@pytest.mark.parametrize("number", ["2147483648", "99999999999", "9" * 19, "9" * 40])
def test_numbers_of_any_length(client_for, number):
    steward = client_for("steward")
    for path in PAGES:
        assert steward.get(path % number).status_code in (200, 404), path
    for path in DEEDS:
        assert steward.send(path % number).status_code == 404, path
    assert steward.send("/pegawai/1/penugasan", {"unit": number, "role": "leader"}).status_code == 422


@pytest.mark.parametrize("typed", ["\x00", "١" * 18, "9" * 5000, "<b>", "\u202e1", " ", "'--"])
def test_letters_of_any_kind(client, typed):
    assert client.send("/masuk", {"nip": typed, "password": typed}).status_code == 422
    form = {"nip": typed, "code": typed, "new_password": typed, "repeat": typed}
    assert client.send("/aktivasi", form).status_code == 422


def test_bodies_over_the_limit(client_for):
    steward = client_for("steward")
    answer = steward.send("/akun/tampilan", {"theme": "x" * 7_000_000})
    assert answer.status_code == 413
    assert steward.send("/pegawai/impor", {"file": "no file"}).status_code == 422
