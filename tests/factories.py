"""Plain functions that make a thing with few arguments; they flush, the fixture `world` commits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from portal import audit, clock
from portal.changes.models import Audience, Concern, Initiative, Notice, NoticeRevision
from portal.db import db
from portal.discussion.models import Comment, Thread
from portal.drafting import adoption, revisions
from portal.drafting.models import Line, Revision, Section, Snapshot, Suggestion
from portal.evaluation.models import Evaluation, Evidence, Filing, Objection, Realisation, Verdict
from portal.growth.careers.models import CorrectionRequest, Share
from portal.growth.partners.models import (
    Agreement,
    Call,
    Gap,
    InterestStatement,
    Offer,
    OfferCheck,
    OfferRuling,
    Partner,
)
from portal.growth.training.models import (
    Draw,
    Enrolment,
    Learning,
    Meeting,
    Need,
    QueuePlace,
    Quota,
    SeatOffer,
    Training,
)
from portal.ledger import Job, Upload
from portal.people.models import Person, SignIn, Unit
from portal.plans.models import Plan, Stage
from portal.proposals.models import Proposal, ProposalRevision
from portal.tables import Row, Table
from portal.voting.models import Option, Poll

STARTS = {
    "preparation": date(2026, 1, 5),
    "initial_draft": date(2026, 1, 26),
    "forum": date(2026, 2, 16),
    "draft": date(2026, 3, 18),
    "verification": date(2026, 4, 13),
    "final_draft": date(2026, 6, 1),
}
"""With the tests' clock (3 March 2026) a plan made here stands in `forum`."""


def _add(thing: Any) -> Any:
    db.session.add(thing)
    db.session.flush()
    return thing


def thread() -> Thread:
    return _add(Thread())


def plan(unit_id: int, year: int = 2027, starts: dict[str, date] | None = None, **columns: Any) -> Plan:
    made = _add(Plan(unit_id=unit_id, year=year, **columns))
    for kind, starts_on in (STARTS | (starts or {})).items():
        _add(Stage(plan_id=made.id, kind=kind, starts_on=starts_on))
    return made


def section(of: Plan, unit_id: int | None = None, body: str = "Teks bagian.", **columns: Any) -> Section:
    position = (
        db.session.scalar(select(func.max(Section.position)).where(Section.plan_id == of.id)) or 0
    ) + 1
    values = {"number": f"I.{position}", "heading": "Latar belakang", "openness": "consult"} | columns
    made = _add(
        Section(
            plan_id=of.id, unit_id=unit_id or of.unit_id, position=position, thread_id=thread().id, **values
        )
    )
    made.version, made.body = 1, body
    _add(
        Revision(
            section_id=made.id,
            number=1,
            kind="save",
            body=body,
            sha256=revisions.sha256_of(body),
            at=clock.now(),
        )
    )
    return made


def line(of: Plan, code: str = "5.03.02.2.02.0003", unit_id: int | None = None, **columns: Any) -> Line:
    position = (db.session.scalar(select(func.max(Line.position)).where(Line.plan_id == of.id)) or 0) + 1
    values: dict[str, Any] = {
        "name": "Pengelolaan Promosi ASN",
        "indicator": "Jumlah Dokumen Hasil Pengelolaan Promosi ASN",
        "measure_unit": "Dokumen",
        "target": 2,
        "ceiling": 310_000_000,
        "openness": "consult",
        "version": 1,
    } | columns
    made = _add(
        Line(
            plan_id=of.id,
            unit_id=unit_id or of.unit_id,
            thread_id=thread().id,
            code=code,
            position=position,
            **values,
        )
    )
    db.session.refresh(made)  # decimals as the database gives them
    fields = revisions.line_fields(made)
    sha256 = revisions.sha256_of(fields)
    _add(Revision(line_id=made.id, number=1, kind="save", fields=fields, sha256=sha256, at=clock.now()))
    return made


def proposal(
    to: Plan, by_id: int, submitted_at: datetime | None = None, title: str = "Usulan contoh", **columns: Any
) -> Proposal:
    number = (db.session.scalar(select(func.max(Proposal.number)).where(Proposal.plan_id == to.id)) or 0) + 1
    person = db.session.get_one(Person, by_id)
    if submitted_at is not None:
        columns.setdefault("answer_due_on", clock.day_of(submitted_at) + timedelta(days=14))
    made = _add(
        Proposal(
            plan_id=to.id,
            number=number,
            by_id=by_id,
            unit_id=person.unit_id,
            thread_id=thread().id,
            submitted_at=submitted_at,
            **columns,
        )
    )
    _add(
        ProposalRevision(
            proposal_id=made.id,
            number=1,
            title=title,
            problem="Berkas yang sama diminta berulang.",
            idea="Satu tempat unggah yang dipakai bersama.",
            benefit="Antrean loket berkurang.",
            cost=15_000_000,
            at=submitted_at or clock.now(),
        )
    )
    return made


def comment(on_thread: int, by_id: int, body: str = "Tanggapan contoh.", **columns: Any) -> Comment:
    person = db.session.get_one(Person, by_id)
    return _add(
        Comment(
            thread_id=on_thread, by_id=by_id, unit_id=person.unit_id, body=body, at=clock.now(), **columns
        )
    )


def crowd(unit_id: int, count: int) -> list[Person]:
    """So many further employees of a unit, with invented names."""
    first = db.session.scalar(select(func.count(Person.id))) or 0
    return [
        _add(
            Person(
                nip=f"19850101201001{1 + n % 2}{first + n + 200:03d}",
                name=f"Pegawai Contoh {first + n + 1}",
                unit_id=unit_id,
                status="PNS",
            )
        )
        for n in range(count)
    ]


def unit(parent_id: int, name: str, kind: str = "division", code: str | None = None) -> Unit:
    return _add(Unit(parent_id=parent_id, kind=kind, code=code, name=name, from_on=date(2020, 1, 1)))


def notice(unit_id: int, by_id: int, title: str = "Loket kepegawaian disatukan", **columns: Any) -> Notice:
    """A published notice to a unit and below, under an initiative of its own."""
    now = clock.now()
    initiative = _add(Initiative(unit_id=unit_id, title=title, by_id=by_id, at=now))
    made = _add(
        Notice(
            initiative_id=initiative.id,
            thread_id=thread().id,
            title=title,
            **({"due_on": date(2026, 3, 10)} | columns),
        )
    )
    _add(Audience(notice_id=made.id, unit_id=unit_id))
    _add(
        NoticeRevision(
            notice_id=made.id,
            number=1,
            what="Dua loket menjadi satu.",
            why="Pegawai mengantre dua kali.",
            benefit="Satu antrean.",
            when="Mulai 1 April 2026.",
            still_open="Jam buka loket.",
            by_id=by_id,
            at=now,
        )
    )
    return made


def concern(on: Notice, by_id: int, body: str = "Siapa yang berjaga di loket?", **columns: Any) -> Concern:
    person = db.session.get_one(Person, by_id)
    return _add(
        Concern(
            notice_id=on.id,
            by_id=by_id,
            unit_id=person.unit_id,
            body=body,
            answer_due_on=date(2026, 3, 10),
            at=clock.now(),
            **columns,
        )
    )


def sign_in(person_id: int) -> SignIn:
    """A session of this person on some device; nobody holds its cookie."""
    count = db.session.scalar(select(func.count(SignIn.id))) or 0
    now = clock.now()
    return _add(
        SignIn(
            key_hash=f"{count:064d}",
            person_id=person_id,
            device="factory",
            at=now,
            confirmed_at=now,
            seen_at=now,
        )
    )


def upload(person_id: int) -> Upload:
    """A roster of one wrong row that waits for its preview."""
    table = Table(["NIP", "Nama", "Unit kerja"], [Row(2, ("1", "Nama Contoh", "Unit"))])
    basis = {"digest": "", "full": False, "name": "pegawai.csv"}
    return _add(
        Upload(
            person_id=person_id,
            kind="roster",
            sha256="0" * 64,
            content=table.pack(),
            basis=basis,
            at=clock.now(),
        )
    )


def failed_job(kind: str = "scrub", payload: dict[str, Any] | None = None) -> Job:
    """A job that failed three times."""
    number = db.session.scalar(select(func.count(Job.id))) or 0
    return _add(
        Job(
            key=f"contoh:{number}",
            kind=kind,
            payload=payload or {},
            state="failed",
            error="TimeoutError",
            due_at=clock.now(),
            attempts=3,
        )
    )


def poll(
    unit_id: int, by_id: int, question: str = "Apakah loket dibuka pada hari Sabtu?", **columns: Any
) -> Poll:
    """A poll that is being prepared, without witnesses."""
    values = {
        "opens_at": clock.now() - timedelta(hours=1),
        "closes_at": clock.now() + timedelta(days=2),
        "k": 2,
        "n": 3,
    } | columns
    made = _add(Poll(unit_id=unit_id, thread_id=thread().id, by_id=by_id, question=question, **values))
    for position, text in enumerate(("Setuju", "Tidak setuju", "Abstain")):
        _add(Option(poll_id=made.id, position=position, text=text))
    return made


def suggestion(of: Section, by_id: int, body: str = "Teks bagian lain.", **columns: Any) -> Suggestion:
    """Somebody's other wording for a section, waiting."""
    return _add(
        Suggestion(
            section_id=of.id,
            thread_id=thread().id,
            based_on=of.version,
            body=body,
            reason="Lebih jelas.",
            by_id=by_id,
            unit_id=of.unit_id,
            at=clock.now(),
            **columns,
        )
    )


def snapshot(of: Plan, at: datetime | None = None) -> Snapshot:
    """The plan as adopted."""
    content = adoption.content_of(of)
    return _add(
        Snapshot(
            plan_id=of.id, content=content, sha256=revisions.sha256_of(content), decree_number="1/2026",
            decree_on=date(2026, 2, 1), at=at or clock.now(),
        )
    )  # fmt: skip


def evaluation(of: Snapshot, quarter: int, by_id: int) -> Evaluation:
    """A quarter in which every line of the plan has its figure and its evidence."""
    plan = db.session.get_one(Plan, of.plan_id)
    made = _add(Evaluation(unit_id=plan.unit_id, year=plan.year, quarter=quarter, snapshot_id=of.id))
    for one in db.session.scalars(select(Line).where(Line.plan_id == plan.id)):
        proof(
            _add(
                Realisation(
                    evaluation_id=made.id, unit_id=one.unit_id, code=one.code, number=1, line_id=one.id,
                    status="measured", value=1, rupiah=1_000_000, by_id=by_id, at=clock.now(),
                )
            )
        )  # fmt: skip
    return made


def proof(of: Realisation) -> Evidence:
    """A piece of evidence of a figure."""
    return _add(
        Evidence(
            realisation_id=of.id,
            kind="document",
            title="Laporan contoh",
            reference="1/2026",
            kept_by="Sekretariat",
        )
    )


def filing(
    of: Evaluation, by_id: int, duty_id: int, outcome: str | None = None, judge_id: int | None = None
) -> Filing:
    """Handed in, and judged where an outcome is given."""
    now = clock.now()
    made = _add(
        Filing(
            evaluation_id=of.id, number=1, driving="Aplikasi dipakai.", hindering="Pagu dialihkan.", content={},
            sha256="0" * 64, by_id=by_id, duty_id=duty_id, at=now,
        )
    )  # fmt: skip
    if outcome:
        _add(Verdict(filing_id=made.id, outcome=outcome, by_id=judge_id, duty_id=duty_id, at=now))
    return made


def share(person_id: int, **columns: Any) -> Share:
    """A shared copy of an empty record."""
    number = db.session.scalar(select(func.count(Share.id))) or 0
    content = {
        "regency": "Kabupaten Contoh", "name": "Nama Contoh", "unit": "Unit Contoh", "made_on": "2026-03-03",
        "until_on": "2026-03-31", "sections": [],
    }  # fmt: skip
    values = {"until_on": date(2026, 3, 31), "code": f"{number:012d}"} | columns
    return _add(
        Share(
            person_id=person_id, sections=["thanks"], content=content, sha256=audit.sha(content), at=clock.now(),
            **values,
        )
    )  # fmt: skip


def correction(person_id: int) -> CorrectionRequest:
    """A request that waits for the steward."""
    return _add(
        CorrectionRequest(
            person_id=person_id, place="thanks", text="Unit saya keliru.", due_on=date(2026, 3, 17), at=clock.now()
        )
    )  # fmt: skip


def objection(to: Evaluation, by_id: int, answerer_id: int, **columns: Any) -> Objection:
    person = db.session.get_one(Person, by_id)
    values = {"text": "Angkanya lain dari laporan.", "due_on": clock.today() + timedelta(days=14)} | columns
    return _add(
        Objection(
            place=f"evaluation:{to.id}", by_id=by_id, unit_id=person.unit_id, answerer_id=answerer_id,
            at=clock.now(), **values,
        )
    )  # fmt: skip


def training(unit_id: int, by_id: int, *, is_draft: bool = False, **columns: Any) -> Training:
    """A training of two seats that is open to everybody until 20 March 2026 and held from 6 to 8 April."""
    now = clock.now()
    values: dict[str, Any] = {
        "title": "Pengelolaan arsip dinamis", "topic": "Kearsipan", "form": "B3", "mode": "onsite", "seats": 2,
        "opens_on": date(2026, 3, 3), "closes_on": date(2026, 3, 20), "starts_on": date(2026, 4, 6),
        "ends_on": date(2026, 4, 8), "place": "Aula contoh", "text": "Menata berkas aktif.", "min_attendance": 80,
        "asks_endorsement": False, "has_test": False,
    } | columns  # fmt: skip
    made = _add(Training(unit_id=unit_id, by_id=by_id, at=now, **values))
    made.quotas.append(Quota(position=0, most=made.seats))
    if not is_draft:
        made.draw = Draw(training_id=made.id, commitment_a="0" * 64, by_id=by_id, published_at=now)
    db.session.flush()
    return made


def enrolment(
    of: Training, person_id: int, *, seat: str | None = None, place: int | None = None
) -> Enrolment:
    """An application; with a seat (`seat` held without a word, `confirmed`), and with a place in the order."""
    person = db.session.get_one(Person, person_id)
    made = _add(
        Enrolment(
            training_id=of.id, person_id=person_id, code=f"P-{person_id:06d}", unit_id=person.unit_id, at=clock.now()
        )
    )  # fmt: skip
    if place is not None:
        _add(QueuePlace(enrolment_id=made.id, training_id=of.id, points=0, place=place))
    if seat is not None:
        answer = "accepted" if seat == "confirmed" else None
        _add(SeatOffer(enrolment_id=made.id, number=1, at=clock.now(), answer=answer))
    return made


def drawn(of: Training) -> None:
    """The seats of this training have been given."""
    assert of.draw is not None
    of.draw.list_sha256, of.draw.frozen_at, of.draw.at = "0" * 64, clock.now(), clock.now()
    db.session.flush()


def meeting(of: Training, starts_at: datetime, minutes: int = 330) -> Meeting:
    return _add(
        Meeting(
            training_id=of.id, starts_at=starts_at, minutes=minutes, place="Aula contoh", code_seed="0" * 64
        )
    )


def learning(person_id: int, number: str = "12/2026", **columns: Any) -> Learning:
    """Learning elsewhere that waits for the steward."""
    values: dict[str, Any] = {
        "title": "Kelas daring contoh", "form": "C3", "issuer": "Lembaga Umpama", "starts_on": date(2026, 2, 2),
        "ends_on": date(2026, 2, 2), "hours": 5, "kept_at": "Map contoh",
    } | columns  # fmt: skip
    return _add(Learning(person_id=person_id, number=number, at=clock.now(), **values))


def need(unit_id: int, by_id: int, topic: str = "Kearsipan", people: int = 4) -> Need:
    return _add(
        Need(
            unit_id=unit_id, topic=topic, source="request", people=people, text="Berkas menumpuk.", by_id=by_id,
            at=clock.now(),
        )
    )  # fmt: skip


def gap(unit_id: int, by_id: int, duty_id: int, place: str = "line:1", **columns: Any) -> Gap:
    """Forty laptops that a line lacks."""
    values = {
        "kind": "equipment", "text": "Laptop untuk pelatihan", "quantity": 40, "measure_unit": "unit",
    } | columns  # fmt: skip
    return _add(Gap(unit_id=unit_id, place=place, by_id=by_id, duty_id=duty_id, at=clock.now(), **values))


def call(gaps: list[Gap], opens_on: date, closes_on: date) -> Call:
    """A public call of the unit of the first gap."""
    first = gaps[0]
    number = db.session.scalar(select(func.count(Call.id)).where(Call.unit_id == first.unit_id)) or 0
    return _add(
        Call(
            unit_id=first.unit_id, number=number + 1, gaps=gaps, opens_on=opens_on, closes_on=closes_on,
            text="Kami mengundang mitra.", contact="Sekretariat, Jalan Contoh 1", by_id=first.by_id,
            duty_id=first.duty_id, at=clock.now(),
        )
    )  # fmt: skip


def offer(to: Gap, by_id: int, **columns: Any) -> Offer:
    """An offer that was entered from a letter."""
    number = (db.session.scalar(select(func.count(Partner.id))) or 0) + 1
    partner = _add(Partner(name=f"PT Contoh Mitra {number}", kind="business", registration=str(number)))
    values = {"what": "40 laptop bekas", "quantity": 40, "value": 200_000_000} | columns
    return _add(
        Offer(
            partner_id=partner.id, gap_id=to.id, conditions="", letter_number=f"{number}/2026",
            letter_on=date(2026, 2, 1), by_id=by_id, at=clock.now(), **values,
        )
    )  # fmt: skip


def checked(of: Offer, by_id: int, *no_interest: int, problems: tuple[int, ...] = ()) -> Offer:
    """All nine questions are answered, and these people stated that they have no interest."""
    for item in range(1, 10):
        result = "problem" if item in problems else "fits"
        _add(
            OfferCheck(
                offer_id=of.id, item=item, result=result, text="Menurut surat.", by_id=by_id, at=clock.now()
            )
        )
    return stated(of, by_id, *no_interest)


def stated(of: Offer, *people: int) -> Offer:
    """These people stated that they have no interest."""
    for person_id in people:
        _add(
            InterestStatement(
                offer_id=of.id, person_id=person_id, has_interest=False, text="", at=clock.now()
            )
        )
    return of


def ruled(of: Offer, by_id: int, duty_id: int, outcome: str = "accepted") -> Offer:
    _add(
        OfferRuling(
            offer_id=of.id, outcome=outcome, ground="Sesuai kebutuhan.", by_id=by_id, duty_id=duty_id, at=clock.now()
        )
    )  # fmt: skip
    return of


def agreed(of: Offer, by_id: int, until_on: date = date(2026, 12, 31)) -> Agreement:
    return _add(
        Agreement(
            offer_id=of.id, kind="agreement", number="10/PKS/2026", signed_on=date(2026, 2, 20),
            from_on=date(2026, 2, 20), until_on=until_on, duties_theirs="Menyerahkan laptop.",
            duties_ours="Menyediakan ruang.", by_id=by_id, at=clock.now(),
        )
    )  # fmt: skip
