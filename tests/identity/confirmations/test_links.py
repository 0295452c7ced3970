"""Accounts are linked to records by a document that a registrar has seen: at the desk, or with a one-time code."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from foundation.actor import Actor, ActorKind
from foundation.audit import AuditEvent
from foundation.clock import now
from foundation.errors import BadInput, NotFound, RateLimited, RuleBroken
from foundation.identifiers import new_id
from foundation.outbox import OutboxMessage
from foundation.sealing import keyed_digest
from identity.confirmations.actions import end_link, give_code, use_code
from identity.confirmations.enumerations import DocumentKind, LinkEndReason
from identity.confirmations.rules import OneTimeCode, SeenDocument
from identity.confirmations.tables import ConfirmedIdentity, LinkingCode
from identity.record_requests.actions import ask_for_record
from identity.record_requests.rules import ProvenPerson
from identity.registry.actions import link_request, open_registry_patient, open_request
from identity.registry.queries import registry_desk
from identity.sessions.actions.accounts import account_for
from portal.notices.actions import add_account_notice
from tests.identity.journeys import CITIZEN_COOKIE, ENGLISH, card_of, signed_in
from tests.identity.provider_process import leave_for, show_card
from tests.pages import filled, offered, read
from tests.people import new_snils

SEEN = SeenDocument(DocumentKind.PASSPORT, "5301 123456")
SHOWN = {"document_kind": "passport", "document_number": "5301 123456", "in_hand": "y"}
BORN = date(1971, 2, 3)


@pytest.fixture
def registrar(people):
    return people.registrar()


@pytest.fixture
def patient(people, registrar):
    return people.patient(cared_for_at=registrar.facility_id, birth_date=BORN, family_name="Связкина")


@pytest.fixture
def proven(as_actor, app):
    """Somebody whom a provider has proven and whom the register does not know; the actor that they are then."""

    def made(issuer="https://eid.test"):
        with as_actor(Actor.anonymous()) as session:
            account_id = account_for(session, issuer=issuer, subject=str(new_id()))
        return Actor(ActorKind.CITIZEN, account_id=account_id, role="patient")

    return made


@pytest.fixture
def asked(as_actor, registrar, proven):
    """A request at the registrar's facility, of somebody whose name and day of birth are the patient's."""

    def made(facility_id=None, **who):
        person = ProvenPerson(
            **{
                "issuer": "https://eid.test",
                "subject": "one",
                "level": 3,
                "national_id_system": "",
                "national_id": "",
                "birth_date": BORN,
                "family_name": "Связкина",
                "given_name": "Анна",
                "middle_name": "",
                **who,
            }
        )
        actor = proven()
        with as_actor(actor) as session:
            ask_for_record(session, person, facility_id=facility_id or registrar.facility_id)
        return actor

    return made


@pytest.fixture
def waiting(as_actor, registrar):
    def at_desk(who=registrar):
        with as_actor(who.actor) as session:
            return registry_desk(session).requests

    return at_desk


@pytest.fixture
def linked(as_actor, registrar, waiting):
    def made(patient_id, who=registrar):
        request = waiting()[0]
        with as_actor(who.actor) as session:
            return link_request(session, request.id, patient_id=patient_id, seen=SEEN)

    return made


@pytest.fixture
def code_for(as_actor, registrar):
    def given(patient_id):
        with as_actor(registrar.actor) as session:
            return give_code(session, patient_id, SEEN)

    return given


def other(code: OneTimeCode) -> OneTimeCode:
    """Of the same slip, and wrong."""
    return OneTimeCode(code.slip, f"{(int(code.secret) + 1) % 10**6:06}")


def used(as_actor, actor, code):
    with as_actor(actor) as session:
        return use_code(session, code)


@pytest.fixture
def unmatched(people, provider, registrar):
    """A patient whose card at the provider has another SNILS, so that the sign-in does not find them; and the card."""
    known = people.patient(cared_for_at=registrar.facility_id, birth_date=BORN)
    return known, card_of(provider, known, snils=new_snils())


def test_who_asks_is_linked_at_the_desk_and_their_record_opens(
    client, client_for, registrar, unmatched, waiting
):
    patient, card = unmatched
    refused = sign_in(client, card)
    assert refused.status_code == 403
    client.post("/record-requests", data=filled(refused, facility=str(registrar.facility_id)))
    desk = client_for(registrar.actor)
    [request] = waiting()
    page = desk.get(f"/registry/requests/{request.id}", headers=ENGLISH)
    assert offered(page, "patient") == [str(patient.id)]

    answer = desk.post(
        f"/registry/requests/{request.id}/link",
        data=filled(page, patient=str(patient.id), **SHOWN),
        headers=ENGLISH,
        follow_redirects=True,
    )

    assert "Linked. The person signs in again" in read(answer)
    assert waiting() == []
    assert sign_in(client, card).status_code == 303
    assert client.get("/my", headers=ENGLISH).status_code == 200


def test_the_patient_reads_of_the_link_and_hears_of_it(
    as_actor, as_worker, client_for, registrar, patient, asked, linked, people
):
    asked()
    confirmation_id = linked(patient.id)

    with as_actor(patient.actor) as session:
        acts = session.scalars(select(AuditEvent.act).where(AuditEvent.patient_id == patient.id)).all()
    with as_worker() as session:
        told = session.scalars(
            select(OutboxMessage.payload).where(
                OutboxMessage.topic == "account.linked",
                OutboxMessage.payload["confirmation_id"].astext == str(confirmation_id),
            )
        ).one()
        add_account_notice(session, told)

    home = read(client_for(patient.actor).get("/my", headers=ENGLISH))
    assert "account.linked" in acts
    assert "An account was linked to your record at Polyclinic of the test" in home
    assert "If it was not you" in home


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("in_hand", "Nobody is linked without their document."),
        ("document_kind", "Choose which document you were shown."),
        ("document_number", "Type the number of the document."),
        ("patient", "Choose whose record it is."),
    ],
)
def test_nobody_is_linked_without_a_document(client_for, registrar, patient, asked, waiting, missing, words):
    asked()
    [request] = waiting()
    desk = client_for(registrar.actor)
    page = desk.get(f"/registry/requests/{request.id}", headers=ENGLISH)
    typed = filled(page, patient=str(patient.id), **SHOWN)
    typed.pop(missing)

    answer = desk.post(f"/registry/requests/{request.id}/link", data=typed, headers=ENGLISH)

    assert answer.status_code == 422
    assert words in read(answer)
    assert len(waiting()) == 1


def test_the_number_of_the_document_is_kept_nowhere(as_actor, as_administrator, patient, asked, linked):
    asked()
    confirmation_id = linked(patient.id)

    with as_administrator() as connection:
        row = connection.execute(
            select(ConfirmedIdentity).where(ConfirmedIdentity.id == confirmation_id)
        ).one()

    assert not any("123456" in str(value) for value in row)
    assert len(row.evidence_digest) == 64


def test_candidates_agree_in_the_number_or_in_the_whole_name_and_birth(
    as_actor, people, registrar, patient, asked, waiting
):
    """Another name of the same number (married since), a twin, a namesake of another day, the same name elsewhere."""
    married = people.patient(
        cared_for_at=registrar.facility_id, family_name="Прежняя", birth_date=date(1980, 1, 1)
    )
    people.patient(cared_for_at=registrar.facility_id, family_name="Связкина", birth_date=date(1971, 2, 4))
    people.patient(
        cared_for_at=registrar.facility_id, family_name="Связкина", given_name="Алла", birth_date=BORN
    )
    people.patient(cared_for_at=people.facility(), family_name="Связкина", birth_date=BORN)
    asked(national_id_system="urn:oid:1.2.643.100.3", national_id=married.snils)
    [request] = waiting()

    with as_actor(registrar.actor) as session:
        found = open_request(session, request.id).candidates

    told = {each.patient.id: each.likeness for each in found}
    assert told.keys() == {patient.id, married.id}
    assert (told[patient.id].snils, told[patient.id].name, told[patient.id].birth) == (False, True, True)
    assert (told[married.id].snils, told[married.id].name, told[married.id].birth) == (True, False, False)


def test_only_a_candidate_is_linked(people, registrar, asked, linked):
    somebody = people.patient(cared_for_at=registrar.facility_id, family_name="Иная")
    asked()

    with pytest.raises(BadInput):
        linked(somebody.id)


def test_a_patient_who_has_an_account_of_the_provider_is_refused(as_actor, patient, asked, linked, proven):
    asked()
    linked(patient.id)
    asked()

    with pytest.raises(RuleBroken, match="by an account of the same provider already"):
        linked(patient.id)


def test_a_patient_who_signs_in_by_number_is_not_linked_to_another_account(
    as_actor, client, provider, people, registrar, asked, linked
):
    """Somebody else of the same name asks: the record is opened by its own person already."""
    known = people.patient(cared_for_at=registrar.facility_id, family_name="Связкина", birth_date=BORN)
    sign_in(client, card_of(provider, known))
    with as_actor(Actor.anonymous()) as session:
        account_id = account_for(session, issuer=provider.issuer, subject=str(new_id()))
    asker = Actor(ActorKind.CITIZEN, account_id=account_id, role="patient")
    person = ProvenPerson(provider.issuer, "x", 3, "", "", BORN, "Связкина", "Анна", "")
    with as_actor(asker) as session:
        ask_for_record(session, person, facility_id=registrar.facility_id)

    with pytest.raises(RuleBroken, match="by an account of the same provider already"):
        linked(known.id)


def test_an_account_opens_one_record(as_actor, people, registrar, patient, proven, code_for):
    second = people.patient(cared_for_at=registrar.facility_id)
    actor = proven()
    assert used(as_actor, actor, code_for(patient.id)[1])

    with pytest.raises(RuleBroken, match="opens another record already"):
        used(as_actor, actor, code_for(second.id)[1])


def test_whoever_has_died_is_not_linked(as_administrator, patient, asked, linked, code_for):
    asked()
    with as_administrator() as connection:
        connection.execute(
            text("UPDATE identity.patient SET death_precision = 'unknown' WHERE id = :id"), {"id": patient.id}
        )

    with pytest.raises(RuleBroken, match="has died"):
        linked(patient.id)
    with pytest.raises(RuleBroken, match="has died"):
        code_for(patient.id)


def test_a_child_s_account_opens_nothing_though_it_is_linked(
    client, people, registrar, provider, as_actor, code_for
):
    child = people.patient(cared_for_at=registrar.facility_id, birth_date=now().date() - timedelta(days=3000))
    card = card_of(provider, child, snils=new_snils())
    page = sign_in(client, card)
    _, code = code_for(child.id)
    client.post("/record-requests/code", data=entered(page, code.printed))

    assert sign_in(client, card).status_code == 403


def test_a_link_and_a_number_that_name_two_people_open_nothing(
    as_administrator, client, people, registrar, provider, unmatched, code_for
):
    known, card = unmatched
    page = sign_in(client, card)
    client.post("/record-requests/code", data=entered(page, code_for(known.id)[1].printed))
    assert sign_in(client, card).status_code == 303
    other_patient = people.patient(cared_for_at=registrar.facility_id, birth_date=BORN)

    answer = sign_in(client, card_of(provider, known, snils=other_patient.snils))

    assert answer.status_code == 403


def test_a_request_is_answered_at_its_own_facility_alone(as_actor, people, asked, waiting, patient, walled):
    asked()
    [request] = waiting()
    elsewhere = people.registrar()

    walled()
    with pytest.raises(NotFound), as_actor(elsewhere.actor) as session:
        link_request(session, request.id, patient_id=patient.id, seen=SEEN)


def test_row_security_links_nobody_for_whom_nothing_speaks(
    as_actor, people, registrar, patient, asked, waiting, proven, application_wall_off
):
    """Each row lacks one thing: the role, the facility, the request, the care."""
    actor = asked()
    [request] = waiting()
    doctor, elsewhere = people.doctor(facility_id=registrar.facility_id), people.registrar()
    unknown = people.patient(cared_for_at=people.facility())

    def row(who, **changed):
        return {
            "account_id": actor.account_id,
            "patient_id": patient.id,
            "document_kind": "passport",
            "evidence_digest": "0" * 64,
            "staff_id": who.id,
            "facility_id": who.facility_id,
            "request_id": request.id,
            **changed,
        }

    refused = [
        (doctor, row(doctor)),
        (elsewhere, row(elsewhere)),
        (registrar, row(registrar, request_id=new_id())),
        (registrar, row(registrar, patient_id=unknown.id)),
        (registrar, row(registrar, account_id=proven().account_id)),
        (registrar, row(registrar, staff_id=doctor.id)),
        (registrar, row(registrar, confirmed_at=now() - timedelta(days=1))),
    ]
    for who, given in refused:
        with pytest.raises(DBAPIError, match="row-level security"), as_actor(who.actor) as session:
            session.add(ConfirmedIdentity(**given))
            session.flush()


def test_others_see_no_link_and_no_code(as_actor, people, registrar, patient, asked, linked, code_for):
    asked()
    confirmation_id = linked(patient.id)
    code_id, _ = code_for(patient.id)
    links = select(ConfirmedIdentity.id).where(ConfirmedIdentity.id == confirmation_id)
    codes = select(LinkingCode.id).where(LinkingCode.id == code_id)

    seen = {}
    for name, actor in {
        "registrar": registrar.actor,
        "patient": patient.actor,
        "another": people.patient().actor,
        "elsewhere": people.registrar().actor,
        "doctor": people.doctor(facility_id=registrar.facility_id).actor,
    }.items():
        with as_actor(actor) as session:
            seen[name] = (len(session.scalars(links).all()), len(session.scalars(codes).all()))

    assert seen == {
        "registrar": (1, 1),
        "patient": (1, 0),
        "another": (0, 0),
        "elsewhere": (0, 0),
        "doctor": (0, 0),
    }


def test_a_patient_s_page_is_for_registrars_who_care(as_actor, people, patient, walled):
    elsewhere = people.registrar()

    walled()
    with pytest.raises(NotFound), as_actor(elsewhere.actor) as session:
        open_registry_patient(session, patient.id)


def test_rows_are_never_changed(as_administrator, patient, asked, linked, code_for):
    asked()
    linked(patient.id)
    code_for(patient.id)
    tables = (
        "confirmed_identity",
        "confirmed_identity_end",
        "linking_code",
        "linking_code_try",
        "record_request_answer",
    )

    for table in tables:
        with (
            pytest.raises(DBAPIError, match="never changed or deleted"),
            as_administrator() as connection,
        ):
            connection.execute(text(f"DELETE FROM identity.{table}"))


def test_who_is_refused_reads_why_when_they_sign_in(client, client_for, registrar, unmatched, waiting):
    _patient, card = unmatched
    page = sign_in(client, card)
    client.post("/record-requests", data=filled(page, facility=str(registrar.facility_id)))
    assert "waits at Polyclinic of the test" in read(sign_in(client, card))
    [request] = waiting()
    desk = client_for(registrar.actor)
    page = desk.get(f"/registry/requests/{request.id}", headers=ENGLISH)

    answer = desk.post(
        f"/registry/requests/{request.id}/refusal",
        data={**filled(page), **refusing(page), "refusal-reason": "another_person"},
        headers=ENGLISH,
        follow_redirects=True,
    )

    assert "Nothing was linked." in read(answer)
    assert waiting() == []
    told = read(sign_in(client, card))
    assert "Polyclinic of the test answered your request" in told
    assert "not of the person who signed in" in told


def test_a_code_given_in_person_links_whoever_types_it(client, client_for, registrar, unmatched):
    patient, card = unmatched
    desk = client_for(registrar.actor)
    page = desk.get(f"/registry/patients/{patient.id}", headers=ENGLISH)
    given = desk.post(f"/registry/patients/{patient.id}/code", data=filled(page, **SHOWN), headers=ENGLISH)
    [code] = re.findall(r"\d{4} \d{3} \d{3}", given.text)

    answer = client.post(
        "/record-requests/code",
        data=entered(sign_in(client, card), code),
        headers=ENGLISH,
        follow_redirects=True,
    )

    assert "Your account is linked" in read(answer)
    assert sign_in(client, card).status_code == 303
    assert client.get("/my").status_code == 200


def test_the_same_form_sent_again_shows_no_code(client_for, registrar, patient):
    desk = client_for(registrar.actor)
    page = desk.get(f"/registry/patients/{patient.id}", headers=ENGLISH)
    typed = filled(page, **SHOWN)
    desk.post(f"/registry/patients/{patient.id}/code", data=typed)

    answer = desk.post(
        f"/registry/patients/{patient.id}/code", data=typed, headers=ENGLISH, follow_redirects=True
    )

    assert "This code was shown already" in read(answer)


def test_a_code_is_good_once(as_actor, patient, proven, code_for):
    _, code = code_for(patient.id)
    first, second = proven(), proven("https://other.test")

    assert used(as_actor, first, code)
    assert not used(as_actor, second, code)


def test_a_code_is_over_after_fifteen_minutes(as_actor, as_administrator, patient, proven, code_for):
    code_id, code = code_for(patient.id)
    with as_administrator() as connection:
        connection.execute(text("ALTER TABLE identity.linking_code DISABLE TRIGGER USER"))
        connection.execute(
            text(
                "UPDATE identity.linking_code SET given_at = given_at - interval '16 minutes', "
                "expires_at = expires_at - interval '16 minutes' WHERE id = :id"
            ),
            {"id": code_id},
        )
        connection.execute(text("ALTER TABLE identity.linking_code ENABLE TRIGGER USER"))

    assert not used(as_actor, proven(), code)


def test_five_wrong_tries_end_a_code_whoever_makes_them(as_actor, patient, proven, code_for):
    _, code = code_for(patient.id)

    assert not any(used(as_actor, proven(), other(code)) for _ in range(5))
    assert not used(as_actor, proven(), code)


def test_four_wrong_tries_do_not(as_actor, patient, proven, code_for):
    _, code = code_for(patient.id)

    assert not any(used(as_actor, proven(), other(code)) for _ in range(4))
    assert used(as_actor, proven(), code)


def test_one_account_has_five_tries_whichever_codes_they_are_for(as_actor, patient, proven, code_for):
    _, code = code_for(patient.id)
    actor = proven()
    for slip in range(5):
        used(as_actor, actor, OneTimeCode(f"{slip:04}", "000000"))

    with pytest.raises(RateLimited):
        used(as_actor, actor, code)


def test_a_code_links_nobody_who_is_somebody_already(as_actor, people, patient, code_for):
    _, code = code_for(patient.id)

    assert not used(as_actor, people.patient().actor, code)


@pytest.mark.parametrize("typed", ["", "123", "abcdefghij", "1234 567 89x", "٠١٢٣٤٥٦٧٨٩"])
def test_what_is_no_code_is_refused_in_words(client, unmatched, typed):
    _patient, card = unmatched

    answer = client.post("/record-requests/code", data=entered(sign_in(client, card), typed), headers=ENGLISH)

    assert answer.status_code == 422
    assert "Type the code." in read(answer) or "This code is not right" in read(answer)


def test_a_code_without_a_proof_of_who_types_it_is_refused(client):
    answer = client.post(
        "/record-requests/code", data={"code-proven": "forged", "code-code": "1234567890"}, headers=ENGLISH
    )

    assert answer.status_code == 422
    assert "Sign in again" in read(answer)


def test_the_code_is_kept_as_a_keyed_digest_alone(as_administrator, patient, code_for):
    code_id, code = code_for(patient.id)

    with as_administrator() as connection:
        row = connection.execute(select(LinkingCode).where(LinkingCode.id == code_id)).one()

    assert row.code_digest == keyed_digest(code.sealed_as)
    assert not any(code.secret in str(value) for value in row)


def test_a_link_that_ends_signs_out_and_opens_nothing_more(
    app, client, client_for, registrar, unmatched, code_for, as_administrator
):
    patient, card = unmatched
    client.post("/record-requests/code", data=entered(sign_in(client, card), code_for(patient.id)[1].printed))
    assert sign_in(client, card).status_code == 303
    token = client.get_cookie(CITIZEN_COOKIE).value
    assert signed_in(app, token)
    desk = client_for(registrar.actor)
    page = desk.get(f"/registry/patients/{patient.id}", headers=ENGLISH)
    [link] = offered(page, "end-link")

    answer = desk.post(
        f"/registry/patients/{patient.id}/link-end",
        data={**filled(page), "end-link": link, "end-reason": "not_the_person"},
        headers=ENGLISH,
        follow_redirects=True,
    )

    assert "opens this record no more" in read(answer)
    assert not signed_in(app, token)
    assert sign_in(app.test_client(), card).status_code == 403
    left = text("SELECT count(*) FROM identity.patient_link WHERE patient_id = :id")
    with as_administrator() as connection:
        assert connection.scalar(left, {"id": patient.id}) == 0


def test_only_the_end_of_a_link_ends_its_sessions(
    as_actor, as_administrator, registrar, patient, asked, linked
):
    asked()
    confirmation_id = linked(patient.id)

    with as_actor(registrar.actor) as session:
        ended = session.scalar(text("SELECT identity.end_linked_sessions(:id)"), {"id": confirmation_id})

    assert ended == 0


def test_another_facility_ends_no_link(as_actor, people, patient, asked, linked, walled):
    asked()
    confirmation_id = linked(patient.id)
    elsewhere = people.registrar()

    walled()
    with pytest.raises(NotFound), as_actor(elsewhere.actor) as session:
        end_link(session, patient.id, confirmation_id, reason=LinkEndReason.BY_MISTAKE)


def entered(page, code):
    """The form for a code, as it stands beside the other on the page."""
    hidden = filled(page)
    return {"csrf_token": hidden["code-csrf_token"], **hidden, "code-code": code}


def refusing(page):
    return {name: value for name, value in filled(page).items() if name.startswith("refusal-")}


def sign_in(client, card):
    return client.get(show_card(leave_for(client, "/sign-in/demo"), card), headers=ENGLISH)
