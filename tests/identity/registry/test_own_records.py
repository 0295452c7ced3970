"""Whoever works at the registrar's desk opens no record of their own there, and nobody's to themselves."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from foundation.actor import Actor, ActorKind
from foundation.clock import today
from foundation.errors import NotAllowed, RuleBroken, SecondFactorNeeded
from foundation.identifiers import new_id
from foundation.sealing import keyed_digest
from identity.confirmations.enumerations import DocumentKind
from identity.confirmations.rules import SeenDocument
from identity.guardians.actions import end_guardian
from identity.guardians.enumerations import GuardianEndReason
from identity.merges.actions import undo_merge
from identity.people.rules.snils import SNILS_SYSTEM
from identity.record_requests.actions import ask_for_record
from identity.record_requests.rules import ProvenPerson
from identity.registry.actions import hand_over_code, link_request
from identity.registry.queries import registry_desk
from identity.second_factors.queries import demands
from identity.sessions.actions.accounts import account_for
from identity.staff import queries as staff
from tests.identity.guardians.guarding import Guarding
from tests.identity.merges.conftest import Pair, pair, without_snils  # noqa: F401 (fixtures)
from tests.identity.merges.test_walls_of_merges import account_of

SEEN = SeenDocument(DocumentKind.PASSPORT, "5301 123456")
ANOTHER = "another registrar must do it"


@pytest.fixture
def guarding(people, as_actor) -> Guarding:
    return Guarding(people, as_actor)


@pytest.fixture
def registrar(guarding):
    return guarding.registrar


@pytest.fixture(params=["account", "number"])
def own(request, as_administrator, registrar):
    """`own(patient)`: the record is the registrar's own, by the account that opens it or by the number in the staff register."""

    def made(patient):
        if request.param == "account":
            account_of(as_administrator, registrar.actor.account_id, patient.id)
            return
        with as_administrator() as connection:
            connection.execute(
                text("UPDATE identity.staff_member SET national_identifier_system = :system, "
                     "national_identifier_digest = :digest WHERE id = :id"),
                {"system": SNILS_SYSTEM, "digest": keyed_digest(patient.snils), "id": registrar.id},
            )  # fmt: skip

    return made


@pytest.fixture(params=["both walls", "the database alone"])
def refused(request, monkeypatch):
    """What refuses it."""
    if request.param == "both walls":
        return pytest.raises(RuleBroken, match=ANOTHER)
    monkeypatch.setattr(staff, "is_own_record", lambda _session, *_ids: False)
    return pytest.raises((NotAllowed, ProgrammingError))


@pytest.mark.parametrize("side", ["ward", "guardian"])
def test_nobody_enters_a_guardian_of_their_own_or_themself_as_one(guarding, own, refused, side):
    own(getattr(guarding, side))

    with refused:
        guarding.enter()


def test_nobody_gives_a_code_for_their_own_record(guarding, own, refused, as_actor):
    own(guarding.ward)

    with refused, as_actor(guarding.registrar.actor) as session:
        hand_over_code(session, guarding.ward.id, SEEN)


def test_nobody_parts_their_own_record(pair: Pair, own, as_actor):  # noqa: F811
    merge_id = pair.join()
    own(pair.survivor)

    with as_actor(pair.registrar.actor) as session, pytest.raises(RuleBroken, match=ANOTHER):
        undo_merge(session, merge_id, reason="They are twins")


def test_the_database_alone_parts_no_record_that_the_own_account_opens(
    pair: Pair,  # noqa: F811
    as_actor,
    as_administrator,
    monkeypatch,
):
    merge_id = pair.join()
    account_of(as_administrator, pair.registrar.actor.account_id, pair.survivor.id)
    monkeypatch.setattr(staff, "is_own_record", lambda _session, *_ids: False)

    with as_actor(pair.registrar.actor) as session, pytest.raises((NotAllowed, ProgrammingError)):
        undo_merge(session, merge_id, reason="They are twins")


def test_nobody_ends_a_guardianship_that_is_theirs(guarding, own, as_actor):
    right = guarding.enter()
    own(guarding.ward)

    with as_actor(guarding.registrar.actor) as session, pytest.raises(RuleBroken, match=ANOTHER):
        end_guardian(session, guarding.ward.id, right, reason=GuardianEndReason.BY_MISTAKE)


def asked_by(number: str, guarding, as_actor, proven_account) -> None:
    person = ProvenPerson(
        issuer="https://eid.test",
        subject="one",
        level=3,
        national_id_system=SNILS_SYSTEM if number else "",
        national_id=number,
        birth_date=guarding.ward.birth_date,
        family_name="Подопечнова",
        given_name="Анна",
        middle_name="",
    )
    with as_actor(proven_account) as session:
        ask_for_record(session, person, facility_id=guarding.registrar.facility_id)


@pytest.fixture
def proven_account(as_actor, app):
    with as_actor(Actor.anonymous()) as session:
        account_id = account_for(session, issuer="https://eid.test", subject=str(new_id()))
    return Actor(ActorKind.CITIZEN, account_id=account_id, role="patient")


def test_nobody_answers_their_own_request(guarding, as_actor, proven_account):
    asked_by(guarding.registrar.snils, guarding, as_actor, proven_account)

    with as_actor(guarding.registrar.actor) as session:
        (waiting,) = registry_desk(session).requests
        with pytest.raises(RuleBroken, match="You ask for this yourself"):
            link_request(session, waiting.id, patient_id=guarding.ward.id, seen=SEEN)


def test_whoever_has_a_guardian_is_nobody_s(guarding, people):
    guarding.enter()
    other = people.patient(cared_for_at=guarding.registrar.facility_id)

    with pytest.raises(RuleBroken, match="cannot be a guardian themself"):
        guarding.enter(patient_id=other.id, snils=guarding.ward.snils, last_day=today() + timedelta(days=9))


def test_what_opens_a_record_to_somebody_asks_for_a_second_factor(
    guarding, as_actor, proven_account, monkeypatch
):
    asked_by("", guarding, as_actor, proven_account)
    monkeypatch.setitem(demands._required, "all", True)

    with pytest.raises(SecondFactorNeeded):
        guarding.enter()
    with as_actor(guarding.registrar.actor) as session:
        (waiting,) = registry_desk(session).requests
        with pytest.raises(SecondFactorNeeded):
            hand_over_code(session, guarding.ward.id, SEEN)
        with pytest.raises(SecondFactorNeeded):
            link_request(session, waiting.id, patient_id=guarding.ward.id, seen=SEEN)
