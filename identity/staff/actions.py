"""Entering staff and their posts from an operator's tables; an administrator's own changes are made in identity.administration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import update

from foundation.clock import zone
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from foundation.registers import Entered, enter_rows, note_entered, rows_by
from foundation.sealing import keyed_digest, keyed_digests, seal, unseal
from identity.facilities.queries import no_facility
from identity.facilities.tables import Facility
from identity.roles import Role
from identity.staff.queries import HeldPost, birth_digests, known_posts
from identity.staff.rules import Span, post_span, wrong_with_post
from identity.staff.tables import FOREVER, SEALED_AS, StaffMember, StaffPost


def known_by_columns(identifier: str, birth_date: date | None) -> dict[str, bytes]:
    """What of the register somebody is known by when they sign in; what is not told is left as it is."""
    if not identifier:
        return {}
    born = birth_date.isoformat() if birth_date else ""
    columns = {
        "national_identifier_digest": keyed_digest(identifier),
        "national_identifier_sealed": seal(f"{identifier}|{born}", SEALED_AS),
    }
    return columns | ({"birth_date_digest": birth_digests(identifier, birth_date)[0]} if birth_date else {})


def columns_sealed_anew(sealed: bytes) -> dict[str, bytes]:
    """The same as they are under the present key. Raises InvalidTag."""
    identifier, _, born = unseal(sealed, SEALED_AS).partition("|")
    return known_by_columns(identifier, date.fromisoformat(born) if born else None)


def enter_staff(session: ActorSession, rows: Sequence[Mapping[str, Any]]) -> Entered:
    """Enter members of staff, known by their SNILS, or let those that are there say what these rows say.

    Args:
        rows: columns of the register by their names; `snils` and `birth_date` in the place of their digests.
    """
    known_by = [known_by_columns(row["snils"], row.get("birth_date")) for row in rows]
    # Sealed, the same identifier is another value each time: it is no change of the register.
    sealed = {each["national_identifier_digest"]: each.pop("national_identifier_sealed") for each in known_by}
    kept = [
        {**known, **{name: value for name, value in row.items() if name not in ("snils", "birth_date")}}
        for known, row in zip(known_by, rows, strict=True)
    ]
    _digest_anew(session, [row["snils"] for row in rows])
    entered = enter_rows(session, StaffMember, kept, key="national_identifier_digest")
    members = rows_by(session, StaffMember, "national_identifier_digest", sealed)
    told = {each["national_identifier_digest"] for each in known_by if "birth_date_digest" in each}
    for digest, member in members.items():
        # A birth date that is only digested is not sealed away untold: under another key nobody could digest it anew.
        nothing_is_kept = member.national_identifier_sealed is None and member.birth_date_digest is None
        if nothing_is_kept or digest in told:
            member.national_identifier_sealed = sealed[digest]
    return entered


def _digest_anew(session: ActorSession, identifiers: Sequence[str]) -> None:
    """While the key is being changed: whoever is known under the further key is known under the present one from now on.

    All that is kept of them goes under the same key: a seal says for its whole row which key the row still needs.
    """
    present = {further: keyed_digests(each)[0] for each in identifiers for further in keyed_digests(each)[1:]}
    for further, member in rows_by(session, StaffMember, "national_identifier_digest", present).items():
        for name, value in _kept_anew(member).items():
            setattr(member, name, value)
        member.national_identifier_digest = present[further]
    session.flush()


def _kept_anew(member: StaffMember) -> dict[str, bytes]:
    if member.national_identifier_sealed is None:
        return {}
    try:
        return columns_sealed_anew(member.national_identifier_sealed)
    except InvalidTag:
        # Sealed under a third key: rotate-secret-key counts it among those that it could not open.
        return {}


@dataclass(frozen=True, slots=True)
class ToldPost:
    """A post as an operator tells of it; both days belong to it, and without a last one it goes on."""

    national_identifier: str
    facility_code: str
    role: Role
    first_day: date
    last_day: date | None


def enter_posts(session: ActorSession, posts: Sequence[ToldPost]) -> Entered:
    """Give posts to members of staff who are known, or let posts that are known by their beginning end otherwise."""
    entering = _Posts(session, posts)
    for place, post in enumerate(posts):
        entering.enter(place, post)
    session.flush()
    for act, ids in (("staff_post.registered", entering.added), ("staff_post.changed", entering.changed)):
        note_entered(session, act, "staff_post", ids)
    entering.entered.added, entering.entered.changed = len(entering.added), len(entering.changed)
    return entering.entered


class _Posts:
    """Posts of one table, beside all that those people hold already."""

    def __init__(self, session: ActorSession, posts: Sequence[ToldPost]) -> None:
        self._session = session
        _digest_anew(session, [each.national_identifier for each in posts])
        digests = {keyed_digest(each.national_identifier) for each in posts}
        self._staff = rows_by(session, StaffMember, "national_identifier_digest", digests)
        self._facilities = rows_by(session, Facility, "code", {each.facility_code for each in posts})
        self._held: dict[tuple[UUID, UUID, Role], list[HeldPost]] = {}
        for known in known_posts(session, [each.id for each in self._staff.values()]):
            self._held.setdefault((known.staff_id, known.facility_id, known.role), []).append(known)
        self.entered = Entered()
        self.added: list[UUID] = []
        self.changed: list[UUID] = []

    def enter(self, place: int, post: ToldPost) -> None:
        member = self._staff.get(keyed_digest(post.national_identifier))
        facility = self._facilities.get(post.facility_code)
        if member is None:
            self.entered.refused[place] = "snils: no member of staff is known by it; load-staff enters them"
        elif facility is None:
            self.entered.refused[place] = no_facility(post.facility_code)
        else:
            self._enter_at(place, post, member.id, facility.id)

    def _enter_at(self, place: int, post: ToldPost, staff_id: UUID, facility_id: UUID) -> None:
        span = post_span(post.first_day, post.last_day, zone())
        held = self._held.setdefault((staff_id, facility_id, post.role), [])
        same = next((each for each in held if each.span.since == span.since), None)
        others = [each.span for each in held if each is not same]
        if why := wrong_with_post(span, others):
            self.entered.refused[place] = why
        elif same is None:
            self._give(post.role, staff_id, facility_id, span)
            held.append(HeldPost(self.added[-1], staff_id, facility_id, post.role, span.since, span.until))
        elif same.span.until != span.until:
            self._end(same, span)
        else:
            self.entered.unchanged += 1

    def _give(self, role: Role, staff_id: UUID, facility_id: UUID, span: Span) -> None:
        values: dict[str, Any] = {"ends_at": span.until} if span.until else {}
        post = StaffPost(
            id=new_id(),
            staff_id=staff_id,
            facility_id=facility_id,
            role=role,
            began_at=span.since,
            **values,
        )
        self._session.add(post)
        self.added.append(post.id)

    def _end(self, known: HeldPost, span: Span) -> None:
        ends_at: Any = FOREVER if span.until is None else span.until
        self._session.execute(update(StaffPost).where(StaffPost.id == known.id).values(ends_at=ends_at))
        self.changed.append(known.id)
