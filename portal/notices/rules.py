"""Which news there are, and since when something counts as new."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

# Somebody who comes for the first time is shown what happened lately, not everything that ever happened.
FIRST_VISIT_LOOKS_BACK = timedelta(days=30)


class NoticeKind(StrEnum):
    ENTRY = "entry"
    AMENDMENT = "amendment"
    REFERRAL = "referral"
    BOOKING = "booking"
    CANCELLATION = "cancellation"
    STUDY = "study"
    IMPORT = "import"
    OBJECTION = "objection"
    ERASURE = "erasure"
    EMERGENCY = "emergency"
    ACCOUNT = "account"
    VERDICT = "verdict"
    UNDONE_DEATH = "undone-death"
    MERGE = "merge"
    UNDONE_MERGE = "undone-merge"
    GUARDIAN = "guardian"
    GUARDIAN_END = "guardian-end"
    GRANT = "grant"
    GRANT_DECLINED = "grant-declined"
    CONTACT = "contact"
    CONTACT_END = "contact-end"

    @classmethod
    def _missing_(cls, value: object) -> "NoticeKind | None":
        # Notices are never changed: older ones keep the word from before it was FHIR's.
        return cls.AMENDMENT if value == "correction" else None


# Who else may open the record, then what changes a person's plans.
IMPORTANCE = (
    NoticeKind.UNDONE_DEATH,
    NoticeKind.EMERGENCY,
    NoticeKind.ACCOUNT,
    NoticeKind.MERGE,
    NoticeKind.UNDONE_MERGE,
    NoticeKind.GUARDIAN,
    NoticeKind.GUARDIAN_END,
    NoticeKind.GRANT,
    NoticeKind.GRANT_DECLINED,
    NoticeKind.CONTACT,
    NoticeKind.CONTACT_END,
    NoticeKind.VERDICT,
    NoticeKind.CANCELLATION,
    NoticeKind.BOOKING,
    NoticeKind.REFERRAL,
    NoticeKind.OBJECTION,
    NoticeKind.ERASURE,
    NoticeKind.AMENDMENT,
    NoticeKind.ENTRY,
    NoticeKind.IMPORT,
    NoticeKind.STUDY,
)
MOST_SHOWN = 3


def notices_since(last_visit: datetime | None, *, at: datetime) -> datetime:
    """The moment after which news are new to somebody whose visit before this one began at `last_visit`."""
    return last_visit or at - FIRST_VISIT_LOOKS_BACK


def is_new_study(taken_on: date | None, *, last_visit: datetime | None, today: date) -> bool:
    """Whether images that have arrived are new to the patient.

    An archive that is taken in brings years of them. To somebody who never came before, only the recent ones are
    news; to somebody who did come, everything that arrived since is, however old.
    """
    return last_visit is not None or taken_on is None or today - taken_on <= FIRST_VISIT_LOOKS_BACK


Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class NoticeGroup(Generic[Item]):
    """News of one kind: the newest few to show, and how many more there are."""

    kind: NoticeKind
    shown: Sequence[Item]
    more: int


def grouped(notices: Sequence[Item], *, kind_of: Callable[[Item], NoticeKind]) -> list[NoticeGroup[Item]]:
    """News by kind, in the order of the kinds' own importance; a hundred imported entries stay a few lines."""
    groups = []
    for kind in IMPORTANCE:
        same = [each for each in notices if kind_of(each) is kind]
        if same:
            groups.append(NoticeGroup(kind, same[:MOST_SHOWN], len(same[MOST_SHOWN:])))
    return groups
