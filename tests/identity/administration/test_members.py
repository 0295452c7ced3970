"""Somebody is entered once, found by name or SNILS, called otherwise, and signs in where they hold a post."""

import pytest
from sqlalchemy import select

from foundation.audit import AuditEvent
from identity.roles import Role
from identity.staff.queries import staff_by_identifier
from tests.identity.journeys import ENGLISH
from tests.pages import filled, read
from tests.people import new_snils


def enter(desk, **typed):
    form = filled(desk.browser.get("/administration/staff/new"), **typed)
    return desk.browser.post("/administration/staff", data=form, headers=ENGLISH)


def look_up(desk, words):
    form = filled(desk.browser.get("/administration"), words=words)
    answer = desk.browser.post("/administration/searches", data=form)
    return read(desk.browser.get(answer.location, headers=ENGLISH))


def test_somebody_is_entered_and_known_by_their_snils(desk, as_actor, typed_member):
    snils = new_snils()

    answer = enter(desk, snils=snils, **typed_member)

    assert answer.status_code == 303
    with as_actor(desk.administrator.actor) as session:
        card = staff_by_identifier(session, snils)
    assert card is not None
    assert str(card.id) in answer.location
    assert snils not in desk.browser.get(answer.location).text
    assert "Ёлкина Вера Ильинична" in read(
        desk.browser.get(answer.location, headers={"Accept-Language": "ru"})
    )


@pytest.mark.parametrize("words", ["ёлк", "Елк", "ЁЛКИНА в", "елкина вера ил"])
def test_the_beginning_of_a_name_finds_them(desk, typed_member, words):
    enter(desk, snils=new_snils(), **typed_member)

    assert "Cardiologist" in look_up(desk, words)


@pytest.mark.parametrize("words", ["лкина", "%", "_", "Ёлкина Пётр", "\\"])
def test_another_name_does_not(desk, typed_member, words):
    enter(desk, snils=new_snils(), **typed_member)

    assert "Nobody found." in look_up(desk, words)


def test_the_whole_snils_finds_them(desk, typed_member):
    snils = new_snils()
    enter(desk, snils=snils, **typed_member)
    form = filled(desk.browser.get("/administration"), words=snils)

    assert snils not in desk.browser.post("/administration/searches", data=form).location
    assert "Cardiologist" in look_up(desk, snils)
    assert "Nobody found." in look_up(desk, new_snils())


def test_nobody_is_entered_twice(desk, typed_member):
    snils = new_snils()
    enter(desk, snils=snils, **typed_member)

    again = enter(desk, snils=snils, **{**typed_member, "family_name": "Другая"})

    assert again.status_code == 409
    assert "in the register already" in read(again)
    assert "Nobody found." in look_up(desk, "Другая")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"snils": "11223344596"}, "its last two digits do not fit"),
        ({"family_name": " "}, "Type the family name."),
        ({"birth_date": "1700-01-01"}, "Not a valid date value."),
        ({"position_en": "x" * 201}, "That is too long."),
    ],
)
def test_what_cannot_be_is_told_and_nothing_typed_is_lost(desk, typed_member, typed, told):
    answer = enter(desk, **{"snils": new_snils(), **typed_member, **typed})

    assert answer.status_code == 422
    assert told in read(answer)
    assert "Ильинична" in answer.text


def test_a_name_is_changed_and_the_change_leaves_its_line(desk, as_administrator):
    address = f"/administration/staff/{desk.doctor.id}"
    shown = desk.browser.get(address)
    typed = {
        "change-family_name": "Новая",
        "change-given_name": "Анна",
        "change-middle_name": "",
        "change-position_ru": "Врач",
        "change-position_en": "Doctor",
    }
    form = {**filled(shown), **typed, "change-idempotency_key": filled(shown)["idempotency_key"]}

    first = desk.browser.post(address, data=form)
    stale = desk.browser.post(address, data={**form, "change-idempotency_key": "0" * 32}, headers=ENGLISH)

    assert first.status_code == 303
    assert stale.status_code in (412, 422)
    assert "Новая Анна" in read(desk.browser.get(address, headers={"Accept-Language": "ru"}))
    with as_administrator() as connection:
        asked = select(AuditEvent.act).where(AuditEvent.object_id == desk.doctor.id)
        assert list(connection.scalars(asked)) == ["staff_member.changed"]


def test_another_s_search_and_nobody_s_page_are_not_there(desk, client_for, people):
    form = filled(desk.browser.get("/administration"), words="Ёлкина")
    address = desk.browser.post("/administration/searches", data=form).location
    other = client_for(people.staff(Role.ADMINISTRATOR).actor)

    assert other.get(address).status_code == 404
    for kind in ("staff", "posts", "facilities"):
        assert desk.browser.get(f"/administration/{kind}/{desk.people.patient().id}").status_code == 404
