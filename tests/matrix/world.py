"""The things whose addresses the permission matrix tries, by the name of the id in the route."""

from __future__ import annotations

from datetime import date

from portal import clock
from portal.db import db
from portal.proposals.models import Proposal
from tests import factories as make

MISSING = 999_999
Things = dict[str, dict[str, int]]


def build(ids: dict[str, int]) -> Things:
    """Make one of each thing for each ownership; returns ids."""
    mine = make.plan(ids["unit:bkpsdm"])
    other = make.plan(ids["unit:diskominfo"])
    later = {kind: date(2027, 1, 1 + n) for n, kind in enumerate(list(make.STARTS)[1:])}
    hidden = make.plan(ids["unit:inspektorat"], starts=later)
    plans = {"own": mine, "other": other, "hidden": hidden}
    things: Things = {
        "plan_id": {key: plan.id for key, plan in plans.items()},
        "section_id": {key: make.section(plan).id for key, plan in plans.items()},
        "line_id": {key: make.line(plan).id for key, plan in plans.items()},
        "unit_id": {"own": ids["unit:mutasi"], "other": ids["unit:aplikasi"]},
        "person_id": {"own": ids["staff"], "same": ids["colleague"], "other": ids["neighbour"]},
    }
    now = clock.now()
    things["proposal_id"] = {
        "own": make.proposal(mine, ids["staff"], now).id,
        "same": make.proposal(mine, ids["colleague"], now).id,
        "other": make.proposal(other, ids["neighbour"], now).id,
        "hidden": make.proposal(mine, ids["colleague"]).id,
    }
    things["ref"] = things["proposal_id"]
    threads = {
        key: db.session.get_one(Proposal, proposal_id).thread_id
        for key, proposal_id in things["proposal_id"].items()
    }
    writers = {"own": "staff", "same": "colleague", "other": "neighbour", "hidden": "colleague"}
    things["comment_id"] = {
        key: make.comment(thread, ids[writers[key]]).id for key, thread in threads.items()
    }
    notices = {
        "own": make.notice(ids["unit:bkpsdm"], ids["leader"]),
        "other": make.notice(ids["unit:diskominfo"], ids["other_leader"]),
    }
    things["notice_id"] = {key: notice.id for key, notice in notices.items()}
    things["initiative_id"] = {key: notice.initiative_id for key, notice in notices.items()}
    things["concern_id"] = {
        "own": make.concern(notices["own"], ids["editor"]).id,
        "other": make.concern(notices["other"], ids["neighbour"]).id,
    }
    sections = {key: make.section(plan) for key, plan in plans.items()}  # apart: one waits for each person
    things["suggestion_id"] = {
        "own": make.suggestion(sections["own"], ids["staff"]).id,
        "same": make.suggestion(sections["own"], ids["colleague"]).id,
        "other": make.suggestion(sections["other"], ids["neighbour"]).id,
        "hidden": make.suggestion(sections["hidden"], ids["colleague"]).id,
    }
    things["duty_id"] = {"own": ids["duty:leader"], "other": ids["duty:other_leader"]}
    things["sign_in_id"] = {key: make.sign_in(ids[who]).id for key, who in writers.items() if key != "hidden"}
    things["upload_id"] = {"own": make.upload(ids["steward"]).id, "other": make.upload(ids["staff"]).id}
    things["job_id"] = {"own": make.failed_job().id}
    things["poll_id"] = {
        "own": make.poll(ids["unit:mutasi"], ids["planner"]).id,
        "other": make.poll(ids["unit:diskominfo"], ids["other_leader"]).id,
    }
    things |= _evaluations(ids)
    owners = [("own", "staff"), ("same", "colleague"), ("other", "neighbour")]
    things["share_id"] = {key: make.share(ids[who]).id for key, who in owners}
    things["correction_id"] = {key: make.correction(ids[who]).id for key, who in owners}
    things |= _offers(ids)
    things |= _trainings(ids)
    db.session.flush()
    for found in things.values():
        found["missing"] = MISSING
    return things


def _trainings(ids: dict[str, int]) -> Things:
    """Trainings to which one may apply; applications with a seat in others that the superior may still refuse, with a
    meeting that has just begun; learning elsewhere that waits for the steward."""
    things: Things = {name: {} for name in ("training_id", "enrolment_id", "meeting_id", "learning_id")}
    for key, agency, planner, who in (
        ("own", "bkpsdm", "planner", "staff"),
        ("other", "diskominfo", "steward", "neighbour"),
    ):
        unit = ids[f"unit:{agency}"]
        things["training_id"][key] = make.training(unit, ids[planner]).id
        given = make.training(unit, ids[planner], asks_endorsement=True)
        make.drawn(given)
        things["enrolment_id"][key] = make.enrolment(given, ids[who], seat="held").id
        things["meeting_id"][key] = make.meeting(given, clock.now()).id
        things["learning_id"][key] = make.learning(ids[who]).id
    return things


def _evaluations(ids: dict[str, int]) -> Things:
    """Adopted plans of 2021 whose quarters are entered (1), handed in (2) and validated (3), with an objection to the
    third."""
    things: Things = {"agency_id": {}, "row_id": {}, "objection_id": {}}
    days = {kind: date(2020, 1, 1 + n) for n, kind in enumerate(make.STARTS)}
    for key, agency, leader, writer in (
        ("own", "bkpsdm", "leader", "staff"),
        ("other", "diskominfo", "other_leader", "neighbour"),
    ):
        plan = make.plan(ids[f"unit:{agency}"], 2021, days)
        line = make.line(plan)
        frozen = make.snapshot(plan)
        _first, second, third = (make.evaluation(frozen, quarter, ids["secretary"]) for quarter in (1, 2, 3))
        duty = ids[f"duty:{leader}"]
        make.filing(second, ids[leader], duty)
        make.filing(third, ids[leader], duty, "validated", ids["verifier"])
        things["agency_id"][key] = plan.unit_id
        things["row_id"][key] = line.id
        things["objection_id"][key] = make.objection(third, ids[writer], ids[leader]).id
    return things


def _offers(ids: dict[str, int]) -> Things:
    """Offers as they came (`own`; in `other` the steward has stated), `checked` by all nine questions, `accepted`, and `signed`; a gap that no
    running call names."""
    things: Things = {"gap_id": {}, "offer_id": {}, "call_id": {}}
    for key, agency, leader in (("own", "bkpsdm", "leader"), ("other", "diskominfo", "other_leader")):
        duty = ids[f"duty:{leader}"]
        gap = make.gap(ids[f"unit:{agency}"], ids[leader], duty)
        things["gap_id"][key] = gap.id
        came = make.offer(gap, ids["steward"])
        things["offer_id"][key] = came.id
        things["call_id"][key] = make.call([gap], date(2026, 1, 5), date(2026, 1, 30)).id
        if key == "own":
            checked, accepted, signed = (
                make.checked(make.offer(gap, ids["steward"]), ids["steward"], ids["leader"], ids["secretary"])
                for _n in range(3)
            )
            make.ruled(accepted, ids["leader"], duty)
            make.agreed(make.ruled(signed, ids["leader"], duty), ids["steward"])
            things["offer_id"] |= {"checked": checked.id, "accepted": accepted.id, "signed": signed.id}
            things["gap_id"]["open"] = make.gap(ids[f"unit:{agency}"], ids[leader], duty).id
        else:
            make.stated(came, ids["steward"])
    return things
