"""Bring the catalogues up to the strings of the code, and compile them: .venv/bin/python tools/translate.py [FILE…]

Each FILE is a JSON object of translations to take over: {"Indonesian": "English"}, of a plural
{"Indonesian": ["one", "many"]}.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po, write_po

TOP = Path(__file__).resolve().parent.parent
CATALOGUE = TOP / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PYBABEL = str(Path(sys.executable).parent / "pybabel")


def run(*arguments: str) -> None:
    subprocess.run([PYBABEL, "-q", *arguments], cwd=TOP, check=True)


def main(files: list[str]) -> None:
    pot = str(Path(tempfile.mkdtemp()) / "messages.pot")
    run("extract", "-F", "babel.cfg", "-k", "_l", "--omit-header", "--no-location", "-o", pot, ".")
    if not CATALOGUE.exists():
        run("init", "-l", "en", "-i", pot, "-d", "translations")
    run(
        "update", "-l", "en", "-i", pot, "-d", "translations", "--ignore-pot-creation-date",
        "--ignore-obsolete", "--no-fuzzy-matching",
    )  # fmt: skip
    words: dict[str, str | list[str]] = {}
    for name in files:
        words |= json.loads(Path(name).read_text())
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    for message in catalogue:
        key = message.id if isinstance(message.id, str) else message.id[0] if message.id else ""
        if key in words and key:
            said = words[key]
            many = said if isinstance(said, list) else [said, said]
            message.string = tuple(many) if message.pluralizable else many[0]
    catalogue.header_comment = "# English translations of Rembuk."
    catalogue.project, catalogue.version = "Rembuk", "0.1.0"
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, ignore_obsolete=True)
    run("compile", "--use-fuzzy", "-d", "translations")
    missing = [
        m.id for m in catalogue if m.id and not (m.string if isinstance(m.string, str) else m.string[0])
    ]
    print(f"{len(catalogue)} strings, {len(missing)} without English")


if __name__ == "__main__":
    main(sys.argv[1:])
