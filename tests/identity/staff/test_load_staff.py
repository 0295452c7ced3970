"""`load-staff` and `load-posts`: an operator says who works where, as what, and until when."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update

from foundation import sealing
from foundation.clock import now, today
from foundation.sealing import keyed_digest, keyed_digests
from identity.people.rules.snils import SNILS_SYSTEM
from identity.roles import STAFF_ROLES, Role
from identity.staff.queries import posts_of, staff_by_identifier, staff_who_signs_in
from identity.staff.tables import StaffMember
from tests.architecture.house import HOUSE
from tests.conftest import SECRET
from tests.people import new_snils
from tests.registers import Loading, counts, faults

OF_STAFF = ", ".join(each for each in Role if each is not Role.PATIENT)

OTHER_SECRET = "another secret of more than thirty-two characters"
HELD_ALREADY = "from: this post is held already since 2026-01-01; tell that beginning to let it end otherwise"


@pytest.fixture
def load(command, tmp_path):
    return Loading(command, tmp_path)


def doctor(**changes):
    return {
        "snils": new_snils(),
        "family_name": "Врачова",
        "given_name": "Ирина",
        "middle_name": "",
        "position_en": "Surgeon",
        "position_ru": "Врач-хирург",
        **changes,
    }


@pytest.fixture
def member(load):
    """A member of staff who is known, by their SNILS."""
    told = doctor()
    load("load-staff", told)
    return told["snils"]


@pytest.fixture
def place(load, people, as_administrator):
    """The code of a facility that is known."""
    facility_id = people.facility()
    with as_administrator() as connection:
        return connection.execute(
            text("SELECT code FROM identity.facility WHERE id = :id"), {"id": facility_id}
        ).scalar_one()


@pytest.fixture
def roles_of(as_loader):
    """The roles that somebody of this SNILS holds at a moment."""

    def held(snils, at=None):
        with as_loader() as session:
            card = staff_by_identifier(session, snils)
            return [post.role.value for post in posts_of(session, card.id, at=at or now())]

    return held


def test_staff_are_known_by_their_snils_however_it_is_written(load, as_administrator):
    told = doctor()
    digits = told["snils"]
    written = f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"

    assert counts(load("load-staff", told)) == (1, 0, 0, 0)
    assert counts(load("load-staff", told | {"snils": written})) == (0, 0, 1, 0)
    assert counts(load("load-staff", told | {"position_en": "Senior surgeon"})) == (0, 1, 0, 0)

    kept = select(StaffMember.__table__).where(StaffMember.national_identifier_digest == keyed_digest(digits))
    with as_administrator() as connection:
        row = connection.execute(kept).one()
    assert (row.family_name, row.position_en) == ("Врачова", "Senior surgeon")


def test_a_birth_date_is_entered_later_and_the_same_table_again_changes_nothing(load, as_loader):
    told = doctor()
    born = {**told, "birth_date": "1980-05-03"}

    assert [counts(load("load-staff", each)) for each in (told, told, born, born, told)] == [
        (1, 0, 0, 0),
        (0, 0, 1, 0),
        (0, 1, 0, 0),
        (0, 0, 1, 0),
        (0, 0, 1, 0),
    ]
    with as_loader() as session:
        found = [
            staff_who_signs_in(
                session, system=SNILS_SYSTEM, value=told["snils"], birth_date=date(1980, 5, of)
            )
            for of in (3, 4)
        ]
    assert [each is not None for each in found] == [True, False]


def test_a_wrong_snils_is_refused_and_not_repeated(load):
    account = load("load-staff", doctor(snils="112-233-445 96"))

    assert faults(account) == [
        (2, "snils: what stands there is no SNILS: eleven digits, of which the last two check the others")
    ]


def test_a_post_is_held_from_its_first_day_to_the_end_of_its_last(load, member, place, roles_of):
    day = today()
    post = {
        "snils": member,
        "facility": place,
        "role": "doctor",
        "from": day - timedelta(days=3),
        "until": day,
    }

    assert counts(load("load-posts", post)) == (1, 0, 0, 0)
    assert counts(load("load-posts", post)) == (0, 0, 1, 0)

    assert roles_of(member) == ["doctor"]
    assert roles_of(member, now() + timedelta(days=1)) == []
    assert roles_of(member, now() - timedelta(days=4)) == []


def test_a_post_is_ended_and_goes_on_again_by_its_beginning(load, member, place, roles_of, as_administrator):
    post = {"snils": member, "facility": place, "role": "doctor", "from": "2026-01-01", "until": ""}
    load("load-posts", post)

    assert counts(load("load-posts", post | {"until": "2026-02-01"})) == (0, 1, 0, 0)
    assert roles_of(member) == []
    assert counts(load("load-posts", post)) == (0, 1, 0, 0)
    assert roles_of(member) == ["doctor"]

    acts = text(
        "SELECT act FROM foundation.audit_event a JOIN identity.staff_post p ON p.id = a.object_id "
        "JOIN identity.staff_member m ON m.id = p.staff_id WHERE m.national_identifier_digest = :digest ORDER BY a.id"
    )
    with as_administrator() as connection:
        told = connection.execute(acts, {"digest": keyed_digest(member)}).scalars().all()
    assert told == ["staff_post.registered", "staff_post.changed", "staff_post.changed"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"snils": new_snils()}, "snils: no member of staff is known by it; load-staff enters them"),
        ({"facility": "T-0"}, "facility: there is none with the code T-0; load-facilities enters them"),
        ({"role": "patient"}, f"role: “patient” is none of {OF_STAFF}"),
        ({"until": "2025-12-01"}, "until: the last day is before the first"),
        ({"from": "2026-03-01"}, HELD_ALREADY),
        ({"from": "2025-12-01"}, HELD_ALREADY),
    ],
)
def test_a_post_that_cannot_be_is_refused_with_what_is_right(load, member, place, changes, why):
    post = {"snils": member, "facility": place, "role": "doctor", "from": "2026-01-01", "until": ""}
    load("load-posts", post)

    assert faults(load("load-posts", post | changes)) == [(2, why)]


def test_two_posts_of_one_table_do_not_meet(load, member, place):
    first = {
        "snils": member,
        "facility": place,
        "role": "doctor",
        "from": "2026-01-01",
        "until": "2026-06-30",
    }

    assert counts(load("load-posts", first, first | {"from": "2026-06-30"}, dry=True)) == (1, 0, 0, 1)
    assert counts(load("load-posts", first, first | {"from": "2026-07-01", "until": ""})) == (2, 0, 0, 0)


@pytest.fixture
def further_key():
    """While the key is being changed; afterwards the tests' own is alone again."""
    sealing.set_key(SECRET, OTHER_SECRET)
    yield
    sealing.set_key(SECRET)


def test_who_is_still_known_under_the_further_key_is_given_a_post(
    load, member, place, roles_of, further_key, as_administrator
):
    present, further = keyed_digests(member)
    kept = update(StaffMember.__table__).where(StaffMember.national_identifier_digest == present)
    with as_administrator() as connection:
        connection.execute(kept.values(national_identifier_digest=further))
    post = {"snils": member, "facility": place, "role": "doctor", "from": "2026-01-01", "until": ""}

    assert counts(load("load-posts", post)) == (1, 0, 0, 0)
    assert roles_of(member) == ["doctor"]


def test_the_operators_page_names_every_role():
    page = (HOUSE / "docs" / "filling_a_region.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"^\| `role` \* \| (.*) \|$", page, re.MULTILINE)

    assert re.findall("`(.*?)`", told) == [each.value for each in STAFF_ROLES]
