"""Where the region asks for it, nothing is changed in the registers before the administrator has proven anew that it is they."""

from uuid import UUID

import pytest

from foundation.clock import today
from foundation.errors import SecondFactorNeeded
from identity.administration import actions
from identity.administration.actions import PostAsked
from identity.roles import Role
from identity.second_factors.queries import demands


def _acts(desk) -> dict[str, dict]:
    member, facility = desk.doctor.id, desk.people.facility()
    ((post_id, *_),) = desk.posts(member)
    asked = PostAsked(facility, Role.NURSE, today(), None, "Because")
    return {
        "enter_member": {"row": {"snils": "11223344595"}},
        "change_member": {"member_id": member, "version": 1, "told": {}},
        "enter_facility": {"row": {"code": "X"}},
        "change_facility": {"facility_id": facility, "version": 1, "told": {}},
        "close_facility": {"facility_id": facility, "version": 1, "reason": "Because"},
        "reopen_facility": {"facility_id": facility, "version": 1},
        "give_post": {"member_id": member, "asked": asked},
        "change_post_end": {"post_id": post_id, "version": 1, "last_day": None, "reason": "Because"},
    }


def test_every_change_asks_for_it(desk, as_actor, monkeypatch):
    acts = _acts(desk)
    public = {
        name
        for name, each in vars(actions).items()
        if getattr(each, "__module__", "") == actions.__name__ and not name.startswith("_")
    }
    monkeypatch.setitem(demands._required, "all", True)

    assert acts.keys() == public - {"PostAsked"}
    for name, told in acts.items():
        with pytest.raises(SecondFactorNeeded), as_actor(desk.administrator.actor) as session:
            getattr(actions, name)(session, **told)


def test_where_it_is_only_offered_nobody_is_kept_from_working(desk, as_actor):
    asked = _acts(desk)["give_post"]

    with as_actor(desk.administrator.actor) as session:
        assert isinstance(actions.give_post(session, **asked), UUID)
