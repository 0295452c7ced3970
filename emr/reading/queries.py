"""The studies that came last, and of one patient the referrals with all studies, through whoever reads them."""

from typing import Any

from archive_gateway.studies.queries.studies import newest_study_selects, study_selects
from dispatch_backend.bookings.queries.referral_cards import patient_referral_selects
from foundation.database.combined_query import CombinedQuery, Selects, together
from foundation.database.transactions import ActorSession
from identity.patients.queries.patients import patient_name_rows, patient_rows


def _newest(session: ActorSession) -> Selects:
    selects, patients = newest_study_selects(session)
    return together(selects, {"names": patient_name_rows(session, patients)})


def _of_patient(session: ActorSession, *, patient_id: Any) -> Selects:
    return together(
        {"opened": patient_rows(session, patient_id)},
        patient_referral_selects(session, patient_id, with_steps=False),
        study_selects(session, patient_id),
    )


NEWEST_STUDIES, STUDIES_OF_PATIENT = CombinedQuery(_newest), CombinedQuery(_of_patient)
