"""The chapters that a new plan begins with, after the official order of a Renja."""

from __future__ import annotations

from portal.db import db
from portal.discussion.models import Thread
from portal.drafting.models import Section
from portal.plans.models import Plan


def chapters() -> list[tuple[str, str]]:
    """Number and heading of each section; Indonesian whoever makes the plan, for they are its text."""
    return [
        ("I", "Pendahuluan"),
        ("I.1", "Latar belakang"),
        ("I.2", "Landasan hukum"),
        ("I.3", "Maksud dan tujuan"),
        ("I.4", "Sistematika penulisan"),
        ("II", "Hasil evaluasi Renja tahun lalu"),
        ("II.1", "Evaluasi pelaksanaan Renja dan capaian Renstra"),
        ("II.2", "Analisis kinerja pelayanan"),
        ("II.3", "Isu penting penyelenggaraan tugas dan fungsi"),
        ("II.4", "Telaah terhadap rancangan awal RKPD"),
        ("II.5", "Penelaahan usulan program dan kegiatan masyarakat"),
        ("III", "Tujuan dan sasaran perangkat daerah"),
        ("III.1", "Telaahan terhadap kebijakan nasional"),
        ("III.2", "Tujuan dan sasaran Renja"),
        ("III.3", "Program dan kegiatan"),
        ("IV", "Rencana kerja dan pendanaan"),
        ("V", "Penutup"),
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
