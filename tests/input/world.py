"""A world in which every form of the portal can be sent once and be accepted; for the tests of bad input."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.audit import sha
from portal.db import db
from portal.discussion.models import Hiding, Mention
from portal.drafting import adoption, bundle, importing
from portal.drafting.models import Line, Revision, Snapshot, Verification
from portal.evaluation import intake, spending, targets
from portal.evaluation.intake_routes import FIGURES, SPENDING
from portal.growth import draw
from portal.growth.careers.models import Share
from portal.growth.training import actions as training
from portal.growth.training.models import Attendance, Completion, Enrolment, Meeting
from portal.ledger import Upload
from portal.people import roster
from portal.people.authority import Held, authority_of
from portal.people.codes import code_hash, new_code
from portal.people.models import Activation, Duty, Person, Unit
from portal.plans.models import Plan, SubActivity
from portal.proposals.models import Answer, Support, Withdrawal
from portal.tables import Row, Table
from portal.voting import actions, box
from portal.voting.models import Poll, Witness
from tests import factories as make
from tests.matrix import world as matrix

CODE = "5.03.02.2.02.0009"
"""A code of the nomenclature that no line has yet."""
World = dict[str, Any]


def build(ids: dict[str, int]) -> World:
    """Make it; returns names for addresses and fields: ids, `things` of the matrix as `plan`, `other_plan`, codes."""
    things = matrix.build(ids)
    prefixes = {"own": "", "same": "same_", "other": "other_", "hidden": "hidden_", "missing": "missing_"}
    made: World = {
        prefixes.get(key, f"{key}_") + name.removesuffix("_id"): number
        for name, found in things.items()
        for key, number in found.items()
    }
    made |= {name.replace("unit:", "unit_"): number for name, number in ids.items() if "duty:" not in name}
    made |= {name.replace(":", "_"): number for name, number in ids.items() if "duty:" in name}
    made |= {"missing": matrix.MISSING, "entry": CODE}
    db.session.add(_entry())
    _proposals(made)
    _people(made)
    _polls(made)
    _files(made)
    _verified_plans(made)
    made["share_code"] = db.session.get_one(Share, made["share"]).code
    _trainings(made)
    for kind in ("section", "line"):
        made[f"{kind}_clash"] = _clash(made, kind)
    db.session.flush()
    line = db.session.get_one(Line, made["line"])
    made |= {"line_seen": targets.seen_of(line), "line_code": line.code}
    return made


def _verified_plans(made: World) -> None:
    """Plans of the agency that wait for the verifier, for adoption, and for a change."""
    days = {kind: date(2026, 1, 1 + n) for n, kind in enumerate(make.STARTS)}
    unit, now = made["unit_bkpsdm"], clock.now()
    made["former_line"] = make.line(make.plan(unit, 2022, days)).id
    later = {kind: day.replace(year=2030) for kind, day in days.items() if kind != "preparation"}
    made["begun_plan"] = make.plan(unit, 2023, later).id
    made["verified_plan"] = make.plan(unit, 2024, days).id
    made["passed_plan"] = make.plan(unit, 2025, days).id
    adopted = make.plan(unit, 2026, days)
    made |= {"adopted_section": make.section(adopted).id, "adopted_line": make.line(adopted).id}
    made["adopted_plan"] = adopted.id
    db.session.add(
        Verification(plan_id=made["passed_plan"], number=1, outcome="passed", by_id=made["verifier"], at=now)
    )
    left = make.proposal(adopted, made["staff"], now - timedelta(days=1), title="Usulan yang ditunda")
    db.session.add(
        Answer(
            proposal_id=left.id, round=1, kind="deferred", text="Ditunda.", by_id=made["leader"], at=now,
            condition="Pagu naik.",
        )
    )  # fmt: skip
    made["left_over"] = left.id
    content = adoption.content_of(adopted)
    db.session.add(
        Snapshot(
            plan_id=adopted.id, content=content, sha256=sha(content), decree_number="1/2026",
            decree_on=date(2026, 2, 1), at=now,
        )
    )  # fmt: skip


def _trainings(made: World) -> None:
    """A draft; trainings that are closed, frozen, over, and long over; for each deed one on which it can be done."""
    unit, planner, staff, now = made["unit_bkpsdm"], made["planner"], made["staff"], clock.now()
    made["training_draft"] = make.training(unit, planner, is_draft=True).id
    made["other_draft"] = make.training(made["unit_diskominfo"], made["steward"], is_draft=True).id
    closed = {"opens_on": date(2026, 2, 2), "closes_on": date(2026, 3, 2), "starts_on": date(2026, 3, 9)}
    for name in ("closed", "frozen"):
        one = make.training(unit, planner, seats=1, **closed)
        one.draw.commitment_a, one.draw.commitment_b = (
            draw.sha256("benih pertama"),
            draw.sha256("benih kedua"),
        )
        codes = []
        for who in (staff, made["colleague"]):
            applied = make.enrolment(one, who)
            applied.at = now - timedelta(days=10)
            codes.append(applied.code)
        if name == "frozen":
            one.draw.seed_a, one.draw.frozen_at = "benih pertama", now
            one.draw.list_sha256 = draw.list_sha256(codes)
            for applied in db.session.scalars(select(Enrolment).where(Enrolment.training_id == one.id)):
                applied.points = 0
        made[f"training_{name}"] = one.id
    for name, ended in (("over", date(2026, 3, 3)), ("long_over", date(2025, 11, 3))):
        days = {
            key: ended - timedelta(days=n)
            for key, n in (("opens_on", 40), ("closes_on", 20), ("starts_on", 1))
        }
        one = make.training(unit, planner, ends_on=ended, has_test=True, **days)
        make.drawn(one)
        applied = make.enrolment(one, staff, seat="confirmed")
        held = make.meeting(one, now - timedelta(days=(date(2026, 3, 3) - ended).days, hours=6))
        db.session.add(Attendance(meeting_id=held.id, enrolment_id=applied.id, minutes=330))
        if name == "long_over":
            db.session.add(
                Completion(
                    enrolment_id=applied.id,
                    outcome="completed",
                    training_hours=7,
                    number="1",
                    code="A" * 12,
                    by_id=planner,
                    at=now,
                )
            )
        made |= {f"training_{name}": one.id, f"enrolment_{name}": applied.id}
    db.session.flush()
    made["wall_code"] = training.wall_code(db.session.get_one(Meeting, made["meeting"]))


def _entry() -> SubActivity:
    return SubActivity(
        level="KABKOT",
        code=CODE,
        programme_code="5.03.02",
        programme_name="Program Kepegawaian",
        activity_code="5.03.02.2.02",
        activity_name="Mutasi dan Promosi",
        name="Pengelolaan Mutasi ASN",
        indicator="Jumlah Dokumen Mutasi",
        measure_unit="Dokumen",
    )


def _proposals(made: World) -> None:
    plan, now = db.session.get_one(Plan, made["plan"]), clock.now()
    made["draft"] = make.proposal(plan, made["staff"], title="Draf usulan contoh").id
    supported = make.proposal(plan, made["colleague"], now, title="Usulan yang didukung")
    db.session.add(
        Support(
            proposal_id=supported.id,
            person_id=made["staff"],
            unit_id=made["unit_mutasi"],
            on_revision=1,
            at=now,
        )
    )
    accepted = make.proposal(plan, made["staff"], now - timedelta(days=1), title="Usulan yang diterima")
    db.session.add(
        Answer(
            proposal_id=accepted.id, round=1, kind="accepted", text="Diterima.", by_id=made["leader"], at=now
        )
    )
    withdrawn = make.proposal(plan, made["staff"], now, title="Usulan yang ditarik")
    db.session.add(Withdrawal(proposal_id=withdrawn.id, by_id=made["staff"], at=now))
    made |= {"supported": supported.id, "accepted": accepted.id, "withdrawn": withdrawn.id}
    made["struck"] = make.comment(supported.thread_id, made["staff"], struck_at=now).id
    made["hushed"] = make.comment(supported.thread_id, made["colleague"]).id
    db.session.add(Hiding(comment_id=made["hushed"], by_id=made["planner"], reason="Menyebut orang.", at=now))
    made["remark"] = make.comment(supported.thread_id, made["colleague"]).id
    db.session.add(Mention(comment_id=made["remark"], person_id=made["staff"]))


def _people(made: World) -> None:
    """Someone who has not signed in yet, with a code; a duty that ends later; one that is over."""
    newcomer = make.crowd(made["unit_mutasi"], 1)[0]
    code = new_code()
    now = clock.now()
    db.session.add(
        Activation(
            person_id=newcomer.id,
            code_hash=code_hash(code),
            by_id=made["steward"],
            at=now,
            expires_at=now + timedelta(days=14),
        )
    )
    over = Duty(
        person_id=made["staff"],
        unit_id=made["unit_mutasi"],
        role="editor",
        standing="plh",
        from_on=date(2025, 2, 1),
        until_on=date(2025, 3, 1),
    )
    gone = db.session.get_one(Person, made["left"])
    db.session.add(over)
    db.session.flush()
    made |= {"newcomer": newcomer.nip, "newcomer_id": newcomer.id, "code": code, "past_duty": over.id}
    made |= {"gone": gone.id, "staff_nip": db.session.get_one(Person, made["staff"]).nip}


def _files(made: World) -> None:
    """A roster of one right row, and a plan's table of one new line, both compared already."""
    nip = "199504042020041777"
    people = Table(
        ["NIP", "Nama", "Unit kerja"], [Row(2, (nip, "Nama Baru Contoh", "Bidang Mutasi dan Promosi"))]
    )
    reach = authority_of(made["steward"]).reach("steward")
    digest = roster.compare_people(people, reach, False)[1]
    made["roster"] = _upload(made["steward"], "roster", people, {"digest": digest, "full": False})
    plan = db.session.get_one(Plan, made["plan"])
    lines = Table(
        ["Kode sub kegiatan", "Nama sub kegiatan", "pagu_rkpd"], [Row(2, (CODE, "Mutasi", "1000000"))]
    )
    digest = importing.compare(plan, lines, None).digest()
    basis = {"digest": digest, "plan": plan.id, "ceiling_column": None}
    made["plan_file"] = _upload(made["planner"], "plan", lines, basis)
    agency = db.session.get_one(Unit, made["agency"])
    code = db.session.scalars(select(Line.code).where(Line.id == made["row"])).one()
    rows = [Row(1, ("Kode", "Nama", "TW I K")), Row(2, (code, "Mutasi", "7"))]
    compared = intake.compare(rows, intake.look_around(agency, 2021), cumulative=False)
    basis = {"unit_id": agency.id, "year": 2021, "cumulative": False, "digest": compared.digest()}
    made["figures_file"] = _upload(made["planner"], FIGURES, Table([], rows), basis)
    month = spending.Reading([spending.Entry(code, "5.1", date(2021, 1, 4), date(2021, 1, 5), 1000, 0)])
    basis = {"unit_id": agency.id, "year": 2021, "period": "2021-01"}
    made["spending_file"] = _upload(made["planner"], SPENDING, Table([], []), basis)
    db.session.get_one(Upload, made["spending_file"]).content = month.pack()
    for name in ("bundle", "fetched_bundle"):
        payload = {"by_id": made["planner"], "year": 2027, "form": "csv", "plans": [made["plan"]]}
        job = make.failed_job(bundle.KIND, payload)
        job.key, job.state, job.error = f"plans:{made['planner']}:{name}", "done", None
        made[name] = job.id
    made["zip"] = _upload(made["planner"], bundle.KIND, lines, {"size": len(lines.pack())})
    db.session.get_one(Upload, made["zip"]).sha256 = sha(f"plans:{made['planner']}:bundle")


def _clash(made: World, kind: str) -> int:
    """What the planner typed on an old version."""
    content = {"body": "Naskah lain."} if kind == "section" else {"fields": {"name": "Nama lain"}}
    clash = Revision(
        **{f"{kind}_id": made[kind]},
        **content,
        kind="clash",
        based_on=1,
        by_id=made["planner"],
        sha256="2" * 64,
        at=clock.now(),
    )
    db.session.add(clash)
    db.session.flush()
    return clash.id


def _upload(person_id: int, kind: str, table: Table, basis: dict[str, Any]) -> int:
    made = Upload(
        person_id=person_id,
        kind=kind,
        sha256="1" * 64,
        content=table.pack(),
        basis=basis | {"name": "contoh.csv"},
        at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    return made.id


def _polls(made: World) -> None:
    """One poll in each state; `codes` opens them all."""
    voters = [made["staff"], made["colleague"], made["editor"]]
    voters += [person.id for person in make.crowd(made["unit_mutasi"], 4)]
    watchers = make.crowd(made["unit_aplikasi"], 3)
    made |= dict(zip(("witness", "witness_b", "witness_c"), (person.id for person in watchers), strict=True))
    held = authority_of(made["leader"]).over("leader", made["unit_mutasi"])
    assert held is not None
    codes = {slot: box.new_code() for slot in box.SLOTS[:3]}
    made |= {f"code_{slot}": code for slot, code in codes.items()}
    ended = {"opens_at": clock.now() - timedelta(days=4), "closes_at": clock.now() - timedelta(hours=25)}
    states: list[tuple[str, dict[str, Any], str]] = [
        ("poll_new", {}, ""),
        ("poll_fetched", {}, "key"),
        ("poll_ready", {}, "key tested"),
        ("poll_open", {}, "key tested open"),
        ("poll_closed", ended, "key tested open cast"),
        ("poll_done", ended, "key tested open cast box"),
        ("poll_cancelled", {}, "cancel"),
    ]
    for name, days, deeds in states:
        poll = make.poll(made["unit_mutasi"], made["planner"], **days)
        made[name] = poll.id
        keys = {}
        for slot, person in zip(codes, watchers, strict=True):
            salt = box.new_salt()
            keys[slot] = box.key_of_code(codes[slot], salt, actions.memory())
            witness = Witness(poll_id=poll.id, slot=slot, person_id=person.id, salt=salt)
            if "key" in deeds:
                witness.public_key = bytes(keys[slot].public_key)
            if "tested" in deeds:
                witness.code_tested_at = clock.now()
            db.session.add(witness)
        db.session.flush()
        db.session.expire(poll)
        _bring(poll, deeds, voters, held, keys)


def _bring(poll: Poll, deeds: str, voters: list[int], held: Held, keys: dict[str, Any]) -> None:
    """Bring a poll to its state by the deeds themselves."""
    if "open" in deeds:
        actions.open_poll(poll, voters, held)
    if "cast" in deeds:
        for n, voter in enumerate(voters):
            actions.cast(poll, voter, f"amplop-contoh-nomor-{n}", n % 2)
    if "box" in deeds:
        actions.open_box(poll, keys)
    if "cancel" in deeds:
        actions.cancel(poll, held)


ALSO = {
    "address": (), "enrolment": ("enrolment", "enrolment_over", "enrolment_long_over"), "learning": ("learning",),
    "meeting": ("meeting", "other_meeting"), "training": ("training", "training_draft", "training_frozen", "training_over"),
    "plan": ("plan", "other_plan", "hidden_plan"),
    "section": ("section", "other_section", "hidden_section"),
    "line": ("line", "other_line", "hidden_line"),
    "proposal": ("proposal", "same_proposal", "other_proposal", "hidden_proposal", "draft", "supported", "accepted", "withdrawn", "left_over"),
    "suggestion": ("suggestion", "same_suggestion", "other_suggestion", "hidden_suggestion"),
    "comment": ("comment", "same_comment", "other_comment", "struck", "remark", "hushed"),
    "poll": ("poll", "other_poll", "poll_new", "poll_fetched", "poll_ready", "poll_open", "poll_closed", "poll_done", "poll_cancelled"),
    "upload": ("upload", "other_upload", "roster", "plan_file", "figures_file", "spending_file"),
    "job": ("job", "bundle", "fetched_bundle"),
    "person": ("staff", "neighbour", "planner", "gone", "newcomer_id"),
    "unit": ("unit_regency", "unit_bkpsdm", "unit_mutasi", "unit_aplikasi"),
    "duty": ("duty_leader", "duty_other_leader", "past_duty"),
    "sign_in": ("sign_in", "same_sign_in"),
    "notice": ("notice", "other_notice"),
    "initiative": ("initiative", "other_initiative"),
    "concern": ("concern", "other_concern"),
    "revision": ("section_clash", "line_clash"),
    "agency": ("agency",),
    "row": ("row",),
    "objection": ("objection",),
    "share": ("share", "other_share"),
    "correction": ("correction",),
    "call": ("call", "other_call"),
    "offer": ("offer", "other_offer", "checked_offer", "accepted_offer", "signed_offer"),
    "ref": ("plan", "proposal", "section", "line", "comment", "notice", "concern"),
}  # fmt: skip
"""What an id in an address may be, by the name of the thing."""
WORDS = {
    "kind": ("roster", "unit", "holiday"),
    "writing": ("usulan-baru", "jawaban", "saran-bagian", "percakapan", "balasan", "x"),
    "form": ("csv", "xlsx"),
    "token": ("A" * 24,),
    "key": ("a" * 40,),
    "year": (2021,),
    "what": ("impor", "belanja"),
    "quarter": (1, 3),
    "filename": ("css/main.css", "no.css"),
}
QUERY = (
    "rencana={plan}&kode={entry}&q=usulan&cari=Melati&tahun=2027&dari=1&ke=1&unit={unit_mutasi}&jenis=new&mulai=0"
    "&kotak={poll_done}&pilih=/rencana/{plan}/baris/baru&bidang=5.03&sebelum=99999&setelah=&keadaan=keluar&after=1"
    "&peran=leader&kesenjangan={gap}&perihal=poll&versi=1"
)
"""Every parameter that some page reads."""


def values_of(made: World, argument: str) -> list[Any]:
    """What this part of an address may be, an id of nothing among it."""
    if argument == "role":
        return ["pegawai", "perencana", "planner", "staff", "x"]
    if argument in WORDS:
        return list(WORDS[argument])
    return [made[name] for name in ALSO[argument.removesuffix("_id")]] + [made["missing"]]
