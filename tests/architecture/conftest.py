"""Both applications of the service, all their addresses, and a citizen with one of everything."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from pydicom.uid import generate_uid
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range

import dispatch_backend.worklist.routes.events
from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.metadata.actions import pack_series
from dispatch_backend.capacity.enumerations import ClosingReason
from dispatch_backend.capacity.tables import ClosedTime, Slot
from emr.drafts.actions import Typed, save_draft
from emr.drafts.enumerations import DraftForm
from emr.entries.enumerations import SHOWN_KINDS
from emr.fhir_import.enumerations import ConflictKind
from emr.fhir_import.tables import ImportConflict
from foundation.actor import Actor, ActorKind
from foundation.clock import now, today
from foundation.identifiers import new_id
from foundation.settings import Settings
from foundation.web.sealed_searches import sealed_search
from identity.access.enumerations import Scope, Thing
from identity.contact_points.actions import enter_own
from identity.contact_points.enumerations import ContactSystem
from identity.delegations.actions import NewDelegation, enter_delegation
from identity.delegations.enumerations import DelegationKind
from identity.grants.actions import offer_right
from identity.grants.rules import NewOffer
from identity.merges.actions import merge_records
from identity.record_requests.actions import ask_for_record
from identity.record_requests.rules import ProvenPerson
from identity.record_requests.tables import RecordRequest
from identity.roles import STAFF_ROLES, Role
from identity.second_factors.actions.resets import ask_for_reset
from identity.sessions.actions import refused_access
from identity.sessions.actions.accounts import account_for
from identity.shares.actions import make_share
from identity.shares.enumerations import NewShare
from identity.staff.queries import posts_of
from portal.access_log.enumerations import AccessLogFilter
from portal.access_log.queries import acts_on
from portal.copies import actions as copies
from portal.erasures.actions import ask_for_erasure
from portal.objections.actions import raise_objection
from tests.architecture.probing import Visitor
from tests.architecture.walking import MARK, ODD, Address, Victim
from tests.archive_gateway.dicom.factories import data_set, write
from tests.archive_gateway.storing import store_file
from tests.dispatch_backend.factories import Desk
from tests.emr.notes.factories import signed_note
from tests.event_process import event_process
from tests.identity.emergencies.factories import opened_record
from tests.identity.second_factors.factories import kept_passkey
from tests.identity.shares.sharing import Given, Sharing
from tests.people import People
from tests.signing_in import begin_session

# So far off that it opens nothing to whoever is tried.
YEAR = timedelta(days=365)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first, so that one worker is at each while the others do all the rest.

    Two workers are given two files each at once: the first and the third, the second and the fourth.
    """
    first = ("test_matrix_of_one_wall.py", "test_matrix.py", "test_words.py", "test_walker.py")
    items.sort(key=lambda each: first.index(each.path.name) if each.path.name in first else len(first))


@pytest.fixture(scope="session")
def events_app(app: Flask, settings: Settings) -> Iterator[Flask]:
    with event_process(settings) as made:
        yield made


@pytest.fixture
def unhurried(monkeypatch) -> None:
    """Whoever asks for everything would soon be told to wait, and a stream of events would be listened to for long."""
    monkeypatch.setattr(refused_access, "MOST_A_MINUTE", 10**6)
    monkeypatch.setattr(copies, "MOST_AN_HOUR", 10**6)
    monkeypatch.setattr(dispatch_backend.worklist.routes.events, "HEARTBEAT_S", 0.01)


@pytest.fixture
def applications(app: Flask, events_app: Flask) -> dict[str, Flask]:
    return {"pages": app, "events": events_app}


@pytest.fixture
def desk(people, as_actor, as_loader) -> Desk:
    return Desk(people, as_actor, as_loader)


@pytest.fixture(scope="package")
def ingestor(settings: Settings) -> Iterator[Ingestor]:
    """One for all victims: to begin the child that reads takes longer than all else that a victim has."""
    with Ingestor.at(settings) as opened:
        yield opened


@pytest.fixture
def victim(desk, people, as_actor, as_loader, engines, ingestor, law, tmp_path) -> Victim:
    # Of its own: a victim of the test before may stand on the same page of the queue.
    mark = f"{MARK}{uuid4().hex[:8]}"
    patient = desk.patient(family_name=mark + ODD, given_name=f"Жертва{uuid4().hex[:8]}")
    secret = f"secret{uuid4().hex}"
    entry_id = signed_note(
        as_actor, desk.doctor, patient.id, complaints=secret + ODD, plan=secret + ODD, diagnosis=secret + ODD
    )
    made = write(
        data_set(patient=patient, StudyDescription=secret + ODD, SeriesDescription=secret + ODD),
        tmp_path / "a",
    )
    with as_loader() as transaction:
        filed = store_file(transaction, made.path, ingestor=ingestor)
    with as_loader() as transaction:
        pack_series(transaction, filed.series_id)
    draft_id = new_id()
    with as_actor(desk.doctor.actor) as transaction:
        typed_on = Typed(DraftForm.NOTE, {"complaints": secret + ODD}, seen_version=0)
        save_draft(transaction, patient.id, draft_id, typed_on)
    referral_id = desk.sent(patient, reason=secret + ODD)
    booking_id = desk.booked(referral_id, desk.slot())
    with as_actor(desk.doctor.actor) as transaction:
        post = posts_of(transaction, desk.doctor.id, at=now())[0]
    joined = _joined(as_actor, people, engines, patient, mark)
    objects = {
        "patient_id": str(patient.id),
        "entry_id": str(entry_id),
        "referral_id": str(referral_id),
        "booking_id": str(booking_id),
        "study_uid": made.study_uid,
        "series_uid": made.series_uid,
        "instance_uid": made.instance_uid,
        "numbers": "1",
        "draft_id": str(draft_id),
        "number": "1",
        "position": "1",
        "anything": f"Patient/{patient.id}/_history",
        "provider": "demo",
        "sealed": sealed_search(f"{patient.snils[:9]} {patient.snils[9:]}", desk.doctor.actor),
        "session_id": str(begin_session(patient.actor, engines["administrator"]).id),
        "request_id": _record_request(as_actor, engines, desk.doctor.facility_id),
        **_objection(as_actor, patient, secret),
        "erasure_id": _erasure(as_actor, patient, secret),
        "emergency_id": _emergency(as_actor, people, patient, secret),
        **_rights(as_actor, as_loader, people, patient, secret),
        "passkey_id": _passkey(as_actor, desk.doctor.actor),
        **_registers(as_actor, people),
        "reset_id": _reset(as_actor, people, secret),
        "conflict_id": _conflict(as_loader, patient, secret),
        "contact_point_id": _contact_point(as_actor, patient, secret),
        **joined,
        # Good for whoever holds it, so there is none of the victim's.
        "token": "ofnobody",
        "share_id": _share(as_actor, patient, secret),
        # Numbers of the region are nobody's.
        "quarter": "1999-q1",
        **_schedule(as_loader, as_actor, people, desk),
        "legal_opening_id": str(law.opens(Thing.IMAGES, Role.NURSE, people.facility(), begins=YEAR)),
    }
    return Victim(
        objects=objects,
        words=[mark, secret],
        secrets=[mark, secret, patient.snils, *list(objects.values())[:7]],
        others_post=str(post.id),
        release_slot=str(desk.slot()),
        snils=patient.snils,
        absent={
            **{name: str(uuid4()) for name in list(objects)[:4]},
            **{name: str(generate_uid()) for name in ("study_uid", "series_uid", "instance_uid")},
            "numbers": "1",
            "draft_id": str(uuid4()),
            "number": "1",
            "position": "1",
            "anything": f"Patient/{uuid4()}/_history",
            "provider": "demo",
            "sealed": "ofnobody",
            "session_id": str(uuid4()),
            "request_id": str(uuid4()),
            "event_id": str(2**62),
            "objection_id": str(uuid4()),
            "erasure_id": str(uuid4()),
            "emergency_id": str(uuid4()),
            "offer_id": str(uuid4()),
            "delegation_id": str(uuid4()),
            "passkey_id": str(uuid4()),
            **{name: str(uuid4()) for name in ("member_id", "post_id", "facility_id")},
            "reset_id": str(uuid4()),
            "conflict_id": str(uuid4()),
            "contact_point_id": str(uuid4()),
            **{name: str(uuid4()) for name in ("other_id", "merge_id")},
            "token": "ofnobody",
            "share_id": str(uuid4()),
            "legal_opening_id": str(uuid4()),
            "quarter": "1999-q2",
            **{name: str(uuid4()) for name in ("resource_id", "closed_time_id")},
        },
    )


def _schedule(as_loader, as_actor, people, desk) -> dict[str, str]:
    """Of a doctor where the victim is treated, with a time that is closed: nobody's but its keepers'."""
    slot_id, in_a_year = desk.slot(facility_id=desk.doctor.facility_id), now() + timedelta(days=365)
    with as_loader() as transaction:
        resource_id = transaction.get_one(Slot, slot_id).resource_id
    keeper = people.staff(Role.SCHEDULE_KEEPER, facility_id=people.center())
    with as_actor(keeper.actor) as transaction:
        closed = ClosedTime(
            resource_id=resource_id,
            during=Range(in_a_year, in_a_year + timedelta(hours=1), bounds="[)"),
            reason=ClosingReason.ILLNESS,
            closed_by=keeper.id,
        )
        transaction.add(closed)
        transaction.flush()
        return {"resource_id": str(resource_id), "closed_time_id": str(closed.id)}


def _share(as_actor, patient, words: str) -> str:
    """That the patient shows something to somebody."""
    new = NewShare(for_whom=words, open_until=today(), most_openings=1, kinds=("note",))
    with as_actor(patient.actor) as transaction:
        return str(make_share(transaction, new)[0])


def _erasure(as_actor, patient, words: str) -> str:
    """The victim asks that something be erased."""
    with as_actor(patient.actor) as transaction:
        return str(ask_for_erasure(transaction, words=words))


def _registers(as_actor, people) -> dict[str, str]:
    """A member of staff who has nothing to do with the victim, their post, and a facility where nobody works."""
    member = people.doctor()
    with as_actor(member.actor) as transaction:
        post = posts_of(transaction, member.id, at=now())[0]
    return {"member_id": str(member.id), "post_id": str(post.id), "facility_id": str(people.facility())}


def _conflict(as_loader, patient, words: str) -> str:
    """A sender tells of the patient otherwise."""
    told = {"family": words, "given": "", "middle": "", "birth": "1961-05-03", "sex": "female"}
    with as_loader() as transaction:
        made = ImportConflict(
            patient_id=patient.id,
            kind=ConflictKind.BIRTH_DATE,
            source_system="https://clinic.example/ids",
            told=told,
            held={"independent": True, "resources": []},
            content_sha256=uuid4().hex,
        )
        transaction.add(made)
        transaction.flush()
        return str(made.id)


def _contact_point(as_actor, patient, words: str) -> str:
    """An address that the patient has entered."""
    with as_actor(patient.actor) as transaction:
        return str(enter_own(transaction, ContactSystem.EMAIL, f"{words}@example.ru", letter_in=None))


def _record_request(as_actor, engines, facility_id) -> str:
    """Somebody who is no patient asks at the victim's clinic."""
    with as_actor(Actor.anonymous()) as transaction:
        account_id = account_for(transaction, issuer="https://eid.test", subject=str(uuid4()))
    person = ProvenPerson("https://eid.test", "one", 3, "", "", None, "Просилова", "Вера", "")
    with as_actor(Actor(ActorKind.CITIZEN, account_id=account_id, role="patient")) as transaction:
        ask_for_record(transaction, person, facility_id=facility_id)
    with engines["administrator"].connect() as connection:
        asked = select(RecordRequest.id).where(RecordRequest.account_id == account_id)
        return str(connection.scalar(asked))


def _objection(as_actor, patient, words: str) -> dict[str, str]:
    """A case of the patient's about what somebody did with the record, and that act's number."""
    with as_actor(patient.actor) as transaction:
        act = next(
            each
            for each in acts_on(transaction, shown=AccessLogFilter.OTHERS, limit=50)
            if each.actor_kind == "staff"
        )
        raised = raise_objection(transaction, act.id, words=words)
    return {"event_id": str(act.id), "objection_id": str(raised)}


def _passkey(as_actor, actor) -> str:
    """Of the victim's doctor."""
    with as_actor(actor) as transaction:
        return str(kept_passkey(transaction))


def _reset(as_actor, people, words: str) -> str:
    """That an administrator asks for somebody else's passkeys to be ended."""
    with as_actor(people.staff(Role.ADMINISTRATOR).actor) as transaction:
        return str(ask_for_reset(transaction, snils=people.doctor().snils, reason=words))


def _emergency(as_actor, people, patient, words: str) -> str:
    """That somebody elsewhere opened the record in an emergency."""
    with as_actor(people.doctor(facility_id=people.facility()).actor) as transaction:
        return str(opened_record(transaction, patient, words=words))


def _rights(as_actor, as_loader, people, patient, words: str) -> dict[str, str]:
    """A right that the patient has offered to somebody, and one that somebody else has."""
    new = NewDelegation(
        patient_id=patient.id,
        delegate_id=people.patient().id,
        kind=DelegationKind.GRANT,
        basis="Own grant",
        ends_at=now() + timedelta(days=30),
    )
    with as_loader() as transaction:
        delegation_id = enter_delegation(transaction, new)
    offer = NewOffer(
        snils=people.patient().snils,
        birth_date=date(1960, 5, 3),
        scopes=tuple(Scope),
        last_day=today(),
        words=words,
    )
    with as_actor(patient.actor) as transaction:
        offer_id = offer_right(transaction, offer)
    return {"offer_id": str(offer_id), "delegation_id": str(delegation_id)}


@pytest.fixture
def addresses(applications) -> list[Address]:
    """Every route and method of every process that answers; whatever ends the session comes last."""
    found = [
        Address(app, rule, method)
        for app in applications.values()
        for rule in app.url_map.iter_rules()
        for method in ("GET", "HEAD", "OPTIONS", "POST")
        if rule.endpoint != "static" and method in (rule.methods or ())
    ]
    ends = ("sign_outs", "share_openings.end")
    return sorted(found, key=lambda each: (any(end in each.rule.endpoint for end in ends), each.rule.rule))


def _joined(as_actor, people, engines, patient, mark) -> dict[str, str]:
    """A record that a registrar of another facility has joined into the victim's, and one that could be."""
    registrar = people.registrar()
    other, second = (people.patient(cared_for_at=registrar.facility_id, family_name=mark) for _ in range(2))
    with engines["administrator"].begin() as connection:
        connection.execute(
            text(
                "UPDATE identity.patient_identifier SET system = 'urn:x' WHERE patient_id IN (:one, :other)"
            ),
            {"one": other.id, "other": second.id},
        )
        connection.execute(
            text(
                "INSERT INTO identity.care_relation (id, patient_id, facility_id, basis, began_at) "
                "VALUES (:id, :patient, :facility, 'attachment', now())"
            ),
            {"id": uuid4(), "patient": patient.id, "facility": registrar.facility_id},
        )
    with as_actor(registrar.actor) as session:
        merge_id = merge_records(
            session, survivor_id=patient.id, merged_id=second.id, reason="Twice", seen=None
        )
    return {"other_id": str(other.id), "merge_id": str(merge_id)}


@pytest.fixture
def visitors(people: People, app, client_for, desk, victim) -> list[Visitor]:
    """Everybody in two places: where the victim is cared for, and elsewhere; a citizen is the victim, or another."""
    clinic = desk.doctor.facility_id
    sharing, elsewhere = Sharing(app, client_for), people.patient().actor
    victim_self = Actor(ActorKind.CITIZEN, account_id=new_id(), patient_id=victim.patient_id, role="patient")
    staff = [
        Visitor(
            role.value,
            client_for(people.staff(role, facility_id=clinic).actor),
            client_for(people.staff(role, facility_id=people.facility()).actor),
        )
        for role in STAFF_ROLES
    ]
    return [
        Visitor("nobody", None, app.test_client()),
        Visitor("patient", client_for(victim_self), client_for(people.patient().actor)),
        # Near by the victim's link to entries, far by another citizen's.
        Visitor(
            "share", sharing.looking(_link(sharing, victim_self)), sharing.looking(_link(sharing, elsewhere))
        ),
        *staff,
    ]


def _link(sharing: Sharing, whose: Actor) -> Given:
    kinds = [each.value for each in SHOWN_KINDS]
    return sharing.given(sharing.signed_in(whose), kinds=kinds, most_openings="1")
