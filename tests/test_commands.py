"""The keeper's commands: 0 when done, 1 with one sentence on standard error."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from portal import audit, config

pytestmark = pytest.mark.slow


@pytest.fixture
def run(app):
    def go(*words):
        result = app.test_cli_runner().invoke(args=words)
        return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()

    return go


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nomenclature", "import"), "Missing argument 'FILE'; --help says more."),
        (("unit", "impor", "a.csv"), "No such command 'impor' (did you mean 'import'?); --help says more."),
        (("tidak-ada",), "No such command 'tidak-ada'; --help says more."),
        (("audit",), "Missing command (seal, verify); --help says more."),
        (("audit", "seal", "--salah"), "No such option '--salah'; --help says more."),
        (("db", "tidak-ada"), "No such command 'tidak-ada'; --help says more."),
        (("db", "upgrade", "--xyz"), "No such option '--xyz'; --help says more."),
        (("plan", "export", "a", "--unit", "1", "--year", "2026"), "Missing option '--format' (choose from:"),
        (("steward", "add", "1", "Nama", "--unit", "-"), "A NIP has 18 digits; here there are 1."),
        (("plan", "import", "a.csv", "--unit", "1", "--year", "24"), "Invalid value for '--year'"),
        (("backup",), "Missing argument 'FILE'; --help says more."),
        (("backup", "/tidak/ada/cadangan"), "The folder /tidak/ada is missing or not writable."),
        (("restore", "/tidak/ada/cadangan"), "cadangan is not a file."),
    ],
)
def test_wrong_use_is_one_sentence(run, words, said):
    code, out, err = run(*words)
    assert (code, out, len(err)) == (1, [], 1)
    assert err[0].startswith(said)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("besar.csv", b"kode;nama\n" * 20_100, "20,000 rows"),
        ("rusak.xlsx", b"PK\x03\x04", ""),
        ("bukan.xlsx", b"kode;nama\n1;Unit\n", ""),
        ("lama.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ""),
        ("utf16.csv", b"\xff\xfea", ""),
        ("tidak-utf8.csv", b"\xff", ""),
        ("kutip.csv", b'kode;nama\n"1;Unit\n', ""),
        ("asing.csv", b"satu;dua\n1;2\n", ""),
    ],
)
def test_a_file_that_cannot_be_read_is_one_english_sentence(run, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    for words in (("unit", "import"), ("roster", "import")):
        code, out, err = run(*words, str(tmp_path / name))
        assert (code, out, len(err)) == (1, [], 1)
        assert said in err[0] and not re.search(r"[.] [A-Z]", err[0]), err


def test_every_result_is_an_object_on_the_last_line(run, world, tmp_path):
    with world():
        audit.record("imported", "unit:1")
    code, out, _err = run("audit", "seal", "--json")
    assert (code, json.loads(out[-1])) == (0, {"sealed": 1})
    code, out, _err = run("audit", "verify", "--json")
    assert (code, json.loads(out[-1])["sealed"]) == (0, 1)


def flask(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PORTAL_")}
    return subprocess.run(
        [Path(sys.executable).parent / "flask", *words],
        cwd=config.TOP,
        env=environment | {"PORTAL_INSTANCE": str(folder)} | settings,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("words", "settings", "said"),
    [
        (
            ("audit", "verify"),
            {},
            "The database cannot be used (no such table: audit_seal); `flask db upgrade`",
        ),
        (("tidak-ada",), {}, "No such command 'tidak-ada'; --help says more."),
        (("audit", "verify"), {"PORTAL_ZONE": "x"}, "PORTAL_ZONE is not a setting of the portal."),
        (("db", "upgrade"), {"PORTAL_TIME_ZONE": "x"}, "PORTAL_TIME_ZONE is not a time zone"),
        (("audit", "verify"), {"PORTAL_INSTANCE": "/proc/tidak"}, "The instance folder cannot be used"),
        (
            ("db", "upgrade"),
            {"PORTAL_DATABASE_URL": "postgresql://localhost:1/x"},
            "Error: The database cannot be",
        ),
    ],
)
def test_what_stands_around_it_is_told_in_one_sentence(tmp_path, words, settings, said):
    done = flask(tmp_path / "instance", *words, **settings)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(said)
    assert len(done.stderr.splitlines()) == 1
