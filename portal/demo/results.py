"""The demo's results: what its agencies reached by quarter, whatever day it is loaded on.

Of the quarter that ended last one agency is validated and objected to, one is late, one returned and one handed in.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from portal.db import db
from portal.demo import scenario
from portal.discussion import actions as discussion
from portal.drafting import actions as drafting
from portal.drafting import adoption, origins, revisions
from portal.drafting.models import Line, QuarterTarget
from portal.evaluation import actions, queries, rules, spending
from portal.evaluation.models import Evaluation
from portal.people.authority import Held
from portal.plans.models import Plan
from portal.plans.stages import default_starts
from portal.proposals import actions as proposals

if TYPE_CHECKING:
    from portal.demo.loading import Actor, Demo

DEEDS = {"validated": 3, "filed": 1, "returned": 2, "late": 0}
"""How far the quarter that ended last has come: entered only, handed in, judged, objected to."""
LATE_BY = 6


def load(demo: Demo) -> None:
    Results(demo).load()


class Results:
    """The years that have ended quarters, of those agencies whose plan was adopted."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.today = demo.today
        self.year, self.quarter = rules.quarter_before(demo.today)

    def load(self) -> None:
        for key in scenario.RESULTS:
            if key != "bkpsdm":
                self.demo.adopt(key, key, self.year)
        plan = self.demo.plans["adopted" if self.year < self.today.year else "present"]
        self._propose(plan)
        self._plan_quarters(plan)
        self._lower(plan)
        for key, fate in scenario.RESULTS.items():
            for year in range(self.today.year - 1 if key == "bkpsdm" else self.year, self.year + 1):
                for quarter in (1, 2, 3, 4):
                    if (year, quarter) < (self.year, self.quarter):
                        self._quarter(key, year, quarter, "validated", LATE_BY if fate == "late" else -4)
                    elif (year, quarter) == (self.year, self.quarter):
                        self._quarter(key, year, quarter, fate, -4)

    def _on(self, day: date, after: date | None = None) -> Any:
        """Deeds on a day, or on the nearest one that has come."""
        day = min(max(day, after or day), self.today)
        return self.demo.ago((self.today - day).days)

    def _who(self, role: str, unit_id: int, *keys: str) -> tuple[Actor, Held]:
        """The first of some people who holds the role that day."""
        for key in keys:
            actor = self.demo.actor(key)
            held = actor.authority.over(role, unit_id)
            if held is not None:
                return actor, held
        raise LookupError(f"nobody is {role} of unit {unit_id}")

    def _planner(self, key: str, unit_id: int) -> tuple[Actor, Held]:
        return self._who("planner", unit_id, self.demo.planner_of(key))

    def _leader(self, key: str) -> tuple[Actor, Held]:
        unit_id = self.demo.units[key].id
        own = [who for who, role, at, *_rest in scenario.DUTIES if role == "leader" and at == key]
        return self._who("leader", unit_id, *own, "sekda")

    def _propose(self, plan: Plan) -> None:
        """A proposal of the year before, whose line now has results."""
        row = scenario.PROPOSED
        line = db.session.scalars(select(Line).where(Line.plan_id == plan.id, Line.code == row["code"])).one()
        handed_in = date(plan.year - 1, 2, 10)
        with self._on(handed_in):
            proposal = proposals.draft(plan, self.demo.actor(row["who"]), row["words"], line.sub_activity_id)
            proposals.submit(proposal)
            db.session.refresh(proposal)
        for days, who in enumerate(row["supporters"], 1):
            with self._on(handed_in + timedelta(days=days)):
                proposals.support(proposal, self.demo.actor(who))
        with self._on(handed_in + timedelta(days=6)):
            discussion.add(proposal.thread_id, self.demo.actor(row["remark"][0]), row["remark"][1])
        with self._on(handed_in + timedelta(days=9)):
            leader, held = self._leader("bkpsdm")
            proposals.answer(proposal, leader, held, "accepted", row["answer"], None, None)
        with self._on(handed_in + timedelta(days=12)):
            planner, held = self._planner("bkpsdm", plan.unit_id)
            origins.link(proposal, line, planner, held)

    @staticmethod
    def _plan_quarters(plan: Plan) -> None:
        """What is to be reached and spent in each quarter."""
        for line in db.session.scalars(select(Line).where(Line.plan_id == plan.id)):
            for quarter, share in enumerate(scenario.QUARTER_SHARES, 1):
                rupiah = (line.ceiling or 0) * share // 100
                db.session.add(QuarterTarget(line_id=line.id, quarter=quarter, rupiah=rupiah))
        db.session.flush()

    def _lower(self, plan: Plan) -> None:
        """The plan's change, which lowers one target with its reason."""
        adopted_on = min(date(plan.year, 8, 5), self.today - timedelta(days=20))
        snapshot = adoption.find_snapshot(plan.id)
        assert snapshot is not None
        starts = {
            kind: adopted_on - timedelta(days=90 - 10 * number)
            for number, kind in enumerate(default_starts(plan.year))
        }
        with self._on(adopted_on - timedelta(days=30)):
            planner, held = self._planner("bkpsdm", plan.unit_id)
            change = adoption.begin_edition(snapshot, plan, starts, planner, held)
            db.session.refresh(change)
            code, share, reason = scenario.LOWERED
            line = db.session.scalars(select(Line).where(Line.plan_id == change.id, Line.code == code)).one()
            target = str(int((line.target or 0) * share / 100))
            drafting.save(
                line, revisions.line_fields(line) | {"target": target}, line.version, reason, planner, held
            )
        self.demo.freeze(change, adopted_on)
        self._plan_quarters(change)

    def _quarter(self, key: str, year: int, quarter: int, fate: str, file_by: int) -> None:
        """One quarter of one agency: entered, handed in `file_by` days after its last day, judged, objected to."""
        unit_id = self.demo.units[key].id
        opens = rules.opens_on(year, quarter)
        is_last = (year, quarter) == (self.year, self.quarter)
        editions = queries.list_editions(unit_id, year)
        with self._on(opens + timedelta(days=3)):
            actions.begin(unit_id, year, quarter, queries.edition_of(editions, year, quarter).snapshot.id)
            sheet = queries.make_sheet(editions, year, quarter)
            evaluation, _course = queries.find_evaluation(unit_id, year, quarter)
            assert evaluation is not None
            rows = [row for row in sheet.rows if not row.is_dropped]
            for number, row in enumerate(rows):
                if fate != "late" or number % 2 == 0:
                    self._enter(key, evaluation, row, number, quarter)
        if key == "bkpsdm" and year == self.year:
            self._pay(sheet, quarter)
        if not DEEDS[fate]:
            return
        filed_on = rules.due_on(year, quarter) + timedelta(days=file_by)
        with self._on(filed_on, opens):
            leader, held = self._leader(key)
            sheet = queries.make_sheet(editions, year, quarter)
            before = queries.list_open_follow_ups(unit_id, year, quarter)
            driving, hindering, follow_up = scenario.FACTORS
            actions.file(
                evaluation,
                sheet,
                driving,
                hindering,
                [("quarter", follow_up, unit_id)],
                {one.id: ("done", scenario.FOLLOWED) for one in before},
                leader,
                held,
            )
        if DEEDS[fate] < 2:
            return
        judged_on = (
            max(filed_on + timedelta(days=5), self.today - timedelta(days=9))
            if is_last
            else filed_on + timedelta(days=5)
        )
        with self._on(judged_on, opens):
            judge, held = self._who("verifier", unit_id, "verifikator")
            outcome = "returned" if fate == "returned" else "validated"
            findings: list[tuple[queries.Key | None, str, str]] = [
                (row.key, "does_not_fit", scenario.FINDING)
                if outcome == "returned" and number == 0
                else (row.key, "fits", "")
                for number, row in enumerate(rows)
            ]
            actions.judge(queries.list_filings(evaluation.id)[0], outcome, findings, judge, held)
        if is_last and fate == "validated":
            self._object(key, evaluation, rows[0].line.code, judged_on)

    def _enter(self, key: str, evaluation: Evaluation, row: queries.Row, number: int, quarter: int) -> None:
        editors = [who for who, role, _at, *_rest in scenario.DUTIES if role == "editor"]
        try:
            actor, held = self._who("editor", row.line.unit_id, *editors)
        except LookupError:
            actor, held = self._planner(key, row.line.unit_id)
        given: dict[str, Any]
        if (key, row.line.code) in scenario.YEARLY:
            given = {"status": "not_measured", "reason": scenario.YEARLY[key, row.line.code]}
            actions.enter(evaluation, row, given, [], 0, actor, held)
            return
        steps = scenario.REACHED[number % len(scenario.REACHED)]
        whole = row.line.target or Decimal(0)
        through = [int(whole * sum(steps[:n]) / 100) for n in range(5)]
        value = through[quarter] - (through[quarter - 1] if row.line.accumulation == "sum" else 0)
        share = scenario.PAID[number % len(scenario.PAID)][quarter - 1]
        given = {
            "status": "measured",
            "value": Decimal(value),
            "rupiah": (row.line.ceiling or 0) * share // 100,
            "note": scenario.NOTE if through[quarter] > Decimal("1.2") * whole else None,
        }
        evidence = {
            "kind": "document",
            "title": f"Laporan contoh triwulan {rules.ROMAN[quarter]}",
            "reference": f"000/{number + 1}/Contoh",
            "kept_by": row.line.unit.name,
        }
        actions.enter(evaluation, row, given, [evidence] if value else [], 0, actor, held)

    def _pay(self, sheet: queries.Sheet, quarter: int) -> None:
        """The planning system's months of a quarter, a third of its rupiah each."""
        sheet = queries.make_sheet(queries.list_editions(sheet.unit.id, sheet.year), sheet.year, quarter)
        for month in range(quarter * 3 - 2, quarter * 3 + 1):
            day = date(sheet.year, month, 20)
            entries = [
                spending.Entry(row.line.code, "5.1.02", day, day, row.now.rupiah // 3, 0)
                for row in sheet.rows
                if row.now and row.now.rupiah
            ]
            with self._on(day + timedelta(days=12)):
                spending.take_over(sheet.unit.id, f"{day:%Y-%m}", spending.Reading(entries))

    def _object(self, key: str, evaluation: Evaluation, code: str, judged_on: date) -> None:
        for who, ago, text, voice, answer in scenario.OBJECTIONS:
            objector = self.demo.actor(who)
            with self._on(self.today - timedelta(days=ago), judged_on):
                answerer = actions.find_answerer(evaluation, objector.id)
                assert answerer is not None
                objection = actions.object_to(evaluation, code, text, voice, answerer, objector)
            if answer is not None:
                with self._on(self.today - timedelta(days=ago - 3), judged_on):
                    leader, held = self._leader(key)
                    actions.answer(objection, *answer, leader, held)
