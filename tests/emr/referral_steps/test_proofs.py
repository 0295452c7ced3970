"""Who sent a referral reads how it was dealt with; a colleague who sees the chart does not, and it is absent to them."""

from uuid import uuid4

import pytest

from tests.dispatch_backend.factories import Desk
from tests.dispatch_backend.proofs.reading_pdf import attached_lines, seals_that_chain
from tests.pages import read


@pytest.fixture
def desk(people, as_actor, as_loader) -> Desk:
    return Desk(people, as_actor, as_loader)


def in_english(browser):
    browser.set_cookie("language", "en")
    return browser


def test_who_sent_it_comes_from_the_chart_to_the_page_and_the_file(desk, client_for, walls):
    doctor, patient = in_english(client_for(desk.doctor.actor)), desk.patient()
    referral_id = desk.sent(patient)

    chart = doctor.get(f"/emr/patients/{patient.id}")
    page = doctor.get(f"/emr/referrals/{referral_id}/proof")
    file = doctor.get(f"/emr/referrals/{referral_id}/proof/document")

    assert f'href="/emr/referrals/{referral_id}/proof"' in chart.text
    assert "The legal term has not ended yet" in read(page)
    assert f'href="/emr/referrals/{referral_id}/proof/document"' in page.text
    assert len(seals_that_chain(attached_lines(file.data))) == 1


@pytest.mark.parametrize("part", ["", "/document"])
def test_a_colleague_s_is_as_absent_as_one_that_never_was(desk, people, client_for, part, walls):
    patient = desk.patient()
    referral_id = desk.sent(patient)
    colleague = in_english(client_for(people.doctor(facility_id=desk.doctor.facility_id).actor))

    chart = colleague.get(f"/emr/patients/{patient.id}")
    foreign, absent = (colleague.get(f"/emr/referrals/{each}/proof{part}") for each in (referral_id, uuid4()))

    assert chart.status_code == 200
    assert "/proof" not in chart.text
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert read(foreign) == read(absent)
