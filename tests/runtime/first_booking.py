"""From the pages of a region that its tables have filled to the first booking in it: a doctor refers, a dispatcher books."""

import re

from flask import Flask
from flask.testing import FlaskClient

from tests.identity.provider_process import RunningProvider, sign_in_with_card
from tests.pages import filled, hidden_fields

DOCTOR, DISPATCHER = "99000090180", "99000090281"
# As the tables of the documents tell it.
BORN = {DOCTOR: "1980-05-03", DISPATCHER: "1975-11-20"}
ENGLISH = {"Accept-Language": "en"}


def _signed_in(pages: Flask, provider: RunningProvider, snils: str) -> FlaskClient:
    browser = pages.test_client()
    browser.environ_base["wsgi.url_scheme"] = "https"
    card = provider.know(sub=f"sub-{snils}", snils=snils, birth_date=BORN.get(snils, "1970-01-01"))
    answer = sign_in_with_card(browser, card, way="/staff/sign-in/demo-desk")
    assert answer.status_code == 303, answer.text
    return browser


def book_first(pages: Flask, provider: RunningProvider) -> str:
    """What the dispatcher reads at the end."""
    doctor = _signed_in(pages, provider, DOCTOR)
    asked = filled(doctor.get("/emr"), text="Пациентова")
    found = doctor.post("/emr/searches", data=asked, headers=ENGLISH, follow_redirects=True)
    (patient_id,) = set(re.findall(r"/emr/patients/([0-9a-f-]{36})", found.text))
    page = doctor.get(f"/emr/patients/{patient_id}/referrals/new", follow_redirects=True)
    typed = {
        "service": "C-RHEUM",
        "priority": "planned",
        "diagnosis_code": "M06.9",
        "reason": "Боль в суставах",
    }
    sent = doctor.post(f"/emr/patients/{patient_id}/referrals", data=filled(page, **typed))
    assert sent.status_code == 303, sent.text

    dispatcher = _signed_in(pages, provider, DISPATCHER)
    queue = dispatcher.get("/dispatch", headers=ENGLISH)
    (referral_id,) = set(re.findall(r"/dispatch/referrals/([0-9a-f-]{36})", queue.text))
    offers = dispatcher.get(f"/dispatch/referrals/{referral_id}", headers=ENGLISH)
    slot_id, *_ = re.findall(r'name="slot" value="([0-9a-f-]{36})"', offers.text)
    chosen = dispatcher.get(f"/dispatch/referrals/{referral_id}?slot={slot_id}", headers=ENGLISH)
    booked = dispatcher.post(
        f"/dispatch/referrals/{referral_id}/booking",
        data={**hidden_fields(chosen, "book-"), "book-slot_id": slot_id},
        headers=ENGLISH,
        follow_redirects=True,
    )
    return booked.text
