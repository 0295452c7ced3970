"""All that lies on the doctor's desk when a chart is opened, asked in one statement."""

from typing import Any

from archive_gateway.studies.queries.studies import study_selects
from dispatch_backend.bookings.queries.referral_cards import patient_referral_selects
from emr.chart.queries.chart import chart_selects
from emr.timeline.queries.timeline import timeline_selects
from foundation.database.combined_query import CombinedQuery, Selects, together
from foundation.database.transactions import ActorSession
from identity.patients.queries.patients import patient_rows


def _page_selects(session: ActorSession, *shape: Any, **values: Any) -> Selects:
    patient_id = values["patient_id"]
    return together(
        {"patient": patient_rows(session, patient_id)},
        chart_selects(session, patient_id),
        timeline_selects(session, *shape, **values),
        patient_referral_selects(session, patient_id, with_steps=False, with_hospitals=True),
        study_selects(session, patient_id),
    )


CHART_PAGE = CombinedQuery(_page_selects)
