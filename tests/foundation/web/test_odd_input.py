"""Every field of every form, every part of every query and address is sent what nobody means: the answer is words, never a fault.

Which names an address reads is watched while it is asked, so a new field is tried without being named here. Whatever is
asked is carried out down to the database's checks and then taken back, so that each value meets the same state.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, quote_from_bytes, urlencode
from uuid import UUID

import pytest
from flask import Request
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.datastructures import ImmutableMultiDict

import dispatch_backend.worklist.routes.events
from foundation.actor import Actor, ActorKind
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from foundation.web.forms import BaseForm, QueryForm
from identity.authorization import is_staff_address, session_cookie
from identity.roles import STAFF_ROLES, Role
from identity.sessions.actions import refused_access
from portal.copies import actions as copies
from tests.architecture.walking import Address, Victim, typed
from tests.emr.notes.factories import unsigned_note

# As bytes, for a browser may send any; a lone surrogate and a cut letter are no UTF-8.
ODD_VALUES: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b" \t\r\n ",
    "NUL": b"\0",
    "NUL within": b"I20.8\0x",
    "control characters": b"a\x07\x1b[31mb\x1f",
    "a mirror": "\u202eabc".encode(),
    "a lone surrogate": b"\xed\xa0\x80",
    "a cut letter": b"\xd0",
    "beyond the plane": "\U0010ffff\ufffe".encode(),
    "the first minute": b"0001-01-01T00:00",
    "the last minute": b"9999-12-31T23:59:59",
    "the first day": b"0001-01-01",
    "the last day": b"9999-12-31",
    "no day": b"2026-02-30",
    "a past century": b"1850-01-01T00:00",
    "minus one": b"-1",
    "four bytes": b"2147483648",
    "eight bytes": b"9223372036854775808",
    "a thousand digits": b"9" * 5000,
    "no number": b"NaN",
    "endless": b"1e400",
    "other digits": "٣²".encode(),
    "a list": b"[]",
    "an object": b'{"__proto__": 1}',
    "placeholders": b"%s %(name)s {0} %",
    "a quote": b"'; DROP TABLE x; --\\",
    "a long text": "я".encode() * 30_000,
    "a megabyte": b"a" * 2**20,
}
# Moments that lie beyond the calendar as soon as a zone is asked for.
CURSORS = {
    "a cursor of year 1": b"0001-01-01T00:00:00+14:00",
    "a cursor of year 9999": b"9999-12-31T23:59:59-14:00",
}
# Addresses that read a whole query at once, which no watch can name.
READ_WHOLE = {
    "callbacks": ("code", "state", "iss", "error", "error_description", "session_state"),
    "interop.fhir.everything": ("_since", "_count", "_type", "start", "end"),
}
GUARD = "csrf_token"
# Staff besides doctors and dispatchers, who have what is asked for.
OTHERS = [role for role in STAFF_ROLES if role not in (Role.DOCTOR, Role.DISPATCHER)]
# Of an address: where one of its parts stands.
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Owners:
    """Those to whom everything that is asked for belongs, and what of theirs it is."""

    actors: dict[str, Actor]
    objects: dict[str, str]
    particular: dict[str, dict[str, str]]

    def actor_at(self, address: Address) -> Actor:
        """Somebody who is let in there."""
        with address.app.app_context():
            at_desk = is_staff_address(address.rule.rule)
        role = next(
            (each for each in self.actors if each in address.visitors and (each != "patient") == at_desk), ""
        )
        return self.actors[role or ("doctor" if at_desk else "patient")]

    def objects_at(self, address: Address) -> dict[str, str]:
        return {**self.objects, **self.particular.get(address.rule.endpoint, {})}


class WatchedNames(ImmutableMultiDict[str, str]):
    """Remembers every name that was asked for."""

    asked: set[str]

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name, *others, **options):  # type: ignore[no-untyped-def]
        self.asked.add(name)
        return super().get(name, *others, **options)

    def getlist(self, name, *others, **options):  # type: ignore[no-untyped-def]
        self.asked.add(name)
        return super().getlist(name, *others, **options)


class NamesOfForms(WatchedNames):
    asked: set[str] = set()


class NamesOfQueries(WatchedNames):
    asked: set[str] = set()


class WatchedRequest(Request):
    parameter_storage_class = NamesOfForms

    @cached_property
    def args(self) -> NamesOfQueries:  # type: ignore[override]
        return NamesOfQueries(parse_qsl(self.query_string.decode(), keep_blank_values=True, errors="replace"))


WATCHED: dict[str, type[WatchedNames]] = {"GET": NamesOfQueries, "POST": NamesOfForms}


@pytest.fixture
def owners(desk, victim: Victim, as_actor, people) -> Owners:
    patient_id = UUID(victim.objects["patient_id"])
    citizen = Actor(ActorKind.CITIZEN, account_id=new_id(), patient_id=patient_id, role="patient")
    unsigned = str(unsigned_note(as_actor, desk.doctor, patient_id))
    return Owners(
        actors={
            "patient": citizen,
            "doctor": desk.doctor.actor,
            "dispatcher": desk.dispatcher.actor,
            **{role.value: people.staff(role, facility_id=desk.doctor.facility_id).actor for role in OTHERS},
        },
        objects=victim.objects,
        particular={
            "dispatch.bookings.create": {"referral_id": str(desk.sent())},
            "emr.signatures.create": {"entry_id": unsigned},
            "emr.notes.update": {"entry_id": unsigned},
        },
    )


@pytest.fixture
def watched(applications, monkeypatch) -> None:
    for app in applications.values():
        monkeypatch.setattr(app, "request_class", WatchedRequest)


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch) -> None:
    """Whoever asks for everything would soon be told to wait."""
    monkeypatch.setattr(refused_access, "MOST_A_MINUTE", 10**6)
    monkeypatch.setattr(copies, "MOST_AN_HOUR", 10**6)


@pytest.fixture(autouse=True)
def _streams_are_short(monkeypatch) -> None:
    monkeypatch.setattr(dispatch_backend.worklist.routes.events, "HEARTBEAT_S", 0.01)


@pytest.fixture
def taken_back(monkeypatch) -> None:
    """What is committed from now on meets every check of the database, and is not kept."""

    def checked(session: ActorSession) -> None:
        session.flush()
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        session.rollback()

    monkeypatch.setattr(ActorSession, "commit", checked)


@pytest.mark.timeout(600)
def test_every_field_and_query_answers_odd_input_in_words(
    addresses, owners, victim, client_for, provider, watched, request
):
    browsers = {role: client_for(actor) for role, actor in owners.actors.items()}
    request.getfixturevalue("taken_back")
    tried: set[str] = set()
    faults = []
    for address in addresses:
        if address.method not in ("GET", "POST") or "sign_outs" in address.rule.endpoint:
            continue
        browser = browsers[owners.actor_at(address).role]
        sent = _sent(address, browser, victim)
        for name in _names(address, browser, owners, sent):
            tried.add(name)
            for what, value in _odd_values(name):
                answer = _answered(address, browser, owners, {**sent, name: value})
                if fault := _fault_of(*answer):
                    faults.append(f"{address} {name} = {what}: {fault}")

    assert "\n".join(faults) == ""
    assert [
        field for field in _fields_of_all_forms() if not any(each.endswith(field) for each in tried)
    ] == []


@pytest.mark.parametrize(
    "address_part", ["study_uid", "numbers", "provider", "anything", "number", "position", "sealed"]
)
def test_every_part_of_an_address_answers_odd_input_in_words(address_part, addresses, owners, client_for):
    browsers = {role: client_for(actor) for role, actor in owners.actors.items()}
    faults = []
    for address in addresses:
        if address.method != "GET" or address_part not in address.rule.arguments:
            continue
        browser = browsers[owners.actor_at(address).role]
        for what, value in ODD_VALUES.items():
            path = _path(address, owners.objects_at(address), {address_part: value})
            if fault := _fault_of(*_opened(address, browser, "GET", path)):
                faults.append(f"{address} {address_part} = {what}: {fault}")

    assert "\n".join(faults) == ""


def test_every_header_answers_odd_input_in_words(addresses, owners, client_for):
    doctor = client_for(owners.actors["doctor"])
    pages = [
        each for each in addresses if each.rule.endpoint in ("emr.patients.show", "archive.desk.frames.show")
    ]
    faults = []
    for address, name in itertools.product(
        pages,
        (
            "Cookie",
            "Accept",
            "Accept-Language",
            "Referer",
            "Origin",
            "Range",
            "If-None-Match",
            "Host",
            "Idempotency-Key",
        ),
    ):
        for what, value in ODD_VALUES.items():
            if b"\r" in value or b"\n" in value:
                continue
            headers = {name: value.decode("latin-1")}
            path = _path(address, owners.objects_at(address), {})
            if fault := _fault_of(*_opened(address, doctor, "GET", path, headers=headers)):
                faults.append(f"{address} {name} = {what}: {fault}")

    assert "\n".join(faults) == ""


def _odd_values(name: str) -> Iterator[tuple[str, bytes]]:
    if name.endswith(GUARD):
        # One comparison guards every form, and no page behind it is reached.
        return ((what, ODD_VALUES[what]) for what in ("nothing", "NUL", "a lone surrogate", "a long text"))
    return iter((ODD_VALUES | CURSORS).items())


def _names(address: Address, browser: FlaskClient, owners: Owners, sent: dict[str, bytes]) -> Iterable[str]:
    """What the address reads of its query or form."""
    WATCHED[address.method].asked.clear()
    _answered(address, browser, owners, {**sent, "something": b"x"})
    whole = (names for end, names in READ_WHOLE.items() if end in address.rule.endpoint)
    return sorted({*WATCHED[address.method].asked, *itertools.chain.from_iterable(whole)})


def _fields_of_all_forms() -> Iterator[str]:
    """Every field that a form of the service has, by its name."""
    kinds: list[type] = [BaseForm, QueryForm]
    while kinds:
        kind = kinds.pop()
        kinds.extend(kind.__subclasses__())
        if not kind.__module__.startswith("tests."):
            yield from (name for name in dir(kind) if hasattr(getattr(kind, name), "field_class"))


def _sent(address: Address, browser: FlaskClient, victim: Victim) -> dict[str, bytes]:
    if address.method != "POST":
        return {}
    return {name: value.encode() for name, value in typed(browser, address.rule.endpoint, victim).items()}


def _path(address: Address, objects: dict[str, str], odd: dict[str, bytes]) -> str:
    """The address with these objects in its places, as the bytes that a browser would send."""

    def value(place: re.Match[str]) -> str:
        name = place[1]
        return quote_from_bytes(odd.get(name, objects[name].encode()), safe=b"")

    return PLACE.sub(value, address.rule.rule)


def _answered(
    address: Address, browser: FlaskClient, owners: Owners, sent: dict[str, bytes]
) -> tuple[int, str]:
    path, words = _path(address, owners.objects_at(address), {}), urlencode(sent)
    if address.method == "GET":
        return _opened(address, browser, "GET", f"{path}?{words}" if words else path)
    return _opened(address, browser, "POST", path, words)


def _opened(
    address: Address,
    browser: FlaskClient,
    method: str,
    path: str,
    body: str = "",
    headers: dict[str, str] | None = None,
) -> tuple[int, str]:
    going = browser if browser.application is address.app else address.app.test_client()
    with address.app.app_context():
        cookies = (session_cookie(staff=True), session_cookie(staff=False))
    for name in cookies:
        if going is not browser and (held := browser.get_cookie(name)):
            going.set_cookie(name, held.value)
    kind = "application/x-www-form-urlencoded" if method == "POST" else None
    with going.open(path, method=method, data=body or None, content_type=kind, headers=headers) as answer:
        endless = answer.mimetype == "text/event-stream"
        pieces = itertools.islice(answer.iter_encoded(), 3) if endless else [answer.data]
        return answer.status_code, b"".join(pieces).decode(errors="replace")


def _fault_of(status: int, told: str) -> str:
    """What is wrong with an answer; empty where nothing is."""
    if status >= 500:
        return str(status)
    if status >= 400 and not re.search(r"[^\W\d_]{3,}", told):
        return f"{status} without words"
    return ""
