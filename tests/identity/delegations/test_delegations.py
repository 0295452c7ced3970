"""A right to act for somebody is entered and ended, never changed, and known to the two whom it concerns."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from foundation.audit import AuditEvent
from foundation.clock import now, today, zone
from foundation.errors import NotFound, RuleBroken
from foundation.language.dates import Precision
from identity.access.enumerations import Scope
from identity.delegations.actions import NewDelegation, end_delegation, enter_delegation
from identity.delegations.enumerations import AgeLimitKind, DelegationKind
from identity.delegations.queries import age_limits, living_delegations
from identity.delegations.rules.ages import turns
from identity.delegations.tables import Delegation, DelegationEnd

CHILD_BORN = date(today().year - 9, 5, 20)


@pytest.fixture
def family(people):
    """A mother and her child of some eight years."""
    return people.patient(family_name="Матерева"), people.patient(family_name="Детин", birth_date=CHILD_BORN)


def parenthood(mother, child, **changes):
    known = {
        "patient_id": child.id,
        "delegate_id": mother.id,
        "kind": DelegationKind.PARENT,
        "basis": "Birth certificate",
        "evidence": "V-РА 123456",
    }
    return NewDelegation(**{**known, **changes})


def until_next_year():
    return now() + timedelta(days=365)


def test_the_law_names_fifteen_and_eighteen_with_their_basis(as_loader):
    with as_loader() as session:
        limits = age_limits(session, on=today())
        bases = session.scalars(text("SELECT basis_en FROM identity.age_limit")).all()

    assert limits == {AgeLimitKind.OWN_ACCESS: 15, AgeLimitKind.OF_AGE: 18}
    assert any("323-FZ" in each for each in bases)


def test_before_the_law_there_is_no_age_and_nothing_is_guessed(as_loader):
    with as_loader() as session, pytest.raises(RuleBroken, match="own_access"):
        age_limits(session, on=date(2000, 1, 1))


def test_a_parent_acts_until_the_child_s_eighteenth_birthday(family, as_loader, as_actor, walls):
    mother, child = family
    with as_loader() as session:
        made = enter_delegation(session, parenthood(mother, child))

    for whose in (mother, child):
        with as_actor(whose.actor) as session:
            (card,) = living_delegations(session)
        assert (card.id, card.kind, card.scopes) == (made, DelegationKind.PARENT, list(Scope))
        assert card.ends_at == turns(CHILD_BORN, 18, zone=zone())


def test_nobody_else_learns_of_it(family, people, as_loader, as_actor, walls):
    mother, child = family
    with as_loader() as session:
        enter_delegation(session, parenthood(mother, child))

    for stranger in (people.patient(), people.doctor()):
        with as_actor(stranger.actor) as session:
            assert living_delegations(session) == []


def test_it_is_in_the_child_s_list_of_accesses(family, as_loader, as_actor):
    mother, child = family
    with as_loader() as session:
        made = enter_delegation(session, parenthood(mother, child))
        end_delegation(session, made, reason="The court decided")

    with as_actor(child.actor) as session:
        acts = session.scalars(select(AuditEvent.act).where(AuditEvent.object_id == made)).all()
    assert sorted(acts) == ["delegation.ended", "delegation.entered"]


def test_what_was_ended_lives_no_more_and_is_ended_once(family, as_loader, as_actor):
    mother, child = family
    with as_loader() as session:
        made = enter_delegation(session, parenthood(mother, child))
        for _ in range(2):
            end_delegation(session, made, reason="Entered by mistake")

    with as_actor(mother.actor) as session:
        assert living_delegations(session) == []


@pytest.mark.parametrize(
    ("born", "precision"),
    [
        (date(today().year - 30, 5, 20), Precision.DAY),
        (date(today().year - 18, 1, 1), Precision.YEAR),
        (date(1850, 1, 1), Precision.UNKNOWN),
    ],
)
def test_a_parent_does_not_act_for_who_is_of_age_or_may_be(people, as_loader, born, precision):
    mother, child = people.patient(), people.patient(birth_date=born, birth_precision=precision)

    with as_loader() as session, pytest.raises(RuleBroken, match="child"):
        enter_delegation(session, parenthood(mother, child))


def test_a_parent_s_right_over_a_child_known_by_year_ends_on_the_first_day_that_it_can(people, as_loader):
    year = today().year - 9
    mother, child = (
        people.patient(),
        people.patient(birth_date=date(year, 1, 1), birth_precision=Precision.YEAR),
    )

    with as_loader() as session:
        made = session.get(Delegation, enter_delegation(session, parenthood(mother, child)))

    assert made.ends_at == turns(date(year, 1, 1), 18, zone=zone())


def test_a_grant_names_what_may_be_seen_and_for_how_long(people, as_loader):
    grandmother, neighbour = people.patient(), people.patient()
    new = parenthood(
        neighbour,
        grandmother,
        kind=DelegationKind.GRANT,
        scopes=[Scope.IMAGES, Scope.BOOKINGS],
        ends_at=until_next_year(),
    )

    with as_loader() as session:
        made = session.get(Delegation, enter_delegation(session, new))

    assert (made.scopes, made.until_age) == (["bookings", "images"], None)


@pytest.mark.parametrize(
    "wrong",
    [{"scopes": []}, {"ends_at": None}, {"ends_at": now() - timedelta(days=1)}],
)
def test_a_grant_that_lets_nobody_act_is_refused(people, as_loader, wrong):
    new = {"kind": DelegationKind.GRANT, "ends_at": until_next_year(), **wrong}

    with as_loader() as session, pytest.raises(RuleBroken):
        enter_delegation(session, parenthood(people.patient(), people.patient(), **new))


def test_nobody_is_their_own_parent(family, as_loader):
    _, child = family

    with as_loader() as session, pytest.raises(RuleBroken, match="themselves"):
        enter_delegation(session, parenthood(child, child))


def test_the_number_of_a_paper_is_not_kept_and_the_same_paper_digests_otherwise_each_time(family, as_loader):
    mother, child = family
    with as_loader() as session:
        digests = {
            session.get(Delegation, enter_delegation(session, parenthood(mother, child))).evidence_sha256
            for _ in range(2)
        }

    assert len(digests) == 2
    assert all(len(each) == 64 for each in digests)


def test_what_is_not_there_is_not_ended(as_loader):
    with as_loader() as session, pytest.raises(NotFound):
        end_delegation(session, uuid4(), reason="None")


@pytest.mark.parametrize(
    "change",
    [
        update(Delegation).values(basis="Another paper"),
        delete(Delegation),
        update(DelegationEnd).values(reason="Another reason"),
        delete(DelegationEnd),
    ],
)
def test_nothing_of_it_is_changed_or_deleted(family, as_loader, as_administrator, change):
    mother, child = family
    with as_loader() as session:
        end_delegation(session, enter_delegation(session, parenthood(mother, child)), reason="Over")

    with as_administrator() as connection, pytest.raises(ProgrammingError, match="never changed"):
        connection.execute(change)


def test_an_end_names_the_two_whom_its_right_concerned(family, people, as_loader):
    mother, child = family
    with as_loader() as session:
        made = enter_delegation(session, parenthood(mother, child))

    with pytest.raises(IntegrityError), as_loader() as session:
        session.add(
            DelegationEnd(
                delegation_id=made, patient_id=people.patient().id, delegate_id=mother.id, reason="Wrong"
            )
        )
        session.flush()


def test_a_citizen_enters_none_by_hand(family, as_actor):
    mother, child = family

    with as_actor(mother.actor) as session, pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(
            text(
                "INSERT INTO identity.delegation (id, patient_id, delegate_id, kind, scopes, began_at, ends_at, basis, "
                "evidence_sha256) VALUES (gen_random_uuid(), :child, :mother, 'grant', '{record}', now(), "
                "now() + interval '1 year', 'Mine', '')"
            ),
            {"child": child.id, "mother": mother.id},
        )
