"""Whoever may take a step has an address for it: no state waits for somebody who can do nothing."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from dispatch_backend.bookings.actions.arrivals import record_arrival
from dispatch_backend.bookings.actions.outcomes import record_outcome
from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.referrals.enumerations import WORKER, Act, State
from dispatch_backend.referrals.rules.states import TRANSITIONS
from dispatch_backend.referrals.tables.referrals import ReferralEvent
from identity.authorization import VISITORS
from identity.roles import DISPATCHING, Role
from tests.dispatch_backend.factories import Desk
from tests.pages import filled, hidden_fields

# The addresses that take each step, by who takes it.
AT_THE_DESK = {
    Act.BOOKED: {"dispatch.bookings.create"},
    Act.REBOOKED: {"dispatch.rebookings.create"},
    Act.BOOKING_CANCELLED: {"dispatch.cancellations.create"},
    Act.CONFIRMED: {"dispatch.confirmations.create"},
    Act.ARRIVED: {"dispatch.arrivals.create"},
    Act.ARRIVAL_UNDONE: {"dispatch.arrival_corrections.create"},
    Act.SERVED: {"dispatch.outcomes.create"},
    Act.MISSED: {"dispatch.outcomes.create"},
    Act.REVOKED: {"dispatch.revocations.create", "dispatch.cancellations.create"},
}
TAKEN_AT = {
    **{(act, role): taken_at for act, taken_at in AT_THE_DESK.items() for role in DISPATCHING},
    (Act.SENT, Role.DOCTOR): {"emr.referrals.create"},
    (Act.ARRIVED, Role.DOCTOR): {"emr.arrivals.create"},
    (Act.SERVED, Role.DOCTOR): {"emr.outcomes.create"},
    (Act.MISSED, Role.DOCTOR): {"emr.outcomes.create"},
    (Act.REVOKED, Role.DOCTOR): {"emr.revocations.create"},
}
# The worker takes its own where somebody's death is recorded or undone, and has no page.
TAKEN_BY_PEOPLE = [each for each in TRANSITIONS if each.role != WORKER]


def test_every_step_that_is_allowed_has_an_address():
    assert {(each.act, each.role) for each in TAKEN_BY_PEOPLE} == TAKEN_AT.keys()


def test_every_such_address_stands_and_is_open_to_who_takes_the_step(app: Flask):
    posted = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}

    for (_act, role), endpoints in TAKEN_AT.items():
        assert endpoints <= posted
        assert all(role in getattr(app.view_functions[each], VISITORS) for each in endpoints)


class Walker:
    """Somebody in a role at their own pages: takes a step there as a person does, by the form that the page offers."""

    def __init__(self, desk: Desk, client_for) -> None:
        self.desk, self.client_for = desk, client_for

    def referral_in(self, state: State | None, act: Act) -> tuple[UUID | None, UUID | None]:
        """A referral in that state, and its booking where it has one."""
        desk = self.desk
        if state is None:
            return None, None
        if state is State.SUBMITTED:
            return desk.sent(), None
        if state is State.BOOKED and act in (Act.ARRIVED, Act.ARRIVAL_UNDONE):
            return self._expected_today(arrived=act is Act.ARRIVAL_UNDONE)
        if state is State.BOOKED and act not in (Act.SERVED, Act.MISSED):
            referral_id = desk.sent()
            return referral_id, desk.booked(referral_id, desk.slot())
        referral_id, booking_id = desk.visited()
        if state is State.NO_SHOW:
            with desk.as_actor(desk.dispatcher.actor) as session:
                record_outcome(session, booking_id, outcome=Outcome.NO_SHOW)
        return referral_id, booking_id

    def _expected_today(self, *, arrived: bool) -> tuple[UUID, UUID]:
        """A visit that goes on at this minute: at whatever hour this is asked, its day has come."""
        referral_id, booking_id = self.desk.visited(began=timedelta(minutes=1))
        if arrived:
            with self.desk.as_actor(self.desk.dispatcher.actor) as session:
                record_arrival(session, booking_id)
        return referral_id, booking_id

    def send(self) -> UUID:
        patient, doctor = self.desk.patient(), self.client_for(self.desk.doctor.actor)
        page = doctor.get(f"/emr/patients/{patient.id}/referrals/new", follow_redirects=True)
        words = {
            "service": "C-CARD",
            "priority": "planned",
            "diagnosis_code": "I20.8",
            "reason": "Chest pain",
        }
        self._post(doctor, f"/emr/patients/{patient.id}/referrals", filled(page, **words))
        return UUID(hidden_fields(page)["draft_id"])

    def at_the_desk(
        self, act: Act, role: Role, referral_id: UUID, booking_id: UUID | None, *, booked: bool
    ) -> None:
        dispatcher = self.client_for(
            self.desk.people.staff(role, facility_id=self.desk.people.center()).actor
        )
        slot = f"?slot={self.desk.slot(starts_in=timedelta(days=5))}"
        referral, booking = f"/dispatch/referrals/{referral_id}", f"/dispatch/bookings/{booking_id}"
        name, address, query, words = {
            Act.BOOKED: ("book", f"{referral}/booking", slot, {}),
            Act.REBOOKED: ("move", f"{booking}/rebooking", f"{slot}&move=y", {"reason": "Another day"}),
            Act.BOOKING_CANCELLED: ("cancel", f"{booking}/cancellation", "", {"reason": "Doctor ill"}),
            Act.CONFIRMED: ("confirm", f"{booking}/confirmation", "", {}),
            Act.ARRIVED: ("arrive", f"{booking}/arrival", "", {}),
            Act.ARRIVAL_UNDONE: (
                "undo_arrival",
                f"{booking}/arrival/correction",
                "",
                {"reason": "Another one"},
            ),
            Act.SERVED: ("outcome", f"{booking}/outcome", "", {"outcome": "served"}),
            Act.MISSED: ("outcome", f"{booking}/outcome", "", {"outcome": "no_show"}),
            Act.REVOKED: ("cancel", f"{booking}/cancellation", "", {"reason": "Recovered", "revoke": "y"})
            if booked
            else ("revoke", f"{referral}/withdrawal", "", {"reason": "Recovered"}),
        }[act]
        self._step(dispatcher, referral + query, name, address, words)

    def in_the_chart(self, act: Act, referral_id: UUID, booking_id: UUID | None) -> None:
        if act is Act.REVOKED:
            doctor, of, address = self.desk.doctor, referral_id, f"/emr/referrals/{referral_id}/withdrawal"
            name, words = "revoke", {"reason": "Recovered"}
        else:
            doctor = self.desk.people.doctor(facility_id=self.desk.target_id)
            of, name = booking_id, "arrival" if act is Act.ARRIVED else "outcome"
            address = f"/emr/bookings/{booking_id}/{name}"
            outcome = "served" if act is Act.SERVED else "no_show"
            words = {} if act is Act.ARRIVED else {"outcome": outcome}
        opened = self.client_for(doctor.actor)
        self._step(opened, f"/emr/referrals/{referral_id}/step", f"{name}-{of}", address, words)

    def _step(self, browser, page: str, prefix: str, address: str, words: dict[str, str]) -> None:
        seen = browser.get(page)
        assert f'action="{address}' in seen.text
        typed = {f"{prefix}-{name}": value for name, value in words.items()}
        self._post(browser, address, {**hidden_fields(seen, f"{prefix}-"), **typed})

    def _post(self, browser, address: str, data: dict[str, str]) -> None:
        answer = browser.post(address, data=data)
        assert answer.status_code == 303, answer.text


@pytest.fixture
def walker(desk, client_for) -> Walker:
    return Walker(desk, client_for)


@pytest.mark.parametrize(
    "step", TAKEN_BY_PEOPLE, ids=lambda each: f"{each.from_state}-{each.act}-{each.role}-{each.to_state}"
)
def test_every_step_that_is_allowed_is_taken_from_a_page_by_who_may(desk, walker, step):
    referral_id, booking_id = walker.referral_in(step.from_state, step.act)

    if step.act is Act.SENT:
        referral_id = walker.send()
    elif step.role in DISPATCHING:
        walker.at_the_desk(
            step.act, step.role, referral_id, booking_id, booked=step.from_state is State.BOOKED
        )
    else:
        walker.in_the_chart(step.act, referral_id, booking_id)

    with desk.as_loader() as session:
        last = session.scalars(
            select(ReferralEvent)
            .where(ReferralEvent.referral_id == referral_id)
            .order_by(ReferralEvent.seq.desc())
            .limit(1)
        ).one()
    assert (last.from_state or None, last.to_state, last.act, last.actor_role) == (
        step.from_state,
        step.to_state,
        step.act,
        step.role,
    )
