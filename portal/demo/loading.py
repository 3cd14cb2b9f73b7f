"""Write the demo into an empty database, by the packages' own deeds wherever there are some."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import select, update

from portal import audit, clock
from portal.changes import actions as changes
from portal.changes.models import Acknowledgement, Concern, Notice
from portal.db import db, writing
from portal.demo import MARKER, scenario
from portal.discussion import actions as discussion
from portal.drafting import revisions, skeleton
from portal.drafting.models import Line, Origin, Section
from portal.people.authority import Authority, authority_of, forget_tree
from portal.people.models import Duty, Person, Unit
from portal.people.passwords import hash_password
from portal.plans import actions as plan_deeds
from portal.plans import queries as plan_queries
from portal.plans.models import Plan, SubActivity
from portal.proposals import actions as proposals
from portal.proposals.models import Proposal, ProposalRevision
from portal.voting import actions as voting
from portal.voting import box


@dataclass
class Actor:
    """A demo person as the packages' deeds take who does them."""

    person: Person
    authority: Authority

    @property
    def id(self) -> int:
        return self.person.id

    @property
    def unit_id(self) -> int:
        return self.person.unit_id


def passwords_file() -> Path:
    return Path(current_app.config["INSTANCE"]) / "demo-password.txt"


def _password() -> str:
    """Three invented words, made anew for each demo and kept in the instance folder."""
    words = ["".join(secrets.choice(box.SYLLABLES) for _ in range(3)) for _ in range(3)]
    text = " ".join(words)
    path = passwords_file()
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    return text


class Demo:
    """The loading of one demo: what was made so far, by its key in the scenario."""

    def __init__(self) -> None:
        self.today = clock.today()
        self.units: dict[tuple[str, int], Unit] = {}
        self.people: dict[str, Person] = {}

    def load(self) -> None:
        self._units()
        self._people(hash_password(_password()))
        self._nomenclature()
        plan = self._plan()
        self._other_plans()
        self._proposals(plan)
        self._talk(plan)
        self._notice()
        self._polls(plan)
        audit.record("loaded the demo", "unit:1")

    def actor(self, key: str) -> Actor:
        person = self.people[key]
        return Actor(person, authority_of(person.id))

    def _units(self) -> None:
        regency = db.session.scalars(select(Unit).where(Unit.kind == "regency")).one()
        self.units["", 0] = regency
        since = date(self.today.year - 3, 1, 1)
        for key, (code, name, divisions) in scenario.AGENCIES.items():
            agency = Unit(parent_id=regency.id, kind="agency", code=code, name=name, from_on=since)
            db.session.add(agency)
            db.session.flush()
            self.units[key, 0] = agency
            for number, division in enumerate(divisions, start=1):
                unit = Unit(
                    parent_id=agency.id,
                    kind="division",
                    code=f"{code[:-4]}{number:04d}",
                    name=division,
                    from_on=since,
                )
                db.session.add(unit)
                self.units[key, number] = unit
        db.session.flush()
        forget_tree()

    def _people(self, hashed: str) -> None:
        for number, row in enumerate(scenario.PEOPLE, start=1):
            key, name, titles, agency, division, post, status, rank, sex = row
            person = Person(
                nip=f"{MARKER}200001{sex}{number:03d}",
                name=name,
                titles=titles,
                status=status,
                rank=rank,
                post=post,
                unit_id=self.units[agency, division].id,
                password_hash=hashed,
            )
            db.session.add(person)
            self.people[key] = person
        db.session.flush()
        for key, role, agency, division, standing in scenario.DUTIES:
            until = self.today + timedelta(days=60) if standing == "plt" else None
            db.session.add(
                Duty(
                    person_id=self.people[key].id,
                    unit_id=self.units[agency, division].id,
                    role=role,
                    standing=standing,
                    from_on=self.today - timedelta(days=200),
                    until_on=until,
                )
            )
        db.session.flush()

    def _nomenclature(self) -> None:
        for code, name, indicator, measure_unit, *_rest in scenario.SUB_ACTIVITIES:
            activity = ".".join(code.split(".")[:5])
            programme = ".".join(code.split(".")[:3])
            db.session.add(
                SubActivity(
                    level="KABKOT",
                    code=code,
                    programme_code=programme,
                    programme_name=scenario.PROGRAMMES[programme].capitalize(),
                    activity_code=activity,
                    activity_name=scenario.ACTIVITIES[activity],
                    name=name,
                    indicator=indicator,
                    measure_unit=measure_unit,
                )
            )
        db.session.flush()

    def _starts(self, stage: int) -> dict[str, date]:
        """Stages such that today lies in the one with this number (0: preparation)."""
        kinds = ("preparation", "initial_draft", "forum", "draft", "verification", "final_draft")
        return {kind: self.today + timedelta(days=21 * (n - stage) - 9) for n, kind in enumerate(kinds)}

    def _plan(self) -> Plan:
        planner = self.actor("planner")
        agency = self.units["bkpsdm", 0]
        duty = planner.authority.over("planner", agency.id)
        plan = plan_deeds.create(agency.id, self.today.year + 1, self._starts(2), duty)
        plan.ceiling = 1_950_000_000
        skeleton.make_sections(plan)
        for section in db.session.scalars(select(Section).where(Section.plan_id == plan.id)):
            if section.number in scenario.TEXTS:
                revisions.save(section, scenario.TEXTS[section.number], planner.id)
        self._lines(plan, planner)
        db.session.refresh(plan)
        return plan

    def _lines(self, plan: Plan, planner: Actor) -> None:
        known = {row.code: row for row in db.session.scalars(select(SubActivity))}
        position = 0
        for (
            code,
            name,
            indicator,
            measure_unit,
            target,
            ceiling,
            division,
            openness,
        ) in scenario.SUB_ACTIVITIES:
            if not division:
                continue
            position += 1
            line = Line(
                plan_id=plan.id,
                unit_id=self.units["bkpsdm", division].id,
                thread_id=discussion.new_thread().id,
                code=code,
                sub_activity_id=known[code].id,
                name=name,
                openness=openness,
                openness_reason="Amanat peraturan" if openness == "fixed" else None,
                position=position,
            )
            db.session.add(line)
            db.session.flush()
            content = revisions.line_fields(line) | {
                "indicator": indicator,
                "measure_unit": measure_unit,
                "target": str(target),
                "ceiling": ceiling,
                "forward_target": str(target),
                "forward_ceiling": ceiling * 104 // 100 // 100_000 * 100_000,
                "funding_source": "DAU",
                "location": "Kecamatan Kotabumi",
                "target_group": "ASN Kabupaten Lampung Utara",
            }
            revisions.save(line, content, planner.id)

    def _other_plans(self) -> None:
        for key, year, stage in (
            ("diskominfo", 1, 1),
            ("disdukcapil", 1, 3),
            ("kecamatan", 1, 0),
            ("bappeda", 1, 4),
            ("bkpsdm", 0, 6),
        ):
            plan = plan_deeds.create(self.units[key, 0].id, self.today.year + year, self._starts(stage), None)
            skeleton.make_sections(plan)
        db.session.flush()
        db.session.expire_all()

    def _proposals(self, plan: Plan) -> None:
        plan = plan_queries.find(plan.id) or plan
        leader = self.actor("leader")
        held = leader.authority.over("leader", plan.unit_id)
        assert held is not None
        codes = {row.code: row.id for row in db.session.scalars(select(SubActivity))}
        for (
            author,
            title,
            problem,
            idea,
            benefit,
            cost,
            code,
            days,
            decision,
            supporters,
        ) in scenario.PROPOSALS:
            words = {"title": title, "problem": problem, "idea": idea, "benefit": benefit, "cost": cost}
            proposal = proposals.draft(plan, self.actor(author), words, codes.get(code))
            proposals.submit(proposal)
            for supporter in supporters:
                proposals.support(proposal, self.actor(supporter))
            self._date_back(proposal, days)
            if decision is not None:
                kind, ground, text, condition = decision
                proposals.answer(proposal, leader, held, kind, text, ground, condition)
            if decision and decision[0] == "accepted":
                line = db.session.scalars(
                    select(Line).where(Line.plan_id == plan.id, Line.code == code)
                ).one()
                db.session.add(
                    Origin(
                        line_id=line.id,
                        kind="proposal",
                        proposal_id=proposal.id,
                        text="",
                        by_id=self.people["planner"].id,
                        at=clock.now(),
                    )
                )
        proposals.draft(
            plan,
            self.actor("staff"),
            {
                "title": "Jadwal pelatihan disusun bersama kecamatan",
                "problem": "Jadwal sering bertabrakan dengan hari layanan.",
                "idea": "Kecamatan mengisi tanggal yang tersedia lebih dahulu.",
                "benefit": "Peserta dapat hadir penuh.",
                "cost": None,
            },
            None,
        )
        db.session.flush()

    def _date_back(self, proposal: Proposal, days: int) -> None:
        """The demo tells of past days, while its deeds are done now."""
        at: datetime = clock.now() - timedelta(days=days)
        proposal.submitted_at = at
        proposal.answer_due_on = clock.day_of(at) + timedelta(days=10)
        db.session.flush()
        db.session.execute(
            update(ProposalRevision).where(ProposalRevision.proposal_id == proposal.id).values(at=at)
        )
        db.session.refresh(proposal)

    def _talk(self, plan: Plan) -> None:
        first = db.session.scalars(
            select(Proposal).where(Proposal.plan_id == plan.id).order_by(Proposal.number)
        ).first()
        assert first is not None
        remark = discussion.add(
            first.thread_id, self.actor("staff9"), "Di loket kami hal yang sama terjadi setiap awal bulan."
        )
        discussion.add(
            first.thread_id,
            self.actor("editor"),
            "Terima kasih, akan kami catat pada versi berikutnya.",
            remark.id,
        )
        section = db.session.scalars(
            select(Section).where(Section.plan_id == plan.id, Section.number == "II.3")
        ).one()
        discussion.add(
            section.thread_id,
            self.actor("staff8"),
            "Mohon jumlah kasus selisih data disebutkan, agar mudah dibandingkan tahun depan.",
            on_revision=section.version,
        )

    def _notice(self) -> None:
        leader = self.actor("leader")
        agency = self.units["bkpsdm", 0]
        held = leader.authority.over("leader", agency.id)
        assert held is not None
        initiative = changes.begin(agency.id, "Satu loket layanan kepegawaian", leader, held)
        parts = {
            "what": "- Tiga loket menjadi satu.\n- Berkas diperiksa sebelum nomor antrean diberikan.",
            "why": "Pemohon rata-rata datang dua kali untuk urusan yang sama.",
            "benefit": "Satu antrean dan satu petugas yang mengetahui seluruh urusan Anda.",
            "when": "Mulai bulan depan, dengan masa peralihan dua minggu.",
            "still_open": "Jadwal jaga petugas dan letak loket.",
        }
        due = self.today + timedelta(days=6)
        notice = changes.publish(
            initiative, "Loket layanan kepegawaian disatukan", parts, [agency.id], due, leader, held
        )
        notice = db.session.get_one(Notice, notice.id)
        changes.acknowledge(notice, 1, "understood", "", "named", self.actor("staff7"))
        changes.acknowledge(
            notice,
            1,
            "concerned",
            "Apakah petugas loket mendapat pelatihan lebih dahulu?",
            "named",
            self.actor("staff6"),
        )
        changes.acknowledge(
            notice, 1, "unclear", "Siapa yang memutuskan jadwal jaga?", "unit", self.actor("staff2")
        )
        db.session.flush()
        concern = next(iter(self._concerns(notice)))
        changes.reply(
            concern, "changed", "Ya. Pelatihan tiga hari ditambahkan sebelum loket dibuka.", leader, held
        )
        db.session.refresh(notice)
        parts["what"] += "\n- Petugas dilatih tiga hari sebelum loket dibuka."
        changes.revise(notice, parts, True, leader, held)
        assert db.session.scalar(select(Acknowledgement.id).limit(1)) is not None

    def _concerns(self, notice: Notice) -> list[Concern]:
        return list(
            db.session.scalars(select(Concern).where(Concern.notice_id == notice.id).order_by(Concern.id))
        )

    def _polls(self, plan: Plan) -> None:
        """One poll that is open, with witnesses whose codes nobody kept, and one that is being prepared."""
        planner, leader = self.actor("planner"), self.actor("leader")
        agency = self.units["bkpsdm", 0]
        duty = planner.authority.over("planner", agency.id)
        held = leader.authority.over("leader", agency.id)
        assert duty is not None
        assert held is not None
        witnesses = [self.people[key] for key in ("witness1", "witness2", "witness3")]
        now = clock.now()
        options = ["Setuju", "Tidak setuju", "Abstain"]
        poll = voting.prepare(
            agency.id, plan.id, "Apakah seperlima tempat pelatihan disediakan bagi PPPK paruh waktu?", options,
            now - timedelta(hours=1), now + timedelta(days=4), 2, witnesses, 50, planner, duty,
        )  # fmt: skip
        db.session.refresh(poll)
        for witness in poll.witnesses:
            key = box.key_of_code(box.new_code(), witness.salt, voting.memory())
            witness.public_key = bytes(key.public_key)
            witness.code_tested_at = now
        db.session.flush()
        units = {unit.id for (key, _number), unit in self.units.items() if key == "bkpsdm"}
        roll = db.session.scalars(
            select(Person.id).where(Person.unit_id.in_(units)).order_by(Person.id)
        ).all()
        voting.open_poll(poll, list(roll), held)
        voting.prepare(
            agency.id, plan.id, "Apakah kriteria promosi diumumkan 30 hari sebelum seleksi?", options,
            now, now + timedelta(days=8), 2, witnesses, None, planner, duty,
        )  # fmt: skip


def load(app: Flask) -> None:
    """Load the demo into a database without people, in one transaction."""
    with app.app_context(), writing():
        db.session.commit()
        if db.session.scalar(select(Person.id).limit(1)) is not None:
            raise RuntimeError("the demo is loaded only into a database without people")
        Demo().load()
        db.session.commit()
        db.session.remove()
