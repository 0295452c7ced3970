"""All that lies on the doctor's desk when a chart is opened, asked in one statement."""

from typing import Any

from archive_gateway.queries import study_selects
from dispatch_backend.queries import patients_referral_selects
from emr.queries.chart import chart_selects
from emr.queries.timeline import timeline_selects
from foundation.database import ActorSession
from foundation.reading import Reading, Selects
from identity.queries import patient_rows


def _on_desk(session: ActorSession, *shape: Any, **values: Any) -> Selects:
    patient_id = values["patient_id"]
    return {
        "patient": patient_rows(session, patient_id),
        **chart_selects(session, patient_id),
        **timeline_selects(session, *shape, **values),
        **patients_referral_selects(session, patient_id, with_steps=False),
        **study_selects(session, patient_id),
    }


DESK = Reading(_on_desk)
