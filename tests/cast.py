"""The fixed cast: who appears in every test. All names are obviously invented.

| name | home unit | duty |
|---|---|---|
| staff, colleague | Bidang Mutasi dan Promosi (of BKPSDM) | none |
| neighbour | Bidang Aplikasi Informatika (of Diskominfo) | none |
| editor | Bidang Mutasi dan Promosi | editor of that division |
| planner | Sekretariat BKPSDM | planner of BKPSDM |
| leader | Sekretariat BKPSDM | leader of BKPSDM (Plt.) |
| other_leader | Diskominfo | leader of Diskominfo |
| secretary | the regency | leader of the regency |
| verifier | Bappeda | verifier of the regency |
| steward | Sekretariat BKPSDM | steward of the regency |
| auditor | Inspektorat | auditor of the regency |
| left | Bidang Mutasi dan Promosi | left the service on 1 February 2026 |
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from portal.db import db
from portal.people.models import Duty, Person, Unit

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
"""Selasa, 3 Maret 2026 pukul 09.00 WIB: the instant at which every test begins."""

PASSWORD = "kopi pagi di sawah hijau"

UNITS = {
    "bkpsdm": (
        "agency",
        "5.03.0.00.0.00.01.0000",
        "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia",
        None,
    ),
    "sekretariat": ("division", "5.03.0.00.0.00.01.0001", "Sekretariat", "bkpsdm"),
    "mutasi": ("division", "5.03.0.00.0.00.01.0002", "Bidang Mutasi dan Promosi", "bkpsdm"),
    "diskominfo": ("agency", "2.16.0.00.0.00.01.0000", "Dinas Komunikasi dan Informatika", None),
    "aplikasi": ("division", "2.16.0.00.0.00.01.0001", "Bidang Aplikasi Informatika", "diskominfo"),
    "bappeda": ("agency", "5.01.0.00.0.00.01.0000", "Badan Perencanaan Pembangunan Daerah", None),
    "inspektorat": ("agency", "6.01.0.00.0.00.01.0000", "Inspektorat", None),
}

PEOPLE = {
    "staff": ("Sungai Jernih Contoh", "mutasi", "199001012015012101"),
    "colleague": ("Layar Biru Umpama", "mutasi", "199102022016021102"),
    "neighbour": ("Titik Koma Misal", "aplikasi", "199203032017032103"),
    "editor": ("Melati Angin Rekaan", "mutasi", "198804042012042104"),
    "planner": ("Jendela Langit Contoh", "sekretariat", "198205052006051105"),
    "leader": ("Bintang Purnama Rekaan", "sekretariat", "197006061996062106"),
    "other_leader": ("Menara Sinyal Umpama", "diskominfo", "197207071998071107"),
    "secretary": ("Gunung Sejuk Fiktif", "regency", "196808081994081108"),
    "verifier": ("Mentari Sore Misal", "bappeda", "197709092002092109"),
    "steward": ("Pelita Hening Fiktif", "sekretariat", "198410102009102110"),
    "auditor": ("Neraca Lurus Contoh", "inspektorat", "197211111998112111"),
    "left": ("Kabut Tipis Umpama", "mutasi", "197912122005121112"),
}

DUTIES = {
    "editor": ("editor", "mutasi", "definitif"),
    "planner": ("planner", "bkpsdm", "definitif"),
    "leader": ("leader", "bkpsdm", "plt"),
    "other_leader": ("leader", "diskominfo", "definitif"),
    "secretary": ("leader", "regency", "definitif"),
    "verifier": ("verifier", "regency", "definitif"),
    "steward": ("steward", "regency", "definitif"),
    "auditor": ("auditor", "regency", "definitif"),
}


def load() -> dict[str, int]:
    """Write the cast into an empty, migrated database; returns ids as `unit:mutasi`, `staff`, `duty:leader`."""
    ids: dict[str, int] = {"unit:regency": db.session.query(Unit.id).filter_by(kind="regency").scalar()}
    for key, (kind, code, name, parent) in UNITS.items():
        unit = Unit(
            parent_id=ids[f"unit:{parent or 'regency'}"],
            kind=kind,
            code=code,
            name=name,
            from_on=date(2020, 1, 1),
        )
        db.session.add(unit)
        db.session.flush()
        ids[f"unit:{key}"] = unit.id
    for key, (name, unit, nip) in PEOPLE.items():
        person = Person(
            nip=nip,
            name=name,
            titles="S.Sos.",
            status="PNS",
            rank="III/c",
            post="Analis Kebijakan",
            unit_id=ids[f"unit:{unit}"],
            left_on=date(2026, 2, 1) if key == "left" else None,
        )
        db.session.add(person)
        db.session.flush()
        ids[key] = person.id
    for key, (role, unit, standing) in DUTIES.items():
        duty = Duty(
            person_id=ids[key],
            unit_id=ids[f"unit:{unit}"],
            role=role,
            standing=standing,
            from_on=date(2025, 1, 1),
            document=None,
        )
        db.session.add(duty)
        db.session.flush()
        ids[f"duty:{key}"] = duty.id
    db.session.commit()
    return ids
