"""A post is given and ended by another administrator, at once or in time, and who did it when and why stays written down."""

import pytest

from foundation.clock import now
from identity.roles import Role
from identity.staff.queries import posts_of
from tests.identity.administration.conftest import in_days
from tests.identity.journeys import ENGLISH
from tests.pages import filled, read


def test_a_post_from_today_is_held_at_once_and_tells_who_gave_it(desk, as_actor):
    facility = desk.people.facility()

    answer = desk.give(desk.doctor.id, facility=str(facility), role=Role.RADIOLOGIST.value)

    assert answer.status_code == 303
    with as_actor(desk.administrator.actor) as session:
        held = {(each.facility_id, each.role) for each in posts_of(session, desk.doctor.id, at=now())}
    assert (facility, Role.RADIOLOGIST) in held
    (given,) = [each for each in desk.posts(desk.doctor.id) if each[2] == "radiologist"]
    assert desk.changes(given[0]) == [(1, "Приказ № 12", desk.administrator.id)]
    shown = read(desk.browser.get(answer.location, headers=ENGLISH))
    assert "The post is given." in shown
    assert "Приказ № 12" in shown


def test_a_post_of_tomorrow_is_not_held_today(desk):
    desk.give(desk.doctor.id, first_day=in_days(1), last_day=in_days(1))

    assert [each[2:] for each in desk.posts(desk.doctor.id)][1:] == [("nurse", False, True)]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"first_day": in_days(-1)}, "A post is given from today on, or from a later day."),
        ({"first_day": in_days(2), "last_day": in_days(1)}, "The last day is before the first."),
        ({"reason": ""}, "Say on what grounds."),
        ({"role": "patient"}, "Not a valid choice."),
        ({"facility": ""}, "Choose the facility."),
        ({"first_day": "9999-12-31"}, "Not a valid date value."),
        ({"first_day": in_days(1), "last_day": "9999-12-31"}, "Not a valid date value."),
    ],
)
def test_a_post_that_cannot_be_is_refused_and_nothing_typed_is_lost(desk, typed, told):
    before = desk.posts(desk.doctor.id)

    answer = desk.give(desk.doctor.id, **typed)

    assert answer.status_code == 422
    assert told in read(answer)
    assert typed.get("reason", "Приказ № 12") in answer.text
    assert desk.posts(desk.doctor.id) == before


def test_the_same_post_is_not_given_twice_and_is_given_again_after_its_end(desk):
    facility = str(desk.people.facility())
    desk.give(desk.doctor.id, facility=facility)

    twice = desk.give(desk.doctor.id, facility=facility, first_day=in_days(10))
    assert twice.status_code == 409
    assert "held already at that time" in read(twice)

    post_id = desk.posts(desk.doctor.id)[-1][0]
    assert desk.end(post_id).status_code == 303
    assert desk.give(desk.doctor.id, facility=facility).status_code == 303
    assert [each[3] for each in desk.posts(desk.doctor.id)][-2:] == [False, True]


def test_whoever_loses_a_post_is_signed_out_with_it(desk, client_for):
    browser = client_for(desk.doctor.actor)
    assert browser.get("/emr").status_code == 200
    ((post_id, *_),) = desk.posts(desk.doctor.id)

    assert desk.end(post_id).status_code == 303

    assert browser.get("/emr").status_code == 303
    # What a loader entered has no name beside it, what the administrator did has theirs.
    assert [each[2] for each in desk.changes(post_id)] == [None, desk.administrator.id]


def test_a_post_ends_with_its_last_day_and_the_end_can_be_moved(desk):
    ((post_id, *_),) = desk.posts(desk.doctor.id)

    assert desk.end(post_id, last_day=in_days(0)).status_code == 303
    assert desk.posts(desk.doctor.id)[0][3:] == (True, True)
    assert desk.end(post_id, last_day=in_days(30), reason="Продлён").status_code == 303

    shown = read(desk.browser.get(f"/administration/posts/{post_id}", headers=ENGLISH))
    assert [each[0] for each in desk.changes(post_id)] == [1, 2, 3]
    assert "Продлён" in shown


def test_a_post_that_has_not_begun_never_begins(desk):
    desk.give(desk.doctor.id, first_day=in_days(5))
    post_id = desk.posts(desk.doctor.id)[-1][0]

    assert desk.end(post_id).status_code == 303

    shown = read(desk.browser.get(f"/administration/posts/{post_id}", headers=ENGLISH))
    assert "Never began" in shown
    assert desk.give(desk.doctor.id, first_day=in_days(5)).status_code == 303


def test_a_day_that_has_passed_and_a_post_that_has_ended_are_refused(desk):
    ((post_id, *_),) = desk.posts(desk.doctor.id)

    assert desk.end(post_id, last_day=in_days(-1)).status_code == 422
    assert desk.end(post_id).status_code == 303
    again = filled(desk.browser.get(f"/administration/posts/{post_id}"), reason="x", version="2")
    assert desk.browser.post(f"/administration/posts/{post_id}", data=again).status_code in (400, 409, 422)
    assert len(desk.changes(post_id)) == 2


def test_what_somebody_else_changed_meanwhile_is_not_changed_unseen(desk):
    ((post_id, *_),) = desk.posts(desk.doctor.id)
    address = f"/administration/posts/{post_id}"
    seen = filled(desk.browser.get(address), last_day="", reason="Уволена")
    desk.end(post_id, last_day=in_days(3))

    late = desk.browser.post(address, data=seen, headers=ENGLISH)

    assert late.status_code == 412
    assert "Somebody else has changed this meanwhile" in read(late)
    assert len(desk.changes(post_id)) == 2


def test_nobody_gives_or_ends_their_own(desk):
    own = desk.administrator.id
    ((post_id, *_),) = desk.posts(own)
    page = desk.browser.get(f"/administration/staff/{own}", headers=ENGLISH)
    other = desk.browser.get(f"/administration/staff/{desk.doctor.id}")
    usual = {
        "facility": str(desk.people.facility()),
        "role": "privacy-officer",
        "first_day": in_days(0),
        "reason": "x",
    }

    given = desk.browser.post(f"/administration/staff/{own}/posts", data=filled(other, **usual))
    ended = desk.browser.post(
        f"/administration/posts/{post_id}", data=filled(other, version="1", reason="x", last_day="")
    )

    assert "Another administrator gives and ends your posts" in read(page)
    assert (given.status_code, ended.status_code) == (409, 409)
    assert len(desk.posts(own)) == 1


def test_a_form_sent_twice_gives_one_post(desk):
    address = f"/administration/staff/{desk.doctor.id}"
    form = filled(
        desk.browser.get(address),
        facility=str(desk.people.facility()),
        role="nurse",
        first_day=in_days(0),
        reason="x",
    )

    assert [desk.browser.post(f"{address}/posts", data=form).status_code for _ in range(2)] == [303, 303]
    assert len(desk.posts(desk.doctor.id)) == 2
