"""Whoever chose it is told of their sign-ins by e-mail, at a confirmed address, and nobody else is told anything."""

import re
from datetime import timedelta

import pytest

from foundation import outbox
from foundation.clock import now
from foundation.identifiers import new_id
from foundation.postgres.roles import WORKER
from identity.contact_points.actions import (
    choose_sign_in_letters,
    confirm_by_link,
    end_own,
    enter_own,
    open_own_contacts,
)
from identity.contact_points.enumerations import ContactSystem
from identity.roles import Role
from tests.connections import own_connections
from tests.identity.contact_points.mailing import PAGE, STAFF_PAGE, link_in, press
from tests.identity.deaths.factories import died
from tests.identity.journeys import card_of
from tests.identity.merges.conftest import Pair, pair, registrar, without_snils  # noqa: F401 (fixtures)
from tests.identity.provider_process import sign_in_with_card
from tests.mail_server import silent_server
from tests.pages import filled, offered, read
from tests.people import give_post

ANNA = "anna@example.ru"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def told(mail, as_actor):
    """Somebody whose address is confirmed and who chose to be told."""

    def made(actor, *, wanted=True, language="en", address=ANNA):
        with as_actor(actor) as session:
            enter_own(session, ContactSystem.EMAIL, address, letter_in="en")
        mail.deliver()
        with as_actor(actor) as session:
            token = link_in(mail.kept.to(address)[0]).rsplit("/", 1)[1]
            assert confirm_by_link(session, token)
            choose_sign_in_letters(session, wanted=wanted, language=language)
        mail.kept.letters.clear()
        return actor

    return made


def sign_in(app, card, **options):
    browser = app.test_client()
    browser.environ_base["HTTP_USER_AGENT"] = FIREFOX
    browser.set_cookie("language", "en")
    return sign_in_with_card(browser, card, **options), browser


def test_a_sign_in_is_told_with_its_browser_its_provider_and_where_to_end_it(
    app, people, provider, mail, told
):
    patient = people.patient(family_name="Секретова")
    told(patient.actor)
    sign_in(app, card_of(provider, patient))
    mail.deliver()

    (letter,) = mail.kept.to(ANNA)
    for words in ("Browser: Firefox", "System: Linux", "Signed in with: Demo", "/my/devices", "/my/contact"):
        assert words in letter.words
    assert "Секретова" not in letter.message.as_string()
    assert letter.message["To"] == ANNA
    assert mail.waiting() == 0


@pytest.mark.parametrize("later", ["survivor", "merged"])
def test_of_two_records_that_were_joined_the_newest_address_is_told(
    app,
    provider,
    mail,
    told,
    pair: Pair,  # noqa: F811
    later,
):
    people = sorted((pair.survivor, pair.merged), key=lambda each: each is getattr(pair, later))
    for each, address in zip(people, ("older@example.ru", ANNA), strict=True):
        told(each.actor, address=address)
    pair.join()
    mail.kept.letters.clear()

    sign_in(app, card_of(provider, pair.survivor))
    mail.deliver()

    assert len(mail.kept.to(ANNA)) == 1
    assert mail.kept.to("older@example.ru") == []


def test_it_is_told_in_the_language_that_was_chosen(app, people, provider, mail, told):
    patient = people.patient()
    told(patient.actor, language="ru")
    sign_in(app, card_of(provider, patient))
    mail.deliver()

    assert "В вашу учётную запись в Диспетчерском центре вошли." in mail.kept.to(ANNA)[0].words


@pytest.mark.parametrize("case", ["no choice", "chosen no", "chosen no later", "not confirmed", "taken away"])
def test_nobody_is_told_who_did_not_choose_it_or_has_no_confirmed_address(
    app, people, provider, mail, told, as_actor, case
):
    patient = people.patient()
    if case == "no choice":
        with as_actor(patient.actor) as session:
            enter_own(session, ContactSystem.EMAIL, ANNA, letter_in=None)
    elif case == "not confirmed":
        with as_actor(patient.actor) as session:
            enter_own(session, ContactSystem.EMAIL, ANNA, letter_in=None)
            choose_sign_in_letters(session, wanted=True, language="en")
    else:
        told(patient.actor, wanted=case != "chosen no")
    with as_actor(patient.actor) as session:
        if case == "chosen no later":
            choose_sign_in_letters(session, wanted=False, language="en")
        if case == "taken away":
            end_own(session, open_own_contacts(session).living("email").id)

    sign_in(app, card_of(provider, patient))
    waiting = mail.waiting()
    mail.deliver()

    assert (waiting, mail.kept.letters) == (0, [])


def test_whoever_chooses_otherwise_before_it_is_sent_is_not_told(app, people, provider, mail, told, as_actor):
    patient = people.patient()
    told(patient.actor)
    sign_in(app, card_of(provider, patient))
    with as_actor(patient.actor) as session:
        choose_sign_in_letters(session, wanted=False, language="en")
    mail.deliver()

    assert (mail.kept.letters, mail.waiting()) == ([], 0)


def test_of_whoever_has_died_meanwhile_nobody_is_told(app, people, provider, mail, told, as_actor):
    desk = people.registrar()
    patient = people.patient(cared_for_at=desk.facility_id)
    told(patient.actor)
    sign_in(app, card_of(provider, patient))
    with as_actor(desk.actor) as session:
        died(session, patient.id)
    mail.deliver()

    assert (mail.kept.letters, mail.waiting()) == ([], 0)


def test_going_on_with_another_page_or_another_session_is_no_sign_in(app, people, provider, mail, told):
    patient = people.patient()
    told(patient.actor)
    _, browser = sign_in(app, card_of(provider, patient))
    mail.deliver()
    mail.kept.letters.clear()

    for _ in range(3):
        browser.get("/my")
        browser.get("/my/devices")

    assert mail.waiting() == 0


def test_staff_are_told_once_though_they_choose_a_post_afterwards(
    app, people, provider, mail, told, as_loader
):
    doctor, second = people.doctor(), people.facility()
    with as_loader() as session:
        give_post(session, doctor.id, second, Role.DOCTOR)
    told(doctor.actor, address="doctor@clinic.ru")
    card = provider.know(sub=f"sub-{doctor.id}", snils=doctor.snils, birth_date="1975-04-12")
    _, browser = sign_in(app, card, way="/staff/sign-in/demo-desk")
    page = browser.get("/staff/post")
    post = offered(page, "post")[0]
    assert browser.post("/staff/post", data=filled(page, post=post)).status_code == 303
    mail.deliver()

    (letter,) = mail.kept.to("doctor@clinic.ru")
    assert "/staff/devices" in letter.words


def test_what_happened_a_day_ago_is_not_told_any_more(app, people, provider, mail, told):
    patient = people.patient()
    told(patient.actor)
    mail.kept.refusing[ANNA] = "452 full"
    sign_in(app, card_of(provider, patient))
    mail.deliver()
    assert mail.waiting() == 1
    mail.kept.refusing.clear()
    mail.age_sessions(patient.id, timedelta(hours=25))
    mail.deliver_later()

    assert (mail.kept.letters, mail.waiting()) == ([], 0)


def test_a_mail_server_that_says_nothing_slows_neither_the_sign_in_nor_what_else_is_announced(
    app, people, provider, mail, told, as_loader, engines, monkeypatch
):
    """Beside the letter that hangs, the rest of the outbox is delivered at once."""
    monkeypatch.setattr("foundation.mail.ANSWERS_WITHIN_S", 0.5)
    patient = people.patient()
    told(patient.actor)
    topic, heard = f"topic-{new_id()}", []
    settings = app.extensions["settings"]
    with silent_server() as port:
        app.extensions["settings"] = settings.model_copy(update={"smtp_port": port})
        answer, _ = sign_in(app, card_of(provider, patient))
        with as_loader() as session:
            outbox.announce(session, topic, {})
        with own_connections(engines[WORKER]), app.app_context():
            handlers = {topic: [lambda *_: heard.append(1)]}
            while outbox.deliver_due(handlers, at=now()):
                pass
        waiting = mail.waiting()
        mail.deliver()
    app.extensions["settings"] = settings
    tried = mail.waiting()
    mail.deliver_later()

    assert answer.status_code in (200, 303)
    assert (heard, waiting, tried) == ([1], 1, 1)
    assert len(mail.kept.to(ANNA)) == 1


def chosen_in(page, name):
    (found,) = re.findall(rf'<input checked[^>]*name="{name}"[^>]*value="([^"]+)"', page.text)
    return found


def test_the_choice_is_made_on_the_page_and_stands_there(mail, english, people):
    for actor, page in ((people.patient().actor, PAGE), (people.doctor().actor, STAFF_PAGE)):
        browser = english(actor)
        before = browser.get(page)
        answer = press(browser, f"{page}/choice", wanted="yes", language="ru")
        after = browser.get(page)
        wrong = press(browser, f"{page}/choice", wanted="maybe", language="ru")

        assert chosen_in(before, "wanted") == "no"
        assert (answer.status_code, answer.location) == (303, page)
        assert (chosen_in(after, "wanted"), chosen_in(after, "language")) == ("yes", "ru")
        assert "Chosen:" in read(after)
        assert wrong.status_code == 422
