"""The reader's own referrals and bookings, with the places that they lead to and the notes of their visits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from dispatch_backend.bookings.queries.bookings import BookingCard
from dispatch_backend.bookings.queries.referral_cards import (
    ReferralCard,
    patient_referral_selects,
    referrals_from,
)
from dispatch_backend.referrals.enumerations import BOOKABLE, State
from emr.summaries.queries.lines import FacilityNote, facility_notes_from, note_rows
from foundation.clock import local, now, zone
from foundation.database.combined_query import CombinedQuery, Selects, together
from foundation.database.transactions import ActorSession
from identity.facilities.queries import FacilityCard, facilities_from
from portal.dispatch.rules import Prospect, prospect_of


class UpcomingVisit(NamedTuple):
    """A referral with a booking that is still to come, and where to; None where the place is not known."""

    referral: ReferralCard
    booking: BookingCard
    place: FacilityCard | None


@dataclass(frozen=True, slots=True)
class DispatchHistory:
    """Every referral, the newest first, how it stands, and the facilities that it names.

    `notes` are, by referral, the doctors' notes from the place and the day of its visit; empty where nobody asked.
    """

    referrals: Sequence[ReferralCard]
    facilities: Mapping[UUID, FacilityCard]
    prospects: Mapping[UUID, Prospect]
    notes: Mapping[UUID, Sequence[FacilityNote]] = field(default_factory=dict)

    def upcoming(self, at: datetime) -> list[ReferralCard]:
        """Referrals with a booking still to come, the nearest first."""
        booked = [
            (each.booking.starts_at, each)
            for each in self.referrals
            if each.booking and each.booking.ends_at > at
        ]
        return [each for _starts_at, each in sorted(booked, key=lambda pair: pair[0])]

    def visit_to_come(self, referral_id: UUID, *, at: datetime) -> UpcomingVisit | None:
        """Of one referral; None where it has no visit that is still to come."""
        for each in self.upcoming(at):
            if each.id == referral_id and each.booking:
                return UpcomingVisit(each, each.booking, self.facilities.get(each.booking.facility_id))
        return None

    @property
    def waiting(self) -> list[ReferralCard]:
        """Referrals for which no time has been found yet."""
        return [each for each in self.referrals if each.state in BOOKABLE]


def dispatch_history_of(session: ActorSession) -> DispatchHistory:
    """The reader's referrals; none where there is no reader of their own record."""
    answer = HISTORY.fetch(session)
    return history_from(answer, notes=facility_notes_from(answer.notes))


def history_from(answer: Any, *, notes: Sequence[FacilityNote] = ()) -> DispatchHistory:
    """What a combined query with `patient_referral_selects` in it tells."""
    referrals, at = referrals_from(answer), now()
    return DispatchHistory(
        referrals,
        facilities_from(answer.places),
        prospects={each.id: _prospect(each, at) for each in referrals},
        notes={each.id: _notes_of(each, notes) for each in referrals},
    )


def _prospect(referral: ReferralCard, at: datetime) -> Prospect:
    visit = referral.booking
    return prospect_of(
        referral.state,
        due_on=referral.due_on,
        due_at=referral.due_at,
        visit=(local(visit.starts_at), local(visit.ends_at)) if visit else None,
        at=local(at),
        bed_needed_now=referral.bed_needed_now,
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(zone()).date()


def _notes_of(referral: ReferralCard, notes: Sequence[FacilityNote]) -> list[FacilityNote]:
    """No note names its referral: those of the visit's place and day are what the patient may look for."""
    visit = referral.booking
    if visit is None or referral.state is not State.SERVED:
        return []
    day = _day(visit.starts_at)
    return [
        each for each in notes if each.facility_id == visit.facility_id and _day(each.effective_at) == day
    ]


def _history(session: ActorSession) -> Selects:
    selects = patient_referral_selects(session, session.actor.patient_id)
    return together(selects, {"notes": note_rows(session, session.actor.patient_id)})


HISTORY = CombinedQuery(_history)
