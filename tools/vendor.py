"""Build the icon sprite and the manifest of vendored files.

python3 tools/vendor.py FOLDER: FOLDER holds the unpacked npm packages named in PACKAGES and their tarballs
(NAME-VERSION.tgz). Not needed to run the portal.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
STATIC = TOP / "static"
PACKAGES = {
    "htmx.org": (
        "4.0.1",
        "htmx.org-4.0.1",
        "0BSD",
        ["static/vendor/htmx.min.js", "static/vendor/hx-ptag.js"],
    ),
    "@fontsource-variable/plus-jakarta-sans": (
        "5.3.0",
        "fontsource-variable-plus-jakarta-sans-5.3.0",
        "OFL-1.1",
        ["static/vendor/fonts/plus-jakarta-sans-latin-wght-normal.woff2"],
    ),
    "@fontsource/plus-jakarta-sans": (
        "5.3.0",
        "fontsource-plus-jakarta-sans-5.3.0",
        "OFL-1.1",
        ["portal/fonts/PlusJakartaSans-400.ttf", "portal/fonts/PlusJakartaSans-700.ttf"],
    ),
    "@tabler/icons": ("3.51.0", "tabler-icons-3.51.0", "MIT", ["static/icons.svg"]),
}
ICONS = """
adjustments alert-circle archive arrow-back-up arrow-forward-up arrow-left arrow-merge arrow-right bold building
calendar check checkbox chevron-down chevron-left chevron-right chevron-up circle-check circle-half-2
clipboard-list clock copy bulb device-desktop dots download edit external-link eye eye-off file-spreadsheet file-text
flag help-circle history home id-badge-2 inbox info-circle italic key language link list list-numbers lock logout
mail mail-opened menu-2 message message-circle messages minus moon pencil player-pause plus printer refresh report
scale search settings shield shield-check speakerphone stack-2 sun thumb-up trash upload user user-check users x
""".split()


def sprite(folder: Path) -> str:
    """One <symbol> an icon, from the outline set."""
    symbols = []
    for name in ICONS:
        source = (folder / f"{name}.svg").read_text()
        body = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
        assert body is not None
        inner = re.sub(r"\s*\n\s*", "", body.group(1)).replace(' stroke="none"', "")
        inner = re.sub(r'<path d="M0 0h24v24H0z" fill="none" ?/>', "", inner)
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{inner}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


def main(folder: Path) -> None:
    (STATIC / "icons.svg").write_text(sprite(folder / PACKAGES["@tabler/icons"][1] / "icons" / "outline"))
    manifest = []
    for name, (version, tarball, licence, files) in PACKAGES.items():
        packed = (folder.parent / f"{tarball}.tgz").read_bytes()
        manifest.append(
            {
                "name": name,
                "version": version,
                "licence": licence,
                "sha512": base64.b64encode(hashlib.sha512(packed).digest()).decode(),
                "files": {path: hashlib.sha256((TOP / path).read_bytes()).hexdigest() for path in files},
            }
        )
    (STATIC / "vendor" / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
