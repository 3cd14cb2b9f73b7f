"""The demo loads once, into an empty database, and shows every kind of thing; its pages open."""

from __future__ import annotations

import re
import stat
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal import audit, clock, create_app, demo
from portal.changes.models import Concern, NoticeRevision
from portal.db import db, migrate
from portal.demo import loading, scenario
from portal.drafting.models import Line, Origin, Section, Snapshot
from portal.evaluation import queries as evaluations
from portal.evaluation import rules as results
from portal.evaluation import yearly
from portal.evaluation.models import Evaluation, Objection
from portal.ledger import Holiday
from portal.people import authority
from portal.people.models import Duty, Person, Unit
from portal.people.nip import read_nip
from portal.people.passwords import is_right
from portal.plans import queries as plans
from portal.plans.models import Plan, SubActivity
from portal.proposals.models import Answer, Proposal, Withdrawal
from portal.voting import rules as voting
from portal.voting.models import Poll
from tests import cast
from tests.conftest import Client, read, words

pytestmark = pytest.mark.slow

INVENTED = {"Contoh", "Rekaan", "Umpama", "Fiktif", "Misal"}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    app = create_app(
        DATABASE_URL=f"sqlite:///{folder / 'demo.sqlite'}",
        INSTANCE=folder,
        ARGON2_MEMORY=8,
        CODE_MEMORY=8 * 1024,
        PROPAGATE_EXCEPTIONS=False,
    )
    migrate(app)
    with pytest.MonkeyPatch.context() as patch, app.app_context():
        patch.setattr(clock, "now", lambda: cast.NOW)
        assert not demo.present()
        demo.load(app)
        db.session.remove()
    return app


@pytest.fixture
def world(loaded):
    with loaded.app_context():
        yield
        db.session.remove()


def test_it_is_marked_and_loads_only_once(loaded, world):
    assert demo.present()
    with pytest.raises(RuntimeError):
        demo.load(loaded)


def test_people_are_obviously_invented(world):
    people = db.session.scalars(select(Person)).all()
    assert len(people) >= 45
    for person in people:
        assert person.name.split()[-1] in INVENTED
        assert person.nip.startswith(demo.MARKER)
        assert read_nip(person.nip, clock.today()).problem is None
        assert person.email is None


def test_sign_in_lines_lead_in_and_are_kept_for_the_owner_alone(world):
    first, *rest = demo.sign_in_lines()
    password = first.partition(": ")[2]
    assert len(rest) == len(scenario.SIGN_IN)
    for line in rest:
        nip = "".join(re.findall(r"\d+", line.partition("NIP")[2]))
        person = db.session.scalars(select(Person).where(Person.nip == nip)).one()
        assert is_right(person.password_hash, password)
    assert stat.S_IMODE(loading.passwords_file().stat().st_mode) == 0o600


def test_plans_stand_in_many_stages(world):
    every = [plans.find(plan_id) for plan_id in db.session.scalars(select(Plan.id))]
    found = {plans.stage_of(plan) for plan in every}
    assert found == {
        "preparation",
        "initial_draft",
        "forum",
        "draft",
        "verification",
        "final_draft",
        "adopted",
    }
    forum = next(plan for plan in every if plans.stage_of(plan) == "forum")
    assert forum.unit.name.startswith("Badan Kepegawaian")
    assert forum.year == clock.today().year + 1
    lines = db.session.scalars(select(Line).where(Line.plan_id == forum.id)).all()
    assert len(lines) == 13
    assert all(line.sub_activity_id and line.name != line.code for line in lines)
    assert {line.openness for line in lines} == {"fixed", "consult", "decide"}
    assert (
        db.session.scalar(
            select(func.count(Section.id)).where(Section.plan_id == forum.id, Section.body != "")
        )
        >= 12
    )
    assert db.session.scalar(select(func.count(Origin.id)).where(Origin.kind == "proposal")) == 2
    assert db.session.scalar(select(func.count(SubActivity.id))) >= 60


def test_the_plan_of_the_past_year_is_adopted_with_figures_to_report_on(world):
    past = (
        select(Plan).join(Plan.unit).where(Plan.year == clock.today().year - 1, Unit.short_name == "BKPSDM")
    )
    plan = db.session.scalars(past.where(Plan.edition == 0, plans.is_adopted())).one()
    frozen = select(Snapshot.decree_on).where(Snapshot.plan_id == plan.id)
    assert db.session.scalars(frozen).one().year == plan.year - 1
    for line in db.session.scalars(select(Line).where(Line.plan_id == plan.id)):
        assert line.target
        assert line.ceiling
        assert line.measure_unit
        assert line.realised_before


@pytest.fixture(params=[date(2026, 4, 1), date(2026, 11, 25)], ids=str)
def on_another_day(request, tmp_path, monkeypatch):
    """A demo that was loaded on the first day of a quarter's window, or late in a year."""
    app = create_app(
        DATABASE_URL=f"sqlite:///{tmp_path / 'demo.sqlite'}",
        INSTANCE=tmp_path,
        ARGON2_MEMORY=8,
        CODE_MEMORY=8192,
    )
    migrate(app)
    moment = datetime(request.param.year, request.param.month, request.param.day, 3, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    with app.app_context():
        demo.load(app)
        yield
        db.session.remove()


def _assert_results_are_in_every_state():
    year, quarter = results.quarter_before(clock.today())
    courses = {
        evaluation.unit.brief: course
        for evaluation, course in evaluations.list_evaluations(
            Evaluation.year == year, Evaluation.quarter == quarter
        ).items()
    }
    states = {unit: course.state(clock.today()) for unit, course in courses.items()}
    due = clock.today() > results.due_on(year, quarter)
    assert states == {
        "BKPSDM": "validated",
        "Diskominfo": "late" if due else "open",
        "Disdukcapil": "returned",
        "Kecamatan Kotabumi": "filed",
    }
    earlier = evaluations.list_evaluations(Evaluation.id.is_not(None))
    before = [
        course.state(clock.today())
        for evaluation, course in earlier.items()
        if (evaluation.year, evaluation.quarter) < (year, quarter)
    ]
    assert set(before) == {"final"}
    assert quarter == 1 or any(course.days_late for course in earlier.values())
    [lowered] = yearly.list_lowered(year)
    assert lowered.reason
    assert lowered.first > lowered.row.line.target
    answers = db.session.scalars(select(Objection)).all()
    assert {one.answer.outcome if one.answer else None for one in answers} == {"partly", "dismissed", None}
    assert all(one.at <= clock.now() for one in answers)


def test_results_are_in_every_state(world):
    _assert_results_are_in_every_state()


def test_results_are_in_every_state_whatever_the_day(on_another_day):
    _assert_results_are_in_every_state()


def test_holidays_are_known(world):
    years = {day.year for day in db.session.scalars(select(Holiday.on_date))}
    assert years == {2026, 2027}


def test_proposals_polls_and_notices_are_in_every_state(world):
    kinds = set(db.session.scalars(select(Answer.kind)))
    assert kinds == {"accepted", "partly", "deferred", "declined", "returned"}
    assert db.session.scalar(select(func.count(Withdrawal.id))) == 1
    assert db.session.scalar(select(func.count(Proposal.id)).where(Proposal.submitted_at.is_(None))) == 1
    waiting = select(Proposal).where(~Proposal.answers.any(), Proposal.submitted_at.is_not(None))
    due = [proposal.answer_due_on for proposal in db.session.scalars(waiting)]
    assert min(due) < clock.today() < max(due)
    assert {voting.state(poll, clock.now()) for poll in db.session.scalars(select(Poll))} == {
        "draft",
        "open",
        "announced",
    }
    assert db.session.scalar(select(func.max(NoticeRevision.number))) == 2
    concerns = db.session.scalars(select(Concern)).all()
    assert {concern.voice for concern in concerns} == {"named", "unit", "withheld"}
    replied = {concern.replies[-1].kind if concern.replies else "open" for concern in concerns}
    assert replied == {"answered", "changed", "accepted_risk", "open"}


def test_nothing_lies_in_the_future_and_the_clock_runs_on(world):
    now = clock.now()
    for table in (Proposal.submitted_at, Concern.at, Answer.at, NoticeRevision.at):
        assert db.session.scalar(select(func.max(table))) <= now
    assert abs(clock.now() - now) < timedelta(minutes=1)
    assert audit.verify().broken_at is None


def test_a_vacancy_and_an_acting_head(world):
    assert {duty.standing for duty in db.session.scalars(select(Duty))} == {"definitif", "plt", "plh", "pj"}
    unit = next(u for u, name in authority.tree().names.items() if name.startswith("Dinas Perpustakaan"))
    assert unit not in authority.leaders()
    assert [who.full_name for who in authority.leaders_of(unit)] == ["Puncak Teduh Contoh, S.Sos., M.M."]


@pytest.mark.parametrize("who", [key for key, _label in scenario.SIGN_IN])
def test_its_pages_open(loaded, who):
    with loaded.app_context():
        people = [row[0] for row in scenario.PEOPLE]
        nip = f"{people.index(who) + 1:03d}"
        person = db.session.scalars(select(Person.id).where(Person.nip.endswith(nip))).one()
        proposals = db.session.scalars(select(Proposal.id).where(Proposal.submitted_at.is_not(None))).all()
        polls = db.session.scalars(select(Poll.id)).all()
        public = [p.id for p in db.session.scalars(select(Plan)) if plans.stage_of(p) != "preparation"]
        db.session.remove()
    with loaded.app_context():
        quarters = [f"/hasil/{e.unit_id}/{e.year}" for e in db.session.scalars(select(Evaluation))]
        db.session.remove()
    client = Client(loaded)
    client.app, client.ids = loaded, {}
    client.sign_in(person)
    for path in [
        "/menunggu-saya",
        "/rencana",
        "/usulan",
        "/pemungutan-suara",
        "/perubahan",
        "/akun",
        "/hasil/",
    ]:
        client.page(path)
    for path in sorted(set(quarters)):
        client.page(path)
        for quarter in (1, 4):
            client.page(f"{path}/{quarter}")
    for number in public:
        client.page(f"/rencana/{number}")
        client.page(f"/rencana/{number}/tabel")
    for number in proposals:
        client.page(f"/usulan/{number}")
    for number in polls:
        assert client.get(f"/pemungutan-suara/{number}").status_code in (200, 404)


INDONESIAN = re.compile(
    r"\b(?:yang|untuk|dengan|belum|sudah|tidak|oleh|kepada|silakan|mohon|simpan|batal|usulan|tanggapan|rencana|pegawai)\b",
    re.IGNORECASE,
)
OWN_WORDS = re.compile(r"bahasa indonesia|“[^”]*”", re.IGNORECASE)
"""What stays Indonesian in English: the name of the language, and words of somebody that are quoted."""


SPEAKING = {"button", "label", "legend", "th", "summary", "dt"}
OF_THE_PLAN = re.compile(r"[\dX]\.|[IVX]+(?:\.\d+)? [A-Z]|Tidak setuju$")
"""Lines are called by their code and name, as chapters by theirs; the choices of a ballot are the same for everybody."""


def spoken(page):
    """Labels, buttons, headings and the deeds of the audit log, without what people wrote."""
    written = {inner for one in page.tree.iter() if one.get("hx-ignore") is not None for inner in one.iter()}
    for element in page.tree.iter():
        speaks = element.tag in SPEAKING or element.get("class") == "deed"
        said = words(element) if speaks and element not in written else ""
        if not OF_THE_PLAN.match(said):
            yield OWN_WORDS.sub("", said)


@pytest.mark.parametrize("who", [key for key, _label in scenario.SIGN_IN])
def test_nothing_of_the_interface_is_indonesian_in_english(loaded, who):
    """Every page that one reaches from one's first page, one of each kind."""
    with loaded.app_context():
        nip = f"{[row[0] for row in scenario.PEOPLE].index(who) + 1:03d}"
        person = db.session.scalars(select(Person.id).where(Person.nip.endswith(nip))).one()
        db.session.remove()
    client = Client(loaded)
    client.app, client.ids = loaded, {}
    client.sign_in(person)
    client.send("/bahasa", {"language": "en"})
    seen, waiting, found = set(), ["/menunggu-saya"], {}
    while waiting:
        path = waiting.pop(0)
        kind = re.sub(r"\d+", "7", path.partition("?")[0])
        if kind in seen:
            continue
        seen.add(kind)
        answer = client.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        page = read(answer)
        for sentence in spoken(page):
            if INDONESIAN.search(sentence):
                found.setdefault(sentence, path)
        links = (link.get("href") or "" for link in page.all("a"))
        waiting += [link.partition("#")[0] for link in links if link.startswith("/")]
    assert len(seen) > 25
    assert found == {}
