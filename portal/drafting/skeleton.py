"""The chapters that a new plan begins with, after the official order of a Renja."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.db import db
from portal.discussion.models import Thread
from portal.drafting.models import Section
from portal.plans.models import Plan


def chapters() -> list[tuple[str, str]]:
    """Number and heading of each section."""
    return [
        ("I", _("Pendahuluan")),
        ("I.1", _("Latar belakang")),
        ("I.2", _("Landasan hukum")),
        ("I.3", _("Maksud dan tujuan")),
        ("I.4", _("Sistematika penulisan")),
        ("II", _("Hasil evaluasi Renja tahun lalu")),
        ("II.1", _("Evaluasi pelaksanaan Renja dan capaian Renstra")),
        ("II.2", _("Analisis kinerja pelayanan")),
        ("II.3", _("Isu penting penyelenggaraan tugas dan fungsi")),
        ("II.4", _("Telaah terhadap rancangan awal RKPD")),
        ("II.5", _("Penelaahan usulan program dan kegiatan masyarakat")),
        ("III", _("Tujuan dan sasaran perangkat daerah")),
        ("III.1", _("Telaahan terhadap kebijakan nasional")),
        ("III.2", _("Tujuan dan sasaran Renja")),
        ("III.3", _("Program dan kegiatan")),
        ("IV", _("Rencana kerja dan pendanaan")),
        ("V", _("Penutup")),
    ]


def make_sections(plan: Plan) -> None:
    """Give a new plan its chapters, empty, owned by the agency."""
    for position, (number, heading) in enumerate(chapters(), start=1):
        thread = Thread()
        db.session.add(thread)
        db.session.flush()
        db.session.add(
            Section(
                plan_id=plan.id,
                position=position,
                number=number,
                heading=heading,
                unit_id=plan.unit_id,
                thread_id=thread.id,
                openness="consult",
                version=0,
                body="",
            )
        )
    db.session.flush()
