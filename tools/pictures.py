"""Make the pictures of the help pages: the demo as each role sees it on a phone, in light.

.venv/bin/python -m tools.pictures [NAME …] writes static/img/help/NAME.webp, each at most 40 KB. Run it when a page
that is shown has changed; the names stand in portal/front/guides.py. Chromium takes and packs the pictures.
"""

from __future__ import annotations

import base64
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from portal import create_app, demo
from portal.changes.models import Concern, Notice, Reply
from portal.db import db, migrate
from portal.demo import loading, scenario
from portal.drafting.models import Line, Section, Snapshot, Suggestion
from portal.people.models import Person, Unit
from portal.plans.models import Plan
from portal.proposals.models import Answer, Proposal
from portal.voting.models import Envelope, Poll, VoterRoll

FOLDER = Path(__file__).resolve().parent.parent / "static" / "img" / "help"
WIDTH, HEIGHT, SHARP = 400, 500, 2
LARGEST = 40_000
PACK = """async ([png, quality]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: image.width, height: image.height});
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", quality).split(",")[1];
}"""

PICTURES = {
    # name: (who, address, where the picture begins)
    "menunggu-saya": ("berkala", "/menunggu-saya", "main"),
    "rencana": ("berkala", "/rencana/{plan}", "main .stack-wide"),
    "tanggapi": ("berkala", "/bagian/{section}", "#percakapan"),
    "sarankan": ("berkala", "/bagian/{section}/saran", "main"),
    "usulan-baru": ("berkala", "/usulan/baru?rencana={plan}", "main form"),
    "jawaban-resmi": ("berkala", "/usulan/{answered}", "main"),
    "beri-suara": ("{voter}", "/pemungutan-suara/{open}", "main h1"),
    "tanda-paham": ("{reader}", "/pemberitahuan/{notice}", "main form"),
    "bagian-milik-unit": ("penyusun", "/baris/{line}", "main"),
    "sunting": ("perencana", "/baris/{line}/sunting", "main form"),
    "riwayat": ("penyusun", "/bagian/{section}/riwayat", "main"),
    "putuskan-saran": ("perencana", "/saran/{suggestion}", "main"),
    "tandai-siap": ("penyusun", "/rencana/{plan}/kesiapan", "main"),
    "rencana-baru": ("perencana", "/rencana/baru", "main"),
    "baca-tabel": ("perencana", "/rencana/{plan}/impor", "main"),
    "isi-angka": ("perencana", "/rencana/{plan}/lembar", "main .sheet"),
    "keterbukaan": ("perencana", "/rencana/{plan}/keterbukaan", "main form"),
    "tampung-usulan": ("perencana", "/usulan/{accepted}/baris", "main"),
    "siapkan-suara": ("perencana", "/pemungutan-suara/baru", "main"),
    "pemeriksaan": ("perencana", "/rencana/{plan}/pemeriksaan", "main .tabs"),
    "unduh": ("perencana", "/rencana/{plan}/unduh", "main"),
    "edisi-baru": ("perencana", "/rencana/{adopted}/perubahan-renja", "main"),
    "pagu-indikatif": ("verifikator", "/rencana/{plan}/pemeriksaan", "main .tabs"),
    "verifikasi": ("verifikator", "/rencana/{verified}/verifikasi", "#putaran"),
    "penetapan": ("kepala", "/rencana/{plan}/penetapan", "main .tabs"),
    "meja": ("kepala", "/meja", "main"),
    "jawab": ("kepala", "/usulan/{waiting}/jawaban", "main form"),
    "sampaikan": ("kepala", "/perubahan/{initiative}/pemberitahuan/baru", "main"),
    "kekhawatiran": ("kepala", "/kekhawatiran/{concern}/balasan", "main"),
    "hasil": ("kepala", "/pemungutan-suara/{announced}", "main h2"),
    "kode-saksi": ("pustakawan", "/pemungutan-suara/{draft}/saksi", "main"),
    "daftar-pegawai": ("steward", "/pegawai/impor", "main"),
    "penugasan": ("steward", "/pegawai/{person}/penugasan", "main"),
    "kode-aktivasi": ("steward", "/pegawai/{person}", "#jalan-masuk"),
    "pegawai": ("pengawas", "/pegawai", "main"),
    "log-audit": ("pengawas", "/log-audit", "main"),
}


def main() -> None:
    wanted = sys.argv[1:] or list(PICTURES)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(DATABASE_URL=f"sqlite:///{folder}/demo.sqlite", INSTANCE=Path(folder))
        migrate(app)
        demo.load(app)
        with app.app_context():
            ids, password = _ids(), loading.passwords_file().read_text()
            db.session.remove()
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox"]
                )
                for name in wanted:
                    who, path, begin = PICTURES[name]
                    page = _signed_in(browser, app, server.server_port, who.format(**ids), password)
                    answer = page.goto(f"http://127.0.0.1:{server.server_port}{path.format(**ids)}")
                    assert answer and answer.ok, f"{path}: {answer and answer.status}"
                    _take(page, begin, FOLDER / f"{name}.webp")
                    page.context.close()
                browser.close()
        finally:
            server.shutdown()
            thread.join(5)
            server.server_close()


def _one(query: Any) -> Any:
    return db.session.scalars(query.limit(1)).one()


def _ids() -> dict[str, Any]:
    """What the addresses of PICTURES name, found in the demo."""
    plan = _one(
        select(Plan).join(Unit).where(Unit.short_name == "BKPSDM").order_by(Plan.year.desc(), Plan.id)
    )
    notice = _one(select(Notice).order_by(Notice.id))
    unanswered = ~select(Answer.id).where(Answer.proposal_id == Proposal.id).exists()
    polls = {
        "announced": Poll.announced_at.is_not(None),
        "open": Poll.opened_at.is_not(None) & Poll.announced_at.is_(None),
        "draft": Poll.opened_at.is_(None),
    }
    accepted = select(Proposal.id).join(Answer).where(Answer.kind == "accepted", Proposal.plan_id == plan.id)
    return {
        "plan": plan.id,
        "section": _one(select(Section.id).where(Section.plan_id == plan.id, Section.version > 1).order_by(Section.version.desc())),
        "line": _one(select(Line.id).where(Line.plan_id == plan.id, Line.code == "5.03.02.2.02.0003")),
        "suggestion": _one(select(Suggestion.id).where(Suggestion.section_id.is_not(None))),
        "adopted": _one(select(Snapshot.plan_id)),
        "verified": _one(select(Plan.id).join(Unit).where(Unit.short_name == "Bappeda")),
        "answered": _one(select(Answer.proposal_id).where(Answer.kind == "partly")),
        "accepted": _one(accepted),
        "waiting": _one(select(Proposal.id).where(Proposal.plan_id == plan.id, Proposal.submitted_at.is_not(None), unanswered).order_by(Proposal.id)),
        **{name: _one(select(Poll.id).where(condition)) for name, condition in polls.items()},
        "notice": notice.id,
        "initiative": notice.initiative_id,
        "concern": _one(select(Concern.id).where(~select(Reply.id).where(Reply.concern_id == Concern.id).exists())),
        "person": _one(select(Person.id).where(Person.name == "Roda Gigi Contoh")),
        "voter": _key(select(VoterRoll.person_id).join(Poll, Poll.id == VoterRoll.poll_id).where(polls["open"], ~select(Envelope.poll_id).where(Envelope.poll_id == Poll.id, Envelope.person_id == VoterRoll.person_id).exists())),
        "reader": "asesmen",
    }  # fmt: skip


def _key(query: Any) -> str:
    """How the scenario calls this person."""
    person = db.session.get_one(Person, _one(query))
    return next(row[0] for row in scenario.PEOPLE if row[1] == person.name)


def _signed_in(browser: Browser, app: Flask, port: int, who: str, password: str) -> Page:
    number, row = next((n, row) for n, row in enumerate(scenario.PEOPLE, start=1) if row[0] == who)
    context = browser.new_context(
        viewport={"width": WIDTH, "height": 900},
        device_scale_factor=SHARP,
        color_scheme="light",
        locale="id-ID",
        timezone_id=str(app.config["TIME_ZONE"]),
    )
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{port}/masuk")
    page.get_by_label("NIP", exact=True).fill(f"{demo.MARKER}200001{row[7]}{number:03d}")
    page.get_by_label("Kata sandi", exact=True).fill(password)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url("**/menunggu-saya")
    return page


def _take(page: Page, begin: str, file: Path) -> None:
    """The page from the top of this element on, packed until it is small enough."""
    assert page.locator("h1").count() == 1, page.url
    # What sticks to the bottom of the screen would lie over the middle of the page.
    page.evaluate("for (const bar of document.querySelectorAll('.bottom')) bar.style.display = 'none'")
    assert page.locator(begin).count(), f"no {begin} on {page.url}"
    box = page.locator(begin).first.bounding_box()
    assert box is not None, f"{begin} is hidden on {page.url}"
    whole, top = page.evaluate("document.documentElement.scrollHeight"), box["y"]
    clip = {"x": 0, "y": top, "width": WIDTH, "height": min(HEIGHT, whole - top)}
    png = base64.b64encode(page.screenshot(full_page=True, clip=clip)).decode()  # type: ignore[arg-type]
    blank = page.context.new_page()
    for percent in range(85, 20, -5):
        packed = base64.b64decode(blank.evaluate(PACK, [png, percent / 100]))
        if len(packed) <= LARGEST:
            break
    file.write_bytes(packed)
    print(f"{file.name}: {len(packed)} bytes at {percent} %", flush=True)


if __name__ == "__main__":
    main()
