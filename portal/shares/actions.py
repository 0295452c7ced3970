"""Looking at one's links, and looking at a record by one: reading is an act, and is written down."""

from dataclasses import dataclass

from archive_gateway.studies.queries.studies import StudyCard, study_to_read
from foundation import audit
from foundation.database.transactions import ActorSession
from identity.shares.actions import list_shares, require_whole
from portal.record.actions import open_timeline
from portal.record.queries import Timeline
from portal.shares.queries import GivenLink, PartInWords, links_in_words, shared_part


@dataclass(frozen=True, slots=True)
class SharedRecord:
    """What somebody sees by a link: a page of entries, or one study."""

    part: PartInWords
    timeline: Timeline | None


def open_links(session: ActorSession) -> list[GivenLink]:
    """The links that the reader gave. Raises NotAllowed: the reader may not see the whole record."""
    return links_in_words(session, list_shares(session))


def study_to_share(session: ActorSession, study_uid: str) -> StudyCard | None:
    """The study that is about to be shared; None where entries are.

    Raises:
        NotAllowed: the reader may not see the whole record.
        NotFound: no such study, or not the reader's.
    """
    require_whole(session)
    if not study_uid:
        return None
    study = study_to_read(session, study_uid)
    audit.record(session, act="images.listed", patient_id=study.patient_id)
    return study


def open_shared(
    session: ActorSession, *, kind: str | None, year: int | None, before: str | None
) -> SharedRecord:
    """What was shared with the reader, who looks by a link."""
    part = shared_part(session)
    if part.study is None:
        return SharedRecord(part, open_timeline(session, kind=kind, year=year, before=before))
    audit.record(session, act="images.listed", patient_id=part.study.patient_id)
    return SharedRecord(part, None)
