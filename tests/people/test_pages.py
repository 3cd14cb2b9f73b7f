"""Every page of this package opens for who may see it."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("path", ["/masuk", "/aktivasi", "/lupa-kata-sandi"])
def test_visitor_opens(client, path):
    client.page(path)


@pytest.mark.parametrize("path", ["/akun", "/akun/kata-sandi", "/konfirmasi", "/unit-kerja"])
def test_employee_opens(client_for, path):
    client_for("staff").page(path)


@pytest.mark.parametrize(
    "path", ["/pegawai", "/pegawai/impor", "/unit-kerja/impor", "/hari-libur", "/unit-kerja"]
)
def test_steward_opens(client_for, path):
    client_for("steward").page(path)


def test_steward_opens_a_person_and_a_unit(client_for, ids):
    steward = client_for("steward")
    steward.page(f"/pegawai/{ids['staff']}")
    steward.page(f"/pegawai/{ids['staff']}/penugasan")
    steward.page(f"/penugasan/{ids['duty:leader']}/akhir")
    steward.page(f"/unit-kerja/{ids['unit:bkpsdm']}")
    client_for("staff").page(f"/unit-kerja/{ids['unit:mutasi']}")


@pytest.mark.parametrize("path", ["/pegawai", "/pegawai/impor", "/unit-kerja/impor", "/hari-libur"])
def test_others_are_refused(client_for, client, path):
    client_for("leader").page(path, 403)
    assert client.get(path).status_code == 303
