"""Where one look decides two things: only where nobody reads the first who may not read the second."""

from itertools import product
from types import SimpleNamespace

import pytest

from foundation.actor import Actor, ActorKind
from identity.access.enumerations import CareBasis, Deed, Thing
from identity.access.queries import is_open_with
from identity.access.rules.policy import decision
from identity.roles import STAFF_ROLES, Role


def asks(role: Role, *, law: tuple[str, ...] = (), kind: ActorKind = ActorKind.STAFF) -> SimpleNamespace:
    return SimpleNamespace(actor=Actor(kind=kind, role=role, opened_by_law=law))


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_it_decides_nothing_that_the_policy_does_not(role):
    for thing, other in product(Thing, Thing):
        more = [basis for basis in CareBasis if reads(role, basis, other) and not reads(role, basis, thing)]

        assert is_open_with(asks(role), thing, other) == (not more), (thing, other)


def reads(role: Role, basis: CareBasis, thing: Thing) -> bool:
    return decision(role, basis, thing, Deed.READ).allowed


def test_whose_referral_a_dispatcher_reads_they_know_by_name():
    assert is_open_with(asks(Role.DISPATCHER), Thing.DEMOGRAPHICS, Thing.REFERRALS)


def test_what_the_law_opens_of_one_thing_alone_is_looked_at_again():
    # The law opens entries to a doctor, and nothing of the images.
    assert is_open_with(asks(Role.DOCTOR), Thing.IMAGES, Thing.ENTRIES)
    assert not is_open_with(asks(Role.DOCTOR, law=("entries",)), Thing.IMAGES, Thing.ENTRIES)


def test_it_decides_for_staff_alone():
    assert not is_open_with(asks(Role.PATIENT, kind=ActorKind.CITIZEN), Thing.DEMOGRAPHICS, Thing.REFERRALS)
