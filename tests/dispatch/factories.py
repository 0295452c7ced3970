"""What a test of the dispatch room needs: reference data, slots, and referrals sent by the real actions."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from dispatch_backend.actions import (
    NewSlot,
    PastReferral,
    PastStep,
    Priority,
    add_slots,
    book_slot,
    load_reference,
    load_referrals,
    send_referral,
)
from dispatch_backend.rules.states import Act
from foundation.clock import now
from foundation.identifiers import new_id
from foundation.language import Text
from tests.people import MadePatient, MadeStaff, People

CARDIOLOGIST = "C-CARD"


@dataclass
class Desk:
    """A dispatcher's world for one test: a doctor who refers, a dispatcher who books, a place that treats."""

    people: People
    as_actor: Callable[..., AbstractContextManager[Session]]
    as_loader: Callable[..., AbstractContextManager[Session]]

    def __post_init__(self) -> None:
        self.center_id = self.people.center()
        with self.as_loader() as session:
            load_reference(session)
        self.dispatcher: MadeStaff = self.people.dispatcher()
        self.doctor: MadeStaff = self.people.doctor()
        self.target_id: UUID = self.people.facility()

    def patient(self, **words) -> MadePatient:
        return self.people.patient(cared_for_at=self.doctor.facility_id, **words)

    def sent(
        self,
        patient: MadePatient | None = None,
        *,
        service_code: str = CARDIOLOGIST,
        priority: Priority = Priority.PLANNED,
    ) -> UUID:
        patient = patient or self.patient()
        with self.as_actor(self.doctor.actor) as session:
            return send_referral(
                session,
                patient_id=patient.id,
                service_code=service_code,
                reason="Chest pain on exertion",
                diagnosis_code="I20.8",
                priority=priority,
                referrer=self.doctor.actor,
            ).id

    def sent_on(
        self, at: datetime, *, priority: Priority = Priority.PLANNED, service_code: str = CARDIOLOGIST
    ):
        """A referral whose clock has been running since `at`."""
        past = PastReferral(
            patient_id=self.patient().id,
            service_code=service_code,
            reason="Chest pain on exertion",
            diagnosis_code="I20.8",
            priority=priority,
            steps=[PastStep(Act.SENT, at, "doctor", self.doctor.id, self.doctor.facility_id)],
        )
        with self.as_loader() as session:
            return load_referrals(session, [past])[0]

    def slot(
        self, *, starts_in: timedelta = timedelta(days=2), service_code: str = CARDIOLOGIST, facility_id=None
    ) -> UUID:
        starts_at = now() + starts_in
        number = str(new_id())
        made = NewSlot(
            service_code=service_code,
            facility_id=facility_id or self.target_id,
            resource=Text(f"Cardiologist, room {number}", f"Кардиолог, каб. {number}"),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=20),
        )
        with self.as_loader() as session:
            add_slots(session, [made])
        return made.id

    def booked(self, referral_id: UUID, slot_id: UUID) -> UUID:
        with self.as_actor(self.dispatcher.actor) as session:
            return book_slot(session, referral_id, slot_id=slot_id, dispatcher=self.dispatcher.actor).id

    def visited(self) -> tuple[UUID, UUID]:
        """A referral and its booking, whose visit began an hour ago and has no outcome yet."""
        slot_id, began = self.slot(starts_in=-timedelta(hours=1)), now() - timedelta(days=3)
        staff = (self.dispatcher.id, self.center_id)
        past = PastReferral(
            patient_id=self.patient().id,
            service_code=CARDIOLOGIST,
            reason="Chest pain on exertion",
            diagnosis_code="I20.8",
            priority=Priority.PLANNED,
            steps=[
                PastStep(Act.SENT, began, "doctor", self.doctor.id, self.doctor.facility_id),
                PastStep(Act.BOOKED, began + timedelta(hours=1), "dispatcher", *staff, slot_id=slot_id),
            ],
        )
        with self.as_loader() as session:
            load_referrals(session, [past])
        from dispatch_backend.queries.bookings import live_booking_id

        with self.as_actor(self.dispatcher.actor) as session:
            booking_id = live_booking_id(session, past.id, self.dispatcher.actor)
        assert booking_id is not None
        return past.id, booking_id
