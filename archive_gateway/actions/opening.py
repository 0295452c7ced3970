"""Opening a study is an act: it is written down once, when the viewer's page opens, not for every frame."""

from sqlalchemy.orm import Session

from archive_gateway.queries.studies import StudyCard, study_open_to
from foundation import audit
from foundation.actor import Actor


def open_study(session: Session, study_instance_uid: str, *, reader: Actor) -> StudyCard:
    """The study, and the audit row that it was opened.

    Raises:
        NotFound: no such study, or not one that the reader may see.
    """
    study = study_open_to(session, study_instance_uid, reader)
    audit.record(
        session, act="study.opened", patient_id=study.patient_id, object_kind="study", object_id=study.id
    )
    return study
