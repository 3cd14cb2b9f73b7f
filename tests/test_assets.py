"""What is vendored is what the manifest says, with its licence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
MANIFEST = json.loads((TOP / "static/vendor/manifest.json").read_text())
pytestmark = pytest.mark.rules


@pytest.mark.parametrize("package", MANIFEST, ids=lambda package: package["name"])
def test_files_are_those_of_the_manifest(package):
    for path, digest in package["files"].items():
        assert hashlib.sha256((TOP / path).read_bytes()).hexdigest() == digest, path
    assert package["version"] and package["licence"] and package["sha512"]


def test_every_vendored_file_is_listed():
    listed = {path for package in MANIFEST for path in package["files"]}
    there = {
        str(path.relative_to(TOP))
        for path in (TOP / "static/vendor").rglob("*")
        if path.is_file() and path.suffix in (".js", ".css", ".woff2")
    }
    assert there <= listed


def test_every_icon_in_use_is_in_the_sprite():
    import re

    sprite = (TOP / "static/icons.svg").read_text()
    for template in (TOP / "templates").rglob("*.html"):
        for name in re.findall(r'(?:icon\(|icon=)"([a-z0-9-]+)"', template.read_text()):
            assert f'id="i-{name}"' in sprite, f"{template.name} uses {name}"
