"""The links that the reader gave, with what they open in words; and what somebody sees by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from archive_gateway.studies.queries.studies import StudyCard, studies_of, study_to_read
from emr.entries.enumerations import SHOWN_KINDS, Kind
from foundation.actor import SharedPart
from foundation.clock import zone
from foundation.database.transactions import ActorSession
from identity.shares.queries import ShareCard


@dataclass(frozen=True, slots=True)
class PartInWords:
    """What a link opens. `first_day` and `last_day` are of what happened, both included; None where nothing bounds it."""

    kinds: Sequence[Kind]
    every_kind: bool
    first_day: date | None
    last_day: date | None
    study: StudyCard | None


@dataclass(frozen=True, slots=True)
class GivenLink:
    share: ShareCard
    part: PartInWords

    @property
    def last_moment(self) -> date:
        """The last day on which it opens."""
        return (self.share.ends_at - timedelta.resolution).astimezone(zone()).date()


def links_in_words(session: ActorSession, shares: Sequence[ShareCard]) -> list[GivenLink]:
    """The reader's links with the studies that they name."""
    named = any(each.part.study_uid for each in shares) and session.actor.patient_id
    studies = studies_of(session, session.actor.patient_id) if named and session.actor.patient_id else []
    by_uid = {each.study_instance_uid: each for each in studies}
    return [GivenLink(each, part_in_words(each.part, by_uid)) for each in shares]


def part_in_words(part: SharedPart, studies: Mapping[str, StudyCard]) -> PartInWords:
    until = part.until.astimezone(zone()) - timedelta.resolution if part.until else None
    return PartInWords(
        kinds=[kind for kind in SHOWN_KINDS if kind in part.kinds],
        every_kind=set(part.kinds) >= set(SHOWN_KINDS),
        first_day=part.since.astimezone(zone()).date() if part.since else None,
        last_day=until.date() if until else None,
        study=studies.get(part.study_uid),
    )


def shared_part(session: ActorSession) -> PartInWords:
    """What the reader, who looks by a link, may see."""
    part = session.actor.shared or SharedPart()
    study = study_to_read(session, part.study_uid) if part.study_uid else None
    return part_in_words(part, {part.study_uid: study} if study else {})
