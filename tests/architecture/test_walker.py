"""A walker tries every address, as everybody, on the objects of a citizen who is none of their business.

Each object exists, and the same address with an object that never was must be answered alike. Both walls are up, then
each alone; with both taken away the walker must find the citizen's data, or it would find nothing anywhere.
"""

import re
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule

from foundation.actor import Actor, ActorKind
from foundation.audit import AuditEvent
from identity.authorization import is_share_address, is_staff_address
from tests.architecture.walking import MARKUP, MIRROR, VARIES, Address, Answer, Victim, asked
from tests.identity.shares.sharing import DOOR, Sharing

pytestmark = pytest.mark.usefixtures("unhurried")

OUTSIDERS = (
    "a stranger",
    "another citizen",
    "a doctor elsewhere",
    "a dispatcher elsewhere",
    "a registrar elsewhere",
    "whoever looks by another's link",
)
# Within a field that somebody edits, what was typed stands as it was typed.
EDITED = re.compile(r'<textarea\b.*?</textarea>|\bvalue="[^"]*"', re.DOTALL)


@pytest.fixture
def outsiders(app, people, client, client_for, desk) -> dict[str, tuple[FlaskClient, str]]:
    """Each with a browser and the role that it is signed in with."""
    sharing, doctor = Sharing(app, client_for), people.doctor(facility_id=people.facility())
    people.patient(cared_for_at=doctor.facility_id)
    return {
        "a stranger": (client, ""),
        "another citizen": (client_for(people.patient().actor), "patient"),
        "a doctor elsewhere": (client_for(doctor.actor), "doctor"),
        "a dispatcher elsewhere": (
            client_for(people.dispatcher(facility_id=people.facility()).actor),
            "dispatcher",
        ),
        "a registrar elsewhere": (client_for(people.registrar().actor), "registrar"),
        "whoever looks by another's link": (sharing.looking(sharing.given(people.patient())), "share"),
        "the center's dispatcher": (client_for(desk.dispatcher.actor), "dispatcher"),
    }


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
        "identity.registry_patients.show",
        "identity.registry_searches.create",
        "interop.fhir.everything",
        "portal.entries.show",
        "portal.images.show",
    }


def test_what_one_wall_has_just_hidden_is_seen_as_soon_as_it_is_away(
    victim, outsiders, application_wall_off, request
):
    """Plans that were made behind a wall would keep to it, and whoever tries the other alone would try both."""
    browser, _role = outsiders["a doctor elsewhere"]
    address = f"/emr/patients/{victim.objects['patient_id']}"

    hidden = browser.get(address)
    request.getfixturevalue("row_security_off")
    shown = browser.get(address)

    assert (hidden.status_code, shown.status_code) == (404, 200)


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
            # A spreadsheet knows no markup.
            acts = MARKUP in page and answer.mimetype != "text/csv"
            if acts or MIRROR in page:
                alive.append(str(address))
            if shown and lines() == before:
                silent.append(f"{address}: {answer.status}")

    assert (silent, alive) == ([], [])


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
        doors = ("/sign-in", DOOR)
        away = answer.status == 401 or (
            answer.status == 303 and any(each in answer.location for each in doors)
        )
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
    if role == "share" or is_share_address(rule.rule):
        return role == "share" and is_share_address(rule.rule)
    return bool(role) and is_staff_address(rule.rule) == (role != "patient")


def plain(answer: Answer, victim: Victim) -> str:
    """The answer without what differs between any two."""
    text = answer.told
    for value in (*victim.objects.values(), *victim.absent.values()):
        text = text.replace(value, "…") if len(value) > 8 else text
    return VARIES.sub("…", text)
