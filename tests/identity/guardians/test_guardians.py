"""The guardian of an adult is entered by a document that a registrar has seen, acts, and is ended; both people are told."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from foundation.clock import today, zone
from foundation.errors import NotFound, RuleBroken
from foundation.outbox import OutboxMessage
from identity.delegations.queries import living_delegations
from identity.guardians.actions import end_guardian, open_guardians
from identity.guardians.enumerations import GuardianEndReason
from identity.guardians.rules import over_at
from identity.sessions.queries.sessions import sign_in_of
from tests.identity.deaths.factories import died, undone
from tests.identity.delegations.acting import HOME, Acting
from tests.identity.guardians.guarding import Guarding
from tests.identity.journeys import CITIZEN_COOKIE
from tests.pages import filled, read


@pytest.fixture
def guarding(people, as_actor) -> Guarding:
    return Guarding(people, as_actor)


@pytest.fixture
def acting(people, client_for, as_loader, as_administrator) -> Acting:
    return Acting(people, client_for, as_loader, as_administrator)


@pytest.fixture
def desk(client_for, guarding):
    browser = client_for(guarding.registrar.actor)
    browser.set_cookie("language", "en")
    return browser


def typed(page, guarding, **changes):
    known = {
        "snils": guarding.guardian.snils,
        "document_kind": "authority_order",
        "document_number": "77-А/2026",
        "issuer": "Управление опеки",
        "issued_on": "2026-01-15",
        "last_day": str(today() + timedelta(days=365)),
        "basis": "incapacity",
        "in_hand": "y",
    }
    return {**filled(page), **known, **changes}


def ended(guarding, right, as_actor):
    with as_actor(guarding.registrar.actor) as session:
        end_guardian(session, guarding.ward.id, right, reason=GuardianEndReason.COURT_OR_AUTHORITY)


def test_entered_at_the_desk_the_guardian_opens_the_record(guarding, desk, acting, walls):
    answer = desk.post(guarding.page, data=typed(desk.get(guarding.page), guarding))
    shown = read(desk.get(guarding.page))
    browser = acting.browser_of(guarding.guardian)
    own = read(browser.get(HOME))
    (right,) = [each for each in _rights(browser.get(HOME))]

    assert (answer.status_code, answer.location) == (303, guarding.page)
    for words in ("Opekunov", "77-А/2026", "Управление опеки", "15 January 2026", "Found incapable"):
        assert words in shown
    assert "You are the guardian" in own
    assert acting.go_on(browser, right).status_code == 303
    assert browser.get("/my/timeline").status_code == 200


def _rights(page):
    import re

    return re.findall(r'name="delegation"[^>]*value="([^"]+)"', page.text)


@pytest.fixture
def deliver(app, as_worker):
    """As the worker does: what was announced of a guardianship is heard."""

    def heard(topic, right):
        with as_worker() as session:
            told = session.scalars(
                select(OutboxMessage.payload).where(
                    OutboxMessage.topic == topic, OutboxMessage.payload["object_id"].astext == str(right)
                )
            )
            for payload in told.all():
                for handler in app.extensions["handlers"][topic]:
                    handler(session, payload)

    return heard


def test_both_people_are_told_and_read_it(guarding, acting, as_actor, deliver):
    right = guarding.enter()
    deliver("guardian.entered", right)
    told = {}
    for name in ("ward", "guardian"):
        browser = acting.browser_of(getattr(guarding, name))
        told[name] = (
            read(browser.get(HOME)),
            read(browser.get("/my/access")),
            read(browser.get("/my/delegates")),
        )

    assert all("A guardianship that concerns you was entered" in news for news, _, _ in told.values())
    assert "Somebody may act for you from now on" in told["ward"][1]
    assert "You were entered as somebody’s guardian" in told["guardian"][1]
    assert "Your guardian" in told["ward"][2]
    assert "Take this right back" not in told["ward"][2]
    assert "Podopechnova" in told["guardian"][2]

    ended(guarding, right, as_actor)
    deliver("guardian.ended", right)
    news = read(acting.browser_of(guarding.ward).get(HOME))
    assert "A guardianship that concerned you is over" in news


def test_ended_the_guardian_is_out_at_once_and_a_second_end_changes_nothing(guarding, acting, as_actor):
    right = guarding.enter()
    browser = acting.acting(guarding.guardian, right)
    token = browser.get_cookie(CITIZEN_COOKIE).value
    alive = sign_in_of(token)

    for _ in range(2):
        ended(guarding, right, as_actor)

    assert alive.actor.patient_id == guarding.ward.id
    assert sign_in_of(token) is None


def test_the_end_is_chosen_with_its_reason_at_the_desk(guarding, desk):
    right = guarding.enter()
    page = desk.get(guarding.page)
    form = {f"end-{name}": value for name, value in (("guardianship", str(right)), ("reason", "death"))}

    unsaid = desk.post(
        f"/registry/patients/{guarding.ward.id}/guardian-end",
        data={**filled(page), "end-guardianship": str(right)},
    )
    answer = desk.post(f"/registry/patients/{guarding.ward.id}/guardian-end", data={**filled(page), **form})

    assert unsaid.status_code == 422
    assert "Say why." in read(unsaid)
    assert answer.status_code == 303
    assert "End a guardianship" not in read(desk.get(guarding.page))


def test_the_right_ends_after_the_last_day_that_the_paper_says(guarding, as_actor):
    last = today() + timedelta(days=3)
    guarding.enter(last_day=last)

    with as_actor(guarding.guardian.actor) as session:
        (card,) = living_delegations(session)
    assert card.ends_at == over_at(last, zone=zone())


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"issued_on": today() + timedelta(days=1)}, "later than today"),
        ({"last_day": today() - timedelta(days=1)}, "no longer valid"),
        ({"last_day": today() + timedelta(days=5 * 365 + 1)}, "five years"),
    ],
)
def test_a_paper_that_is_not_valid_is_refused(guarding, wrong, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        guarding.enter(**wrong)


def test_a_mistake_is_said_at_its_field_and_nothing_is_kept(guarding, desk):
    empty = {"snils": "112-233-445 96", "document_number": "", "issuer": "", "in_hand": "", "basis": ""}

    answer = desk.post(guarding.page, data=typed(desk.get(guarding.page), guarding, **empty))

    assert answer.status_code == 422
    for words in (
        "This is no SNILS",
        "Type the number",
        "Say who issued",
        "Look at it first",
        "Say why there is",
    ):
        assert words in read(answer)
    assert "No guardian is entered" in read(desk.get(guarding.page))


def test_children_have_no_guardian_here_and_are_none(guarding, people):
    child = people.patient(
        cared_for_at=guarding.registrar.facility_id, birth_date=date(today().year - 16, 1, 1)
    )

    with pytest.raises(RuleBroken, match="child"):
        guarding.enter(patient_id=child.id)
    with pytest.raises(RuleBroken, match="of age"):
        guarding.enter(snils=child.snils)


def test_nobody_is_their_own_guardian(guarding):
    with pytest.raises(RuleBroken, match="own guardian"):
        guarding.enter(snils=guarding.ward.snils)


def test_who_is_not_in_care_is_found_no_more_than_who_is_not_there(guarding, people):
    elsewhere = people.patient(cared_for_at=people.facility())

    sentences = set()
    for snils in (elsewhere.snils, "11223344595"):
        with pytest.raises(RuleBroken) as refusal:
            guarding.enter(snils=snils)
        sentences.add(str(refusal.value))

    assert len(sentences) == 1


def test_a_registrar_elsewhere_enters_and_ends_nothing(guarding, people, client_for, as_actor, walls):
    right = guarding.enter()
    other = people.registrar()
    browser = client_for(other.actor)
    page = client_for(guarding.registrar.actor).get(guarding.page)

    assert browser.get(guarding.page).status_code == 404
    with pytest.raises(NotFound), as_actor(other.actor) as session:
        end_guardian(session, guarding.ward.id, right, reason=GuardianEndReason.BY_MISTAKE)
    with pytest.raises(NotFound), as_actor(other.actor) as session:
        open_guardians(session, guarding.ward.id)
    assert page.status_code == 200
    assert browser.get(f"/registry/patients/{uuid4()}/guardians").status_code == 404


@pytest.mark.parametrize("who", ["a registrar elsewhere", "a doctor", "the guardian"])
def test_the_database_takes_no_guardian_from_anybody_else(guarding, people, as_actor, who):
    actor = {
        "a registrar elsewhere": lambda: people.registrar().actor,
        "a doctor": lambda: people.doctor(facility_id=guarding.registrar.facility_id).actor,
        "the guardian": lambda: guarding.guardian.actor,
    }[who]()

    with pytest.raises(ProgrammingError, match="row-level security"), as_actor(actor) as session:
        session.execute(
            text(
                "INSERT INTO identity.delegation (id, patient_id, delegate_id, kind, scopes, began_at, ends_at, basis, "
                "evidence_sha256, staff_id, facility_id) VALUES (gen_random_uuid(), :ward, :guardian, 'guardian', "
                "'{record,bookings,images}', now(), now() + interval '1 day', 'mine', '', :staff, :facility)"
            ),
            {
                "ward": guarding.ward.id,
                "guardian": guarding.guardian.id,
                "staff": actor.staff_id,
                "facility": actor.facility_id,
            },
        )


def test_the_number_is_kept_sealed(guarding, as_administrator):
    right = guarding.enter(number="СЕКРЕТ-77")

    with as_administrator() as connection:
        whole = connection.execute(
            text(
                "SELECT g::text || d::text FROM identity.guardianship g JOIN identity.delegation d USING (id) WHERE id = :id"
            ),
            {"id": right},
        ).scalar_one()

    assert "СЕКРЕТ" not in whole
    assert "СЕКРЕТ-77".encode().hex() not in whole


def test_a_guardian_s_right_that_comes_back_after_a_death_in_error_is_seen_and_ended_at_the_desk(
    guarding, desk, as_actor
):
    first = guarding.enter()
    with as_actor(guarding.registrar.actor) as session:
        undone(session, guarding.ward.id, died(session, guarding.ward.id))

    with as_actor(guarding.registrar.actor) as session:
        found = open_guardians(session, guarding.ward.id)
    (restored,) = found.living

    assert restored.id != first
    assert restored.number == "77-А/2026"
    assert "Opekunov" in read(desk.get(guarding.page))
    ended(guarding, restored.id, as_actor)
    with as_actor(guarding.registrar.actor) as session:
        assert open_guardians(session, guarding.ward.id).living == []
