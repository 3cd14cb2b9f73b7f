"""`./test --real FOLDER`: the figures on the real files, which stay outside the project."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real(request: pytest.FixtureRequest) -> Path:
    """The folder of the real files; without one these tests are skipped."""
    folder = request.config.getoption("--real")
    if not folder:
        pytest.skip("needs --real FOLDER")
    return Path(folder)
