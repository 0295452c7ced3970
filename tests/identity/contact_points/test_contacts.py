"""People keep how they are reached; an address is confirmed by its link, once, and nobody else reads or changes it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from foundation.clock import now
from foundation.errors import NotFound, RuleBroken
from foundation.identifiers import new_id
from foundation.outbox import OutboxMessage
from identity.contact_points.actions import (
    choose_sign_in_letters,
    confirm_by_link,
    end_own,
    enter_for_patient,
    enter_own,
    open_contacts_of_patient,
    open_own_contacts,
)
from identity.contact_points.enumerations import ContactSystem
from tests.identity.contact_points.mailing import PAGE, STAFF_PAGE, link_in, press
from tests.identity.deaths.factories import died, undone
from tests.identity.delegations.acting import Acting
from tests.pages import filled, read

ANNA = "anna@example.ru"


def entered(browser, address=ANNA, page=PAGE):
    return press(browser, f"{page}/email", email=address)


def confirm(client, address):
    return client.post(address, data=filled(client.get(address)))


@pytest.fixture
def patient(people):
    return people.patient(family_name="Секретова")


@pytest.fixture
def browser(english, patient):
    return english(patient.actor)


@pytest.fixture
def stranger(client):
    client.set_cookie("language", "en")
    return client


def test_an_address_is_kept_asked_and_confirmed_by_whoever_reads_its_mail(mail, browser, stranger):
    answer = entered(browser)
    waiting = read(browser.get(PAGE))
    mail.deliver()
    (letter,) = mail.kept.to(ANNA)
    page = read(stranger.get(link_in(letter)))
    confirmed = confirm(stranger, link_in(letter))
    shown = read(browser.get(PAGE))

    assert (answer.status_code, answer.location) == (303, PAGE)
    assert "Not confirmed. A letter with a link was sent" in waiting
    assert "Yes, it is mine" in page
    assert (confirmed.status_code, "The address is confirmed" in read(confirmed)) == (200, True)
    assert "anna@example.ru Confirmed :" in shown


def test_opening_the_link_confirms_nothing_by_itself(mail, browser, stranger):
    entered(browser)
    mail.deliver()
    address = link_in(mail.kept.to(ANNA)[0])

    for _ in range(2):
        assert stranger.get(address).status_code == 200

    assert "Confirmed :" not in read(browser.get(PAGE))


def test_a_link_is_good_once_and_tells_nobody_anything(mail, browser, stranger):
    entered(browser)
    mail.deliver()
    address = link_in(mail.kept.to(ANNA)[0])
    forged = f"/contact/{'A' * 43}"
    told_of_real, told_of_forged = stranger.get(address), stranger.get(forged)
    confirm(stranger, address)
    used, absent = confirm(stranger, address), confirm(stranger, forged)

    assert read(told_of_real) == read(told_of_forged)
    assert (used.status_code, absent.status_code) == (409, 409)
    assert read(used) == read(absent)
    assert ANNA not in told_of_real.text + used.text
    assert "Секретова" not in told_of_real.text + used.text


def test_an_old_link_and_one_of_an_address_that_was_taken_away_confirm_nothing(
    mail, browser, stranger, as_administrator
):
    entered(browser)
    entered(browser, "second@example.ru")
    mail.deliver()
    (former,) = mail.kept.to(ANNA) or [None]
    address = link_in(mail.kept.to("second@example.ru")[0])
    with as_administrator() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text(
                "UPDATE identity.contact_link SET made_at = made_at - interval '25 hours', expires_at = expires_at - interval '25 hours'"
            )
        )

    assert former is None, "the letter of an address that was replaced is not sent any more"
    assert confirm(stranger, address).status_code == 409
    assert "Confirmed :" not in read(browser.get(PAGE))


def test_whoever_takes_an_address_away_makes_its_link_void(mail, browser, stranger, as_actor, patient):
    entered(browser)
    mail.deliver()
    address = link_in(mail.kept.to(ANNA)[0])
    with as_actor(patient.actor) as session:
        end_own(session, open_own_contacts(session).living("email").id)

    assert confirm(stranger, address).status_code == 409
    assert "No e-mail address is kept." in read(browser.get(PAGE))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Type the e-mail address."),
        ("anna", "This is no e-mail address."),
        ("анна@example.ru", "only letters from a to z"),
        ("anna@nowhere", "no name of a mail server"),
        ("anna@example.ru\r\nBcc: all@example.ru", "This is no e-mail address."),
    ],
)
def test_a_wrong_address_is_told_and_nothing_is_kept(mail, browser, typed, words):
    answer = entered(browser, typed)

    assert answer.status_code == 422
    assert words in read(answer)
    assert mail.waiting() == 0
    assert "No e-mail address is kept." in read(browser.get(PAGE))


def test_a_telephone_is_kept_and_said_truly_not_to_be_confirmed_here(browser):
    press(browser, f"{PAGE}/phone", phone="8 912 345-67-89")
    shown = read(browser.get(PAGE))
    wrong = press(browser, f"{PAGE}/phone", phone="12")

    assert "+7 912 345-67-89" in shown
    assert "this service sends no text messages" in shown
    assert (wrong.status_code, "This is no telephone number." in read(wrong)) == (422, True)


def test_letters_are_few_in_an_hour_and_the_refused_one_leaves_the_former_address(mail, browser):
    for number in range(3):
        entered(browser, f"anna{number}@example.ru")
    refused = entered(browser, "fourth@example.ru")

    assert (refused.status_code, "Too many letters were asked for" in read(refused)) == (409, True)
    assert "anna2@example.ru" in read(browser.get(PAGE))
    mail.deliver()
    assert mail.kept.to("fourth@example.ru") == []


def test_the_same_address_of_two_people_is_no_secret_that_one_learns_of_the_other(mail, english, people):
    answers = [entered(english(people.patient().actor)) for _ in range(2)]
    mail.deliver()

    assert [each.status_code for each in answers] == [303, 303]
    assert len(mail.kept.to(ANNA)) == 2


def test_without_a_mail_server_it_is_said_and_nothing_waits(browser, english, people, as_worker):
    with as_worker() as session:
        before = session.query(OutboxMessage).filter(OutboxMessage.topic.like("mail.%")).count()
    entered(browser)
    shown, staff = read(browser.get(PAGE)), read(english(people.doctor().actor).get(STAFF_PAGE))
    with as_worker() as session:
        after = session.query(OutboxMessage).filter(OutboxMessage.topic.like("mail.%")).count()

    assert "Not confirmed: this service sends no e-mail yet." in shown
    assert "Send the letter again" not in shown
    assert "This service sends no e-mail yet." in staff
    assert before == after


def test_a_press_of_somebody_else_finds_nothing(mail, browser, english, people, walls):
    entered(browser)
    own = press_addresses(browser)
    foreign, absent = english(people.patient().actor), uuid4()

    for address in own:
        kind = address.rsplit("/", 1)[1]
        answers = [press(foreign, each) for each in (address, f"{PAGE}/{absent}/{kind}")]
        assert [each.status_code for each in answers] == [404, 404]
        assert read(answers[0]) == read(answers[1])


def press_addresses(browser):
    import re

    return re.findall(rf'action="({PAGE}/[0-9a-f-]+/(?:end|link))"', browser.get(PAGE).text)


@pytest.fixture
def acting(people, client_for, as_loader, as_administrator) -> Acting:
    return Acting(people, client_for, as_loader, as_administrator)


def test_whoever_acts_by_a_part_of_the_right_sees_and_changes_nothing(
    browser, acting, patient, people, walls
):
    entered(browser)
    delegate = people.patient()
    right = acting.let(delegate, patient, scopes=("record", "bookings"))
    theirs = acting.browser_of(delegate)
    acting.go_on(theirs, right)

    assert theirs.get(PAGE).status_code == 403
    assert entered(theirs, "mine@example.ru").status_code == 403
    assert ANNA in read(browser.get(PAGE))


def test_row_security_alone_shows_no_contact_details_to_a_part_of_the_right(
    people, as_actor, acting, patient, application_wall_off
):
    with as_actor(patient.actor) as session:
        enter_own(session, ContactSystem.PHONE, "+79123456789", letter_in=None)
    delegate = people.patient()
    acting.let(delegate, patient, scopes=("record",))
    from dataclasses import replace

    from foundation.actor import ActorKind

    actor = replace(patient.actor, kind=ActorKind.DELEGATE, delegation_id=new_id(), scopes=("record",))
    with as_actor(actor) as session:
        assert session.execute(text("SELECT count(*) FROM identity.contact_point")).scalar_one() == 0


def test_a_registrar_enters_them_in_person_and_the_patient_reads_who_did(
    people, english, as_actor, as_worker, app
):
    registrar = people.registrar()
    patient = people.patient(cared_for_at=registrar.facility_id)
    desk, page = english(registrar.actor), f"/registry/patients/{patient.id}/contact"

    email = press(desk, f"{page}/email", email=ANNA, language="ru")
    press(desk, f"{page}/phone", phone="+7 912 345-67-89")
    with as_actor(patient.actor) as session:
        phone = open_own_contacts(session).living("phone")
    press(desk, f"{page}/{phone.id}/confirmation")
    deliver_news(app, as_worker, patient)
    browser = english(patient.actor)
    home, own, log = (read(browser.get(each)) for each in ("/my", PAGE, "/my/access"))

    assert (email.status_code, email.location) == (303, page)
    assert "Reception entered an e-mail address or a telephone of yours" in home
    assert "+7 912 345-67-89 Confirmed :" in own
    assert "An e-mail address or a telephone was entered" in log
    assert "A telephone was confirmed" in log


def deliver_news(app, as_worker, patient):
    with as_worker() as session:
        for message in session.query(OutboxMessage).filter(OutboxMessage.topic.like("contact-point.%")):
            if message.payload["patient_id"] == str(patient.id):
                for handler in app.extensions["handlers"][message.topic]:
                    handler(session, message.payload)


def test_a_registrar_of_another_facility_finds_nobody(people, english, walls):
    registrar, patient = people.registrar(), people.patient(cared_for_at=people.facility())
    desk = english(registrar.actor)
    foreign, absent = (f"/registry/patients/{each}/contact" for each in (patient.id, uuid4()))

    assert [desk.get(each).status_code for each in (foreign, absent)] == [404, 404]
    assert press(desk, f"{foreign}/phone", phone="+79123456789").status_code == 404


def test_a_registrar_neither_confirms_an_address_nor_reads_what_was_chosen(people, as_actor):
    registrar = people.registrar()
    patient = people.patient(cared_for_at=registrar.facility_id)
    with as_actor(patient.actor) as session:
        choose_sign_in_letters(session, wanted=True, language="ru")
    with as_actor(registrar.actor) as session:
        enter_for_patient(session, patient.id, ContactSystem.EMAIL, ANNA, letter_in=None)
        point = open_contacts_of_patient(session, patient.id).details.living("email")
        assert session.execute(text("SELECT count(*) FROM identity.notice_choice")).scalar_one() == 0

    with pytest.raises(ProgrammingError), as_actor(registrar.actor) as session:
        session.execute(
            text(
                "INSERT INTO identity.contact_point_confirmation (contact_point_id, method, entered_by, facility_id) "
                "VALUES (:point, 'in-person', :staff, :place)"
            ),
            {"point": point.id, "staff": registrar.id, "place": registrar.facility_id},
        )


def test_nobody_confirms_their_own_address_by_hand(people, as_actor):
    patient = people.patient()
    with as_actor(patient.actor) as session:
        point = enter_own(session, ContactSystem.PHONE, "+79123456789", letter_in=None)

    for method in ("link", "in-person"):
        with pytest.raises(ProgrammingError), as_actor(patient.actor) as session:
            session.execute(
                text(
                    "INSERT INTO identity.contact_point_confirmation (contact_point_id, method) VALUES (:point, :method)"
                ),
                {"point": point, "method": method},
            )


def test_of_somebody_who_has_died_nothing_is_entered_or_confirmed(people, as_actor, mail, english, client):
    registrar = people.registrar()
    patient = people.patient(cared_for_at=registrar.facility_id)
    entered(english(patient.actor))
    mail.deliver()
    link = link_in(mail.kept.to(ANNA)[0])
    with as_actor(registrar.actor) as session:
        death = died(session, patient.id)

    assert confirm(client, link).status_code == 409
    with pytest.raises(RuleBroken), as_actor(registrar.actor) as session:
        enter_for_patient(session, patient.id, ContactSystem.PHONE, "+79123456789", letter_in=None)
    with as_actor(registrar.actor) as session:
        undone(session, patient.id, death)
    assert confirm(client, link).status_code == 200


def test_an_address_that_its_server_refuses_is_told_and_not_tried_again(mail, browser):
    mail.kept.refusing[ANNA] = "550 no such user"
    entered(browser)
    mail.deliver()

    assert mail.waiting() == 0
    assert "The mail server of this address takes no letters for it" in read(browser.get(PAGE))


def test_a_server_that_fails_is_asked_again_and_the_letter_comes_once(mail, browser):
    mail.kept.failing = 1
    entered(browser)
    mail.deliver()
    assert (mail.kept.to(ANNA), mail.waiting()) == ([], 1)

    for _ in range(2):
        mail.deliver_later()

    assert (len(mail.kept.to(ANNA)), mail.waiting()) == (1, 0)


def test_a_letter_that_is_sent_again_bears_the_same_number(mail, browser, app, as_worker):
    entered(browser)
    with as_worker() as session:
        (waiting,) = [
            each.payload
            for each in session.query(OutboxMessage).filter(OutboxMessage.topic == "mail.contact-link")
        ]
    for _ in range(2):
        with app.app_context(), as_worker() as session:
            app.extensions["handlers"]["mail.contact-link"][0](session, waiting)

    first, second = mail.kept.to(ANNA)
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert link_in(first) == link_in(second)


def test_the_letter_waits_without_its_token_in_the_open(mail, browser, as_worker, stranger):
    entered(browser)
    with as_worker() as session:
        (waiting,) = session.query(OutboxMessage).filter(OutboxMessage.topic == "mail.contact-link")
        kept = str(waiting.payload)
    mail.deliver()

    assert link_in(mail.kept.to(ANNA)[0]).rsplit("/", 1)[1] not in kept


def test_the_letter_is_in_the_language_that_its_reader_reads(mail, client_for, people):
    for language, words in (("ru", "Ссылка действует 24 часа"), ("en", "The link is good for 24 hours")):
        browser = client_for(people.patient().actor)
        browser.set_cookie("language", language)
        entered(browser, f"{language}@example.ru")
        mail.deliver()

        assert words in mail.kept.to(f"{language}@example.ru")[0].words


def test_a_forged_announcement_of_a_letter_is_refused(people, as_actor):
    patient = people.patient()

    for topic, payload in (
        ("mail.contact-link", f'{{"link_id": "{uuid4()}", "sealed": "00"}}'),
        ("mail.sign-in", f'{{"session_id": "{uuid4()}"}}'),
        ("contact-point.entered", f'{{"patient_id": "{patient.id}", "object_id": "{uuid4()}"}}'),
    ):
        with pytest.raises(ProgrammingError), as_actor(patient.actor) as session:
            session.execute(
                text(
                    "INSERT INTO foundation.outbox_message (id, topic, payload, announced_at, due_at) VALUES (:id, :topic, :payload, now(), now())"
                ),
                {"id": new_id(), "topic": topic, "payload": payload},
            )


def test_a_token_of_nobody_confirms_nothing(as_actor, people):
    with as_actor(people.patient().actor) as session:
        assert confirm_by_link(session, "") is False


def test_what_a_member_of_staff_keeps_is_theirs_alone(mail, english, people, walls):
    doctor, other = people.doctor(), people.doctor()
    desk = english(doctor.actor)
    answer = entered(desk, "doctor@clinic.ru", STAFF_PAGE)

    assert (answer.status_code, answer.location) == (303, STAFF_PAGE)
    assert "doctor@clinic.ru" in read(desk.get(STAFF_PAGE))
    assert "doctor@clinic.ru" not in read(english(other.actor).get(STAFF_PAGE))


def test_a_link_is_not_sent_again_for_what_is_confirmed_or_no_address(
    mail, browser, stranger, as_actor, patient
):
    entered(browser)
    mail.deliver()
    confirm(stranger, link_in(mail.kept.to(ANNA)[0]))
    press(browser, f"{PAGE}/phone", phone="+79123456789")
    with as_actor(patient.actor) as session:
        found = open_own_contacts(session)
        email, phone = found.living("email"), found.living("phone")

    again, telephone = (press(browser, f"{PAGE}/{each.id}/link") for each in (email, phone))

    assert (again.status_code, "This is confirmed already." in read(again)) == (409, True)
    assert (telephone.status_code, "confirmed at the reception" in read(telephone)) == (409, True)


def test_nothing_of_another_patient_is_confirmed_at_the_desk(people, as_actor):
    from identity.contact_points.actions import confirm_in_person

    registrar = people.registrar()
    one, other = (people.patient(cared_for_at=registrar.facility_id) for _ in range(2))
    with as_actor(one.actor) as session:
        point = enter_own(session, ContactSystem.PHONE, "+79123456789", letter_in=None)

    with pytest.raises(NotFound), as_actor(registrar.actor) as session:
        confirm_in_person(session, other.id, point)


def test_links_of_more_than_an_hour_ago_make_room(mail, browser, as_administrator, patient):
    for number in range(3):
        entered(browser, f"anna{number}@example.ru")
    with as_administrator() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text(
                "UPDATE identity.contact_link SET made_at = :at, expires_at = :at + interval '24 hours' FROM identity.contact_point p "
                "WHERE p.id = contact_point_id AND p.patient_id = :patient"
            ),
            {"at": now() - timedelta(minutes=61), "patient": patient.id},
        )

    assert entered(browser, "fourth@example.ru").status_code == 303
