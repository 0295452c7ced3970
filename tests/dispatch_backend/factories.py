"""What a test of the dispatch room needs: reference data, slots, and referrals sent by the real actions."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dispatch_backend.bookings.actions.arrivals import record_arrival
from dispatch_backend.bookings.actions.bookings import book_slot
from dispatch_backend.capacity.actions import NewSlot, add_slots
from dispatch_backend.loading.actions.historical_referrals import HistoricalReferral, HistoricalStep
from dispatch_backend.loading.actions.load_referrals import load_referrals
from dispatch_backend.referrals.actions.referrals import NewReferral, send_referral
from dispatch_backend.referrals.enumerations import Act
from dispatch_backend.services.actions import load_reference
from dispatch_backend.services.enumerations import Priority
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from foundation.language.bilingual import BilingualText
from tests.people import MadePatient, MadeStaff, People

CARDIOLOGIST = "C-CARD"


@dataclass
class Desk:
    """A dispatcher's world for one test: a doctor who refers, a dispatcher who books, a place that treats."""

    people: People
    as_actor: Callable[..., AbstractContextManager[ActorSession]]
    as_loader: Callable[..., AbstractContextManager[ActorSession]]

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
        diagnosis_code: str = "I20.8",
        reason: str = "Chest pain on exertion",
    ) -> UUID:
        patient = patient or self.patient()
        with self.as_actor(self.doctor.actor) as session:
            asked = NewReferral(service_code, reason, diagnosis_code, priority)
            return send_referral(session, patient.id, asked).id

    def sent_on(
        self,
        at: datetime,
        patient: MadePatient | None = None,
        *,
        priority: Priority = Priority.PLANNED,
        service_code: str = CARDIOLOGIST,
    ) -> UUID:
        """A referral whose clock has been running since `at`."""
        past = HistoricalReferral(
            patient_id=(patient or self.patient()).id,
            service_code=service_code,
            reason="Chest pain on exertion",
            diagnosis_code="I20.8",
            priority=priority,
            steps=[HistoricalStep(Act.SENT, at, "doctor", self.doctor.id, self.doctor.facility_id)],
        )
        with self.as_loader() as session:
            load_referrals(session, [past])
        return past.id

    def offered(
        self,
        *,
        starts_in: timedelta = timedelta(days=2),
        starts_at: datetime | None = None,
        service_code: str = CARDIOLOGIST,
        facility_id: UUID | None = None,
        minutes: int = 20,
        room: str = "",
    ) -> NewSlot:
        """A free slot that starts so long from now, or at exactly that moment; of a cardiologist of its own, or in that room."""
        starts_at = starts_at or now() + starts_in
        number = room or str(new_id())
        made = NewSlot(
            service_code=service_code,
            facility_id=facility_id or self.target_id,
            resource=BilingualText(f"Cardiologist, room {number}", f"Кардиолог, каб. {number}"),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
        )
        with self.as_loader() as session:
            add_slots(session, [made])
        return made

    def slot(self, **words) -> UUID:
        return self.offered(**words).id

    def booked(self, referral_id: UUID, slot_id: UUID) -> UUID:
        with self.as_actor(self.dispatcher.actor) as session:
            return book_slot(session, referral_id, slot_id=slot_id).id

    def visited(
        self, patient: MadePatient | None = None, *, began: timedelta = timedelta(hours=1)
    ) -> tuple[UUID, UUID]:
        """A referral and its booking of 20 minutes, whose visit began so long ago and has no outcome yet."""
        slot, sent_at = self.offered(starts_in=-began), now() - timedelta(days=3)
        booked = HistoricalStep(
            Act.BOOKED,
            sent_at + timedelta(hours=1),
            "dispatcher",
            self.dispatcher.id,
            self.center_id,
            slot=slot,
            booking_id=new_id(),
        )
        past = HistoricalReferral(
            patient_id=(patient or self.patient()).id,
            service_code=CARDIOLOGIST,
            reason="Chest pain on exertion",
            diagnosis_code="I20.8",
            priority=Priority.PLANNED,
            steps=[
                HistoricalStep(Act.SENT, sent_at, "doctor", self.doctor.id, self.doctor.facility_id),
                booked,
            ],
        )
        with self.as_loader() as session:
            load_referrals(session, [past])
        assert booked.booking_id is not None
        return past.id, booked.booking_id

    def arrived(self) -> tuple[UUID, UUID]:
        """The same, whose patient is there."""
        referral_id, booking_id = self.visited()
        with self.as_actor(self.dispatcher.actor) as session:
            record_arrival(session, booking_id)
        return referral_id, booking_id
