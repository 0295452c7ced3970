"""Opening a chart: reading is an act too, and leaves its line in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from archive_gateway.studies.queries.studies import StudyCard, studies_from
from dispatch_backend.bookings.queries.referral_cards import ReferralCard, referrals_from
from dispatch_backend.routing.queries.offers import hospitals_to_call
from emr.chart.queries.chart import Chart, chart_from
from emr.chart.queries.chart_page import CHART_PAGE
from emr.entries.enumerations import Kind
from emr.timeline.queries.timeline import TimelinePage, timeline_arguments, timeline_from
from foundation import audit
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.facilities.queries import FacilityCard, facilities_from
from identity.patients.queries.patients import PatientCard, patient_from

LINES_ON_CHART = 15


@dataclass(frozen=True, slots=True)
class ChartView:
    """A patient's chart as it lies on the doctor's desk, with where they were referred, their images, and the places.

    `hospitals` are, by referral, to be called where a bed is needed now.
    """

    patient: PatientCard
    chart: Chart
    timeline: TimelinePage
    referrals: Sequence[ReferralCard]
    studies: Sequence[StudyCard]
    facilities: Mapping[UUID, FacilityCard]
    hospitals: Mapping[UUID, Sequence[FacilityCard]]


def open_chart(
    session: ActorSession,
    patient_id: UUID,
    *,
    kind: Kind | str | None = None,
    year: int | None = None,
    before: str | None = None,
) -> ChartView:
    """Open a patient's chart. Raises NotFound where the patient is not in the reader's care."""
    shape, values = timeline_arguments(kind, year, before, LINES_ON_CHART)
    access.open_record(session, patient_id)
    answer = CHART_PAGE.fetch(session, *shape, patient_id=patient_id, **values)
    patient = patient_from(answer.patient)
    audit.record(
        session, act="chart.opened", patient_id=patient_id, object_kind="patient", object_id=patient_id
    )
    referrals = referrals_from(answer)
    facilities = facilities_from([*answer.places, *answer.study_places])
    return ChartView(
        patient=patient,
        chart=chart_from(answer),
        timeline=timeline_from(answer, LINES_ON_CHART),
        referrals=referrals,
        studies=studies_from(answer),
        facilities=facilities,
        hospitals={each.id: hospitals_to_call(each, facilities) for each in referrals if each.bed_needed_now},
    )
