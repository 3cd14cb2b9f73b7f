"""Each race test is shown to fail without its lock or constraint: `./test --mutants [NAME …]`.

For each row a temporary copy of the tree is made, the lock or constraint is taken out of it, and the one test must fail
there, on the databases named. What is left unfound is told, exit 1. The real tree is never touched; that the texts below
still stand in it is a test of its own (`test_mutants.py`).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
COPIED = (
    "portal",
    "migrations",
    "static",
    "templates",
    "tests",
    "tools",
    "translations",
    "pyproject.toml",
    "wsgi.py",
)
TRIES = 3
"""How often a race may miss its moment before the mutant counts as alive."""
BOTH, SQLITE, POSTGRESQL = ("sqlite", "postgresql"), ("sqlite",), ("postgresql",)
"""On SQLite there is no row lock to take out: a form's first statement writes its token, and one writes at a time."""


@dataclass(frozen=True)
class Mutant:
    """Without `text` (which stands once in `file`) the test must fail."""

    name: str
    file: str
    text: str
    instead: str
    test: str
    databases: tuple[str, ...] = BOTH


INVARIANTS = "tests/drafting/test_invariants.py::"
HEAD = ("portal/drafting/revisions.py", "    hold(piece)\n", "")
SHARED = (
    "portal/drafting/revisions.py",
    '        rows(_ALONE if ceilings.is_final(plan_id) else _SHARED, {"plan": plan_id})\n',
    "        pass\n",
)
TOKEN = (
    "portal/submissions.py",
    "    if not claims(token):\n",
    "    if claims(token) is None:\n",
)

MUTANTS = (
    Mutant("E1 head", *HEAD, f"{INVARIANTS}test_e1_e2_e3_e4_e6_many_hands_on_one_version", POSTGRESQL),
    Mutant(
        "E6 last wins", "portal/drafting/actions.py", "    if based_on == piece.version:\n", "    if True:\n",
        f"{INVARIANTS}test_e1_e2_e3_e4_e6_many_hands_on_one_version",
    ),
    Mutant("E7 token", *TOKEN, f"{INVARIANTS}test_e7_one_form_many_times_at_once_is_one_revision"),
    Mutant(
        "E11 draft behind its save", "portal/people/drafts.py", "        if token and not submissions.claims(token):\n",
        "        if submissions.led_to(current_user.id, token) is not None:\n",
        "tests/drafting/test_races.py::test_a_draft_on_its_way_does_not_stay_behind_its_own_save", POSTGRESQL,
    ),
    Mutant("E9 head", *HEAD, f"{INVARIANTS}test_e9_restoring_is_a_new_revision_and_deletes_nothing", POSTGRESQL),
    Mutant(
        "E9 trigger", "migrations/versions/0001_the_first_tables.py", '    keep_append_only("revision", "id")\n',
        "", f"{INVARIANTS}test_e9_the_database_itself_refuses_to_change_history",
    ),
    Mutant(
        "E10 draft", "portal/people/drafts.py", "        return db.session.get(Draft, (current_user.id, self.place))\n",
        "        return db.session.query(Draft).filter_by(place=self.place).first()\n",
        "tests/people/test_drafts.py::test_it_is_mine_alone",
    ),
    Mutant(
        "E11 upsert", "portal/people/drafts.py",
        "            .values(person_id=current_user.id, place=self.place, **values)\n"
        '            .on_conflict_do_update(index_elements=["person_id", "place"], set_=values)\n',
        "            .values(person_id=current_user.id, place=self.place, **values)\n",
        f"{INVARIANTS}test_e11_a_draft_never_touches_the_text",
    ),
    Mutant("E12 plan", *SHARED, f"{INVARIANTS}test_e12_what_was_adopted_is_what_stands", POSTGRESQL),
    Mutant(
        "renewal", "portal/people/sessions.py", 'f"{key} {token}".encode()', "secrets.token_bytes(16)",
        "tests/test_once.py::test_copies_at_once_of_a_form_that_renews_the_session",
    ),
    Mutant(
        "last seat", "portal/growth/training/queries.py",
        "select(Training.id).where(Training.id == training_id).with_for_update()",
        "select(Training.id).where(Training.id == training_id)",
        "tests/growth/test_seats.py::test_fifty_requests_for_the_last_free_seat", POSTGRESQL,
    ),
    Mutant(
        "offer", "portal/growth/partners/queries.py",
        "select(Offer.id).where(Offer.id == offer_id).with_for_update()",
        "select(Offer.id).where(Offer.id == offer_id)",
        "tests/growth/test_partners.py::test_an_offer_is_declined_or_withdrawn_never_both", POSTGRESQL,
    ),
    Mutant("ten at once", *TOKEN, "tests/test_once.py::test_ten_at_once_write_once"),
    Mutant(
        "support", "portal/proposals/actions.py", "add(Support, mine)", "bool(run(Support.__table__.insert(), mine))",
        "tests/test_once.py::test_ten_supports_at_once_count_one",
    ),
    Mutant("hands", *HEAD, "tests/drafting/test_races.py::test_of_many_saves_at_once_nothing_is_lost", POSTGRESQL),
    Mutant(
        "closing", "portal/voting/actions.py", "    hold(poll, shared=True)\n", "    pass\n",
        "tests/voting/test_races.py::test_closing_waits_for_a_ballot_on_its_way", POSTGRESQL,
    ),
    Mutant(
        "opening", "portal/voting/actions.py", "    hold(poll)\n", "    pass\n",
        "tests/voting/test_races.py::test_two_witnesses_open_at_once", POSTGRESQL,
    ),
    Mutant(
        "witness", "portal/voting/actions.py", "            Witness.public_key == witness.public_key,\n", "",
        "tests/voting/test_preparing.py::test_code_that_is_replaced_while_it_is_compared_is_not_tested",
    ),
    Mutant(
        "last steward", "portal/people/actions.py", "            .with_for_update(of=Duty)\n", "",
        "tests/people/test_races.py::test_two_stewards_cannot_end_each_other", POSTGRESQL,
    ),
    Mutant(
        "guesses", "portal/people/tries.py", ".with_for_update(key_share=True)", "",
        "tests/people/test_races.py::test_guesses_in_parallel_do_not_slip_past_the_count", POSTGRESQL,
    ),
    Mutant(
        "ruling", "portal/drafting/suggestions.py", "    hold(suggestion)\n", "",
        "tests/drafting/test_suggestions.py::test_two_rule_at_once_and_one_ruling_stands", POSTGRESQL,
    ),
    Mutant(
        "claim", "portal/jobs.py", "                .where(Job.id == candidate, free)\n",
        "                .where(Job.id == candidate)\n",
        "tests/records/test_jobs.py::test_of_many_workers_each_job_is_taken_by_one", POSTGRESQL,
    ),
    Mutant(
        "room", "portal/drafting/revisions.py", "rows(_ALONE if ceilings.is_final(plan_id) else _SHARED, ",
        "rows(_SHARED, ",
        "tests/drafting/test_ceiling.py::test_of_two_saves_at_once_that_fit_only_alone_one_is_taken", POSTGRESQL,
    ),
    Mutant(
        "E12 leader", "portal/drafting/adoption.py", "    hold(plan)\n", "",
        f"{INVARIANTS}test_e12_what_was_adopted_is_what_stands", POSTGRESQL,
    ),
    Mutant(
        "dripping", "portal/gunicorn_worker.py", "time.monotonic() + PATIENCE\n", "time.monotonic() + 3600\n",
        "tests/test_faults.py::test_a_request_that_drips_in_gives_its_thread_back", SQLITE,
    ),
    Mutant(
        "two adopt", "portal/drafting/adoption.py", "    hold(plan)\n", "",
        "tests/drafting/test_verification.py::test_of_two_leaders_one_adopts", POSTGRESQL,
    ),
    Mutant(
        "reopening", "portal/errors.py", '    if "readonly" in str(error):\n', "    if False:\n",
        "tests/test_faults.py::test_database_is_read_only", SQLITE,
    ),
    Mutant(
        "no question", "portal/errors.py",
        "    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]\n", "",
        "tests/test_faults.py::test_database_server_goes_away_and_comes_back", POSTGRESQL,
    ),
    Mutant(
        "passing", "portal/errors.py", '    if passing or getattr(error.orig, "sqlstate", None) == READ_ONLY:\n',
        "    if passing:\n", "tests/test_faults.py::test_passing_fault_of_the_database_server", POSTGRESQL,
    ),
    Mutant(
        "patience", "portal/db.py", "-c lock_timeout={int(WAIT * 1000)}", "",
        "tests/test_faults.py::test_database_is_locked_by_another_program", POSTGRESQL,
    ),
)  # fmt: skip


def mutated(mutant: Mutant) -> str:
    """The file without the lock; a text that does not stand there exactly once is told."""
    content = (TOP / mutant.file).read_text()
    found = content.count(mutant.text)
    assert found == 1, f"{mutant.name}: the text to take out stands {found} times in {mutant.file}"
    return content.replace(mutant.text, mutant.instead)


def is_found(mutant: Mutant, database: str, folder: Path) -> bool:
    """Whether the test fails on a copy without the lock."""
    copy = folder / f"{mutant.name.replace(' ', '-')}-{database}"
    copy.mkdir()
    for name in COPIED:
        source = TOP / name
        if source.is_dir() and name in ("static", "translations", "templates"):
            (copy / name).symlink_to(source)
        elif source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, copy / name)
    (copy / mutant.file).write_text(mutated(mutant))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-m",
        "not long",
        "--database",
        database,
        mutant.test,
    ]
    for _time in range(TRIES):
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=600)
        if done.returncode == 1:
            shutil.rmtree(copy)
            return True
        assert done.returncode == 0, (
            f"{mutant.name}: the test did not run\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return False


def main(names: list[str]) -> int:
    chosen = [mutant for mutant in MUTANTS if not names or mutant.name in names]
    alive = []
    with tempfile.TemporaryDirectory(prefix="mutants") as folder:
        for mutant in chosen:
            for database in mutant.databases:
                began = time.monotonic()
                found = is_found(mutant, database, Path(folder))
                alive += [] if found else [mutant]
                word = "found" if found else "NOT FOUND"
                print(
                    f"{word:9}  {mutant.name:12} {database:10} {time.monotonic() - began:5.1f} s  {mutant.test}",
                    flush=True,
                )
    return 1 if alive or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
