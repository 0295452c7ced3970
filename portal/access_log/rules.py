"""Who looked at a record: acts of one person on one day stand together, and nothing is left out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from emr.hidings.enumerations import OpenThough
from identity.access.enumerations import CareBasis
from portal.access_log.enumerations import Accessed

# By the first word of an act, what it touched; the acts of other words are told under Accessed.DETAILS.
NOUNS: Mapping[Accessed, Collection[str]] = {
    Accessed.RECORD: ("chart", "home", "record", "timeline"),
    Accessed.ENTRIES: ("document", "draft", "drafts", "entry", "hidings"),
    Accessed.REFERRALS: ("booking", "dispatch", "proof", "referral", "referrals", "visit"),
    Accessed.IMAGES: ("images", "study"),
}

# What a hospital's system sends; that a record was begun for it, or a clinic may see it, only follows.
SENDINGS = frozenset({"record.imported", "referral.loaded", "study.assigned"})


@dataclass(frozen=True, slots=True)
class CareSpan:
    """A facility cared, or cares, for the patient from `began_at` until `ended_at`, which may lie far ahead.

    `staff_id` is the one person there who did; None where everybody there might.
    """

    facility_id: UUID
    basis: CareBasis
    began_at: datetime
    ended_at: datetime
    staff_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedAct:
    """One audit row. `actor_kind` is citizen, delegate, share, staff or system; `role` a role, or the name of a process.

    `act` is told in today's words; `kept_act` as the row keeps it.
    """

    id: int
    at: datetime
    day: date
    actor_kind: str
    staff_id: UUID | None
    facility_id: UUID | None
    role: str
    delegation_id: UUID | None = None
    share_opening_id: UUID | None = None
    act: str
    object_kind: str
    object_id: UUID | None
    reason: str
    kept_act: str

    @property
    def person(self) -> tuple[object, ...]:
        by_right = self.delegation_id or self.share_opening_id
        return self.actor_kind, self.staff_id, self.facility_id, self.role, by_right


@dataclass(frozen=True, slots=True)
class RepeatedAct:
    """The same act, several times in a row: the newest first."""

    acts: Sequence[AuditedAct]

    @property
    def act(self) -> str:
        return self.acts[0].act

    @property
    def count(self) -> int:
        return len(self.acts)

    @property
    def began_at(self) -> datetime:
        return self.acts[-1].at

    @property
    def ended_at(self) -> datetime:
        return self.acts[0].at


@dataclass(frozen=True, slots=True)
class DailyAccess:
    """What one person did with the record on one day."""

    day: date
    first: AuditedAct
    repeated: Sequence[RepeatedAct]

    @property
    def automatic(self) -> bool:
        """Whether a program did it, and nobody who looked."""
        return self.first.actor_kind == "system" and self.first.role != "operator"

    @property
    def sent_by_a_hospital(self) -> bool:
        return self.automatic and self.first.role == "loader"

    @property
    def acts(self) -> Sequence[AuditedAct]:
        return [act for each in self.repeated for act in each.acts]

    @property
    def count(self) -> int:
        """How often; of a hospital's system, how often it sent something."""
        return sum(
            each.count for each in self.repeated if not self.sent_by_a_hospital or each.act in SENDINGS
        )


def access_by_person_and_day(acts: Sequence[AuditedAct]) -> list[DailyAccess]:
    """Acts, newest first, gathered by day, within it by person, within that by what was done in a row; people first."""
    gathered = []
    for day, of_day in groupby(acts, key=lambda act: act.day):
        people: dict[tuple[object, ...], list[AuditedAct]] = {}
        for act in of_day:
            people.setdefault(act.person, []).append(act)
        of_each = [DailyAccess(day, theirs[0], _repeated(theirs)) for theirs in people.values()]
        gathered += sorted(of_each, key=lambda each: each.automatic)
    return gathered


def _repeated(acts: Sequence[AuditedAct]) -> list[RepeatedAct]:
    return [
        RepeatedAct(list(same))
        for _what, same in groupby(acts, key=lambda each: (each.act, each.object_id, each.reason))
    ]


def care_behind(acts: Sequence[AuditedAct], spans: Sequence[CareSpan]) -> list[CareBasis]:
    """On which basis the facility of these acts, or the one person whose they are, cared for the patient at the time of them.

    Empty where no care of then is known: what a referral brought keeps only its last beginning.
    """
    facility_id, staff_id = acts[0].facility_id, acts[0].staff_id
    held = {
        span.basis
        for span in spans
        if span.facility_id == facility_id
        and span.staff_id in (None, staff_id)
        and any(span.began_at <= act.at < span.ended_at for act in acts)
    }
    return sorted(held, key=list(CareBasis).index)


def open_though_hidden(
    act: AuditedAct, authors: Collection[UUID], bases: Collection[CareBasis]
) -> list[OpenThough]:
    """Why a hidden entry was open to a member of staff; all that can be told of that time.

    Args:
        authors: who wrote the entry.
        bases: the care behind the act.
    """
    told = {
        OpenThough.AUTHOR: act.staff_id in authors,
        OpenThough.TEAM: CareBasis.TEAM in bases,
        OpenThough.EMERGENCY: CareBasis.EMERGENCY in bases,
    }
    return [why for why, so in told.items() if so]
