"""A doctor tells how a visit here went, and withdraws what was asked for: the chart leads there, where it is theirs."""

import re
from datetime import timedelta

import pytest

from dispatch_backend.bookings.enumerations import BookingState
from dispatch_backend.bookings.queries.referral_cards import referral_to_read
from dispatch_backend.referrals.enumerations import State
from tests.dispatch_backend.factories import Desk
from tests.pages import hidden_fields

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def dispatch(people, as_actor, as_loader) -> Desk:
    return Desk(people, as_actor, as_loader)


def _step(referral_id) -> str:
    return f"/emr/referrals/{referral_id}/step"


def _patient_of(dispatch, referral_id):
    with dispatch.as_actor(dispatch.dispatcher.actor) as session:
        return referral_to_read(session, referral_id).patient_id


def _state(dispatch, referral_id):
    with dispatch.as_actor(dispatch.dispatcher.actor) as session:
        return referral_to_read(session, referral_id).state


@pytest.mark.parametrize(("outcome", "state"), [("served", State.SERVED), ("no_show", State.NO_SHOW)])
def test_who_was_to_see_the_patient_tells_from_the_chart_how_it_went(
    dispatch, people, client_for, outcome, state
):
    referral_id, booking_id = dispatch.visited()
    treating = client_for(people.doctor(facility_id=dispatch.target_id).actor)
    chart = treating.get(f"/emr/patients/{_patient_of(dispatch, referral_id)}", headers=ENGLISH)
    [step] = re.findall(r'href="([^"]+)">Record the outcome', chart.text)
    prefix = f"outcome-{booking_id}-"

    answer = treating.post(
        f"/emr/bookings/{booking_id}/outcome",
        data={**hidden_fields(treating.get(step), prefix), f"{prefix}outcome": outcome},
        headers=ENGLISH,
        follow_redirects=True,
    )

    assert answer.status_code == 200
    assert "The outcome is recorded." in answer.text
    assert _state(dispatch, referral_id) is state


def test_who_sees_the_patient_notes_from_the_chart_that_they_are_there(dispatch, people, client_for):
    referral_id, booking_id = dispatch.visited(began=timedelta(minutes=5))
    treating = client_for(people.doctor(facility_id=dispatch.target_id).actor)
    chart = treating.get(f"/emr/patients/{_patient_of(dispatch, referral_id)}", headers=ENGLISH)
    [step] = re.findall(r'href="([^"]+)">Record the arrival', chart.text)
    prefix = f"arrival-{booking_id}-"

    answer = treating.post(
        f"/emr/bookings/{booking_id}/arrival",
        data=hidden_fields(treating.get(step), prefix),
        headers=ENGLISH,
        follow_redirects=True,
    )

    assert "It is noted that the patient is there." in answer.text
    assert step not in answer.text
    with dispatch.as_actor(dispatch.dispatcher.actor) as session:
        assert referral_to_read(session, referral_id).booking.state is BookingState.ARRIVED


def test_before_the_visit_is_over_and_elsewhere_there_is_nothing_to_tell(dispatch, people, client_for):
    dispatch.booked(referral_id := dispatch.sent(), dispatch.slot())
    over_id, _ = dispatch.visited()
    treating = client_for(people.doctor(facility_id=dispatch.target_id).actor)
    sender = client_for(dispatch.doctor.actor)

    for desk, which in [(treating, referral_id), (sender, over_id)]:
        chart = desk.get(f"/emr/patients/{_patient_of(dispatch, which)}")
        step = desk.get(_step(which), headers=ENGLISH)

        assert _step(which) not in chart.text
        assert (step.status_code, "waits for nothing from you now" in step.text) == (409, True)


def test_nobody_else_opens_the_step_of_a_referral(dispatch, people, client_for):
    referral_id, _ = dispatch.visited()
    stranger = client_for(people.doctor().actor)

    assert stranger.get(_step(referral_id)).status_code == 404


def test_who_referred_withdraws_what_waits_and_is_told_of_what_moved_on(dispatch, client_for):
    referral_id, overtaken_id = dispatch.sent(), dispatch.sent()
    sender = client_for(dispatch.doctor.actor)

    def chart_of(which):
        return sender.get(f"/emr/patients/{_patient_of(dispatch, which)}", headers=ENGLISH)

    def revoke(which, page):
        prefix = f"revoke-{which}-"
        typed = {**hidden_fields(page, prefix), f"{prefix}reason": "Recovered at home"}
        return sender.post(f"/emr/referrals/{which}/withdrawal", data=typed, headers=ENGLISH)

    pages = {which: sender.get(_step(which)) for which in (referral_id, overtaken_id)}
    assert all(_step(which) in chart_of(which).text for which in pages)
    dispatch.booked(overtaken_id, dispatch.slot())

    assert revoke(referral_id, pages[referral_id]).status_code == 303
    refused = revoke(overtaken_id, pages[overtaken_id])
    assert refused.status_code == 412
    assert "Recovered at home" in refused.text
    assert (_state(dispatch, referral_id), _state(dispatch, overtaken_id)) == (State.REVOKED, State.BOOKED)
    assert _step(overtaken_id) not in chart_of(overtaken_id).text


def test_the_form_without_its_answer_is_shown_again(dispatch, people, client_for):
    referral_id, booking_id = dispatch.visited()
    treating = client_for(people.doctor(facility_id=dispatch.target_id).actor)
    page = treating.get(_step(referral_id))

    answer = treating.post(
        f"/emr/bookings/{booking_id}/outcome",
        data=hidden_fields(page, f"outcome-{booking_id}-"),
        headers=ENGLISH,
    )

    assert answer.status_code == 422
    assert "Say what happened." in answer.text
    ids = re.findall(r'\bid="([^"]+)"', answer.text)
    assert sorted(ids) == sorted(set(ids))
