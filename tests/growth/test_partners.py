"""An offer from the gap to half a delivery, and who sees what of it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.db import db
from portal.growth.partners import actions, queries, routes
from portal.growth.partners.models import Call, Gap, Offer, OfferRuling
from portal.people.models import Person
from tests import factories as make
from tests.conftest import read
from tests.people.test_races import together

CHECKS = {f"t{n}-result": "fits" for n in range(1, 10)} | {
    f"t{n}-text": "Menurut surat." for n in range(1, 10)
}
NONE = {"has_interest": "no", "text": ""}
ACCEPTED = {"outcome": "accepted", "ground": "Sesuai kebutuhan."}


@pytest.fixture
def line_id(world, ids):
    with world():
        return make.line(make.plan(ids["unit:bkpsdm"]), unit_id=ids["unit:mutasi"]).id


@pytest.fixture
def offer_id(world, ids):
    """An offer of 40 laptops for a gap whose call is over."""
    with world():
        gap = make.gap(ids["unit:bkpsdm"], ids["leader"], ids["duty:leader"])
        make.call([gap], date(2026, 1, 5), date(2026, 1, 30))
        return make.offer(gap, ids["steward"]).id


def send(client, path, fields, status=303):
    sent = client.send(path, fields)
    assert sent.status_code == status, sent.text[:2000]
    return sent


def test_from_the_gap_to_half_a_delivery(client_for, world, stopped, line_id, ids):
    """P4 through the screens: forty agreed, twenty-five delivered, the time over."""
    gap = {"kind": "equipment", "text": "Laptop untuk pelatihan", "quantity": "40", "measure_unit": "unit"}
    send(client_for("editor"), f"/kesenjangan/baris/{line_id}", gap)
    call = {
        "unit": str(ids["unit:mutasi"]), "gaps": "1", "opens_on": "2026-03-03", "closes_on": "2026-03-17",
        "text": "Kami mengundang mitra.", "contact": "Sekretariat BKPSDM",
    }  # fmt: skip
    send(client_for("leader"), "/undangan/baru", call)
    public = client_for(None).page("/undangan/1")
    assert "Laptop untuk pelatihan" in public.text and "diperlukan 40 unit" in public.text
    offer = {
        "gap": "1", "name": "PT Rekaan Jaya", "kind": "business", "registration": "99", "address": "Jalan Contoh",
        "what": "Empat puluh laptop", "quantity": "40", "value": "200.000.000", "conditions": "",
        "letter_number": "7/2026", "letter_on": "2026-03-03",
    }  # fmt: skip
    steward, leader = client_for("steward"), client_for("leader")
    send(steward, "/tawaran/baru", offer)
    assert "letter_number" in read(send(steward, "/tawaran/baru", offer, 422)).errors()
    send(steward, "/tawaran/1/telaah", CHECKS, 403)  # the own statement is missing
    send(steward, "/tawaran/1/pernyataan", NONE)
    send(steward, "/tawaran/1/telaah", CHECKS)
    send(leader, "/tawaran/1/pernyataan", NONE)
    early = send(leader, "/tawaran/1/putusan", ACCEPTED, 422).text.replace("\xa0", " ")
    assert "dibuka sampai 17 Maret 2026" in early
    stopped.forward(days=15)
    send(client_for("leader"), "/tawaran/1/putusan", ACCEPTED)
    with world():
        assert db.session.get_one(Offer, 1).call_id == 1
    agreement = {
        "kind": "agreement", "number": "11/PKS/2026", "signed_on": "2026-03-18", "from_on": "2026-03-18",
        "until_on": "2026-03-31", "duties_theirs": "Menyerahkan laptop.", "duties_ours": "Menyediakan ruang.",
    }  # fmt: skip
    steward = client_for("steward")
    send(steward, "/tawaran/1/naskah", agreement)
    send(steward, "/tawaran/1/penyerahan", {"what": "25 laptop", "quantity": "25", "on": "2026-03-18"})
    assert "25 dari 40 unit diserahkan" in client_for("staff").page("/tawaran/1").text
    stopped.forward(days=14)
    register = client_for(None).page("/mitra").text
    assert "Tidak terpenuhi" in register and "25 dari 40 unit" in register and "PT Rekaan Jaya" in register
    assert "Jalan Contoh" not in register and "7/2026" not in register
    table = client_for("staff").send("/mitra/unduh/tawaran.csv").text.splitlines()
    assert table[1] == "Laptop untuk pelatihan;PT Rekaan Jaya;40;25;11/PKS/2026;2026-03-18"
    assert any(row.startswith("SHA-256;") for row in table)


def test_p1_the_gap_stays_open(client_for, world, ids, offer_id):
    with world():
        offer = db.session.get_one(Offer, offer_id)
        half = make.offer(offer.gap, ids["steward"], quantity=20)
        make.ruled(half, ids["leader"], ids["duty:leader"])
    page = client_for("staff").page("/kesenjangan")
    assert "50 persen" in page.text.replace("\xa0", " ") and "Terpenuhi" not in page.text


def test_p2_what_check_four_found_is_not_accepted(client_for, world, ids, offer_id):
    with world():
        make.checked(db.session.get_one(Offer, offer_id), ids["steward"], ids["leader"], problems=(4,))
    leader = client_for("leader")
    said = send(leader, f"/tawaran/{offer_id}/putusan", ACCEPTED, 422).text
    assert "Telaah 4 menyebut masalah" in said
    with world():
        assert db.session.scalar(select(OfferRuling.id)) is None
    send(leader, f"/tawaran/{offer_id}/putusan", {"outcome": "referred", "ground": "Ada honorarium."})
    assert "PT Contoh" not in client_for(None).page("/mitra").text


def test_p3_the_ruling_goes_one_unit_up(client_for, world, ids, offer_id):
    send(client_for("steward"), f"/tawaran/{offer_id}/pernyataan", NONE)
    send(client_for("steward"), f"/tawaran/{offer_id}/telaah", CHECKS)
    leader, secretary = client_for("leader"), client_for("secretary")
    yes = {"has_interest": "yes", "text": "Saudara kandung bekerja di sana."}
    send(leader, f"/tawaran/{offer_id}/pernyataan", yes)
    assert "naik kepada" in read(send(leader, f"/tawaran/{offer_id}/putusan", ACCEPTED, 403)).text
    page = client_for("steward").page(f"/tawaran/{offer_id}").text
    assert "naik kepada" not in page and "Saudara kandung" not in page
    page = client_for("auditor").page(f"/tawaran/{offer_id}").text
    assert "12 Maret 2026" in page.replace("\xa0", " ") and "Saudara kandung" in page
    send(secretary, f"/tawaran/{offer_id}/putusan", ACCEPTED, 403)  # the own statement is missing
    send(secretary, f"/tawaran/{offer_id}/pernyataan", NONE)
    send(secretary, f"/tawaran/{offer_id}/putusan", ACCEPTED)
    with world():
        assert db.session.scalars(select(OfferRuling.by_id)).one() == ids["secretary"]
    assert "Saudara kandung" not in client_for("staff").page(f"/tawaran/{offer_id}").text


def test_p5_no_ruling_without_a_ground(client_for, world, ids, offer_id):
    with world():
        make.checked(db.session.get_one(Offer, offer_id), ids["steward"], ids["leader"])
    declined = {"outcome": "declined", "ground": " "}
    assert (
        "ground" in read(send(client_for("leader"), f"/tawaran/{offer_id}/putusan", declined, 422)).errors()
    )


def test_an_interest_of_whoever_checks_stops_the_check(client_for, offer_id):
    steward = client_for("steward")
    send(steward, f"/tawaran/{offer_id}/pernyataan", {"has_interest": "yes", "text": "Pemegang saham."})
    send(steward, f"/tawaran/{offer_id}/telaah", CHECKS, 403)


def test_an_interest_of_whoever_does_not_rule_does_not_move_the_ruling(client_for, offer_id):
    send(client_for("steward"), f"/tawaran/{offer_id}/pernyataan", {"has_interest": "yes", "text": "Saham."})
    page = client_for("leader").page(f"/tawaran/{offer_id}").text
    assert "Saham." in page and "naik kepada" not in page


def test_queries_do_not_grow_with_the_declarers(client_for, world, ids, offer_id, count_queries):
    with world():
        make.stated(db.session.get_one(Offer, offer_id), ids["steward"])
    auditor, path = client_for("auditor"), f"/tawaran/{offer_id}"
    auditor.page(path)
    count_queries()
    auditor.page(path)
    few = count_queries()
    with world():
        make.stated(db.session.get_one(Offer, offer_id), ids["leader"], ids["secretary"], ids["planner"])
    auditor.page(path)
    count_queries()
    auditor.page(path)
    assert count_queries() == few <= 12


def test_a_colleague_learns_of_an_offer_by_its_ruling(client_for, world, ids, offer_id):
    staff = client_for("staff")
    staff.page(f"/tawaran/{offer_id}", 404)
    assert "40 laptop bekas" not in staff.page("/tawaran").text
    with world():
        make.ruled(
            make.checked(db.session.get_one(Offer, offer_id), ids["steward"]),
            ids["leader"],
            ids["duty:leader"],
        )
    assert "Sesuai kebutuhan." in staff.page(f"/tawaran/{offer_id}").text


def test_a_private_person_is_not_named(client_for, world, ids, offer_id):
    with world():
        offer = db.session.get_one(Offer, offer_id)
        make.ruled(make.checked(offer, ids["steward"]), ids["leader"], ids["duty:leader"])
        offer.partner.kind = "individual"
        name = offer.partner.name
    for client, path in ((client_for(None), "/mitra"), (client_for("staff"), f"/tawaran/{offer_id}")):
        text = client.page(path).text
        assert "perorangan" in text and name not in text
    assert name not in client_for("staff").send("/mitra/unduh/tawaran.csv").text
    assert name in client_for("steward").page(f"/tawaran/{offer_id}").text


def test_a_partner_is_not_taken_for_another_kind(client_for, world, ids, offer_id):
    with world():
        partner = db.session.get_one(Offer, offer_id).partner
        partner.address = "Jalan Lama"
        name, registration = partner.name, partner.registration
    typed = {
        "gap": "1", "name": name, "kind": "individual", "registration": registration, "address": "Jalan Baru",
        "what": "Satu laptop", "quantity": "1", "letter_number": "8/2026", "letter_on": "2026-03-03",
    }  # fmt: skip
    steward = client_for("steward")
    refused = read(send(steward, "/tawaran/baru", typed, 422))
    assert "kind" in refused.errors() and "sudah tercatat sebagai Badan usaha" in refused.text
    send(steward, "/tawaran/baru", typed | {"kind": "business"})
    page = steward.page("/tawaran/2").text
    assert "Alamat mitra tetap" in page and "Jalan Lama" in page and "Jalan Baru" not in page


def test_a_name_that_a_private_person_has_too_is_not_published(client_for, world, ids, offer_id):
    with world():
        offer = db.session.get_one(Offer, offer_id)
        make.ruled(make.checked(offer, ids["steward"]), ids["leader"], ids["duty:leader"])
        name = offer.partner.name
    assert name in client_for(None).page("/mitra").text
    typed = {
        "gap": "1", "name": name, "kind": "individual", "registration": "", "address": "", "what": "Satu laptop",
        "quantity": "1", "letter_number": "8/2026", "letter_on": "2026-03-03",
    }  # fmt: skip
    with world():
        make.gap(ids["unit:bkpsdm"], ids["leader"], ids["duty:leader"])
    send(client_for("steward"), "/tawaran/baru", typed | {"gap": "2"})
    text = client_for(None).page("/mitra").text
    assert "perorangan" in text and name not in text


def test_calls_of_one_unit_are_counted(client_for, world, ids):
    with world():
        first = make.gap(ids["unit:bkpsdm"], ids["leader"], ids["duty:leader"])
        make.call([first], date(2026, 1, 5), date(2026, 1, 30))
        second = make.gap(ids["unit:bkpsdm"], ids["leader"], ids["duty:leader"], text="Ruang rapat").id
    call = {
        "unit": str(ids["unit:bkpsdm"]), "gaps": str(second), "opens_on": "2026-03-03", "closes_on": "2026-03-17",
        "text": "Kami mengundang mitra.", "contact": "Sekretariat",
    }  # fmt: skip
    send(client_for("leader"), "/undangan/baru", call)
    with world():
        assert db.session.scalars(select(Call.number).order_by(Call.id)).all() == [1, 2]


@pytest.mark.parametrize("quantity", [40, None])
@pytest.mark.parametrize("promised", [40, 30, None])
@pytest.mark.parametrize("until_on", [None, date(2026, 3, 2), date(2026, 3, 3)])
@pytest.mark.parametrize("delivered", [None, 25, 40])
def test_the_database_counts_what_is_met_as_the_rules_do(
    world, stopped, ids, quantity, promised, until_on, delivered
):
    with world():
        gap = make.gap(ids["unit:bkpsdm"], ids["leader"], ids["duty:leader"], quantity=quantity)
        declined, gone, taken = (make.offer(gap, ids["steward"], quantity=promised) for _n in range(3))
        make.ruled(declined, ids["leader"], ids["duty:leader"], "declined")
        actions.withdraw(
            make.ruled(gone, ids["leader"], ids["duty:leader"]), "Surat.", db.session.get_one(Person, ids["steward"])
        )  # fmt: skip
        assert not queries.list_gaps(queries.is_met(clock.today()))
        make.ruled(taken, ids["leader"], ids["duty:leader"])
        if until_on:
            signed = make.agreed(taken, ids["steward"], until_on)
            if delivered:
                given = {
                    "what": "Laptop",
                    "quantity": delivered if promised else None,
                    "on": date(2026, 3, 1),
                }
                actions.deliver(taken, signed, given, db.session.get_one(Person, ids["steward"]))
        db.session.flush()
        db.session.expire_all()
        (by_rules,) = queries.list_gaps()
        assert bool(queries.list_gaps(queries.is_met(clock.today()))) == by_rules.is_met


def test_the_gap_that_was_asked_for_is_offered_however_old(client_for, world, ids, offer_id, monkeypatch):
    monkeypatch.setattr(routes, "MOST", 1)
    with world():
        make.gap(ids["unit:bkpsdm"], ids["leader"], ids["duty:leader"], text="Yang terbuka")
        met = make.gap(ids["unit:bkpsdm"], ids["leader"], ids["duty:leader"], text="Yang terpenuhi")
        make.ruled(make.offer(met, ids["steward"]), ids["leader"], ids["duty:leader"])
    assert "Yang terbuka" in client_for("leader").page("/undangan/baru").text  # the newer one is met
    steward = client_for("steward")
    page = steward.page("/tawaran/baru").text
    assert "Yang terbuka" in page and "Yang terpenuhi" not in page and "Laptop untuk pelatihan" not in page
    assert "Laptop untuk pelatihan" in steward.page("/tawaran/baru?kesenjangan=1").text
    typed = {
        "gap": "1", "name": "PT Rekaan", "kind": "business", "what": "Satu laptop", "quantity": "1",
        "letter_number": "8/2026", "letter_on": "2026-03-03",
    }  # fmt: skip
    send(steward, "/tawaran/baru", typed)


def test_an_offer_is_declined_or_withdrawn_never_both(client_for, world, ids):
    with world():
        gap = make.gap(ids["unit:bkpsdm"], ids["leader"], ids["duty:leader"])
        offers = [
            make.checked(make.offer(gap, ids["steward"]), ids["steward"], ids["leader"]).id for _n in range(6)
        ]
    leader, steward = client_for("leader"), client_for("steward")
    declined, reason = {"outcome": "declined", "ground": "Tidak sesuai."}, {"reason": "Surat 9/2026."}
    for one in offers:
        answers = together(
            lambda path=f"/tawaran/{one}/putusan": leader.send(path, declined).status_code,
            lambda path=f"/tawaran/{one}/penarikan": steward.send(path, reason).status_code,
        )
        assert answers == [303, 403]


def test_nothing_of_it_is_ever_changed(world, offer_id):
    with pytest.raises(DBAPIError), world():
        db.session.scalars(select(Gap)).one().text = "Lain"


def test_the_ruling_waits_for_the_leader_and_goes_up_with_an_interest(client_for, world, ids, offer_id):
    assert "menunggu telaah Anda" in client_for("steward").page("/menunggu-saya").text
    send(client_for("steward"), f"/tawaran/{offer_id}/pernyataan", NONE)
    send(client_for("steward"), f"/tawaran/{offer_id}/telaah", CHECKS)
    leader, secretary = client_for("leader"), client_for("secretary")
    assert "menunggu putusan Anda" in leader.page("/menunggu-saya").text
    assert "menunggu putusan Anda" not in secretary.page("/menunggu-saya").text
    send(leader, f"/tawaran/{offer_id}/pernyataan", {"has_interest": "yes", "text": "Saudara kandung."})
    assert "menunggu putusan Anda" not in leader.page("/menunggu-saya").text
    assert "menunggu putusan Anda" in secretary.page("/menunggu-saya").text
