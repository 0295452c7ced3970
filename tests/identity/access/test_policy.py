"""The policy, every cell of it: said here a second time, by hand, so that no slip of a word in the first passes.

`make mutants` changes the policy in every way that its tool knows, and these tests fail for each.
"""

import pytest

from identity.access.enumerations import CareBasis, Condition, Deed, Scope, Thing
from identity.access.rules.policy import (
    Decision,
    bases_that_open,
    decision,
    law_decision,
    may_be_opened_by_law,
    own_decision,
    roles_that_may,
    shared_decision,
)
from identity.roles import STAFF_ROLES, Role

# One line a role: what is open in care, r to be read, a to be added to, c to be carried on, x to be taken out of the house.
LETTERS = {"r": Deed.READ, "a": Deed.ADD, "c": Deed.CARRY_ON, "x": Deed.EXPORT}
TABLE = """
    doctor                demographics:r  referrals:rac  bookings:rc   entries:rax labelled-entries:r  images:r
    nurse                 demographics:r  referrals:r    bookings:r    entries:r   labelled-entries:r  images:r
    laboratory-assistant  demographics:r  referrals:r
    radiologist           demographics:r  referrals:r                              images:r
    registrar             demographics:r                 bookings:r
    dispatcher            demographics:r  referrals:rc   bookings:rac
    triager               demographics:r  referrals:r    bookings:r
    shift-lead            demographics:r  referrals:rc   bookings:rac
    schedule-keeper
    archive-technician
    facility-head
    ministry-analyst
    privacy-officer
    administrator
"""
# What is open in care of one's own alone.
FOR_THE_TEAM = {Thing.LABELLED_ENTRIES}
IN_AN_EMERGENCY = {Role.DOCTOR, Role.NURSE}
# What of every record the region's law may open, to be read.
BY_LAW = """
    doctor       referrals bookings entries images
    nurse        referrals bookings entries images
    radiologist  referrals images
    dispatcher   referrals bookings
    triager      referrals bookings
    shift-lead   referrals bookings
"""
ASKED = frozenset({Condition.REASON, Condition.SECOND_FACTOR, Condition.NOTICE})
COPY_ASKS = frozenset({Condition.REASON, Condition.SECOND_FACTOR})


def _open_in_care():
    opened = set()
    for line in TABLE.split("\n"):
        role, *cells = line.split() or [""]
        for cell in cells:
            thing, _, letters = cell.partition(":")
            opened |= {(Role(role), Thing(thing), LETTERS[letter]) for letter in letters}
    return opened


OPEN = _open_in_care()
OPENABLE = {
    Role(role): {Thing(thing) for thing in things}
    for role, *things in (line.split() for line in BY_LAW.split("\n") if line.strip())
}


def test_the_table_names_every_role():
    assert [line.split()[0] for line in TABLE.split("\n") if line.strip()] == [
        role.value for role in STAFF_ROLES
    ]


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_in_care_is_open_what_the_table_says_on_every_basis_and_nothing_without_care(role):
    for thing in Thing:
        for deed in Deed:
            says = (role, thing, deed) in OPEN
            assert decision(role, None, thing, deed) == Decision(False)
            for basis in set(CareBasis) - {CareBasis.EMERGENCY}:
                expected = says and (basis is CareBasis.TEAM or thing not in FOR_THE_TEAM)
                asked = COPY_ASKS if expected and deed is Deed.EXPORT else frozenset()
                assert decision(role, basis, thing, deed) == Decision(expected, asked), (basis, thing, deed)


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_in_an_emergency_two_roles_open_as_much_and_each_condition_is_asked_for(role):
    for thing in Thing:
        for deed in Deed:
            says = (role, thing, deed) in OPEN and role in IN_AN_EMERGENCY and deed is not Deed.EXPORT
            expected = Decision(True, ASKED) if says else Decision(False)
            assert decision(role, CareBasis.EMERGENCY, thing, deed) == expected


def test_nobody_of_the_staff_is_a_patient():
    assert not any(
        decision(Role.PATIENT, basis, thing, deed).allowed
        for basis in CareBasis
        for thing in Thing
        for deed in Deed
    )


def test_a_decision_says_yes_without_a_condition_unless_it_names_one():
    assert Decision(True) == Decision(True, frozenset())
    assert Decision(True) != Decision(True, ASKED)


@pytest.mark.parametrize("thing", Thing)
def test_people_read_all_of_their_own_and_write_nothing(thing):
    assert own_decision(thing, Deed.READ) == Decision(True)
    assert own_decision(thing, Deed.ADD) == own_decision(thing, Deed.CARRY_ON) == Decision(False)
    assert own_decision(thing, Deed.EXPORT) == Decision(False)


@pytest.mark.parametrize("thing", Thing)
def test_people_hide_entries_and_nothing_else_and_nobody_for_them_by_a_part(thing):
    hides = thing in (Thing.ENTRIES, Thing.LABELLED_ENTRIES)
    assert own_decision(thing, Deed.HIDE) == Decision(hides)
    for scopes in ((), (Scope.RECORD,), tuple(Scope)):
        assert own_decision(thing, Deed.HIDE, scopes) == Decision(False)


@pytest.mark.parametrize(
    ("scopes", "opened"),
    [
        ((), {Thing.DEMOGRAPHICS}),
        ((Scope.RECORD,), {Thing.DEMOGRAPHICS, Thing.ENTRIES, Thing.LABELLED_ENTRIES}),
        ((Scope.BOOKINGS,), {Thing.DEMOGRAPHICS, Thing.REFERRALS, Thing.BOOKINGS}),
        ((Scope.IMAGES,), {Thing.DEMOGRAPHICS, Thing.IMAGES}),
        (None, set(Thing)),
    ],
)
def test_a_right_to_act_for_somebody_opens_its_parts_and_the_rest_by_the_whole_alone(scopes, opened):
    assert {thing for thing in Thing if own_decision(thing, Deed.READ, scopes).allowed} == opened
    assert not any(own_decision(thing, Deed.ADD, scopes).allowed for thing in Thing)


@pytest.mark.parametrize("role", [Role.PATIENT, *STAFF_ROLES])
def test_the_law_opens_to_be_read_what_its_rows_say_as_far_as_it_may(role):
    openable = OPENABLE.get(role, set())
    for opened in [(), *((each,) for each in Thing), tuple(Thing), ("nothing of ours",)]:
        within = openable & set(opened)
        told = within | ({Thing.DEMOGRAPHICS} if within else set())
        for thing in Thing:
            for deed in Deed:
                expected = Decision(deed is Deed.READ and thing in told)
                assert law_decision(role, opened, thing, deed) == expected, (opened, thing, deed)


@pytest.mark.parametrize("role", [Role.PATIENT, *STAFF_ROLES])
def test_what_the_law_may_open_is_read_in_care_by_everybody_of_the_role_and_none_of_it_is_the_teams_alone(
    role,
):
    for thing in Thing:
        assert may_be_opened_by_law(role, thing) is (thing in OPENABLE.get(role, ()))
        if may_be_opened_by_law(role, thing):
            assert (role, thing, Deed.READ) in OPEN
            assert thing not in FOR_THE_TEAM


def test_a_link_opens_whose_record_it_is_entries_and_images_to_be_read():
    opened = {(thing, deed) for thing in Thing for deed in Deed if shared_decision(thing, deed).allowed}

    assert opened == {(thing, Deed.READ) for thing in (Thing.DEMOGRAPHICS, Thing.ENTRIES, Thing.IMAGES)}
    assert shared_decision(Thing.ENTRIES, Deed.READ) == Decision(True)
    assert shared_decision(Thing.NOTICES, Deed.READ) == Decision(False)


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_the_bases_that_open_follow_from_the_decisions(role):
    for thing in Thing:
        for deed in Deed:
            says = {basis for basis in CareBasis if decision(role, basis, thing, deed).allowed}
            assert bases_that_open(role, thing, deed) == says
        assert bases_that_open(role, thing) == bases_that_open(role, thing, Deed.READ)


def test_what_each_query_asks_is_worked_out_once():
    asked = [bases_that_open(Role.NURSE, Thing.ENTRIES), roles_that_may(Deed.ADD, Thing.ENTRIES)]

    assert asked[0] is bases_that_open(Role.NURSE, Thing.ENTRIES)
    assert asked[1] is roles_that_may(Deed.ADD, Thing.ENTRIES)


def test_the_roles_that_may_stand_in_the_order_of_the_roles():
    for thing in Thing:
        for deed in Deed:
            assert roles_that_may(deed, thing) == tuple(
                role for role in STAFF_ROLES if (role, thing, deed) in OPEN
            )
