"""The real list of agencies, which stays outside the project: `./test --real FOLDER`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.people.test_commands import run  # noqa: F401


@pytest.fixture
def folder(request) -> Path:
    given = request.config.getoption("--real")
    if given is None:
        pytest.skip("needs --real FOLDER")
    return Path(given)


def test_the_agencies_are_read_in_as_they_are(folder, run):  # noqa: F811
    path = str(folder / "perangkat-daerah-pasangkayu.xlsx")
    code, result, _err = run("unit", "import", path)
    assert (code, result["new"], result["same"], result["errors"]) == (0, 32, 0, 0)
    code, result, _err = run("unit", "import", path)
    assert (code, result["new"], result["same"], result["errors"]) == (0, 0, 32, 0)
