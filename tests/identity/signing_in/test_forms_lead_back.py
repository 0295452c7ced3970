"""Whatever form is sent after the session's end, also one that was shown again with a mistake, its page is returned to."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from dispatch_backend.capacity.enumerations import ClosingReason
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.schedules.actions.closed_times import AskedClosing, close_time
from dispatch_backend.schedules.rules import PartOfDay
from emr.chart.actions import open_chart
from emr.drafts.actions import Typed, save_draft
from emr.drafts.enumerations import DraftForm
from emr.fhir_import.enumerations import ConflictKind
from emr.fhir_import.tables import ImportConflict
from emr.hidings.actions import hide_entry
from emr.teams.actions import take_into_team
from foundation.actor import Actor, ActorKind
from foundation.clock import now
from foundation.identifiers import new_id
from identity.access.enumerations import CareBasis, Thing
from identity.administration.actions import close_facility
from identity.authorization import VISITORS
from identity.closures.actions import close_record
from identity.confirmations.enumerations import DocumentKind
from identity.confirmations.rules import SeenDocument
from identity.contact_points.actions import enter_own
from identity.contact_points.enumerations import ContactSystem
from identity.merges.actions import merge_records
from identity.record_requests.actions import ask_for_record
from identity.record_requests.rules import ProvenPerson
from identity.registry.actions import link_request
from identity.registry.queries import registry_desk
from identity.roles import Role
from identity.second_factors.actions.resets import ask_for_reset
from identity.sessions.actions.accounts import account_for
from identity.staff.queries import posts_of
from portal.access_log.enumerations import AccessLogFilter
from portal.access_log.queries import acts_on
from portal.erasures.actions import ask_for_erasure
from portal.objections.actions import raise_objection
from tests.dispatch_backend.factories import Desk
from tests.emr.notes.factories import signed_note, unsigned_note
from tests.identity.deaths.factories import died
from tests.identity.delegations.acting import Acting
from tests.identity.emergencies.factories import opened_record
from tests.identity.grants.giving import DELEGATES, NEW, Giving
from tests.identity.guardians.guarding import Guarding
from tests.identity.journeys import CITIZEN_COOKIE, ENGLISH, STAFF_COOKIE
from tests.identity.second_factors.factories import kept_passkey
from tests.identity.shares.sharing import LINKS, Sharing
from tests.identity.shares.sharing import NEW as NEW_LINK
from tests.pages import hidden_fields
from tests.people import give_post
from tests.signing_in import begin_session

# What scripts send, which stands on no page of its own.
BY_SCRIPTS = {
    "identity.passkey_challenges.create",
    "identity.passkey_challenges.create_to_step_up",
    "identity.step_ups.create",
    "emr.drafts.update",
    "identity.sessions.update",
    "identity.staff_sessions.update",
}
# A press that stands on every page and holds nothing: whoever is signed out by then signs in as themself, which it asks for.
HOLD_NOTHING = {"identity.representation_ends.create", "identity.share_openings.end"}


@pytest.fixture
def dispatch(people, as_actor, as_loader) -> Desk:
    return Desk(people, as_actor, as_loader)


Pages = dict[str, Callable[[], tuple[FlaskClient, str]]]


@pytest.fixture
def pages(
    desk_pages,
    device_pages,
    passkey_pages,
    delegate_pages,
    grant_pages,
    share_pages,
    hiding_pages,
    guardian_pages,
    merge_pages,
    contact_pages,
    objection_pages,
    emergency_pages,
    registrar_pages,
    administrator_pages,
    team_pages,
    schedule_pages,
) -> Pages:
    """By the endpoint of a form: who stands on its page, and where that is."""
    return {
        **desk_pages,
        **device_pages,
        **passkey_pages,
        **delegate_pages,
        **grant_pages,
        **share_pages,
        **hiding_pages,
        **guardian_pages,
        **merge_pages,
        **contact_pages,
        **objection_pages,
        **emergency_pages,
        **registrar_pages,
        **administrator_pages,
        **team_pages,
        **schedule_pages,
    }


@pytest.fixture
def device_pages(people, client_for, engines) -> Pages:
    """Of people who are signed in on another device too."""

    def devices(actor, address):
        begin_session(actor, engines["administrator"])
        return client_for(actor), address

    def own():
        return devices(people.patient().actor, "/my/devices")

    def of_staff():
        return devices(people.doctor().actor, "/staff/devices")

    return {
        "identity.device_ends.create": own,
        "identity.device_ends.create_all": own,
        "identity.staff_device_ends.create": of_staff,
        "identity.staff_device_ends.create_all": of_staff,
    }


@pytest.fixture
def passkey_pages(people, client_for, as_actor, app, monkeypatch) -> Pages:
    doctor = people.doctor()
    named = app.extensions["settings"].model_copy(update={"public_url": "http://localhost"})
    monkeypatch.setitem(app.extensions, "settings", named)
    with as_actor(doctor.actor) as session:
        passkey_id = kept_passkey(session)
    with as_actor(people.staff(Role.ADMINISTRATOR).actor) as session:
        ask_for_reset(session, snils=people.doctor().snils, reason="The telephone is lost.")

    def administrator():
        return client_for(people.staff(Role.ADMINISTRATOR).actor)

    def page(address):
        return client_for(doctor.actor), f"/staff/passkeys{address}"

    return {
        "identity.passkey_resets.create": lambda: (administrator(), "/staff/passkey-resets"),
        "identity.passkey_resets.confirm": lambda: (administrator(), "/staff/passkey-resets"),
        "identity.passkeys.create": lambda: (client_for(people.doctor().actor), "/staff/passkeys/new"),
        "identity.passkeys.update": lambda: page(f"/{passkey_id}/name"),
        "identity.passkeys.destroy": lambda: page(""),
    }


@pytest.fixture
def delegate_pages(people, client_for, as_loader, as_administrator) -> Pages:
    acting = Acting(people, client_for, as_loader, as_administrator)
    delegate, represented = people.patient(), people.patient()
    acting.let(delegate, represented)
    return {"identity.representations.create": lambda: (acting.browser_of(delegate), "/my")}


@pytest.fixture
def team_pages(people, client_for, as_actor) -> Pages:
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)

    def team():
        signed_note(as_actor, doctor, patient.id, diagnosis_code="F32.1", diagnosis="Депрессивный эпизод")
        with as_actor(doctor.actor) as session:
            colleague = people.doctor(facility_id=doctor.facility_id)
            take_into_team(session, patient.id, colleague.id)
        # Whoever is in the team takes others in, and ends places in it.
        return client_for(colleague.actor), f"/emr/patients/{patient.id}/team"

    return {"emr.teams.create": team, "emr.teams.end": team}


@pytest.fixture
def schedule_pages(dispatch, people, client_for, as_actor, as_loader) -> Pages:
    keeper = people.staff(Role.SCHEDULE_KEEPER, facility_id=people.center())

    def week():
        with as_loader() as session:
            resource_id = session.get_one(Slot, dispatch.slot()).resource_id
        return client_for(keeper.actor), f"/dispatch/schedules/{resource_id}"

    def at(page):
        browser, address = week()
        return browser, f"{address}/{page}"

    def with_closed():
        browser, address = week()
        with as_actor(keeper.actor) as session:
            part = PartOfDay(now(), now() + timedelta(days=1))
            close_time(session, UUID(address[-36:]), part, AskedClosing(ClosingReason.ILLNESS, "", 0))
        return browser, address

    def displaced():
        dispatch.booked(dispatch.sent(), slot_id := dispatch.slot())
        for day in (3, 4):
            dispatch.slot(starts_in=timedelta(days=day))
        with as_loader() as session:
            slot = session.get_one(Slot, slot_id)
            resource_id, part = slot.resource_id, PartOfDay(slot.starts_at, slot.ends_at)
        with as_actor(keeper.actor) as session:
            close_time(session, resource_id, part, AskedClosing(ClosingReason.ILLNESS, "", 1))
        return client_for(dispatch.dispatcher.actor), "/dispatch/displaced"

    return {
        "dispatch.displaced.create": displaced,
        "dispatch.times.create": lambda: at("times/new"),
        "dispatch.closed_times.create": lambda: at("closed-times/new"),
        "dispatch.closed_times.end": with_closed,
    }


@pytest.fixture
def emergency_pages(people, client_for, as_actor, law) -> Pages:
    def by_officer(opening_id=""):
        officer = client_for(people.staff(Role.PRIVACY_OFFICER).actor)
        return officer, f"/privacy/legal-openings/{opening_id}".rstrip("/")

    def opened():
        with as_actor(people.doctor().actor) as session:
            emergency_id = opened_record(session, people.patient())
        officer = people.staff(Role.PRIVACY_OFFICER)
        return client_for(officer.actor), f"/privacy/emergencies/{emergency_id}"

    return {
        "identity.emergencies.create": lambda: (
            client_for(people.doctor().actor),
            "/staff/emergencies/new",
        ),
        "identity.verdicts.create": opened,
        "identity.legal_openings.create": by_officer,
        "identity.legal_openings.end": lambda: by_officer(
            law.opens(Thing.IMAGES, Role.NURSE, people.facility())
        ),
    }


@pytest.fixture
def registrar_pages(people, client_for, as_actor, as_loader) -> Pages:
    registrar = people.registrar()
    patient = people.patient(cared_for_at=registrar.facility_id)
    born = {"birth_date": patient.birth_date, "family_name": "Тестова", "given_name": "Анна"}
    person = ProvenPerson("https://eid.test", "one", 3, "", "", middle_name="", **born)

    def asked():
        with as_actor(Actor.anonymous()) as session:
            account_id = account_for(session, issuer="https://eid.test", subject=str(new_id()))
        with as_actor(Actor(ActorKind.CITIZEN, account_id=account_id, role="patient")) as session:
            ask_for_record(session, person, facility_id=registrar.facility_id)
        with as_actor(registrar.actor) as session:
            return registry_desk(session).requests[0].id

    def request():
        return client_for(registrar.actor), f"/registry/requests/{asked()}"

    def of_patient():
        return client_for(registrar.actor), f"/registry/patients/{patient.id}"

    def of_linked():
        request_id, seen = asked(), SeenDocument(DocumentKind.PASSPORT, "1")
        with as_actor(registrar.actor) as session:
            link_request(session, request_id, patient_id=patient.id, seen=seen)
        return of_patient()

    def of_conflict(kind):
        told = {"family": "А", "given": "Б", "middle": "", "birth": "1961-05-03", "sex": "female"}
        with as_loader() as session:
            made = ImportConflict(
                patient_id=patient.id,
                kind=kind,
                source_system="",
                told=told,
                held={"independent": True, "resources": []},
                content_sha256=kind.value,
            )
            session.add(made)
            session.flush()
            return client_for(registrar.actor), f"/emr/conflicts/{made.id}"

    def of_death():
        return client_for(registrar.actor), f"/registry/patients/{patient.id}/death"

    def of_recorded_death():
        with as_actor(registrar.actor) as session:
            died(session, patient.id)
        return of_death()

    return {
        "identity.registry_searches.create": lambda: (client_for(registrar.actor), "/registry"),
        "identity.links.create": request,
        "identity.request_refusals.create": request,
        "identity.linking_codes.create": of_patient,
        "identity.links.end": of_linked,
        "emr.conflict_answers.create": lambda: of_conflict(ConflictKind.NAME),
        "emr.conflict_answers.confirm": lambda: of_conflict(ConflictKind.PROVISIONAL),
        "identity.deaths.create": of_death,
        "identity.deaths.undo": of_recorded_death,
    }


@pytest.fixture
def merge_pages(people, client_for, as_actor, as_administrator) -> Pages:
    registrar = people.registrar()
    patient = people.patient(cared_for_at=registrar.facility_id)
    merges = f"/registry/patients/{patient.id}/merges"

    def of_two():
        other = people.patient(cared_for_at=registrar.facility_id)
        with as_administrator() as connection:
            connection.execute(
                text("UPDATE identity.patient_identifier SET system = 'urn:x' WHERE patient_id = :id"),
                {"id": other.id},
            )
        return other.id

    def of_compared():
        return client_for(registrar.actor), f"/registry/patients/{patient.id}/merges/{of_two()}"

    def of_joined():
        with as_actor(registrar.actor) as session:
            merge_id = merge_records(
                session, survivor_id=patient.id, merged_id=of_two(), reason="Twice", seen=None
            )
        return client_for(registrar.actor), f"/registry/merges/{merge_id}"

    return {
        "identity.merge_searches.create": lambda: (client_for(registrar.actor), merges),
        "identity.merges.create": of_compared,
        "identity.merges.undo": of_joined,
    }


@pytest.fixture
def guardian_pages(people, client_for, as_actor) -> Pages:
    guarding = Guarding(people, as_actor)

    def at_desk():
        return client_for(guarding.registrar.actor), guarding.page

    def entered():
        guarding.enter()
        return at_desk()

    return {"identity.guardians.create": at_desk, "identity.guardians.end": entered}


@pytest.fixture
def contact_pages(people, client_for, as_actor, app, monkeypatch) -> Pages:
    sending = app.extensions["settings"].model_copy(
        update={"smtp_host": "127.0.0.1", "smtp_from": "center@region.example"}
    )
    monkeypatch.setitem(app.extensions, "settings", sending)
    registrar = people.registrar()
    patient = people.patient(cared_for_at=registrar.facility_id)
    for actor in (patient.actor, registrar.actor):
        with as_actor(actor) as session:
            enter_own(session, ContactSystem.EMAIL, "somebody@example.ru", letter_in=None)
    with as_actor(patient.actor) as session:
        enter_own(session, ContactSystem.PHONE, "+79123456789", letter_in=None)

    def own():
        return client_for(patient.actor), "/my/contact"

    def of_staff():
        return client_for(registrar.actor), "/staff/contact"

    def at_desk():
        return client_for(registrar.actor), f"/registry/patients/{patient.id}/contact"

    verbs = {
        "contacts": (own, ("create_email", "create_phone", "destroy", "create_link", "update")),
        "staff_contacts": (of_staff, ("create_email", "destroy", "create_link", "update")),
        "patient_contacts": (at_desk, ("create_email", "create_phone", "destroy", "confirm")),
    }
    return {f"identity.{noun}.{verb}": page for noun, (page, of_noun) in verbs.items() for verb in of_noun}


@pytest.fixture
def administrator_pages(people, client_for, as_actor) -> Pages:
    administrator, member = people.staff(Role.ADMINISTRATOR), people.doctor()
    closed = people.facility()
    with as_actor(administrator.actor) as session:
        close_facility(session, closed, version=1, reason="Because")
        post = posts_of(session, member.id, at=now())[0]

    def at(address):
        return lambda: (client_for(administrator.actor), f"/administration{address}")

    return {
        "identity.staff_searches.create": at(""),
        "identity.members.create": at("/staff/new"),
        "identity.members.change": at(f"/staff/{member.id}"),
        "identity.staff_posts.create": at(f"/staff/{member.id}"),
        "identity.staff_posts.end": at(f"/posts/{post.id}"),
        "identity.facilities.create": at("/facilities/new"),
        "identity.facilities.change": at(f"/facilities/{member.facility_id}"),
        "identity.closings.create": at(f"/facilities/{member.facility_id}"),
        "identity.closings.end": at(f"/facilities/{closed}"),
    }


@pytest.fixture
def grant_pages(people, client_for, as_actor, as_loader, as_administrator) -> Pages:
    giving = Giving(Acting(people, client_for, as_loader, as_administrator))

    def pair():
        return people.patient(), people.patient()

    def at(whose, address):
        return giving.browser_of(whose), address

    def offered():
        giver, friend = pair()
        return at(friend, f"/my/offers/{giving.offered(giver, friend)}")

    def granted(whose):
        two = pair()
        giving.granted(*two)
        return at(two[whose], DELEGATES)

    def in_care():
        return people.patient(cared_for_at=people.facility(), basis=CareBasis.IMPORT)

    def closed():
        patient = people.patient(cared_for_at=(place := people.facility()), basis=CareBasis.IMPORT)
        with as_actor(patient.actor) as session:
            close_record(session, place)
        return patient

    def waiting():
        giver, friend = pair()
        giving.offered(giver, friend)
        return at(giver, DELEGATES)

    return {
        "identity.consents.create": lambda: at(people.patient(), "/my/consents"),
        "identity.closures.create": lambda: at(in_care(), "/my/closures"),
        "identity.closures.lift": lambda: at(closed(), "/my/closures"),
        "identity.delegates.create": lambda: at(people.patient(), NEW),
        "identity.delegate_ends.create": lambda: granted(0),
        "identity.delegate_ends.give": lambda: granted(1),
        "identity.delegate_ends.revoke": waiting,
        "identity.offers.create": offered,
    }


@pytest.fixture
def share_pages(people, app, client_for) -> Pages:
    sharing = Sharing(app, client_for)

    def given():
        browser = sharing.browser_of(people.patient())
        sharing.given(browser)
        return browser, LINKS

    return {
        "portal.links.create": lambda: (sharing.browser_of(people.patient()), NEW_LINK),
        "portal.links.revoke": given,
    }


@pytest.fixture
def hiding_pages(people, client_for, as_actor) -> Pages:
    doctor = people.doctor()

    def at(then=None, page=""):
        patient = people.patient(cared_for_at=doctor.facility_id)
        entry_id = signed_note(as_actor, doctor, patient.id)
        if then:
            with as_actor(patient.actor) as session:
                then(session, entry_id)
        return client_for(patient.actor), f"/my/timeline/{entry_id}{page}"

    return {
        "portal.hidings.create": lambda: at(page="/hiding"),
        "portal.hidings.lift": lambda: at(then=hide_entry),
    }


@pytest.fixture
def objection_pages(people, client_for, as_actor) -> Pages:
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)

    def looked():
        with as_actor(doctor.actor) as session:
            open_chart(session, patient.id)
        with as_actor(patient.actor) as session:
            return acts_on(session, shown=AccessLogFilter.OTHERS, limit=1)[0].id

    def erasure():
        with as_actor(people.patient().actor) as session:
            return ask_for_erasure(session, words="All of it")

    def asked():
        act_id = looked()
        with as_actor(patient.actor) as session:
            return raise_objection(session, act_id, words="Never been there")

    return {
        "portal.objections.create": lambda: (
            client_for(patient.actor),
            f"/my/access/{looked()}/objection",
        ),
        "portal.erasures.create": lambda: (client_for(people.patient().actor), "/my/erasure"),
        "portal.erasure_answers.create": lambda: (
            client_for(people.staff(Role.PRIVACY_OFFICER).actor),
            f"/privacy/erasures/{erasure()}",
        ),
        "portal.answers.create": lambda: (
            client_for(people.staff(Role.PRIVACY_OFFICER).actor),
            f"/privacy/objections/{asked()}",
        ),
    }


@pytest.fixture
def desk_pages(dispatch, people, client_for, as_actor, as_loader) -> Pages:
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)
    chart = f"/emr/patients/{patient.id}"

    def console(referral_id, query=""):
        return client_for(dispatch.dispatcher.actor), f"/dispatch/referrals/{referral_id}{query}"

    def booked():
        referral_id, slot_id = dispatch.sent(), dispatch.slot()
        dispatch.booked(referral_id, slot_id)
        return referral_id

    def moved():
        return console(booked(), f"?slot={dispatch.slot()}&move=y")

    def told(**words):
        referral_id, _ = dispatch.visited(**words)
        treating = people.doctor(facility_id=dispatch.target_id)
        return client_for(treating.actor), f"/emr/referrals/{referral_id}/step"

    def discarded():
        draft_id = new_id()
        with as_actor(doctor.actor) as session:
            save_draft(session, patient.id, draft_id, Typed(DraftForm.NOTE, {"plan": "Rest"}, 0))
        return client_for(doctor.actor), f"/emr/drafts/{draft_id}/discard"

    def with_two_posts():
        other = people.doctor()
        with as_loader() as session:
            give_post(session, other.id, people.facility(), Role.DOCTOR)
        return client_for(other.actor), "/staff/post"

    def at_desk(address):
        return lambda: (client_for(doctor.actor), address)

    return {
        "dispatch.bookings.create": lambda: console(dispatch.sent(), f"?slot={dispatch.slot()}"),
        "dispatch.revocations.create": lambda: console(dispatch.sent()),
        "dispatch.cancellations.create": lambda: console(booked()),
        "dispatch.outcomes.create": lambda: console(dispatch.visited()[0]),
        "dispatch.rebookings.create": moved,
        "dispatch.confirmations.create": lambda: console(booked()),
        "dispatch.arrivals.create": lambda: console(dispatch.visited()[0]),
        "dispatch.arrival_corrections.create": lambda: console(dispatch.arrived()[0]),
        "emr.arrivals.create": lambda: told(began=timedelta(minutes=5)),
        "emr.searches.create": at_desk("/emr"),
        "emr.notes.create": at_desk(f"{chart}/entries/new/{new_id()}"),
        "emr.notes.update": lambda: at_desk(
            f"/emr/entries/{signed_note(as_actor, doctor, patient.id)}/edit"
        )(),
        "emr.signatures.create": lambda: at_desk(
            f"/emr/entries/{unsigned_note(as_actor, doctor, patient.id)}/signature"
        )(),
        "emr.referrals.create": at_desk(f"{chart}/referrals/new/{new_id()}"),
        "emr.discards.create": discarded,
        "emr.outcomes.create": told,
        "emr.revocations.create": lambda: (
            client_for(dispatch.doctor.actor),
            f"/emr/referrals/{dispatch.sent()}/step",
        ),
        "identity.posts.create": with_two_posts,
        "interop.staff_exports.create": at_desk(f"{chart}/export"),
    }


def _forms(app) -> set[str]:
    """Every endpoint that takes a form of somebody signed in."""
    return (
        {
            rule.endpoint
            for rule in app.url_map.iter_rules()
            if "POST" in rule.methods
            and getattr(app.view_functions[rule.endpoint], VISITORS, ("anybody",)) != ("anybody",)
        }
        - BY_SCRIPTS
        - HOLD_NOTHING
    )


def test_every_form_of_somebody_signed_in_is_tried(app, pages):
    assert set(pages) == _forms(app)


def test_after_a_mistake_and_the_session_s_end_each_form_leads_back_to_its_page(app, pages):
    led = {}
    for endpoint, stand in pages.items():
        browser, address = stand()
        page = browser.get(address, headers=ENGLISH)
        action = _action(app, page, endpoint)
        wrong = browser.post(action, data={**hidden_fields(page), **_without_guard(page)}, headers=ENGLISH)
        assert (endpoint, wrong.status_code) == (endpoint, 422)
        for cookie in (CITIZEN_COOKIE, STAFF_COOKIE):
            browser.set_cookie(cookie, "a-session-of-yesterday")
        late = {"Referer": f"http://localhost{action}"}
        # Whoever was told on a page without the form sends it from where it stood.
        shown = wrong if f'action="{action}"' in wrong.text else page
        answer = browser.post(action, data=hidden_fields(shown), headers=late)
        led[address] = parse_qs(urlsplit(answer.location).query)["asked_for"][0]

    assert [(asked, found) for asked, found in led.items() if asked != found] == []


def test_after_a_mistake_another_language_shows_the_same_page(app, pages):
    for endpoint in ("emr.notes.create", "dispatch.bookings.create", "emr.searches.create"):
        browser, address = pages[endpoint]()
        page = browser.get(address, headers=ENGLISH)
        action = _action(app, page, endpoint)
        wrong = browser.post(action, data={**hidden_fields(page), **_without_guard(page)}, headers=ENGLISH)

        assert hidden_fields(wrong)["next"] == address


def test_what_a_form_says_of_its_page_leads_nowhere_else(client):
    answer = client.post("/emr/searches", data={"sent_from": "//evil.example/emr"})

    assert answer.location == "/staff/sign-in?why=unsent"


def _action(app, page, endpoint) -> str:
    for action in re.findall(r'<form[^>]*method="post" action="([^"]+)"', page.text):
        path = urlsplit(action.replace("&amp;", "&")).path
        if app.url_map.bind("").match(path, method="POST")[0] == endpoint:
            return action.replace("&amp;", "&")
    raise AssertionError(f"{page.request.path} has no form for {endpoint}")


def _without_guard(page) -> dict[str, str]:
    return {name: "wrong" for name in hidden_fields(page) if name.endswith("csrf_token")}
