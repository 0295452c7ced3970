"""A walker tries every address, as everybody, on the objects of a citizen who is none of their business.

Each object exists, and the same address with an object that never was must be answered alike. Both walls are up, then
each alone; with both taken away the walker must find the citizen's data, or it would find nothing anywhere.
"""

import itertools
import re
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from pydicom.uid import generate_uid
from sqlalchemy import func, select
from werkzeug.routing import Rule

import dispatch_backend.worklist.routes.events
from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.metadata.actions import pack_series
from emr.desk.tickets import sealed_search
from emr.drafts.actions import Typed, save_draft
from emr.drafts.enumerations import DraftForm
from foundation.actor import Actor, ActorKind
from foundation.audit import AuditEvent
from foundation.clock import now
from foundation.identifiers import new_id
from foundation.web.forms import BaseForm
from identity.authorization import VISITORS, is_staff_address, session_cookie
from identity.staff.queries import posts_of
from tests.archive_gateway.dicom.factories import data_set, write
from tests.archive_gateway.storing import store_file
from tests.dispatch_backend.factories import Desk
from tests.emr.notes.factories import signed_note

OUTSIDERS = ("a stranger", "another citizen", "a doctor elsewhere", "a dispatcher elsewhere")
MARK = "Канарейкина"
MARKUP = "<b onclick=x>"
# Whatever follows it is read from right to left, the neighbours of the text too.
MIRROR = "\u202e"
ODD = MARKUP + MIRROR
# Within a field that somebody edits, what was typed stands as it was typed.
EDITED = re.compile(r'<textarea\b.*?</textarea>|\bvalue="[^"]*"', re.DOTALL)
# What differs between two answers that say the same: keys of forms, the request's own number and address.
VARIES = re.compile(r'value="[^"]*"|<code>[0-9a-f]{16}</code>|[0-9a-f]{16}(?=\D)')


@dataclass
class Victim:
    """A citizen with one of everything, and what must never be seen of it."""

    objects: dict[str, str]
    words: list[str]
    secrets: list[str]
    others_post: str
    release_slot: str
    snils: str
    absent: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Address:
    """A route, how it is asked, and the application that answers there."""

    app: Flask
    rule: Rule
    method: str

    @property
    def visitors(self) -> tuple[str, ...]:
        return getattr(self.app.view_functions[self.rule.endpoint], VISITORS, ("anybody",))

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    mimetype: str
    told: str


@pytest.fixture
def desk(people, as_actor, as_loader) -> Desk:
    return Desk(people, as_actor, as_loader)


@pytest.fixture
def victim(desk, people, as_actor, as_loader, settings, tmp_path) -> Victim:
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
    with Ingestor.at(settings) as ingestor:
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
        },
    )


@pytest.fixture
def outsiders(people, client, client_for, desk) -> dict[str, tuple[FlaskClient, str]]:
    """Each with a browser and the role that it is signed in with."""
    doctor = people.doctor(facility_id=people.facility())
    people.patient(cared_for_at=doctor.facility_id)
    return {
        "a stranger": (client, ""),
        "another citizen": (client_for(people.patient().actor), "patient"),
        "a doctor elsewhere": (client_for(doctor.actor), "doctor"),
        "a dispatcher elsewhere": (
            client_for(people.dispatcher(facility_id=people.facility()).actor),
            "dispatcher",
        ),
        "the center's dispatcher": (client_for(desk.dispatcher.actor), "dispatcher"),
    }


@pytest.fixture(autouse=True)
def _streams_are_short(monkeypatch):
    monkeypatch.setattr(dispatch_backend.worklist.routes.events, "HEARTBEAT_S", 0.01)


@pytest.mark.parametrize("outsider", OUTSIDERS)
def test_no_address_tells_an_outsider_anything(addresses, victim, outsiders, outsider, walls):
    browser, role = outsiders[outsider]

    assert [fault for each in addresses for fault in tried(browser, role, each, victim)] == []


def test_a_dispatcher_who_books_for_a_citizen_sees_nothing_but_the_referral(
    addresses, victim, outsiders, walls
):
    browser, role = outsiders["the center's dispatcher"]
    others = [each for each in addresses if not each.rule.rule.startswith("/dispatch")]

    assert [fault for each in others for fault in tried(browser, role, each, victim)] == []


def test_the_addresses_are_those_of_every_process_that_answers(addresses):
    assert {each.rule.rule for each in addresses} >= {"/my", "/emr", "/dispatch/events"}


def test_own_and_foreign_objects_are_not_mixed_in_one_address(app, victim, people, client_for, walls):
    doctor = people.doctor()
    own = people.patient(cared_for_at=doctor.facility_id)
    browser = client_for(doctor.actor)

    answers = [
        browser.get(f"/emr/patients/{own.id}/images/{victim.objects['study_uid']}"),
        client_for(own.actor).get(f"/fhir/Patient/{victim.objects['patient_id']}/$everything"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_the_control_with_both_walls_off_the_walker_finds_data_everywhere(
    addresses, victim, outsiders, application_wall_off, row_security_off
):
    found = {
        each.rule.endpoint
        for browser, role in outsiders.values()
        for each in addresses
        if tried(browser, role, each, victim)
    }

    assert found >= {
        "archive.frames.show",
        "archive.instances.show",
        "archive.metadata.of_series",
        "archive.pictures.of_frame",
        "archive.pictures.show",
        "archive.desk.series.index",
        "dispatch.referrals.show",
        "dispatch.cancellations.create",
        "emr.entries.show",
        "emr.patients.show",
        "emr.searches.create",
        "interop.fhir.everything",
        "portal.entries.show",
        "portal.images.show",
    }


def test_whatever_names_a_citizen_leaves_a_line_in_their_list_and_is_never_markup(
    addresses, victim, desk, as_actor, client_for
):
    """Each address is asked in a session of its own, for some lines are written once a session.

    What was typed or sent by a device stays text on every page, whatever it looks like, and turns nothing around.
    """
    patient_id = UUID(victim.objects["patient_id"])
    citizen = Actor(ActorKind.CITIZEN, account_id=uuid4(), patient_id=patient_id, role="patient")

    def lines() -> int:
        with as_actor(citizen) as transaction:
            return transaction.scalar(
                select(func.count()).select_from(AuditEvent).where(AuditEvent.patient_id == patient_id)
            )

    silent, alive = [], []
    for actor in (desk.doctor.actor, desk.dispatcher.actor, citizen):
        for address in addresses:
            before = lines()
            answer = asked(client_for(actor), address, victim.objects, victim)
            shown = [each for each in victim.words if each in answer.told]
            page = EDITED.sub("", answer.told) if answer.mimetype.startswith("text/") else ""
            if MARKUP in page or MIRROR in page:
                alive.append(str(address))
            if shown and lines() == before:
                silent.append(f"{address}: {answer.status}")

    assert (silent, alive) == ([], [])


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
    return sorted(found, key=lambda each: ("sign_outs" in each.rule.endpoint, each.rule.rule))


def tried(browser: FlaskClient, role: str, address: Address, victim: Victim) -> list[str]:
    """What is wrong with the answer about the victim's object; empty where all is well."""
    rule, answer = address.rule, asked(browser, address, victim.objects, victim)
    name = f"{address}: {answer.status}"
    sent = {value for part, value in victim.objects.items() if part in rule.arguments}
    seen = [secret for secret in victim.secrets if secret not in sent and secret in answer.told]
    if seen:
        return [f"{name} shows {seen}"]
    visitors = address.visitors
    if address.method == "OPTIONS" or "anybody" in visitors:
        return []
    with address.app.app_context():
        looked_at = let_in(role, rule)
    if not looked_at:
        away = answer.status == 401 or (answer.status == 303 and "/sign-in" in answer.location)
        return [] if away else [f"{name}, though nobody is signed in there"]
    if role not in visitors and "staff" not in visitors:
        return [] if answer.status == 403 else [f"{name}, though the role is another"]
    if not rule.arguments - {"provider"}:
        return []
    missing = asked(browser, address, victim.absent, victim)
    if (answer.status, missing.status) != (404, 404):
        return [f"{name}, and {missing.status} for what never was"]
    return [] if plain(answer, victim) == plain(missing, victim) else [f"{name} differs from what never was"]


def let_in(role: str, rule: Rule) -> bool:
    """Whether this visitor's cookie is looked at under the address at all."""
    return bool(role) and is_staff_address(rule.rule) == (role != "patient")


def asked(browser: FlaskClient, address: Address, objects: dict[str, str], victim: Victim) -> Answer:
    rule = address.rule
    unknown = rule.arguments - objects.keys()
    assert not unknown, f"{rule.rule}: say which object of the victim stands for {unknown}"
    with address.app.test_request_context():
        values = {name: _typed(objects[name]) for name in rule.arguments}
        path = rule.build(values, append_unknown=False)[1]
        cookies = (session_cookie(staff=True), session_cookie(staff=False))
    form = typed(browser, rule.endpoint, victim) if address.method == "POST" else None
    going = browser if browser.application is address.app else address.app.test_client()
    for name in cookies:
        # One browser speaks to every process of the host with the same cookies.
        if going is not browser and (held := browser.get_cookie(name)):
            going.set_cookie(name, held.value)
    headers = {"Accept": "*/*", "Accept-Language": "en"}
    with going.open(path, method=address.method, data=form, headers=headers) as answer:
        # A stream of events has no end: its beginning and what follows are enough.
        endless = answer.mimetype == "text/event-stream"
        pieces = itertools.islice(answer.iter_encoded(), 3) if endless else [answer.data]
        told = b"".join(pieces).decode(errors="replace")
    if rule.endpoint == "emr.searches.create" and "/searches/" in (answer.location or ""):
        # What was found is shown there.
        told += going.get(answer.location, headers=headers).text
    return Answer(answer.status_code, answer.location or "", answer.mimetype, told)


def _typed(value: str) -> object:
    try:
        return UUID(value)
    except ValueError:
        return value


def typed(browser: FlaskClient, endpoint: str, victim: Victim) -> dict[str, str]:
    """A form that would be taken; an endpoint that is not named here must be added."""
    forms = {
        "dispatch.bookings.create": ("book-", {"slot_id": victim.release_slot, "version": "1"}),
        "dispatch.cancellations.create": ("cancel-", {"reason": "Because", "version": "2"}),
        "dispatch.rebookings.create": (
            "move-",
            {"slot_id": victim.release_slot, "reason": "Because", "version": "2"},
        ),
        "dispatch.outcomes.create": ("outcome-", {"outcome": "served", "version": "2"}),
        "dispatch.revocations.create": ("revoke-", {"reason": "Because", "version": "1"}),
        "emr.drafts.update": ("", {"draft_form": "note", "complaints": "Cough", "draft_version": "0"}),
        "emr.discards.create": ("", {"draft_version": "1"}),
        "emr.notes.create": ("", {"seen_at": "2026-05-03T10:00", "complaints": "Cough"}),
        "emr.notes.update": (
            "",
            {"seen_at": "2026-05-03T10:00", "complaints": "Cough", "seen_number": "1"},
        ),
        "emr.signatures.create": ("", {"seen_number": "1"}),
        "emr.outcomes.create": (
            f"outcome-{victim.objects['booking_id']}-",
            {"outcome": "served", "version": "2"},
        ),
        "emr.revocations.create": (
            f"revoke-{victim.objects['referral_id']}-",
            {"reason": "Because", "version": "2"},
        ),
        "emr.referrals.create": (
            "",
            {"service": "C-CARD", "priority": "planned", "diagnosis_code": "I20.8", "reason": "Because"},
        ),
        "emr.searches.create": ("", {"text": f"{victim.snils[:9]} {victim.snils[9:]}"}),
        "identity.posts.create": ("", {"post": victim.others_post}),
        "foundation.language.update": ("", {"language": "en"}),
        "identity.back_channel_logouts.create": ("", {}),
        "identity.sign_ins.create": ("", {}),
        "identity.staff_sign_ins.create": ("", {}),
        "identity.sign_outs.create": ("", {}),
        "identity.staff_sign_outs.create": ("", {}),
    }
    assert endpoint in forms, f"say what to type at {endpoint}"
    prefix, words = forms[endpoint]
    guarded = {**words, "csrf_token": token_for(browser), "idempotency_key": uuid4().hex}
    return {prefix + name: value for name, value in guarded.items()}


def token_for(browser: FlaskClient) -> str:
    """The guard of a form in this browser's hands, as if a page had just been opened."""
    with browser.application.test_request_context():
        token = BaseForm().csrf_token.current_token
        secret = session["csrf"]
    with browser.session_transaction() as kept:
        kept["csrf"] = secret
    return token


def plain(answer: Answer, victim: Victim) -> str:
    """The answer without what differs between any two."""
    text = answer.told
    for value in (*victim.objects.values(), *victim.absent.values()):
        text = text.replace(value, "…") if len(value) > 8 else text
    return VARIES.sub("…", text)
