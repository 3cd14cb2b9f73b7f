"""Write the demo into an empty database, by the packages' own deeds, each on the day that the scenario says."""

from __future__ import annotations

import csv
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy import insert, select

from portal import audit, clock
from portal.changes import actions as changes
from portal.changes.models import Concern, Notice
from portal.db import db, writing
from portal.demo import MARKER, results, scenario
from portal.discussion import actions as discussion
from portal.drafting import actions as drafting
from portal.drafting import adoption, origins, provenance, revisions, skeleton, suggestions
from portal.drafting.models import Line, Section, Snapshot
from portal.ledger import Holiday
from portal.people.authority import Authority, Held, authority_of, forget_tree
from portal.people.models import Duty, Person, Unit
from portal.people.passwords import hash_password
from portal.plans import actions as plans
from portal.plans import nomenclature
from portal.plans.models import DATED_STAGES, Plan, SubActivity
from portal.plans.stages import default_starts
from portal.proposals import actions as proposals
from portal.proposals.models import Proposal
from portal.voting import actions as voting
from portal.voting import box, rules
from portal.voting import queries as polls
from portal.voting.models import Poll

NOMENCLATURE = Path(__file__).with_name("nomenclature.csv")


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

    def over(self, role: str, unit_id: int) -> Held:
        """The duty under which they act; the scenario gives them one."""
        held = self.authority.over(role, unit_id)
        if held is None:
            raise LookupError(f"{self.person.name} is no {role} of unit {unit_id}")
        return held


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


@contextmanager
def ago(days: float) -> Iterator[None]:
    """Do deeds on an earlier day, in working hours: nothing is served yet, so that the clock may be set back."""
    present = clock.now
    then = present() - timedelta(days=days)
    if days >= 1:
        then = clock.start_of(clock.day_of(then)) + timedelta(hours=9 + 7 * (days % 1))
    clock.now = lambda: then
    try:
        yield
    finally:
        clock.now = present


class Demo:
    """The loading of one demo: what was made so far, by its key in the scenario."""

    ago = staticmethod(ago)

    def __init__(self) -> None:
        self.today = clock.today()
        self.units: dict[str, Unit] = {}
        self.people: dict[str, Person] = {}
        self.plans: dict[str, Plan] = {}
        self.proposals: list[Proposal] = []

    def load(self) -> None:
        self._units()
        self._people(hash_password(_password()))
        self._nomenclature()
        db.session.add_all(Holiday(on_date=day, name=name) for day, name in scenario.HOLIDAYS)
        for key, days in scenario.STAGES.items():
            self.plans[key] = self._plan(key, key, self.today.year + 1, days)
        self.adopt("adopted", "bkpsdm", self.today.year - 1)
        self.adopt("present", "bkpsdm", self.today.year)
        self.plans["bkpsdm"].ceiling = scenario.CEILING
        for row in scenario.PROPOSALS:
            self._proposal(**row)
        self._talk()
        for row in scenario.NOTICES:
            self._notice(**row)
        for state, row in scenario.POLLS.items():
            self._poll(state, **row)
        results.load(self)
        audit.record("loaded the demo", f"unit:{self.units['regency'].id}")

    def actor(self, key: str) -> Actor:
        person = self.people[key]
        return Actor(person, authority_of(person.id))

    def _units(self) -> None:
        self.units["regency"] = db.session.scalars(select(Unit).where(Unit.kind == "regency")).one()
        since = date(self.today.year - 3, 1, 1)
        for key, parent, kind, code, name in scenario.UNITS:
            unit = Unit(
                parent_id=self.units[parent or "regency"].id,
                kind=kind,
                code=code,
                name=name,
                short_name=scenario.SHORT_NAMES.get(key),
                from_on=since,
            )
            db.session.add(unit)
            db.session.flush()
            self.units[key] = unit
        forget_tree()

    def _people(self, hashed: str) -> None:
        for number, row in enumerate(scenario.PEOPLE, start=1):
            key, name, titles, unit, post, rank, status, sex = row
            person = Person(
                nip=f"{MARKER}200001{sex}{number:03d}",
                name=name,
                titles=titles,
                status=status,
                rank=rank,
                post=post,
                unit_id=self.units[unit].id,
                password_hash=hashed,
            )
            db.session.add(person)
            self.people[key] = person
        db.session.flush()
        for key, role, unit, standing, first, last in scenario.DUTIES:
            db.session.add(
                Duty(
                    person_id=self.people[key].id,
                    unit_id=self.units[unit].id,
                    role=role,
                    standing=standing,
                    from_on=self.today + timedelta(days=first),
                    until_on=None if last is None else self.today + timedelta(days=last),
                )
            )
        db.session.flush()

    def _nomenclature(self) -> None:
        with NOMENCLATURE.open(encoding="utf-8", newline="") as file:
            rows = [{"level": "KABKOT", **row} for row in csv.DictReader(file)]
        db.session.execute(insert(SubActivity), rows)

    def _plan(self, key: str, unit: str, year: int, days: tuple[int, ...]) -> Plan:
        """A plan whose stages start so many days from today, written when its preparation began."""
        agency = self.units[unit]
        starts = {kind: self.today + timedelta(days=n) for kind, n in zip(DATED_STAGES, days, strict=True)}
        with ago(-days[0] - 2):
            actor = self.actor(self.planner_of(unit))
            held = actor.over("planner", agency.id)
            plan = plans.create(agency.id, year, starts, held)
            skeleton.make_sections(plan)
            texts = scenario.TEXT if unit == "bkpsdm" else scenario.SHORT_TEXT
            for section in db.session.scalars(select(Section).where(Section.plan_id == plan.id)):
                if section.number in texts:
                    drafting.save(section, texts[section.number], section.version, None, actor, held)
            known = nomenclature.resolve_all([row[0] for row in scenario.LINES[key]])
            for row in scenario.LINES[key]:
                self._line(plan, row, known.get(row[0]), actor, held)
        db.session.refresh(plan)
        return plan

    def planner_of(self, unit: str) -> str:
        return next(who for who, role, at, *_ in scenario.DUTIES if role == "planner" and at == unit)

    def adopt(self, key: str, unit: str, year: int) -> None:
        """A plan of a past year on the days that the rules suggest, adopted in the August before it."""
        days = tuple((day - self.today).days for day in default_starts(year).values())
        plan = self._plan(key, unit, year, days)
        self.plans.setdefault(key, plan)
        self.freeze(plan, date(year - 1, 8, 14))

    def freeze(self, plan: Plan, adopted_on: date) -> None:
        """Adopt a plan as it stands."""
        with ago((self.today - adopted_on).days):
            held = self.actor("sekda").over("leader", plan.unit_id)
            content = json.loads(json.dumps(adoption.content_of(plan), default=str))
            snapshot = Snapshot(
                plan_id=plan.id,
                content=content,
                sha256=audit.sha(content),
                decree_number=scenario.DECREE,
                decree_on=adopted_on,
                by_id=self.people["sekda"].id,
                duty_id=held.duty_id,
                at=clock.now(),
            )
            db.session.add(snapshot)
            audit.record(
                "adopted", f"plan:{plan.id}", after=content, duty_id=held.duty_id, by_id=snapshot.by_id
            )
            db.session.flush()

    def _line(
        self, plan: Plan, row: tuple[Any, ...], known: SubActivity | None, actor: Actor, held: Held
    ) -> Line:
        code, unit, target, ceiling, next_target, next_ceiling, before, now = row
        line = drafting.add_line(plan, self.units[unit].id, code, code, known, actor, held)
        figures = {
            "target": str(target),
            "ceiling": ceiling,
            "forward_target": str(next_target),
            "forward_ceiling": next_ceiling,
            "realised_before": str(before),
            "expected_now": str(now),
            "funding_source": "Dana Alokasi Umum",
            "location": "Kecamatan Kotabumi",
            "target_group": "Pegawai Kabupaten Lampung Utara",
        }
        drafting.save(line, figures, line.version, None, actor, held)
        if code in scenario.CLOSED:
            drafting.set_openness(line, *scenario.CLOSED[code], held)
        if code in scenario.SOURCES:
            provenance.declare(line, *scenario.SOURCES[code], actor, held)
        return line

    def _proposal(
        self,
        to: str,
        who: str,
        days: float | None,
        title: str,
        problem: str,
        idea: str,
        benefit: str,
        cost: int | None,
        code: str | None,
        supporters: tuple[str, ...],
        fate: Any,
        line: bool = False,
    ) -> None:
        plan = self.plans[to]
        words = {"title": title, "problem": problem, "idea": idea, "benefit": benefit, "cost": cost}
        activity = nomenclature.resolve(code) if code else None
        with ago(1 if days is None else days):
            proposal = proposals.draft(plan, self.actor(who), words, activity.id if activity else None)
            if days is not None:
                proposals.submit(proposal)
        self.proposals.append(proposal)
        for n, supporter in enumerate(supporters, start=1):
            with ago((days or 0) * (1 - n / (len(supporters) + 1))):
                proposals.support(proposal, self.actor(supporter))
        if fate == "withdrawn":
            with ago((days or 0) / 2):
                proposals.withdraw(proposal, self.actor(who))
        elif fate is not None:
            kind, answered, ground, text, condition = fate
            with ago(answered):
                leader = self._leader(plan.unit_id)
                held = leader.over("leader", plan.unit_id)
                proposals.answer(proposal, leader, held, kind, text, ground, condition)
        if line:
            with ago(fate[1] - 1):
                planner = self.actor("perencana")
                held = planner.over("planner", plan.unit_id)
                made = self._line(plan, scenario.FROM_PROPOSAL, activity, planner, held)
                origins.link(proposal, made, planner, held)

    def _leader(self, unit_id: int) -> Actor:
        key = next(
            who for who, role, at, *_ in scenario.DUTIES if role == "leader" and self.units[at].id == unit_id
        )
        return self.actor(key)

    def _talk(self) -> None:
        plan = self.plans["bkpsdm"]
        number, body, reason = scenario.EDITED
        sections = {
            s.number: s for s in db.session.scalars(select(Section).where(Section.plan_id == plan.id))
        }
        lines = {row.code: row for row in db.session.scalars(select(Line).where(Line.plan_id == plan.id))}
        with ago(11):
            planner = self.actor("perencana")
            section = sections[number]
            held = planner.over("planner", plan.unit_id)
            drafting.save(section, body, section.version, reason, planner, held)
        for place, who, days, text, replies in scenario.REMARKS:
            piece = sections.get(place) or lines[place]
            with ago(days):
                first = discussion.add(
                    piece.thread_id,
                    self.actor(who),
                    text,
                    quote=scenario.QUOTES.get(place),
                    on_revision=1 if days > 11 else piece.version,
                )
            for other, later, reply in replies:
                with ago(later):
                    discussion.add(piece.thread_id, self.actor(other), reply, first.id)
            if place == number:
                with ago(10):
                    discussion.set_state(
                        first, "changed", piece.version, planner, held.duty_id if held else None
                    )
        for place, who, days, changes_of, reason in scenario.SUGGESTIONS:
            piece = sections.get(place) or lines[place]
            content: Any = piece.body if isinstance(piece, Section) else revisions.line_fields(piece)
            for before, after in changes_of.items():
                content = (
                    content.replace(before, after) if isinstance(content, str) else content | {before: after}
                )
            with ago(days):
                suggestions.suggest(piece, content, piece.version, reason, self.actor(who))
        for place_in_list, who, days, text in scenario.ON_PROPOSALS:
            with ago(days):
                discussion.add(self.proposals[place_in_list].thread_id, self.actor(who), text)

    def _notice(
        self,
        by: str,
        unit: str,
        audience: tuple[str, ...],
        began: float,
        published: float,
        due: int,
        initiative: str,
        title: str,
        parts: dict[str, str],
        second: dict[str, Any] | None,
        first_answers: dict[str, tuple[str, ...]],
        answers: dict[str, tuple[str, ...]],
        concerns: list[tuple[Any, ...]],
    ) -> None:
        unit_id = self.units[unit].id
        with ago(began):
            leader = self.actor(by)
            held = leader.over("leader", unit_id)
            begun = changes.begin(unit_id, initiative, leader, held)
        with ago(published):
            units = [self.units[key].id for key in audience]
            due_on = self.today + timedelta(days=due)
            notice = changes.publish(begun, title, parts, units, due_on, leader, held)
            db.session.refresh(notice)
        self._acknowledge(notice, published - 1, first_answers)
        turn = second["ago"] if second else 0
        self._concerns(notice, [row for row in concerns if row[3] > turn], leader, held)
        if second:
            with ago(turn):
                changed = {name: text for name, text in second.items() if name != "ago"}
                changes.revise(notice, 1, parts | changed, True, leader, held)
                db.session.refresh(notice)
            self._acknowledge(notice, turn - 1, answers)
            self._concerns(notice, [row for row in concerns if row[3] <= turn], leader, held)

    def _acknowledge(self, notice: Notice, days: float, answers: dict[str, tuple[str, ...]]) -> None:
        with ago(days):
            number = notice.revisions[-1].number
            for kind, people in answers.items():
                for who in people:
                    changes.acknowledge(notice, number, kind, "", "named", self.actor(who))

    def _concerns(self, notice: Notice, rows: list[tuple[Any, ...]], leader: Actor, held: Held) -> None:
        for who, kind, voice, days, body, reply in rows:
            with ago(days):
                changes.acknowledge(notice, notice.revisions[-1].number, kind, body, voice, self.actor(who))
                concern = db.session.scalars(select(Concern).order_by(Concern.id.desc()).limit(1)).one()
            if reply is not None:
                state, later, text = reply
                with ago(later):
                    changes.reply(concern, state, text, leader, held)

    def _poll(
        self,
        state: str,
        unit: str,
        question: str,
        options: tuple[int | str, ...],
        witnesses: tuple[str, ...],
        choices: tuple[int, ...],
    ) -> None:
        """A poll in its state. The witnesses' codes of an open one are kept by nobody: its box stays shut."""
        plan, unit_id = self.plans["bkpsdm"], self.units[unit].id
        opens, closes, read = {"announced": (13, 6, 4), "open": (3, -6, 0), "draft": (0, -8, 0)}[state]
        with ago(opens):
            planner = self.actor("perencana")
            poll = voting.prepare(
                unit_id, plan.id, question, [self._option(one) for one in options], clock.now(),
                clock.end_of(self.today - timedelta(days=closes)) - timedelta(hours=8), 1, [self.people[key] for key in witnesses],
                None, planner, planner.over("planner", unit_id),
            )  # fmt: skip
            db.session.refresh(poll)
            if state == "draft":
                return
            keys = {}
            for witness in poll.witnesses:
                key = keys[witness.slot] = box.key_of_code(box.new_code(), witness.salt, voting.memory())
                voting.store_key(witness, bytes(key.public_key))
                db.session.refresh(witness)
                voting.mark_tested(witness)
            leader = self.actor("kepala")
            voting.open_poll(poll, polls.electorate(poll.unit_id), leader.over("leader", unit_id))
        self._ballots(poll, opens - 1, choices)
        if state == "announced":
            with ago(read):
                voting.close(poll)
                voting.open_box(poll, keys)

    def _option(self, one: int | str) -> tuple[str, int | None]:
        if isinstance(one, str):
            return one, None
        proposal = self.proposals[one]
        return rules.option_of(proposal.number, scenario.PROPOSALS[one]["title"]), proposal.id

    def _ballots(self, poll: Poll, days: float, choices: tuple[int, ...]) -> None:
        with ago(days):
            people = secrets.SystemRandom().sample(polls.electorate(poll.unit_id), len(choices))
            for person_id, choice in zip(people, choices, strict=True):
                voting.cast(poll, person_id, secrets.token_urlsafe(18), choice)


def load(app: Flask) -> None:
    """Load the demo into a database without people, in one transaction."""
    with app.app_context(), writing():
        db.session.commit()
        if db.session.scalar(select(Person.id).limit(1)) is not None:
            raise RuntimeError("the demo is loaded only into a database without people")
        Demo().load()
        db.session.commit()
        db.session.remove()
