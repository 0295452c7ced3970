"""Facilities with how many work there, members of staff with their posts, and who changed which post when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from foundation.clock import now
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.language.bilingual import BilingualText
from foundation.language.latin_letters import PrintedName
from foundation.sealing import keyed_digests
from identity.facilities.enumerations import FacilityKind
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.facilities.tables import Facility
from identity.people.rules.names import full_name, short_name
from identity.people.rules.snils import normal_snils
from identity.roles import Role
from identity.staff.tables import FOREVER, StaffMember, StaffPost, StaffPostChange

MOST_CHANGES = 20
MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """A facility in the list; `staff`: how many people hold a post there now."""

    id: UUID
    code: str
    name: BilingualText
    settlement: BilingualText
    connected: bool
    staff: int


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post with whom and where; `ended_at` is None where it goes on."""

    id: UUID
    version: int
    staff_id: UUID
    staff: PrintedName
    facility_id: UUID
    facility: BilingualText
    role: Role
    began_at: datetime
    ended_at: datetime | None

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None and self.ended_at <= now()

    @property
    def never_began(self) -> bool:
        return self.ended_at is not None and self.ended_at <= self.began_at


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """That a post was given (`number` 1) or its end changed. `by` is None where an operator's table did it."""

    post: PostRow
    number: int
    ended_at: datetime | None
    reason: str
    by: PrintedName | None
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberRow:
    id: UUID
    version: int
    name: PrintedName
    position: BilingualText
    # As they are written in the register, for the form.
    family_name: str
    given_name: str
    middle_name: str


@dataclass(frozen=True, slots=True)
class FacilityDetails:
    """A facility as its form shows it."""

    id: UUID
    version: int
    code: str
    kind: FacilityKind
    name_en: str
    name_ru: str
    settlement_en: str
    settlement_ru: str
    address_en: str
    address_ru: str
    telephone: str
    latitude: float | None
    longitude: float | None
    connected: bool

    @property
    def name(self) -> BilingualText:
        return BilingualText(self.name_en, self.name_ru)


@dataclass(frozen=True, slots=True)
class Registers:
    """The administrator's first page; the changes are the latest."""

    facilities: Sequence[FacilityRow]
    changes: Sequence[ChangeRow]


@dataclass(frozen=True, slots=True)
class OpenedMember:
    """`facilities`: where a post can be given."""

    member: MemberRow
    posts: Sequence[PostRow]
    changes: Sequence[ChangeRow]
    facilities: Sequence[FacilityCard]


@dataclass(frozen=True, slots=True)
class OpenedFacility:
    """`posts`: those that are held there now or will be."""

    facility: FacilityDetails
    posts: Sequence[PostRow]


@dataclass(frozen=True, slots=True)
class OpenedPost:
    post: PostRow
    changes: Sequence[ChangeRow]


@dataclass(frozen=True, slots=True)
class FoundStaff:
    """`more`: there are others beside these."""

    members: Sequence[MemberRow]
    more: bool


def no_member() -> NotFound:
    return NotFound("There is no such member of staff.")


def no_facility() -> NotFound:
    return NotFound("There is no such facility.")


def no_post() -> NotFound:
    return NotFound("There is no such post.")


def registers(session: ActorSession) -> Registers:
    answer = REGISTERS.fetch(session)
    return Registers(
        facilities=[
            FacilityRow(
                row.id,
                row.code,
                BilingualText(row.name_en, row.name_ru),
                BilingualText(row.settlement_en, row.settlement_ru),
                row.connected,
                row.staff,
            )
            for row in answer.facilities
        ],
        changes=[_change(row) for row in answer.changes],
    )


def member_with_posts(session: ActorSession, member_id: UUID) -> OpenedMember:
    """Raises NotFound."""
    answer = MEMBER.fetch(session, member_id=member_id)
    if not answer.member:
        raise no_member()
    return OpenedMember(
        _member(answer.member[0]),
        [_post(row) for row in answer.posts],
        [_change(row) for row in answer.changes],
        list(facilities_from(answer.facilities).values()),
    )


def facility_with_posts(session: ActorSession, facility_id: UUID) -> OpenedFacility:
    """Raises NotFound."""
    answer = FACILITY.fetch(session, facility_id=facility_id)
    if not answer.facility:
        raise no_facility()
    (row,) = answer.facility
    details = FacilityDetails(*(getattr(row, name) for name in FacilityDetails.__slots__))
    return OpenedFacility(details, [_post(row) for row in answer.posts])


def post_with_changes(session: ActorSession, post_id: UUID) -> OpenedPost:
    """Raises NotFound."""
    answer = POST.fetch(session, post_id=post_id)
    if not answer.posts:
        raise no_post()
    return OpenedPost(_post(answer.posts[0]), [_change(row) for row in answer.changes])


def staff_like(session: ActorSession, words: str) -> FoundStaff:
    """Members of staff with this SNILS, or whose family name begins so; of several words each begins a part of the name."""
    chosen = _by_snils(words) if normal_snils(words) else _by_name(words)
    rows = session.execute(
        _MEMBERS.where(chosen).order_by(StaffMember.family_name, StaffMember.given_name).limit(MOST_FOUND + 1)
    ).all()
    return FoundStaff([_member(row) for row in rows[:MOST_FOUND]], len(rows) > MOST_FOUND)


def member_to_change(session: ActorSession, member_id: UUID) -> StaffMember:
    """The row, held until the transaction ends: nobody else changes it or gives them a post meanwhile. Raises NotFound."""
    member = session.get(StaffMember, member_id, with_for_update=True)
    if member is None:
        raise no_member()
    return member


def facility_to_change(session: ActorSession, facility_id: UUID) -> Facility:
    """The row, held as that of a member of staff. Raises NotFound."""
    facility = session.get(Facility, facility_id, with_for_update=True)
    if facility is None:
        raise no_facility()
    return facility


def post_to_change(session: ActorSession, post_id: UUID) -> StaffPost:
    """As it stands while its member of staff is held: row security holds no row for whoever may not change it. Raises NotFound."""
    post = session.get(StaffPost, post_id)
    if post is None:
        raise no_post()
    member_to_change(session, post.staff_id)
    session.refresh(post)
    return post


def live_posts_to_change(session: ActorSession, facility_id: UUID) -> Sequence[StaffPost]:
    """The posts there that have not ended."""
    live = select(StaffPost).where(StaffPost.facility_id == facility_id, StaffPost.ends_at > func.now())
    return session.scalars(live).all()


def _by_snils(words: str) -> ColumnElement[bool]:
    return StaffMember.national_identifier_digest.in_(keyed_digests(normal_snils(words) or ""))


def _by_name(words: str) -> ColumnElement[bool]:
    parts = (StaffMember.family_name, StaffMember.given_name, StaffMember.middle_name)
    typed = zip(parts, words.split(), strict=False)
    return and_(*(_plain(part).startswith(_plain(word), autoescape=False) for part, word in typed))


def _plain(written: Any) -> Any:
    """ё beside е, capital beside small; a word that somebody typed means its signs as they are."""
    lowered = func.lower(written if not isinstance(written, str) else _literally(written))
    return func.replace(lowered, "ё", "е")


def _literally(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_BY = aliased(StaffMember)
_LIVE = and_(StaffPost.began_at <= func.now(), StaffPost.ends_at > func.now())
_MEMBERS: Any = select(
    StaffMember.id,
    StaffMember.version,
    StaffMember.family_name,
    StaffMember.given_name,
    StaffMember.middle_name,
    StaffMember.position_en,
    StaffMember.position_ru,
)
_POSTS: Any = (
    select(
        StaffPost.id,
        StaffPost.version,
        StaffPost.staff_id,
        StaffMember.family_name,
        StaffMember.given_name,
        StaffMember.middle_name,
        StaffPost.facility_id,
        Facility.name_en,
        Facility.name_ru,
        StaffPost.role,
        StaffPost.began_at,
        case((StaffPost.ends_at == FOREVER, None), else_=StaffPost.ends_at).label("ended_at"),
    )
    .join(StaffMember, StaffMember.id == StaffPost.staff_id)
    .join(Facility, Facility.id == StaffPost.facility_id)
)
_CHANGES: Any = (
    _POSTS.add_columns(
        StaffPostChange.number,
        case((StaffPostChange.ends_at == FOREVER, None), else_=StaffPostChange.ends_at).label(
            "then_ended_at"
        ),
        StaffPostChange.reason,
        StaffPostChange.at,
        _BY.family_name.label("by_family_name"),
        _BY.given_name.label("by_given_name"),
        _BY.middle_name.label("by_middle_name"),
    )
    .join(StaffPostChange, StaffPostChange.post_id == StaffPost.id)
    .outerjoin(_BY, _BY.id == StaffPostChange.staff_id)
    .order_by(StaffPostChange.at.desc(), StaffPostChange.post_id, StaffPostChange.number.desc())
)


def _registers(_session: ActorSession) -> Selects:
    counted = (
        select(StaffPost.facility_id, func.count(StaffPost.staff_id.distinct()).label("staff"))
        .where(_LIVE)
        .group_by(StaffPost.facility_id)
        .subquery()
    )
    facilities: Any = (
        select(
            Facility.id,
            Facility.code,
            Facility.name_en,
            Facility.name_ru,
            Facility.settlement_en,
            Facility.settlement_ru,
            Facility.connected,
            func.coalesce(counted.c.staff, 0).label("staff"),
        )
        .outerjoin(counted, counted.c.facility_id == Facility.id)
        .order_by(Facility.code)
    )
    by_hand = or_(StaffPostChange.staff_id.is_not(None), StaffPostChange.number > 1)
    return {"facilities": facilities, "changes": _CHANGES.where(by_hand).limit(MOST_CHANGES)}


def _member_and_posts(_session: ActorSession, *, member_id: Any) -> Selects:
    return {
        "member": _MEMBERS.where(StaffMember.id == member_id),
        "posts": _POSTS.where(StaffPost.staff_id == member_id).order_by(
            StaffPost.began_at.desc(), StaffPost.id
        ),
        "changes": _CHANGES.where(StaffPost.staff_id == member_id),
        "facilities": facility_rows(),
    }


def _facility_and_posts(_session: ActorSession, *, facility_id: Any) -> Selects:
    columns = [getattr(Facility, name) for name in FacilityDetails.__slots__]
    held: Select[Any] = _POSTS.where(
        StaffPost.facility_id == facility_id, StaffPost.ends_at > func.now()
    ).order_by(StaffMember.family_name, StaffMember.given_name, StaffPost.role, StaffPost.id)
    return {"facility": select(*columns).where(Facility.id == facility_id), "posts": held}


def _post_and_changes(_session: ActorSession, *, post_id: Any) -> Selects:
    return {
        "posts": _POSTS.where(StaffPost.id == post_id),
        "changes": _CHANGES.where(StaffPost.id == post_id),
    }


REGISTERS = CombinedQuery(_registers)
MEMBER = CombinedQuery(_member_and_posts)
FACILITY = CombinedQuery(_facility_and_posts)
POST = CombinedQuery(_post_and_changes)


def _member(row: Any) -> MemberRow:
    names = (row.family_name, row.given_name, row.middle_name)
    position = BilingualText(row.position_en, row.position_ru)
    return MemberRow(row.id, row.version, full_name(*names), position, *names)


def _post(row: Any) -> PostRow:
    return PostRow(
        id=row.id,
        version=row.version,
        staff_id=row.staff_id,
        staff=full_name(row.family_name, row.given_name, row.middle_name),
        facility_id=row.facility_id,
        facility=BilingualText(row.name_en, row.name_ru),
        role=Role(row.role),
        began_at=row.began_at,
        ended_at=row.ended_at,
    )


def _change(row: Any) -> ChangeRow:
    by = (row.by_family_name, row.by_given_name, row.by_middle_name)
    return ChangeRow(
        post=_post(row),
        number=row.number,
        ended_at=row.then_ended_at,
        reason=row.reason,
        by=short_name(*by) if row.by_family_name is not None else None,
        at=row.at,
    )
