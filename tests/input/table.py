"""Every form of the portal: who sends it, what it takes, and when it is refused.

What each field must refuse (empty, too long, control characters …) is read from the form itself; a row says what
cannot be read there. `{names}` stand for what `world.py` made. A POST route that is in no row fails the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from wtforms.fields.choices import SelectChoice

from portal.changes import forms as changes
from portal.discussion import forms as discussion
from portal.discussion.forms import CommentForm, RemarkForm
from portal.drafting import forms as drafting
from portal.drafting.adoption_routes import AdoptionForm, EditionForm
from portal.drafting.carrying_routes import StartForm
from portal.drafting.exporting_routes import BundleForm
from portal.drafting.import_routes import PasteForm, PlanFileForm
from portal.drafting.provenance_routes import SourceForm
from portal.drafting.suggestion_routes import DeclineForm, SuggestLineForm, SuggestSectionForm
from portal.drafting.table_routes import CopyForm, FiguresForm
from portal.drafting.verification import CHECKLIST
from portal.drafting.verification_routes import CeilingForm, ReasonForm, RoundForm
from portal.evaluation.forms import (
    FilingForm,
    ObjectionAnswerForm,
    ObjectionForm,
    RealisationForm,
    VerdictForm,
)
from portal.evaluation.intake_routes import FiguresFileForm, SpendingFileForm
from portal.evaluation.target_routes import PasteTargetsForm, TargetForm
from portal.forms import Form
from portal.growth.careers.forms import (
    CodeForm,
    CorrectionAnswerForm,
    CorrectionForm,
    ShareForm,
    ThanksForm,
)
from portal.growth.partners import forms as partners
from portal.growth.training import forms as training
from portal.people import forms as people
from portal.plans.forms import MoveForm, PlanForm
from portal.proposals.forms import AnswerForm, ProposalForm
from portal.voting.forms import DepartureForm, PollForm
from tests import cast
from tests.drafting.files import csv_plan
from tests.input.world import CODE
from tests.people.files import csv_file

World = Mapping[str, Any]
Fields = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One form."""

    path: str
    """Its address, for a thing that `by` may change now."""
    by: str | None
    """One of the cast, or a name of the world; None for somebody who has not signed in."""
    form: Callable[[World], Form] | None = None
    """What it can hold; None where it is a button, or checked by hand (then `wrong` says all)."""
    valid: Fields = field(default_factory=dict)
    """What is accepted."""
    status: int = 303
    """The answer to what is accepted."""
    wrong: tuple[tuple[Fields, int, str | None], ...] = ()
    """Further wrong fields, the status, and the field beside which the sentence stands."""
    other: tuple[str, int] | str = "it has no id"
    """The address of another's thing and its status, or why there is none."""
    closed: tuple[str | datetime, int] | str = "it is open at all times"
    """The address of a thing whose time is over (or a later instant) and its status, or why there is none."""
    again: int = 303
    """The answer to the same form with the same token; nothing is done twice."""
    another_deed: str = ""
    """Why the same form does its work once more, where it may."""
    kept: bool = True
    """Whether what was typed comes back with an error; False for secrets and files."""

    def __str__(self) -> str:
        return self.path


def put(value: Any, made: World) -> Any:
    """A value of the table with the names of the world filled in."""
    if isinstance(value, list):
        return [put(one, made) for one in value]
    return value.format_map(made) if isinstance(value, str) and "{" in value else value


def day(month: int, number: int) -> datetime:
    """A morning of 2026."""
    return cast.NOW.replace(month=month, day=number)


DRAFT_STAGE, VERIFICATION = day(3, 19), day(4, 14)


def _bundle_form(_w: World) -> BundleForm:
    form = BundleForm(formdata=None)
    form.year.choices = [SelectChoice(2027, "2027")]
    return form


def _realisation_form(_w: World) -> RealisationForm:
    form = RealisationForm(formdata=None)
    del form.numerator, form.denominator  # only of a line whose figures are averaged
    return form


def _spending_form(_w: World) -> SpendingFileForm:
    form = SpendingFileForm(formdata=None)
    form.month.choices = [SelectChoice("2021-01", "Januari 2021")]
    return form


def _filing_form(w: World) -> FilingForm:
    form = FilingForm(formdata=None)
    form.unit.choices = [SelectChoice(w["unit_bkpsdm"], "BKPSDM")]
    return form


def _call_form(w: World) -> partners.CallForm:
    form = partners.CallForm(formdata=None)
    form.unit.choices = [SelectChoice(w["unit_bkpsdm"], "BKPSDM")]
    form.gaps.choices = [SelectChoice(w["open_gap"], "Laptop")]
    return form


def _offer_form(w: World) -> partners.OfferForm:
    form = partners.OfferForm(formdata=None)
    form.gap.choices = [SelectChoice(w["open_gap"], "Laptop")]
    return form


def _training_form(w: World) -> Form:
    form = training.TrainingForm(formdata=None)
    units = [(w["unit_bkpsdm"], "BKPSDM")]
    form.offer(units, units, [], [])
    return form


def _need_form(w: World) -> Form:
    form = training.NeedForm(formdata=None)
    form.unit.choices = [SelectChoice(w["unit_bkpsdm"], "BKPSDM")]
    form.source.choices = [SelectChoice("gap", "")]
    form.line.choices = [SelectChoice(0, "")]
    return form


def _uptake_form(_w: World) -> Form:
    form = training.UptakeForm(formdata=None)
    form.line.choices = [SelectChoice(0, "")]
    return form


TRAINING = {
    "unit": "{unit_bkpsdm}", "title": "Pengelolaan arsip dinamis", "topic": "Kearsipan", "text": "Menata berkas aktif.",
    "form": "B3", "mode": "onsite", "place": "Aula contoh", "seats": "20", "opens_on": "2026-03-03",
    "closes_on": "2026-03-20", "starts_on": "2026-04-06", "ends_on": "2026-04-08", "line": "0", "min_attendance": "80",
    "asks_endorsement": "y", "has_test": "", "must_status": "", "must_unit": "0", "must_post": "analis", "few_hours": "10",
    "few_hours_under": "10", "new_topic": "5", "unit_without_seat": "5", "line_owner": "", "most": "4",
    "least_group": "district", "least": "5",
}  # fmt: skip
WRONG_TRAINING = (
    ({"closes_on": "2026-03-03"}, 422, "closes_on"), ({"starts_on": "2026-03-19"}, 422, "starts_on"),
    ({"ends_on": "2026-04-05"}, 422, "ends_on"), ({"few_hours_under": ""}, 422, "few_hours_under"),
    ({"line_owner": "5"}, 422, "line_owner"), ({"least": ""}, 422, "least"), ({"least": "21"}, 422, "least"),
    ({"seats": "0"}, 422, "seats"), ({"min_attendance": "101"}, 422, "min_attendance"),
)  # fmt: skip
QUARTERS = csv_file(("Kode", "Nama", "TW I K", "TW I Rp"), (CODE, "Mutasi", "2", "1000"))
SPENDING = csv_file(
    ("kode_sub_giat", "kode_rekening", "tanggal_dokumen", "nilai_realisasi", "tanggal_sp2d"),
    (CODE, "5.1", "2021-01-04", "1000", "2021-01-05"),
)
ROSTER = csv_file(("NIP", "Nama", "Unit kerja"), ("199504042020041778", "Nama Baru Contoh", "Inspektorat"))
PROPOSAL = {
    "title": "Loket layanan dibuka sampai sore",
    "problem": "Pegawai mengantre dua kali.",
    "idea": "Satu loket untuk semua.",
    "benefit": "Antrean berkurang.",
    "cost": "15.000.000",
    "sub_activity": CODE,
}
PARTS = {
    "what": "Loket menjadi satu.",
    "why": "Antrean panjang.",
    "benefit": "Satu antrean saja.",
    "when": "Mulai April.",
    "still_open": "Jam bukanya.",
}
LINE = {
    "based_on": "1",
    "name": "Pengelolaan Promosi ASN",
    "sub_activity_id": "",
    "indicator": "Jumlah dokumen",
    "measure_unit": "Dokumen",
    "target": "3",
    "ceiling": "320.000.000",
    "forward_target": "4",
    "forward_ceiling": "330.000.000",
    "strategic_target": "10",
    "realised_before": "1",
    "expected_now": "2",
    "funding_source": "PAD",
    "location": "Kabupaten",
    "target_group": "Pegawai",
    "national_priority": "Tata kelola",
    "regional_priority": "Reformasi birokrasi",
    "urgency": "Tinggi",
    "note": "Catatan contoh.",
    "accumulation": "sum",
    "direction": "higher",
    "reason": "Angka diperbarui.",
}
POLL = {
    "unit": "{unit_mutasi}",
    "plan": "0",
    "question": "Apakah loket dibuka pada hari Sabtu?",
    "options": "Ya\nTidak",
    "opens_at": "2026-03-03T08:00",
    "closes_at": "2026-03-04T16:00",
    "strength": "2-3",
    "witnesses": ["{witness}", "{witness_b}", "{witness_c}"],
    "quorum": "50",
}
STARTS = {
    "preparation": "2026-12-15",
    "initial_draft": "2027-01-20",
    "forum": "2027-02-20",
    "draft": "2027-03-20",
    "verification": "2027-04-20",
    "final_draft": "2027-07-01",
}
OPENNESS = {
    "openness": "decide",
    "reason": "Dibahas bersama.",
    "was": "consult",
    "was_reason": "",
    "unit": "{unit_bkpsdm}",
}
ROUND = {f"{item}_result": "fit" for item in CHECKLIST} | {"outcome": "passed"}
NEW_PASSWORD = "sungai mengalir pelan ke muara"
PASSWORDS = {"new_password": NEW_PASSWORD, "repeat": NEW_PASSWORD}


def openness_of_section(world: World) -> Form:
    """One row of the form that sets all of a plan; the owner is set elsewhere."""
    form = drafting.OpennessForm(formdata=None, prefix=f"section-{world['section']}-")
    del form.unit
    return form


ROWS = (
    # Accounts
    Row(
        "/masuk", None, lambda _w: people.SignInForm(formdata=None),
        {"nip": "{staff_nip}", "password": cast.PASSWORD, "next": "/usulan"},
        another_deed="signing in twice begins two sessions", kept=False,
    ),
    Row("/keluar", "staff", again=401),
    Row(
        "/aktivasi", None, lambda _w: people.ActivationForm(formdata=None),
        {"nip": "{newcomer}", "code": "{code}"} | PASSWORDS,
        wrong=(
            ({"new_password": "pendek", "repeat": "pendek"}, 422, "new_password"),
            ({"new_password": "x" * 5000, "repeat": "x" * 5000}, 422, "new_password"),
            ({"repeat": "lain sekali dari itu"}, 422, "repeat"),
        ),
        another_deed="the same code and password sign in once more", kept=False,
    ),
    Row(
        "/konfirmasi", "staff", lambda _w: people.ConfirmForm(formdata=None),
        {"password": cast.PASSWORD, "next": "/akun"},
        wrong=(({"password": "bukan ini"}, 422, "password"), ({"password": "x" * 100_000}, 422, "password")),
        kept=False,
    ),
    Row(
        "/akun/kata-sandi", "staff", lambda _w: people.PasswordForm(formdata=None),
        {"password": cast.PASSWORD} | PASSWORDS,
        wrong=(
            ({"password": "bukan ini"}, 422, "password"),
            ({"new_password": "x" * 5000, "repeat": "x" * 5000}, 422, "new_password"),
        ),
        kept=False,
    ),
    Row("/akun/sesi/{sign_in}/akhir", "staff", other=("/akun/sesi/{other_sign_in}/akhir", 303)),
    Row("/akun/sesi", "staff"),
    Row("/akun/data", "staff", status=200, again=200, another_deed="only how often is counted"),
    Row("/akun/tampilan", "staff", lambda _w: people.AppearanceForm(formdata=None), {"theme": "dark"}),
    Row("/bahasa", None, valid={"language": "en", "next": "/masuk"}, wrong=(({"language": "xx"}, 303, None),)),
    # People, units, duties
    Row(
        "/pegawai/{staff}/penugasan", "steward", lambda _w: people.DutyForm(formdata=None),
        {
            "role": "editor", "unit": "{unit_mutasi}", "standing": "plh", "from_on": "2026-03-03",
            "until_on": "2026-03-06", "document": "SP 1",
        },
        wrong=(({"until_on": "2026-03-01"}, 422, "until_on"),),
        other=("/pegawai/{missing}/penugasan", 404),
        closed=("/pegawai/{gone}/penugasan", 403),
    ),
    Row(
        "/penugasan/{duty_leader}/akhir", "steward", lambda _w: people.DutyEndForm(formdata=None),
        {"until_on": "2026-03-03"},
        other=("/penugasan/{missing}/akhir", 404),
        closed=("/penugasan/{past_duty}/akhir", 403),
    ),
    Row("/unit-kerja/{unit_mutasi}/kode-aktivasi", "steward", lambda _w: people.SlipForm(formdata=None), {"again": "y"},
        other=("/unit-kerja/{missing}/kode-aktivasi", 404)),
    Row(
        "/unit-kerja/{unit_aplikasi}/akhir", "steward", lambda _w: people.UnitEndForm(formdata=None),
        {"until_on": "2026-03-31", "successor": "0"},
        wrong=(({"until_on": "2019-12-31"}, 422, "until_on"), ({"successor": "{unit_aplikasi}"}, 422, "successor")),
        other=("/unit-kerja/{missing}/akhir", 404), closed=("/unit-kerja/{unit_regency}/akhir", 403),
    ),
    Row("/unit-kerja/{unit_aplikasi}/pembukaan", "steward", other=("/unit-kerja/{missing}/pembukaan", 404)),
    Row("/pegawai/{newcomer_id}/kode-aktivasi", "steward",
        other=("/pegawai/{missing}/kode-aktivasi", 404), closed=("/pegawai/{gone}/kode-aktivasi", 403)),
    Row("/pegawai/impor", "steward", lambda _w: people.RosterUploadForm(formdata=None), {"file": ROSTER}, kept=False),
    Row(
        "/unit-kerja/impor", "steward", lambda _w: people.UploadForm(formdata=None),
        {"file": csv_file(("Kode", "Nama"), ("9.09.0.00.0.00.09.0000", "Dinas Contoh Rekaan"))}, kept=False,
    ),
    Row(
        "/hari-libur", "steward", lambda _w: people.UploadForm(formdata=None),
        {"file": csv_file(("Tanggal", "Nama"), ("2027-01-01", "Tahun Baru"))}, kept=False,
    ),
    Row("/berkas-masukan/{roster}/penerapan", "steward", lambda _w: people.ApplyForm(formdata=None),
        other=("/berkas-masukan/{other_upload}/penerapan", 404), closed=("/berkas-masukan/{upload}/penerapan", 409)),
    Row("/berkas-masukan/{roster}/pembatalan", "steward", other=("/berkas-masukan/{other_upload}/pembatalan", 404)),
    # Plans
    Row(
        "/rencana/baru", "planner", lambda _w: PlanForm([], formdata=None),
        {"unit": "{unit_bkpsdm}", "year": "2028"} | STARTS,
        wrong=(
            ({"year": "2027"}, 422, "unit"),
            ({"unit": "{unit_diskominfo}"}, 422, "unit"),
            ({"forum": "2027-01-20"}, 422, "preparation"),
        ),
    ),
    Row(
        "/rencana/{plan}/tahapan", "planner", lambda _w: MoveForm([], formdata=None),
        {"stage": "draft", "to_on": "2026-03-25", "reason": "Forum diundur."},
        wrong=(({"stage": "forum"}, 422, "stage"), ({"to_on": "2026-03-01"}, 422, "to_on"), ({"to_on": "2026-05-01"}, 422, "to_on")),
        other=("/rencana/{other_plan}/tahapan", 403), closed=(day(6, 2), 403),
    ),
    # Drafting
    Row(
        "/bagian/{section}/sunting", "planner", lambda _w: drafting.SectionForm(formdata=None),
        {"based_on": "1", "body": "Naskah baru.", "reason": "Diperbarui."},
        wrong=(({"based_on": "x"}, 400, None), ({"based_on": "99"}, 400, None)),
        other=("/bagian/{other_section}/sunting", 403), closed=(VERIFICATION, 403),
    ),
    Row(
        "/bagian/{section}/saran", "staff", lambda _w: SuggestSectionForm(formdata=None),
        {"based_on": "1", "body": "Naskah yang disarankan.", "reason": "Lebih jelas bagi pegawai."},
        wrong=(({"based_on": "x"}, 400, None), ({"based_on": "99"}, 400, None)),
        other="everybody may suggest for every plan that is open", closed=(VERIFICATION, 403),
    ),
    Row(
        "/baris/{line}/saran", "staff", lambda _w: SuggestLineForm(formdata=None), LINE | {"reason": "Lebih tepat."},
        wrong=(({"based_on": "-1"}, 400, None),),
        other="everybody may suggest for every plan that is open", closed=(VERIFICATION, 403),
    ),
    Row("/saran/{same_suggestion}/dukungan", "staff", other=("/saran/{hidden_suggestion}/dukungan", 404), closed=(VERIFICATION, 403)),
    Row(
        "/saran/{same_suggestion}/dukungan/penarikan", "staff",
        other=("/saran/{hidden_suggestion}/dukungan/penarikan", 404), closed=(VERIFICATION, 403),
    ),
    Row(
        "/saran/{suggestion}/tanggapan", "staff", lambda _w: CommentForm(formdata=None), {"body": "Setuju."},
        other=("/saran/{hidden_suggestion}/tanggapan", 404), closed=(VERIFICATION, 403),
    ),
    Row("/saran/{suggestion}/penarikan", "staff", other=("/saran/{same_suggestion}/penarikan", 403)),
    Row(
        "/saran/{same_suggestion}/penerimaan", "planner", lambda _w: drafting.SectionForm(formdata=None),
        {"based_on": "1", "body": "Naskah baru.", "reason": "Diterima."},
        wrong=(({"based_on": "x"}, 400, None),),
        other=("/saran/{other_suggestion}/penerimaan", 403), closed=(VERIFICATION, 403),
    ),
    Row(
        "/saran/{same_suggestion}/penolakan", "planner", lambda _w: DeclineForm(formdata=None),
        {"reason": "Sudah ditampung."},
        other=("/saran/{other_suggestion}/penolakan", 403), closed=(VERIFICATION, 403),
    ),
    Row("/draf", "staff", None, {"place": "section:{section}"}, other="a draft is found by its writer"),
    Row(
        "/draf/usulan-baru/{plan}", "staff", None, {"title": "Setengah judul"},
        other=("/draf/jawaban/{hidden_proposal}", 404), closed="what was typed is kept also when the stage is over",
        another_deed="the latest draft is the draft; it never saves",
    ),
    Row(
        "/bagian/{section}/draf", "planner", None, {"based_on": "1", "body": "Setengah kalimat"},
        other="it is my own draft beside what I may read", closed="what was typed is kept also when the stage is over",
        another_deed="the latest draft is the draft; it never saves",
    ),
    Row(
        "/baris/{line}/draf", "planner", None, {"based_on": "1", "name": "Baris", "target": "1"},
        other="it is my own draft beside what I may read", closed="what was typed is kept also when the stage is over",
        another_deed="the latest draft is the draft; it never saves",
    ),
    Row(
        "/baris/{line}/sunting", "planner", lambda _w: drafting.LineForm(formdata=None), LINE,
        wrong=(({"based_on": "-1"}, 400, None), ({"sub_activity_id": "999999"}, 422, "name"), ({"sub_activity_id": "x"}, 422, "name")),
        other=("/baris/{other_line}/sunting", 403), closed=(VERIFICATION, 403),
    ),
    Row(
        "/rencana/{plan}/baris/baru", "planner", lambda _w: drafting.NewLineForm(formdata=None),
        {"sub_activity": "5.03.02.2.02.0008", "name": "Baris contoh", "unit": "{unit_bkpsdm}"},
        wrong=(({"name": ""}, 422, "name"), ({"unit": "{unit_diskominfo}"}, 422, "unit")),
        other=("/rencana/{other_plan}/baris/baru", 403), closed=(VERIFICATION, 403),
    ),
    Row(
        "/baris/{line}/coretan", "planner", lambda _w: drafting.DropForm(formdata=None), {"reason": "Tidak jadi."},
        wrong=(({"reason": ""}, 422, "reason"),),
        other=("/baris/{other_line}/coretan", 403), closed=(VERIFICATION, 403),
    ),
    Row(
        "/rencana/{plan}/keterbukaan", "planner", openness_of_section,
        {f"section-{{section}}-{name}": value for name, value in OPENNESS.items() if name != "unit"},
        wrong=(({"section-{section}-openness": "fixed", "section-{section}-reason": ""}, 422, "section-{section}-reason"),),
        other=("/rencana/{other_plan}/keterbukaan", 403), closed="no plan can be adopted yet",
    ),
    Row(
        "/bagian/{section}/keterbukaan", "planner", lambda _w: drafting.OpennessForm(formdata=None), OPENNESS,
        wrong=(({"openness": "fixed", "reason": ""}, 422, "reason"), ({"unit": "{unit_diskominfo}"}, 422, "unit")),
        other=("/bagian/{other_section}/keterbukaan", 403), closed="no plan can be adopted yet",
    ),
    Row(
        "/baris/{line}/keterbukaan", "planner", lambda _w: drafting.OpennessForm(formdata=None), OPENNESS,
        wrong=(({"openness": "fixed", "reason": ""}, 422, "reason"), ({"unit": "{unit_diskominfo}"}, 422, "unit")),
        other=("/baris/{other_line}/keterbukaan", 403), closed="no plan can be adopted yet",
    ),
    Row(
        "/bagian/{section}/asal-usul", "planner", lambda _w: SourceForm(formdata=None),
        {"kind": "mandate", "text": "Peraturan contoh nomor 4"},
        other=("/bagian/{other_section}/asal-usul", 403), closed="no plan can be adopted yet",
    ),
    Row(
        "/baris/{line}/asal-usul", "planner", lambda _w: SourceForm(formdata=None),
        {"kind": "mandate", "text": "Peraturan contoh nomor 4"},
        other=("/baris/{other_line}/asal-usul", 403), closed="no plan can be adopted yet",
    ),
    Row(
        "/bagian/{section}/pemulihan", "planner", valid={"number": "1"},
        wrong=(({"number": "99"}, 404, None), ({"number": "x"}, 404, None), ({"number": "9" * 30}, 404, None)),
        other=("/bagian/{other_section}/pemulihan", 403), closed=(VERIFICATION, 403),
    ),
    Row(
        "/baris/{line}/pemulihan", "planner", valid={"number": "1"},
        wrong=(({"number": "99"}, 404, None), ({"number": "\x00"}, 404, None), ({"number": "٣"}, 404, None)),
        other=("/baris/{other_line}/pemulihan", 403), closed=(VERIFICATION, 403),
    ),
    Row(
        "/bagian/{section}/tanggapan", "staff", lambda _w: RemarkForm(formdata=None), {"body": "Setuju."},
        wrong=(({"parent": "{remark}"}, 409, None),),
        other=("/bagian/{hidden_section}/tanggapan", 404), closed=(VERIFICATION, 403),
    ),
    Row(
        "/baris/{line}/tanggapan", "staff", lambda _w: RemarkForm(formdata=None), {"body": "Setuju."},
        other=("/baris/{hidden_line}/tanggapan", 404), closed=(VERIFICATION, 403),
    ),
    # Verification and adoption
    Row(
        "/rencana/{plan}/pagu", "verifier", lambda _w: CeilingForm(formdata=None), {"ceiling": "400.000.000"},
        wrong=(({"ceiling": ""}, 422, "ceiling"),),
        other="the verifier has the whole regency", closed=("/rencana/{adopted_plan}/pagu", 403),
    ),
    Row(
        "/rencana/{plan}/alasan-pagu", "leader", lambda _w: ReasonForm(formdata=None), {"text": "Amanat baru."},
        other=("/rencana/{other_plan}/alasan-pagu", 403), closed=("/rencana/{adopted_plan}/alasan-pagu", 403),
    ),
    Row("/rencana/{plan}/kesiapan", "planner", valid={"piece": "line:{line}:1"}, wrong=(({"piece": None}, 422, None),),
        other=("/rencana/{other_plan}/kesiapan", 403), closed=("/rencana/{adopted_plan}/kesiapan", 403)),
    Row(
        "/rencana/{plan}/pemilik", "planner", valid={"piece": "section:{section}", "unit": "{unit_mutasi}"},
        wrong=(({"unit": "{unit_diskominfo}"}, 422, "unit"), ({"unit": "x"}, 422, "unit"), ({"piece": None}, 422, None)),
        other=("/rencana/{other_plan}/pemilik", 403), closed=("/rencana/{adopted_plan}/pemilik", 403),
    ),
    Row(
        "/rencana/{verified_plan}/verifikasi", "verifier", lambda _w: RoundForm(formdata=None), ROUND,
        wrong=(({"place_0": "9.99", "note_0": "Apa?"}, 422, "place_0"), ({"outcome": "returned"}, 422, None)),
        other="the verifier has the whole regency", closed=("/rencana/{plan}/verifikasi", 403),
        another_deed="each sending is a round of its own",
    ),
    Row(
        "/rencana/{passed_plan}/penetapan", "leader", lambda _w: AdoptionForm(formdata=None),
        {"decree_number": "188.45/1/2026", "decree_on": "2026-03-02"},
        wrong=(({"decree_on": "2026-03-04"}, 422, "decree_on"),),
        other=("/rencana/{other_plan}/penetapan", 403), closed=("/rencana/{adopted_plan}/penetapan", 403),
    ),
    Row(
        "/rencana/{adopted_plan}/perubahan-renja", "planner", lambda _w: EditionForm(formdata=None), STARTS,
        wrong=(({"forum": "2026-12-15"}, 422, None),),
        other=("/rencana/{other_plan}/perubahan-renja", 403), closed=("/rencana/{plan}/perubahan-renja", 403),
    ),
    Row(
        "/rencana/{begun_plan}/lanjutan", "planner", lambda _w: StartForm(formdata=None),
        {"piece": "line:{former_line}", "figures": "same"},
        wrong=(({"piece": None}, 422, None), ({"figures": "lain"}, 422, "figures")),
        other=("/rencana/{other_plan}/lanjutan", 403), closed=("/rencana/{plan}/lanjutan", 403),
    ),
    Row(
        "/usulan/{left_over}/pengajuan-kembali", "staff", lambda _w: ProposalForm(formdata=None), PROPOSAL,
        wrong=(({"sub_activity": "9.99.99.9.99.9999"}, 422, "sub_activity"),),
        other=("/usulan/{other_proposal}/pengajuan-kembali", 404), closed=(DRAFT_STAGE, 403),
    ),
    Row(
        "/usulan/{accepted}/baris", "planner", valid={"line": "{line}"},
        wrong=(({"line": "{other_line}"}, 404, None), ({"line": ""}, 404, None), ({"line": "x" * 5000}, 404, None)),
        other=("/usulan/{other_proposal}/baris", 403), closed=(VERIFICATION, 403),
    ),
    Row(
        "/rencana/{plan}/impor", "planner", lambda _w: PlanFileForm(formdata=None), {"file": csv_plan(), "ceiling_column": ""},
        other=("/rencana/{other_plan}/impor", 403), closed=(VERIFICATION, 403), kept=False,
    ),
    Row("/rencana/{plan}/impor/{plan_file}/penerapan", "planner",
        other=("/rencana/{plan}/impor/{upload}/penerapan", 404), closed=(VERIFICATION, 403)),
    Row(
        "/rencana/unduhan", "planner", _bundle_form, {"year": "2027", "format": "csv"},
        wrong=(({"year": "2031"}, 422, "year"), ({"format": "exe"}, 422, "format")),
        another_deed="an hour later the plans may have changed",
    ),
    Row("/rencana/{plan}/unduh/renja.csv", "planner", status=200, again=200,
        other=("/rencana/{hidden_plan}/unduh/renja.csv", 404), another_deed="only how often is counted"),
    Row("/rencana/unduhan/{bundle}/berkas", "planner", status=200, again=200,
        other=("/rencana/unduhan/{job}/berkas", 404), closed=("/rencana/unduhan/{fetched_bundle}/berkas", 404)),
    Row("/pekerjaan-latar/{job}/pengulangan", "steward", closed=("/pekerjaan-latar/{bundle}/pengulangan", 403)),
    Row("/rencana/{plan}/impor/{plan_file}/pembatalan", "planner",
        other=("/rencana/{plan}/impor/{upload}/pembatalan", 404), closed=(VERIFICATION, 403)),
    Row(
        "/rencana/{plan}/tempel", "planner", lambda _w: PasteForm(formdata=None), {"rows": "5.03.02.2.02.0003\tPromosi\t\t\t2"},
        wrong=(({"rows": ""}, 422, "rows"), ({"rows": "Pagu\tTarget\n1\t2"}, 422, "rows")),
        other=("/rencana/{other_plan}/tempel", 403), closed=(VERIFICATION, 403),
    ),
    Row(
        "/baris/{line}/ukuran", "planner", lambda _w: TargetForm(formdata=None),
        {
            "seen": "{line_seen}", "kind": "number", "direction": "higher", "accumulation": "last", "upper": "", "scale": "",
            "value1": "3", "rupiah1": "", "renstra_target": "60",
        },
        wrong=(
            ({"seen": "x"}, 409, None), ({"kind": "lain"}, 422, "kind"), ({"kind": "grade", "scale": "WTP"}, 422, "scale"),
            ({"rupiah1": "999.000.000.000"}, 422, "value1"),
        ),
        other=("/baris/{other_line}/ukuran", 403), closed=(VERIFICATION, 403),
    ),
    Row(
        "/rencana/{plan}/ukuran", "planner", lambda _w: PasteTargetsForm(formdata=None),
        {"rows": "{line_code}\t0", "apply": ""}, status=200, again=200,
        wrong=(({"rows": ""}, 422, "rows"), ({"rows": "Pagu\tTarget\n1\t2"}, 422, "rows")),
        other=("/rencana/{other_plan}/ukuran", 403), closed=(VERIFICATION, 403), another_deed="it only compares",
    ),
    Row(
        "/baris/{line}/salinan", "planner", lambda _w: CopyForm(formdata=None),
        {"sub_activity": "5.03.02.2.02.0009", "unit": "{unit_bkpsdm}"},
        wrong=(({"sub_activity": ""}, 422, "sub_activity"), ({"unit": "{unit_diskominfo}"}, 422, "unit")),
        other=("/baris/{other_line}/salinan", 403), closed=(VERIFICATION, 403),
    ),
    Row(
        "/baris/{line}/perpindahan", "planner", valid={"ke": "naik"}, wrong=(({"ke": "samping"}, 400, None),),
        other=("/baris/{other_line}/perpindahan", 403), closed=(VERIFICATION, 403), kept=False,
    ),
    Row("/baris/{line}/pemakaian", "planner", other=("/baris/{other_line}/pemakaian", 403), closed=(VERIFICATION, 403), kept=False),
    Row(
        "/baris/{line}/angka", "planner", lambda _w: FiguresForm(formdata=None), {"based_on": "1", "ceiling": "1.000"},
        wrong=(({"based_on": "x"}, 400, None), ({"ceiling": "seribu"}, 422, "ceiling")),
        other=("/baris/{other_line}/angka", 403), closed=(VERIFICATION, 403),
    ),
    # Discussion
    Row(
        "/tanggapan/{comment}/sunting", "staff", lambda _w: CommentForm(formdata=None), {"body": "Kalimat baru."},
        other=("/tanggapan/{same_comment}/sunting", 403), closed=(cast.NOW + timedelta(minutes=16), 403),
    ),
    Row("/tanggapan/{comment}/coretan", "staff", other=("/tanggapan/{same_comment}/coretan", 403),
        closed=("/tanggapan/{struck}/coretan", 403)),
    Row("/tanggapan/{comment}/sebutan", "staff", other="everybody may go to a comment; only who is named has seen it"),
    Row(
        "/tanggapan/{comment}/keadaan", "planner", valid={"kind": "answered"},
        wrong=(({"kind": ""}, 400, None), ({"kind": "x" * 5000}, 400, None), ({"kind": "changed", "version": "99"}, 403, None), ({"kind": "open"}, 400, None)),
        other=("/tanggapan/{other_comment}/keadaan", 403), closed=("/tanggapan/{struck}/keadaan", 403),
    ),
    Row(
        "/tanggapan/{same_comment}/laporan", "staff", lambda _w: discussion.ReasonForm(formdata=None), {"reason": "Menyebut orang."},
        other=("/tanggapan/{comment}/laporan", 403), closed=("/tanggapan/{hushed}/laporan", 403),
    ),
    Row(
        "/tanggapan/{comment}/penyembunyian", "planner", lambda _w: discussion.ReasonForm(formdata=None), {"reason": "Menyebut orang."},
        other=("/tanggapan/{other_comment}/penyembunyian", 403),
    ),
    Row("/tanggapan/{hushed}/penampilan", "planner", other=("/tanggapan/{other_comment}/penampilan", 403)),
    # Proposals
    Row(
        "/usulan/baru?rencana={plan}", "staff", lambda _w: ProposalForm(formdata=None), PROPOSAL,
        wrong=(({"sub_activity": "9.99"}, 422, "sub_activity"),),
        other=("/usulan/baru?rencana={hidden_plan}", 404), closed=(DRAFT_STAGE, 403),
    ),
    Row(
        "/usulan/{draft}/sunting", "staff", lambda _w: ProposalForm(formdata=None), PROPOSAL,
        wrong=(({"sub_activity": "9.99"}, 422, "sub_activity"),),
        other=("/usulan/{hidden_proposal}/sunting", 404), closed=("/usulan/{proposal}/sunting", 403),
    ),
    Row("/usulan/{draft}/pengajuan", "staff", other=("/usulan/{hidden_proposal}/pengajuan", 404), closed=(DRAFT_STAGE, 403)),
    Row("/usulan/{proposal}/penarikan", "staff", other=("/usulan/{same_proposal}/penarikan", 403),
        closed=("/usulan/{accepted}/penarikan", 403)),
    Row("/usulan/{same_proposal}/dukungan", "staff", other=("/usulan/{hidden_proposal}/dukungan", 404), closed=(DRAFT_STAGE, 403)),
    Row("/usulan/{supported}/dukungan/penarikan", "staff", other=("/usulan/{hidden_proposal}/dukungan/penarikan", 404),
        closed=(DRAFT_STAGE, 403)),
    Row(
        "/usulan/{same_proposal}/tanggapan", "staff", lambda _w: RemarkForm(formdata=None), {"body": "Setuju."},
        wrong=(({"parent": "{comment}"}, 409, None),),
        other=("/usulan/{hidden_proposal}/tanggapan", 404), closed=(VERIFICATION, 403),
    ),
    Row(
        "/usulan/{proposal}/jawaban", "leader", lambda _w: AnswerForm(formdata=None),
        {"kind": "declined", "text": "Belum ada anggaran.", "ground": "no_ceiling", "condition": "Ada anggaran."},
        wrong=(({"ground": ""}, 422, "ground"), ({"condition": ""}, 422, "condition")),
        other=("/usulan/{other_proposal}/jawaban", 403), closed=("/usulan/{withdrawn}/jawaban", 403),
    ),
    # Voting
    Row(
        "/pemungutan-suara/baru", "leader", lambda _w: PollForm(formdata=None), POLL,
        wrong=(
            ({"options": "Hanya satu"}, 422, "options"),
            ({"options": "Sama\nSama"}, 422, "options"),
            ({"options": "\n".join("abcdefghi")}, 422, "options"),
            ({"witnesses": ["{witness}"]}, 422, "witnesses"),
            ({"witnesses": ["{witness}", "{witness_b}", "{missing}"]}, 422, "witnesses"),
            ({"witnesses": ["{witness}", "{witness_b}", "{leader}"]}, 422, "witnesses"),
            ({"closes_at": "2026-03-03T07:00"}, 422, "closes_at"),
            ({"closes_at": "2026-03-03T08:30"}, 422, "closes_at"),
            ({"unit": "{unit_diskominfo}"}, 422, "unit"),
            ({"plan": "{other_plan}"}, 422, "plan"),
            ({"plan": "{plan}", "closes_at": "2026-03-20T08:30"}, 422, "closes_at"),
        ),
    ),
    Row("/pemungutan-suara/{poll_new}/saksi", "witness", status=200, other=("/pemungutan-suara/{poll}/saksi", 404),
        closed=("/pemungutan-suara/{poll_ready}/saksi", 403)),
    Row(
        "/pemungutan-suara/{poll_fetched}/saksi/uji", "witness", valid={"code": "{code_A}"},
        wrong=(
            ({"code": ""}, 422, "code"), ({"code": "x" * 5000}, 422, "code"), ({"code": "\u202e\x07"}, 422, "code"),
            ({"code": "{code_B}"}, 422, "code"),
        ),
        other=("/pemungutan-suara/{poll}/saksi/uji", 404), closed=("/pemungutan-suara/{poll_new}/saksi/uji", 403), kept=False,
    ),
    Row("/pemungutan-suara/{poll_ready}/pembukaan-suara", "leader", other=("/pemungutan-suara/{other_poll}/pembukaan-suara", 404),
        closed=("/pemungutan-suara/{poll_open}/pembukaan-suara", 403)),
    Row("/pemungutan-suara/{poll_open}/pembatalan", "leader", other=("/pemungutan-suara/{other_poll}/pembatalan", 404),
        closed=("/pemungutan-suara/{poll_cancelled}/pembatalan", 403)),
    Row(
        "/pemungutan-suara/{poll_open}/amplop", "staff", valid={"choice": "1"},
        wrong=(({"choice": ""}, 422, "choice"), ({"choice": "3"}, 422, "choice"), ({"choice": "-1"}, 422, "choice"), ({"choice": "9" * 40}, 422, "choice")),
        other=("/pemungutan-suara/{other_poll}/amplop", 404), closed=("/pemungutan-suara/{poll_closed}/amplop", 403), kept=False,
    ),
    Row(
        "/pemungutan-suara/{poll_closed}/pembukaan", "witness", valid={"code-A": "{code_A}", "code-B": "{code_B}"},
        wrong=(({"code-B": ""}, 422, "code-A"), ({"code-B": "x" * 5000}, 422, "code-A"), ({"code-B": "\x07\u202e"}, 422, "code-A")),
        other=("/pemungutan-suara/{poll}/pembukaan", 404), closed=("/pemungutan-suara/{poll_done}/pembukaan", 403), kept=False,
    ),
    Row(
        "/pemungutan-suara/{poll}/tanggapan", "staff", lambda _w: CommentForm(formdata=None), {"body": "Setuju."},
        wrong=(({"parent": "{remark}"}, 409, None),), other=("/pemungutan-suara/{other_poll}/tanggapan", 404),
    ),
    Row(
        "/pemungutan-suara/{poll_done}/penyimpangan", "leader", lambda _w: DepartureForm(formdata=None),
        {"reason": "Anggaran tidak cukup."},
        other=("/pemungutan-suara/{other_poll}/penyimpangan", 404),
        closed=("/pemungutan-suara/{poll_open}/penyimpangan", 403),
    ),
    # Change
    Row(
        "/perubahan/baru", "leader", lambda _w: changes.InitiativeForm(formdata=None),
        {"unit": "{unit_bkpsdm}", "title": "Loket disatukan"},
        wrong=(({"unit": "{unit_diskominfo}"}, 422, "unit"),),
    ),
    Row(
        "/perubahan/{initiative}/pemberitahuan/baru", "leader", lambda _w: changes.NoticeForm(formdata=None),
        {"title": "Loket disatukan", "audience": "{unit_mutasi}", "due_on": "2026-03-10"} | PARTS,
        wrong=(
            ({"audience": "{unit_diskominfo}"}, 422, "audience"), ({"audience": None}, 422, "audience"),
            ({"due_on": "2026-03-03"}, 422, "due_on"),
        ),
        other=("/perubahan/{other_initiative}/pemberitahuan/baru", 404),
    ),
    Row(
        "/pemberitahuan/{notice}/tanda-paham", "staff", lambda _w: changes.AcknowledgementForm(formdata=None),
        {"kind": "concerned", "number": "1", "body": "Bagaimana jam bukanya?", "voice": "named"},
        wrong=(
            ({"kind": "lain"}, 422, "kind"), ({"body": ""}, 422, "body"),
            ({"number": "0"}, 409, None), ({"number": "x"}, 409, None), ({"number": "99999"}, 409, None),
        ),
        other=("/pemberitahuan/{other_notice}/tanda-paham", 404),
    ),
    Row(
        "/pemberitahuan/{notice}/versi/baru", "leader", lambda _w: changes.RevisionForm(formdata=None),
        {"number": "1", "material": "y"} | PARTS,
        wrong=(({"number": "9" * 30}, 409, None), ({"number": "0"}, 409, None)),
        other=("/pemberitahuan/{other_notice}/versi/baru", 404),
    ),
    Row(
        "/pemberitahuan/{notice}/tanggapan", "staff", lambda _w: RemarkForm(formdata=None), {"body": "Setuju."},
        wrong=(({"parent": "{remark}"}, 409, None),), other=("/pemberitahuan/{other_notice}/tanggapan", 404),
    ),
    Row(
        "/kekhawatiran/{concern}/balasan", "leader", lambda _w: changes.ReplyForm(formdata=None),
        {"kind": "answered", "text": "Jam buka tetap."}, other=("/kekhawatiran/{other_concern}/balasan", 404),
    ),
    Row(
        "/hasil/{agency}/2021/1/baris/{row}", "planner", _realisation_form,
        {
            "number": "1", "status": "measured", "value": "2", "rupiah": "1.000.000", "reason": "Salah hitung.", "note": "",
            "evidence_kind": "document", "title": "Laporan contoh", "reference": "1/2026", "dated_on": "2026-01-05",
            "kept_by": "Sekretariat",
        },
        wrong=(
            ({"value": ""}, 422, "value"), ({"status": "not_started"}, 422, "value"),
            ({"status": "not_started", "value": "", "reason": ""}, 422, "reason"),
            ({"rupiah": "999.000.000", "reason": ""}, 422, "reason"), ({"title": ""}, 422, "title"),
            ({"reference": ""}, 422, "reference"), ({"kept_by": ""}, 422, "kept_by"), ({"number": "0"}, 409, None),
            ({"number": "x"}, 409, None), ({"evidence_kind": "lain"}, 422, "evidence_kind"),
        ),
        other=("/hasil/{other_agency}/2021/1/baris/{other_row}", 403),
        closed=("/hasil/{agency}/2021/2/baris/{row}", 403),
    ),
    Row(
        "/hasil/{agency}/2021/1/penyampaian", "leader", _filing_form,
        {
            "driving": "Aplikasi dipakai.", "hindering": "Pagu dialihkan.", "next_quarter": "Ajukan pagu kembali.",
            "next_plan": "", "unit": "{unit_bkpsdm}",
        },
        wrong=(({"unit": "{unit_diskominfo}"}, 422, "unit"),),
        other=("/hasil/{other_agency}/2021/1/penyampaian", 403), closed=("/hasil/{agency}/2021/2/penyampaian", 403),
    ),
    Row("/hasil/target-diturunkan/2021/unduh/target.csv", "staff", status=200, again=200,
        other=("/hasil/target-diturunkan/1999/unduh/target.csv", 404), another_deed="only how often is counted"),
    # Partners
    Row("/mitra/unduh/tawaran.csv", "staff", status=200, again=200, another_deed="only how often is counted"),
    Row(
        "/kesenjangan/baris/{line}", "planner", lambda _w: partners.GapForm(formdata=None),
        {"kind": "equipment", "text": "Laptop untuk pelatihan", "quantity": "40", "measure_unit": "unit"},
        wrong=(({"measure_unit": ""}, 422, "measure_unit"), ({"quantity": "0"}, 422, "quantity")),
        other=("/kesenjangan/baris/{other_line}", 403), another_deed="a line may lack several things",
    ),
    Row(
        "/undangan/baru", "leader", _call_form,
        {
            "unit": "{unit_bkpsdm}", "gaps": ["{open_gap}"], "opens_on": "2026-03-03", "closes_on": "2026-03-17",
            "text": "Kami mengundang mitra.", "contact": "Sekretariat BKPSDM",
        },
        wrong=(
            ({"closes_on": "2026-03-16"}, 422, "closes_on"), ({"opens_on": "2026-03-02"}, 422, "opens_on"),
            ({"gaps": ["{other_gap}"]}, 422, "gaps"), ({"unit": "{unit_mutasi}"}, 422, "gaps"),
            ({"unit": "{unit_diskominfo}"}, 422, "unit"),
        ),
    ),
    Row(
        "/tawaran/baru", "steward", _offer_form,
        {
            "gap": "{open_gap}", "name": "Universitas Contoh Rekaan", "kind": "university", "registration": "",
            "address": "", "what": "40 laptop", "quantity": "40", "value": "200.000.000", "conditions": "",
            "letter_number": "7/2026", "letter_on": "2026-03-01",
        },
        wrong=(
            ({"quantity": ""}, 422, "quantity"), ({"quantity": "0"}, 422, "quantity"),
            ({"letter_on": "2026-03-04"}, 422, "letter_on"), ({"kind": "lain"}, 422, "kind"),
            ({"gap": "{missing}"}, 422, "gap"),
        ),
    ),
    Row(
        "/tawaran/{other_offer}/telaah", "steward", lambda _w: partners.CheckForm(formdata=None, prefix="t1"),
        {f"t{n}-result": "fits" for n in range(1, 10)} | {f"t{n}-text": "Menurut surat." for n in range(1, 10)},
        wrong=(
            ({"t3-result": "problem", "t3-text": ""}, 422, "t3-text"), ({"t7-text": ""}, 422, "t7-text"),
            ({f"t{n}-result": "" for n in range(1, 10)}, 422, "t1-result"), ({"t9-result": "x"}, 422, "t9-result"),
        ),
        other="the steward keeps every agency's", closed=("/tawaran/{checked_offer}/telaah", 403),
    ),
    Row(
        "/tawaran/{offer}/pernyataan", "leader", lambda _w: partners.StatementForm(formdata=None),
        {"has_interest": "yes", "text": "Saudara kandung bekerja di sana."},
        wrong=(({"text": ""}, 422, "text"), ({"has_interest": "x"}, 422, "has_interest")),
        other=("/tawaran/{other_offer}/pernyataan", 404), closed=("/tawaran/{accepted_offer}/pernyataan", 403),
    ),
    Row(
        "/tawaran/{checked_offer}/putusan", "leader", lambda _w: partners.RulingForm(formdata=None),
        {"outcome": "accepted", "ground": "Sesuai kebutuhan baris ini."},
        wrong=(({"ground": ""}, 422, "ground"), ({"outcome": "lain"}, 422, "outcome")),
        other=("/tawaran/{other_offer}/putusan", 404), closed=("/tawaran/{accepted_offer}/putusan", 403),
    ),
    Row(
        "/tawaran/{accepted_offer}/penarikan", "steward", lambda _w: partners.WithdrawalForm(formdata=None),
        {"reason": "Surat 9/2026: barangnya tidak ada lagi."},
        other="the steward keeps every agency's", closed=("/tawaran/{signed_offer}/penarikan", 403),
    ),
    Row(
        "/tawaran/{accepted_offer}/naskah", "steward", lambda _w: partners.AgreementForm(formdata=None),
        {
            "kind": "agreement", "number": "11/PKS/2026", "signed_on": "2026-03-02", "from_on": "2026-03-02",
            "until_on": "2026-12-31", "duties_theirs": "Menyerahkan laptop.", "duties_ours": "Menyediakan ruang.",
        },
        wrong=(({"until_on": "2026-03-02"}, 422, "until_on"), ({"signed_on": "2026-03-04"}, 422, "signed_on")),
        other="the steward keeps every agency's", closed=("/tawaran/{signed_offer}/naskah", 403),
    ),
    Row(
        "/tawaran/{signed_offer}/penyerahan", "steward", lambda _w: partners.DeliveryForm(formdata=None),
        {"what": "25 laptop", "quantity": "25", "value": "", "on": "2026-03-02", "handover_number": "3/BAST/2026"},
        wrong=(({"quantity": ""}, 422, "quantity"), ({"quantity": "0"}, 422, "quantity"), ({"on": "2026-03-04"}, 422, "on")),
        other="the steward keeps every agency's", closed=("/tawaran/{accepted_offer}/penyerahan", 403),
        another_deed="a promise may come in several parts",
    ),
    Row(
        "/hasil/{agency}/2021/impor", "planner", lambda _w: FiguresFileForm(formdata=None),
        {"file": QUARTERS, "rows": "", "cells": "single"}, wrong=(({"cells": "lain"}, 422, "cells"), ({"rows": "x"}, 422, "file")),
        other=("/hasil/{other_agency}/2021/impor", 403), kept=False,
    ),
    Row("/hasil/{agency}/2021/impor/{figures_file}/penerapan", "planner",
        other=("/hasil/{agency}/2021/impor/{upload}/penerapan", 404)),
    Row("/hasil/{agency}/2021/impor/{figures_file}/pembatalan", "planner",
        other=("/hasil/{agency}/2021/impor/{upload}/pembatalan", 404)),
    Row(
        "/hasil/{agency}/2021/belanja", "planner", _spending_form, {"file": SPENDING, "month": "2021-01"},
        wrong=(({"month": "2021-13"}, 422, "month"),), other=("/hasil/{other_agency}/2021/belanja", 403), kept=False,
    ),
    Row("/hasil/{agency}/2021/belanja/{spending_file}/penerapan", "planner",
        other=("/hasil/{agency}/2021/belanja/{upload}/penerapan", 404)),
    Row("/hasil/{agency}/2021/3/unduh/e81.csv", "staff", status=200, again=200,
        other="every employee may have it", another_deed="only how often is counted"),
    Row(
        "/hasil/{agency}/2021/2/telaah", "verifier", lambda _w: VerdictForm(formdata=None),
        {"outcome": "validated", "whole": "Sesuai bukti.", "b{row}-result": "fits", "b{row}-text": ""},
        wrong=(({"outcome": "returned"}, 422, "outcome"), ({"outcome": "lain"}, 422, "outcome")),
        other="a verifier judges every agency but their own", closed=("/hasil/{agency}/2021/3/telaah", 403),
    ),
    Row(
        "/hasil/{agency}/2021/3/keberatan", "staff", lambda _w: ObjectionForm(formdata=None),
        {"code": "", "text": "Angkanya lain dari laporan.", "voice": "named"},
        wrong=(({"code": "9.99"}, 422, "code"), ({"voice": "lain"}, 422, "voice")),
        other="every employee may object", closed=("/hasil/{agency}/2021/2/keberatan", 403),
        another_deed="one may object to several things",
    ),
    Row(
        "/hasil/keberatan/{objection}/jawaban", "leader", lambda _w: ObjectionAnswerForm(formdata=None),
        {"outcome": "dismissed", "text": "Sesuai lampiran."},
        other=("/hasil/keberatan/{other_objection}/jawaban", 403),
    ),
    Row(
        "/hasil/keberatan/{objection}/penarikan", "staff", other=("/hasil/keberatan/{other_objection}/penarikan", 404),
    ),
    # Career records
    Row(
        "/usulan/{proposal}/terima-kasih", "leader", lambda _w: ThanksForm(formdata=None),
        {"text": "Terima kasih atas gagasannya."}, other=("/usulan/{other_proposal}/terima-kasih", 403),
        closed=("/usulan/{withdrawn}/terima-kasih", 403),
    ),
    Row(
        "/saran/{suggestion}/terima-kasih", "leader", lambda _w: ThanksForm(formdata=None),
        {"text": "Terima kasih atas sarannya."}, other=("/saran/{other_suggestion}/terima-kasih", 403),
    ),
    Row(
        "/karier/bagikan", "staff", lambda _w: ShareForm(formdata=None),
        {"sections": ["contributions", "results"], "until_on": "2026-03-31"},
        wrong=(
            ({"sections": ["lain"]}, 422, "sections"), ({"until_on": "2026-03-02"}, 422, "until_on"),
            ({"until_on": "2027-03-04"}, 422, "until_on"),
        ),
        another_deed="one may share as many copies as one likes, up to twenty",
    ),
    Row("/karier/bagikan/{share}/pencabutan", "staff", other=("/karier/bagikan/{other_share}/pencabutan", 404),
        another_deed="what is revoked stays revoked"),
    Row("/karier/bagikan/{share}/salinan.pdf", "staff", status=200, again=200,
        other=("/karier/bagikan/{other_share}/salinan.pdf", 404), another_deed="only how often is counted"),
    Row(
        "/rekam-karier", None, lambda _w: CodeForm(formdata=None), {"code": "{share_code}"}, status=200, again=200,
        wrong=(({"code": "7K2M-9QXA-4T0D"}, 422, "code"),), other="the code is all that is asked",
        another_deed="each view is counted", kept=False,
    ),
    Row(
        "/karier/perbaikan", "staff", lambda _w: CorrectionForm(formdata=None),
        {"place": "results", "text": "Unit saya keliru."}, wrong=(({"place": "lain"}, 422, "place"),),
        another_deed="one may ask for several corrections",
    ),
    Row(
        "/karier/perbaikan/{correction}/jawaban", "steward", lambda _w: CorrectionAnswerForm(formdata=None),
        {"outcome": "corrected", "text": "Sudah diperbaiki."}, wrong=(({"outcome": "lain"}, 422, "outcome"),),
        other="the steward of the cast keeps everybody's record",
    ),
    Row(
        "/pelatihan/baru", "planner", _training_form, TRAINING, wrong=WRONG_TRAINING,
        another_deed="two drafts may be alike",
    ),
    Row(
        "/pelatihan/{training_draft}/sunting", "planner", _training_form, TRAINING, wrong=WRONG_TRAINING,
        other=("/pelatihan/{other_draft}/sunting", 404), closed=("/pelatihan/{training}/sunting", 403),
        another_deed="a draft is saved again",
    ),
    Row(
        "/pelatihan/{training_draft}/penerbitan", "planner", lambda _w: training.SeedForm(formdata=None),
        {"seed": "benih pertama"}, wrong=(({"seed": "pendek"}, 422, "seed"),),
        other=("/pelatihan/{other_draft}/penerbitan", 404), closed=("/pelatihan/{training}/penerbitan", 403),
    ),
    Row(
        "/pelatihan/{training}/pembatalan", "planner", lambda _w: training.ReasonForm(formdata=None),
        {"reason": "Pengajar berhalangan."}, other=("/pelatihan/{other_training}/pembatalan", 403),
        closed=("/pelatihan/{training_long_over}/pembatalan", 403),
    ),
    Row(
        "/pelatihan/{training}/pendaftaran", "staff", other="every employee may apply",
        closed=("/pelatihan/{training_closed}/pendaftaran", 403),
    ),
    Row(
        "/pelatihan/pendaftaran/{enrolment}/penarikan", "staff",
        other=("/pelatihan/pendaftaran/{other_enrolment}/penarikan", 404),
        closed=("/pelatihan/pendaftaran/{enrolment_over}/penarikan", 403),
    ),
    Row(
        "/pelatihan/pendaftaran/{enrolment}/tempat", "staff", valid={"jawaban": "accepted"},
        wrong=(({"jawaban": "lain"}, 400, None), ({"jawaban": None}, 400, None)),
        other=("/pelatihan/pendaftaran/{other_enrolment}/tempat", 404),
        closed=("/pelatihan/pendaftaran/{enrolment_over}/tempat", 403),
    ),
    Row(
        "/pelatihan/pendaftaran/{enrolment}/persetujuan", "leader", lambda _w: training.EndorsementForm(formdata=None),
        {"outcome": "refused", "reason": "Loket dijaga satu orang."},
        wrong=(({"reason": ""}, 422, "reason"), ({"outcome": "lain"}, 422, "outcome")),
        other=("/pelatihan/pendaftaran/{other_enrolment}/persetujuan", 403),
        closed=("/pelatihan/pendaftaran/{enrolment_over}/persetujuan", 403),
    ),
    Row(
        "/pelatihan/{training}/benih", "auditor", lambda _w: training.SeedForm(formdata=None), {"seed": "benih kedua"},
        other="an auditor watches over all", closed=("/pelatihan/{training_closed}/benih", 403),
    ),
    Row(
        "/pelatihan/{training_closed}/pembekuan", "planner", lambda _w: training.SeedForm(formdata=None),
        {"seed": "benih pertama"}, wrong=(({"seed": "benih lainnya"}, 422, "seed"),),
        other=("/pelatihan/{other_training}/pembekuan", 403), closed=("/pelatihan/{training}/pembekuan", 403),
    ),
    Row(
        "/pelatihan/{training_frozen}/undian/benih", "auditor", lambda _w: training.SeedForm(formdata=None),
        {"seed": "benih kedua"}, wrong=(({"seed": "benih lainnya"}, 422, "seed"),),
        other="an auditor watches over all", closed=("/pelatihan/{training}/undian/benih", 403),
        another_deed="it leads to the first result",
    ),
    Row(
        "/pelatihan/{training}/pertemuan", "planner", lambda _w: training.MeetingForm(formdata=None),
        {"starts_at": "2026-04-06T08:00", "minutes": "330", "place": "Aula contoh"},
        wrong=(({"starts_at": "2026-04-09T08:00"}, 422, "starts_at"), ({"minutes": "0"}, 422, "minutes")),
        other=("/pelatihan/{other_training}/pertemuan", 403), another_deed="a training has many meetings",
    ),
    Row(
        "/pelatihan/pertemuan/{meeting}/daftar-hadir", "planner", None, {"p{enrolment}-minutes": "330"},
        wrong=(({"p{enrolment}-minutes": "331"}, 422, None), ({"p{enrolment}-minutes": "tiga"}, 422, None)),
        other=("/pelatihan/pertemuan/{other_meeting}/daftar-hadir", 403), another_deed="a list is corrected",
    ),
    Row(
        "/pelatihan/pertemuan/{meeting}/hadir", "staff", lambda _w: training.WallCodeForm(formdata=None),
        {"code": "{wall_code}"}, wrong=(({"code": "AAAAAA"}, 422, "code"),), kept=False,
        other=("/pelatihan/pertemuan/{other_meeting}/hadir", 403), closed=(day(4, 1), 403),
        another_deed="coming twice is coming once",
    ),
    Row(
        "/pelatihan/{training_over}/kelulusan", "planner", None, {"p{enrolment_over}-passed": "y"},
        other=("/pelatihan/{other_training}/kelulusan", 403), closed=("/pelatihan/{training}/kelulusan", 403),
        another_deed="what stands stays",
    ),
    Row(
        "/pelatihan/{training_over}/umpan-balik", "staff", lambda _w: training.FeedbackForm(formdata=None),
        {"content_score": "5", "teaching_score": "4", "use_score": "3", "text": "Contoh lebih banyak."},
        wrong=(({"use_score": "6"}, 422, "use_score"),), other=("/pelatihan/{other_training}/umpan-balik", 403),
        closed=("/pelatihan/{training}/umpan-balik", 403),
    ),
    Row(
        "/pelatihan/pendaftaran/{enrolment_long_over}/penerapan", "staff", _uptake_form,
        {"used": "yes", "line": "0", "text": "SOP arsip."}, wrong=(({"used": "lain"}, 422, "used"),),
        other=("/pelatihan/pendaftaran/{other_enrolment}/penerapan", 403),
        closed=("/pelatihan/pendaftaran/{enrolment_over}/penerapan", 403),
    ),
    Row(
        "/pelatihan/jp/baru", "staff", lambda _w: training.LearningForm(formdata=None),
        {
            "title": "Kelas daring lain", "form": "C3", "issuer": "Lembaga Umpama", "number": "77/2026",
            "starts_on": "2026-02-03", "ends_on": "2026-02-03", "hours": "4", "minutes": "180", "kept_at": "Map contoh",
        },
        wrong=(
            ({"number": "12/2026"}, 422, "number"), ({"ends_on": "2026-02-02"}, 422, "ends_on"),
            ({"ends_on": "2026-03-04"}, 422, "ends_on"), ({"hours": "0"}, 422, "hours"),
        ),
    ),
    Row(
        "/pelatihan/jp/{learning}/telaah", "steward", lambda _w: training.LearningVerdictForm(formdata=None),
        {"outcome": "accepted", "hours": "5", "reason": ""},
        wrong=(
            ({"hours": ""}, 422, "hours"), ({"outcome": "refused"}, 422, "reason"), ({"outcome": "lain"}, 422, "outcome"),
        ),
        other="a steward keeps every unit",
    ),
    Row(
        "/pelatihan/kebutuhan/baru", "planner", _need_form,
        {
            "unit": "{unit_bkpsdm}", "topic": "Kearsipan", "source": "gap", "line": "0", "people": "4",
            "text": "Berkas menumpuk.",
        },
        wrong=(
            ({"source": "plan"}, 422, "line"), ({"people": "0"}, 422, "people"), ({"unit": "{unit_diskominfo}"}, 422, "unit"),
        ),
        another_deed="a need may be told twice",
    ),
    Row("/pelatihan/kalender", "staff", valid={"urusan": "baru"}, another_deed="each makes the address anew"),
    Row("/pelatihan/unduh/laporan.csv", "staff", status=200, again=200, valid={"tahun": "2026"},
        another_deed="only how often is counted"),
)  # fmt: skip
