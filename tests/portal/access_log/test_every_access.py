"""Of a thousand looks, drawn at random, each citizen's own list tells exactly those at their record: none is missing, none is more."""

import csv
import io
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from dispatch_backend.loading.actions.historical_referrals import HistoricalReferral, HistoricalStep
from dispatch_backend.loading.actions.load_referrals import load_referrals
from dispatch_backend.referrals.enumerations import Act
from dispatch_backend.services.enumerations import Priority
from foundation import reading_pace
from foundation.clock import now
from identity.roles import ROLE_NAMES, Role
from identity.sessions.actions import refused_access
from tests.dispatch_backend.factories import CARDIOLOGIST, Desk
from tests.emr.notes.factories import signed_note
from tests.identity.delegations.acting import Acting
from tests.identity.emergencies.factories import open_record
from tests.identity.journeys import ENGLISH
from tests.identity.shares.sharing import Sharing
from tests.people import MadePatient, MadeStaff

LOOKS, PATIENTS, SEED = 1_000, 10, 20261130
SENT = "Another clinic sent your referrals"
# What somebody outside sees by a link.
SHARED = {"/shared/record": "The record was opened", "/shared/record/{entry}": "An entry was read"}
# Nobody opens more a day.
OPENED_IN_EMERGENCY = 3

# By the address that is opened: what the citizen reads of it. The owner and who acts for them see the same pages.
OWN = {
    "/my": "The first page was opened",
    "/my/timeline": "The record was opened",
    "/my/timeline/{entry}": "An entry was read",
    "/my/dispatch": "Referrals and bookings were opened",
    "/my/images": "The list of images was opened",
}
CHART = {
    "/emr/patients/{patient}": "Your record was opened",
    "/emr/entries/{entry}": "An entry was read",
}
PAGES: dict[Role, dict[str, str]] = {
    Role.DOCTOR: {
        **CHART,
        "/emr/patients/{patient}/referrals/new/{draft}": "Your personal details were opened",
    },
    Role.NURSE: CHART,
    Role.DISPATCHER: {"/dispatch/referrals/{referral}": "A referral was opened"},
    Role.REGISTRAR: {"/registry/patients/{patient}": "Your personal details were opened"},
}


@dataclass(frozen=True)
class Record:
    """A patient's, with what of it can be opened, and who opens it as its owner, for them, or by a link."""

    patient: MadePatient
    objects: dict[str, str]
    own: FlaskClient
    delegate: FlaskClient
    by_link: FlaskClient


@dataclass(frozen=True)
class Look:
    """Something that is opened of a record: by whom, whose records they reach, and what the owner reads of it afterwards."""

    who: tuple[str, str]
    does: Callable[[Record], int]
    told: str
    reached: frozenset[UUID]


@dataclass(frozen=True)
class Region:
    records: list[Record]
    looks: list[Look]


@pytest.fixture
def _nobody_is_slowed(monkeypatch):
    """Whoever looks so often in a minute would be told to wait."""
    for limit in ("MOST_A_MINUTE", "MOST_AN_HOUR"):
        monkeypatch.setattr(reading_pace, limit, 10**6)
    monkeypatch.setattr(refused_access, "MOST_A_MINUTE", 10**6)


@pytest.fixture
def region(app, people, as_actor, as_loader, as_administrator, client_for, _nobody_is_slowed) -> Region:
    desk = Desk(people, as_actor, as_loader)
    acting = Acting(people, client_for, as_loader, as_administrator)
    sharing = Sharing(app, client_for)
    clinic = desk.doctor.facility_id

    def record() -> Record:
        patient = desk.patient()
        mother = people.patient(family_name="Доверенная")
        return Record(
            patient=patient,
            objects={
                "patient": str(patient.id),
                "entry": str(signed_note(as_actor, desk.doctor, patient.id)),
                "referral": str(desk.sent(patient)),
                "draft": "01a22a11-3f54-7649-bff3-cb8b19d10000",
            },
            own=client_for(patient.actor),
            by_link=sharing.looking(sharing.given(patient)),
            delegate=acting.acting(mother, acting.let(mother, patient)),
        )

    records = [record() for _ in range(PATIENTS)]
    everybody = frozenset(each.patient.id for each in records)
    in_emergency = frozenset(each.patient.id for each in records[:OPENED_IN_EMERGENCY])

    def looks_of(member: MadeStaff, family_name: str, role: Role, reached=everybody) -> Iterator[Look]:
        browser, who = client_for(member.actor), (family_name, str(ROLE_NAMES[role].en))
        for address, told in PAGES[role].items():
            yield Look(who, _opens(browser, address), told, reached)

    def looks_of_staff(role: Role, facility_id: UUID) -> Iterator[Look]:
        return looks_of(people.staff(role, facility_id=facility_id), "Sotrudnikova", role)

    colleague = people.doctor(facility_id=clinic, family_name="Второв")
    rescuer = people.doctor(family_name="Спасов")
    for each in records[:OPENED_IN_EMERGENCY]:
        with as_actor(rescuer.actor) as session:
            open_record(session, each.patient)
    return Region(
        records,
        [
            *looks_of(colleague, "Vtorov", Role.DOCTOR),
            *looks_of(rescuer, "Spasov", Role.DOCTOR, in_emergency),
            *looks_of(people.doctor(), "Doktorov", Role.DOCTOR, frozenset()),
            *looks_of_staff(Role.NURSE, clinic),
            *looks_of_staff(Role.REGISTRAR, clinic),
            *looks_of_staff(Role.DISPATCHER, desk.center_id),
            *(Look(("You", ""), _opens_own(address), told, everybody) for address, told in OWN.items()),
            *(
                Look(("Doverennaia", ""), _opens_for(address), told, everybody)
                for address, told in OWN.items()
            ),
            *(
                Look(("Гостев", ""), _opens_by_link(address), told, everybody)
                for address, told in SHARED.items()
            ),
            Look(("Automatic:", ""), partial(_loaded, desk), SENT, everybody),
        ],
    )


def _opens(browser: FlaskClient, address: str) -> Callable[[Record], int]:
    return lambda record: browser.get(address.format(**record.objects)).status_code


def _opens_own(address: str) -> Callable[[Record], int]:
    return lambda record: _opens(record.own, address)(record)


def _opens_for(address: str) -> Callable[[Record], int]:
    return lambda record: _opens(record.delegate, address)(record)


def _opens_by_link(address: str) -> Callable[[Record], int]:
    return lambda record: _opens(record.by_link, address)(record)


def _loaded(desk: Desk, record: Record) -> int:
    """A hospital sends what was referred once and withdrawn: of those any number may stand."""
    by = ("doctor", desk.doctor.id, desk.doctor.facility_id)
    past = HistoricalReferral(
        patient_id=record.patient.id,
        service_code=CARDIOLOGIST,
        reason="Chest pain on exertion",
        diagnosis_code="I20.8",
        priority=Priority.PLANNED,
        steps=[
            HistoricalStep(Act.SENT, now(), *by),
            HistoricalStep(Act.REVOKED, now(), *by, reason="Recovered"),
        ],
    )
    with desk.as_loader() as session:
        load_referrals(session, [past])
    return 200


def _told(record: Record) -> Counter[tuple[str, str, str]]:
    """Who did what in which role, as the citizen's own table tells it."""
    answer = record.own.get("/my/access.csv?whose=everyone", headers=ENGLISH)
    lines = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    return Counter(
        (line["Who looked"].partition(" ")[0], line["Role"], line["What was done"])
        for line in lines
        if line["What was done"] != "This list was downloaded"
    )


def test_a_thousand_looks_are_told_each_and_nothing_more(region):
    drawn = random.Random(SEED)
    before = {record.patient.id: _told(record) for record in region.records}
    looked: dict[UUID, Counter] = {record.patient.id: Counter() for record in region.records}

    for _ in range(LOOKS):
        look, record = drawn.choice(region.looks), drawn.choice(region.records)
        reached = record.patient.id in look.reached
        assert look.does(record) == (200 if reached else 404)
        looked[record.patient.id].update([(*look.who, look.told)] * reached)

    told = {record.patient.id: _told(record) - before[record.patient.id] for record in region.records}
    assert told == looked
