"""Staff add, name and remove passkeys of their own; what does not hold is not kept."""

import json
import re

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from foundation.audit import AuditEvent
from identity.second_factors.queries.passkeys import own_passkeys
from identity.second_factors.rules.sites import Site, site_of
from identity.second_factors.tables import Passkey
from tests.identity.journeys import ENGLISH
from tests.identity.second_factors.authenticator import Authenticator
from tests.pages import read

NOT_ADDED = "The passkey was not added."


@pytest.fixture
def kept(as_actor):
    """What the service keeps of somebody."""

    def found(desk):
        with as_actor(desk.staff.actor) as session:
            return own_passkeys(session)

    return found


def test_a_passkey_is_added_under_its_name(desk, kept):
    doctor = desk()

    answer = doctor.add(name="Work computer")

    assert answer.status_code == 303
    (passkey,) = kept(doctor)
    assert (passkey.name, passkey.last_used_at) == ("Work computer", None)
    listed = read(doctor.browser.get("/staff/passkeys", headers=ENGLISH))
    assert "Work computer" in listed
    assert "Not used yet" in listed


def test_only_transports_that_the_standard_knows_are_kept(desk, as_actor):
    doctor = desk(passkey=True)

    with as_actor(doctor.staff.actor) as session:
        assert session.scalars(select(Passkey.transports)).one() == "internal"


@pytest.mark.parametrize(
    "other",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://localhost:8001"},
        {"domain": "evil.example"},
        {"verifies": False},
    ],
)
def test_an_answer_of_another_place_or_without_its_owner_adds_nothing(desk, kept, site, other):
    doctor = desk()
    doctor.device = Authenticator(**{"origin": site.origin, "domain": site.domain, **other})

    answer = doctor.add()

    assert answer.status_code == 409
    assert NOT_ADDED in read(answer)
    assert kept(doctor) == []


def test_an_answer_to_another_challenge_adds_nothing(desk, kept):
    doctor = desk()
    answer = doctor.device.make(doctor.asked_to_make())
    doctor.asked_to_make()

    assert NOT_ADDED in read(doctor.add(answer))
    assert kept(doctor) == []


def test_an_answer_is_taken_once(desk, kept):
    doctor = desk()
    answer = doctor.device.make(doctor.asked_to_make())
    doctor.device.origin = "http://evil.example"
    spoilt = doctor.device.make(doctor.asked_to_make())
    doctor.add(spoilt)

    again = doctor.add(answer)

    assert again.status_code == 409
    assert "asked too long ago" in read(again)
    assert kept(doctor) == []


def test_after_five_minutes_it_is_too_late(desk, kept, as_administrator):
    doctor = desk()
    answer = doctor.device.make(doctor.asked_to_make())
    _let_pass(as_administrator, doctor, "5 minutes")

    assert "asked too long ago" in read(doctor.add(answer))
    assert kept(doctor) == []


def _let_pass(as_administrator, doctor, span):
    with as_administrator() as connection:
        connection.execute(
            text(
                "UPDATE identity.passkey_challenge SET made_at = made_at - CAST(:span AS interval) "
                "WHERE staff_id = :staff"
            ),
            {"span": span, "staff": doctor.staff.id},
        )


def test_what_is_asked_in_one_session_is_not_answered_in_another(desk, client_for, kept):
    doctor = desk()
    answer = doctor.device.make(doctor.asked_to_make())
    doctor.browser = client_for(doctor.staff.actor)

    assert "asked too long ago" in read(doctor.add(answer))
    assert kept(doctor) == []


@pytest.mark.parametrize(
    "nonsense",
    [
        "no JSON",
        "[]",
        "null",
        "7",
        "{}",
        "[" * 9000,
        json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": 7}),
        json.dumps({"id": "AA", "rawId": "!!", "type": "public-key", "response": {}}),
        json.dumps(
            {
                "id": "AA",
                "rawId": "AA",
                "type": "public-key",
                "response": {"clientDataJSON": "AA", "attestationObject": "gg"},
            }
        ),
    ],
)
def test_nonsense_is_refused_in_words(desk, kept, nonsense):
    doctor = desk(passkey=True)
    doctor.asked_to_use()

    assert doctor.confirm(nonsense).status_code == 409
    other = desk()
    other.asked_to_make()
    answer = other.add(nonsense)
    assert answer.status_code == 409
    assert NOT_ADDED in read(answer)
    assert kept(other) == []


def test_without_scripts_the_page_says_what_lacks(desk):
    doctor = desk()
    page = doctor.browser.get("/staff/passkeys/new", headers=ENGLISH)

    answer = doctor.post("/staff/passkeys", name="Work computer")

    (told,) = re.findall("<noscript>(.*?)</noscript>", page.text)
    assert "Your browser runs no scripts here." in told

    assert answer.status_code == 422
    assert "It needs scripts for that." in read(answer)
    assert "Work computer" in answer.text


def test_without_a_name_only_the_name_lacks(desk):
    answer = read(desk().post("/staff/passkeys", name=" ", credential=""))

    assert "Give the passkey a name." in answer
    assert "It needs scripts" not in answer


def test_the_same_passkey_is_added_once_to_whomever(desk, kept):
    first, second = desk(passkey=True), desk()
    second.device = first.device

    answer = second.add()

    assert answer.status_code == 409
    assert "known already" in read(answer)
    assert kept(second) == []


def test_whoever_has_one_uses_it_before_another_is_added(desk, kept, site):
    doctor = desk(passkey=True)
    own, doctor.device = doctor.device, Authenticator(site.origin, site.domain)

    refused = doctor.add(name="Telephone")
    assert refused.status_code == 403
    assert "Confirm that it is you" in read(refused)
    doctor.confirm(own.use(doctor.asked_to_use()))

    assert doctor.add(name="Telephone").status_code == 303
    assert [each.name for each in kept(doctor)] == ["Telephone", "Work computer"]


def test_a_device_that_holds_one_is_told_so(desk):
    doctor = desk(passkey=True)

    known = [each["id"] for each in doctor.asked_to_make()["excludeCredentials"]]

    assert known == [json.loads(doctor.device.make(doctor.asked_to_make()))["id"]]


def test_a_passkey_is_called_otherwise(desk, kept):
    doctor = desk(passkey=True)
    (passkey,) = kept(doctor)

    assert doctor.post(f"/staff/passkeys/{passkey.id}/name", name="  ").status_code == 422
    assert doctor.post(f"/staff/passkeys/{passkey.id}/name", name="Telephone").status_code == 303

    assert [each.name for each in kept(doctor)] == ["Telephone"]


def test_a_removed_one_counts_no_more(desk, kept):
    doctor = desk(passkey=True)
    (passkey,) = kept(doctor)

    assert doctor.post(f"/staff/passkeys/{passkey.id}/end").status_code == 403
    doctor.confirm()
    challenge = doctor.asked_to_use()
    assert doctor.post(f"/staff/passkeys/{passkey.id}/end").status_code == 303

    assert kept(doctor) == []
    assert doctor.confirm(doctor.device.use(challenge)).status_code == 409
    assert doctor.post("/staff/second-factor/challenges").status_code == 409


def test_what_has_ended_is_kept_and_never_taken_for_new(desk, kept, as_administrator):
    doctor = desk(passkey=True)
    (passkey,) = kept(doctor)
    doctor.confirm()
    doctor.post(f"/staff/passkeys/{passkey.id}/end")

    assert "known already" in read(doctor.add())
    for statement in ("DELETE FROM identity.passkey_end", "UPDATE identity.passkey_end SET reason = ''"):
        with pytest.raises(ProgrammingError), as_administrator() as connection:
            connection.execute(text(statement))


def test_another_persons_passkey_is_not_there(desk, kept):
    owner, other = desk(passkey=True), desk()
    (passkey,) = kept(owner)

    for answer in (
        other.browser.get(f"/staff/passkeys/{passkey.id}/name", headers=ENGLISH),
        other.post(f"/staff/passkeys/{passkey.id}/name", name="Mine"),
        other.post(f"/staff/passkeys/{passkey.id}/end"),
    ):
        assert answer.status_code == 404
    assert kept(owner) == [passkey]


def test_nor_does_the_database_show_or_change_it(desk, kept, as_actor):
    owner, other = desk(passkey=True), desk()
    owner.asked_to_use()
    (passkey,) = kept(owner)

    with as_actor(other.staff.actor) as session:
        assert session.scalars(text("SELECT count(*) FROM identity.passkey")).one() == 0
        assert session.scalars(text("SELECT count(*) FROM identity.passkey_challenge")).one() == 0
        assert session.execute(text("UPDATE identity.passkey SET name = 'Mine'")).rowcount == 0
    statement = (
        "INSERT INTO identity.passkey_end (passkey_id, staff_id, reason) VALUES (:passkey, :staff, '')"
    )
    with pytest.raises(ProgrammingError, match="row-level security"), as_actor(other.staff.actor) as session:
        session.execute(text(statement), {"passkey": passkey.id, "staff": owner.staff.id})


def test_an_eleventh_is_refused(desk, kept, site, as_loader, as_administrator):
    doctor = desk(passkey=True)
    with as_administrator() as connection:
        connection.execute(
            text(
                "INSERT INTO identity.passkey (id, staff_id, credential_id, public_key, sign_count, name, made_at) "
                "SELECT gen_random_uuid(), :staff, n::text::bytea || uuid_send(:staff), '', 0, 'n', now() "
                "FROM generate_series(1, 9) n"
            ),
            {"staff": doctor.staff.id},
        )
    doctor.confirm()
    doctor.device = Authenticator(site.origin, site.domain)

    assert "You have ten passkeys" in read(doctor.add())
    assert len(kept(doctor)) == 10


def test_each_step_stands_in_the_audit(desk, kept, as_administrator):
    doctor = desk(passkey=True)
    (passkey,) = kept(doctor)
    doctor.confirm()
    doctor.confirm("nonsense")
    doctor.post(f"/staff/passkeys/{passkey.id}/name", name="Telephone")
    doctor.post(f"/staff/passkeys/{passkey.id}/end")

    with as_administrator() as connection:
        acts = connection.execute(
            select(AuditEvent.act)
            .where(AuditEvent.staff_id == doctor.staff.id, AuditEvent.object_kind == "passkey")
            .order_by(AuditEvent.id)
        ).scalars()
        assert [*acts] == [
            "passkey.added",
            "second_factor.given",
            "second_factor.refused",
            "passkey.renamed",
            "passkey.ended",
        ]


def test_a_citizen_has_none(people, client_for):
    citizen = client_for(people.patient().actor)

    assert citizen.get("/staff/passkeys").status_code == 303


@pytest.mark.parametrize(
    ("public_url", "site"),
    [
        ("https://health.example", Site("https://health.example", "health.example")),
        ("https://Health.example:8443", Site("https://health.example:8443", "health.example")),
        ("http://localhost:8000", Site("http://localhost:8000", "localhost")),
        ("http://127.0.0.1:8000", Site("http://127.0.0.1:8000", "")),
        ("https://[::1]", Site("https://[::1]", "")),
        ("http://health.example", Site("http://health.example", "")),
    ],
)
def test_a_passkey_is_made_for_a_name_over_tls(public_url, site):
    assert site_of(public_url) == site


def test_at_an_address_without_a_name_the_pages_say_so(people, client_for):
    browser = client_for(people.doctor().actor)

    for address in ("/staff/passkeys", "/staff/passkeys/new"):
        assert "At this address browsers make no passkeys" in read(browser.get(address, headers=ENGLISH))
