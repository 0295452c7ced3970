"""Behind the pages the database holds the same: who keeps the registers, and that a change of a post is never unwritten."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from foundation.identifiers import new_id
from identity.roles import STAFF_ROLES, Role

GIVE = (
    "INSERT INTO identity.staff_post (id, staff_id, facility_id, role, began_at, reason) "
    "VALUES (:id, :staff, :facility, 'doctor', {began}, 'x')"
)
ENTER = {
    "facility": "INSERT INTO identity.facility (id, code, kind, name_en, name_ru, settlement_en, settlement_ru, "
    "address_en, address_ru, telephone, connected) "
    "VALUES (:id, :code, 'polyclinic', 'x', 'x', 'x', 'x', '', '', '', true)",
    "member": "INSERT INTO identity.staff_member (id, family_name, given_name, middle_name, position_en, position_ru) "
    "VALUES (:id, 'x', 'x', '', 'x', 'x')",
}


def refused():
    return pytest.raises(DBAPIError, match="row-level security")


def values(people):
    return {
        "id": new_id(),
        "staff": people.doctor().id,
        "facility": people.facility(),
        "code": f"W-{new_id()}"[:20],
    }


@pytest.mark.parametrize("role", [each for each in STAFF_ROLES if each is not Role.ADMINISTRATOR])
def test_no_other_role_writes_a_register(people, as_actor, role):
    somebody, given = people.staff(role), values(people)

    for statement in (GIVE.format(began="now()"), *ENTER.values()):
        with refused(), as_actor(somebody.actor) as session:
            session.execute(text(statement), given)
    with as_actor(somebody.actor) as session:
        ended = session.execute(text("UPDATE identity.staff_post SET ends_at = now() WHERE true"))
        assert ended.rowcount == 0
        assert session.execute(text("SELECT count(*) FROM identity.staff_post_change")).scalar() == 0


def test_an_administrator_writes_them(people, as_actor):
    administrator, given = people.staff(Role.ADMINISTRATOR), values(people)

    with as_actor(administrator.actor) as session:
        for statement in (GIVE.format(began="now()"), *ENTER.values()):
            session.execute(text(statement), given)


def test_why_a_post_was_given_does_not_stay_where_everybody_reads(people, as_actor):
    administrator, given = people.staff(Role.ADMINISTRATOR), values(people)

    with as_actor(administrator.actor) as session:
        session.execute(text(GIVE.format(began="now()")), given)
    with as_actor(administrator.actor) as session:
        told = "SELECT p.reason, c.reason FROM identity.staff_post p JOIN identity.staff_post_change c ON c.post_id = p.id"
        assert session.execute(text(f"{told} WHERE p.id = :id"), given).one() == ("", "x")


def test_no_administrator_gives_themselves_a_post_nor_one_of_before(people, as_actor):
    administrator, given = people.staff(Role.ADMINISTRATOR), values(people)

    with refused(), as_actor(administrator.actor) as session:
        session.execute(text(GIVE.format(began="now()")), {**given, "staff": administrator.id})
    with refused(), as_actor(administrator.actor) as session:
        session.execute(text(GIVE.format(began="now() - interval '1 day'")), given)


def test_no_end_of_a_post_is_moved_into_the_past_nor_one_s_own(people, as_actor):
    administrator, doctor = people.staff(Role.ADMINISTRATOR), people.doctor()
    change = text(
        "UPDATE identity.staff_post SET ends_at = now() - interval '1 hour' WHERE staff_id = :staff"
    )

    with refused(), as_actor(administrator.actor) as session:
        session.execute(change, {"staff": doctor.id})
    with as_actor(administrator.actor) as session:
        assert session.execute(change, {"staff": administrator.id}).rowcount == 0


def test_a_post_stays_whose_and_what_it_is(people, as_actor):
    administrator, doctor = people.staff(Role.ADMINISTRATOR), people.doctor()

    with pytest.raises(DBAPIError, match="permission denied"), as_actor(administrator.actor) as session:
        session.execute(
            text("UPDATE identity.staff_post SET role = 'privacy-officer' WHERE staff_id = :staff"),
            {"staff": doctor.id},
        )


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO identity.staff_post_change (post_id, number, ends_at, reason) VALUES (gen_random_uuid(), 1, now(), '')",
        "UPDATE identity.staff_post_change SET reason = ''",
        "DELETE FROM identity.staff_post_change",
    ],
)
def test_what_was_written_down_of_a_post_is_nobody_s_to_write(people, as_actor, change):
    administrator = people.staff(Role.ADMINISTRATOR)

    with pytest.raises(DBAPIError, match="permission denied"), as_actor(administrator.actor) as session:
        session.execute(text(change))


def test_the_owner_of_the_tables_does_not_unwrite_it_either(people, engines):
    people.doctor()

    with pytest.raises(DBAPIError, match="never changed or deleted"), engines["owner"].begin() as connection:
        connection.execute(text("DELETE FROM identity.staff_post_change"))


def test_nobody_but_administrators_opens_the_desk(people, client_for):
    for role in STAFF_ROLES:
        status = client_for(people.staff(role).actor).get("/administration").status_code
        assert status == (200 if role is Role.ADMINISTRATOR else 403), role
