"""What joining two records may not open: a registrar's own record, a link that somebody has, a clinic that was closed out."""

import pytest
from sqlalchemy import text

from foundation.errors import RuleBroken
from foundation.identifiers import new_id
from foundation.sealing import keyed_digest
from identity.access.actions import begin_care
from identity.access.enumerations import CareBasis
from identity.closures.actions import close_record, lift_closure
from identity.closures.queries import own_closures
from identity.people.rules.snils import SNILS_SYSTEM
from tests.identity.delegations.acting import HOME
from tests.identity.journeys import ENGLISH, card_of
from tests.identity.provider_process import leave_for, show_card
from tests.identity.shares.sharing import LINKS, RECORD, Sharing
from tests.pages import read

OWN = "This is your own record"


def account_of(as_administrator, account_id, patient_id):
    """By which the person has signed in before."""
    with as_administrator() as connection:
        connection.execute(
            text("INSERT INTO identity.account (id, issuer, subject, made_at) VALUES (:account, 'i', :subject, now()) "
                 "ON CONFLICT DO NOTHING"),
            {"account": account_id, "subject": str(new_id())},
        )  # fmt: skip
        connection.execute(
            text("INSERT INTO identity.patient_link (id, account_id, patient_id, basis, level, made_at) "
                 "VALUES (gen_random_uuid(), :account, :patient, 'national identifier and birth date', 3, now())"),
            {"account": account_id, "patient": patient_id},
        )  # fmt: skip


def both_ways(pair):
    return ((pair.survivor.id, pair.merged.id), (pair.merged.id, pair.survivor.id))


@pytest.mark.parametrize("whose", ["survivor", "merged"])
def test_nobody_joins_a_record_that_their_own_account_opens(pair, as_administrator, whose):
    account_of(as_administrator, pair.registrar.actor.account_id, getattr(pair, whose).id)

    for survivor, merged in both_ways(pair):
        with pytest.raises(RuleBroken, match=OWN):
            pair.join(survivor_id=survivor, merged_id=merged)


def test_nobody_joins_a_record_of_the_number_by_which_the_staff_register_knows_them(
    pair, as_administrator, client_for
):
    with as_administrator() as connection:
        connection.execute(
            text("UPDATE identity.staff_member SET national_identifier_system = :system, "
                 "national_identifier_digest = :digest WHERE id = :id"),
            {"system": SNILS_SYSTEM, "digest": keyed_digest(pair.survivor.snils), "id": pair.registrar.id},
        )  # fmt: skip

    for survivor, merged in both_ways(pair):
        with pytest.raises(RuleBroken, match=OWN):
            pair.join(survivor_id=survivor, merged_id=merged)
        page = read(
            client_for(pair.registrar.actor).get(
                f"/registry/patients/{survivor}/merges/{merged}", headers=ENGLISH
            )
        )
        assert "another registrar must do it" in page
        assert "Join the two records" not in page


@pytest.fixture
def closing(as_actor, as_loader, people):
    """A clinic that sees a record because somebody was brought there, and the person closing it out or letting it in again."""

    class Closing:
        def __init__(self) -> None:
            self.clinic = people.facility()

        def cared_for(self, patient) -> None:
            with as_loader() as session:
                begin_care(session, patient_id=patient.id, facility_id=self.clinic, basis=CareBasis.IMPORT)

        def close(self, patient) -> None:
            with as_actor(patient.actor) as session:
                close_record(session, self.clinic)

        def lift(self, patient) -> None:
            with as_actor(patient.actor) as session:
                lift_closure(session, self.clinic)

        def state(self, patient):
            with as_actor(patient.actor) as session:
                found = {each.facility.id: str(each.state) for each in own_closures(session).lines}
                return found.get(self.clinic)

    return Closing()


@pytest.mark.parametrize("cared_for", ["merged", "both"])
def test_a_closure_of_the_joined_record_stands_at_the_record_that_stays(pair, closing, cared_for):
    closing.cared_for(pair.merged)
    if cared_for == "both":
        closing.cared_for(pair.survivor)
    closing.close(pair.merged)

    merge_id = pair.join()

    assert closing.state(pair.survivor) == "closed"
    closing.lift(pair.survivor)
    assert closing.state(pair.survivor) == "open"
    pair.part(merge_id)
    # Nobody has lifted the one of that record.
    assert closing.state(pair.merged) == "closed"


@pytest.mark.parametrize("cared_for", ["merged", "both"])
def test_a_closure_made_while_they_were_one_holds_for_both_afterwards(pair, closing, cared_for):
    closing.cared_for(pair.merged)
    if cared_for == "both":
        closing.cared_for(pair.survivor)
    merge_id = pair.join()
    assert closing.state(pair.survivor) == "open"
    closing.close(pair.survivor)

    pair.part(merge_id)

    assert (closing.state(pair.survivor), closing.state(pair.merged)) == ("closed", "closed")
    closing.lift(pair.merged)
    assert closing.state(pair.merged) == "open"


def test_care_that_the_record_s_closure_ended_as_it_came_is_the_person_s_to_let_in_after_parting(
    pair, closing
):
    closing.cared_for(pair.merged)
    closing.cared_for(pair.survivor)
    closing.close(pair.survivor)
    merge_id = pair.join()
    assert closing.state(pair.survivor) == "closed"

    pair.part(merge_id)

    assert closing.state(pair.merged) == "closed"
    closing.lift(pair.merged)
    assert closing.state(pair.merged) == "open"


def test_a_link_opens_no_more_than_was_in_the_record_when_it_was_given(pair, app, client_for):
    sharing = Sharing(app, client_for)
    given = sharing.given(pair.survivor)
    looking = sharing.looking(given)
    assert looking.get(RECORD).status_code == 200

    merge_id = pair.join()

    assert looking.get(RECORD).status_code != 200
    assert sharing.open(given).status_code != 303
    told = read(sharing.browser_of(pair.survivor).get(LINKS))
    assert "Shut: your record was joined with another one since." in told
    assert "Open until" not in told
    # Given since, it was of the whole.
    assert sharing.looking(sharing.given(pair.survivor)).get(RECORD).status_code == 200
    pair.part(merge_id)
    assert sharing.open(given).status_code == 303
    assert "Shut:" not in read(sharing.browser_of(pair.survivor).get(LINKS))


def test_of_two_accounts_that_ever_opened_them_the_registrar_says_which_goes_on(pair, as_administrator):
    for each in (pair.survivor, pair.merged):
        account_of(as_administrator, new_id(), each.id)

    with pytest.raises(RuleBroken, match="Say which opens"):
        pair.join()
    pair.join(with_accounts=False)


def test_one_account_of_both_is_nothing_to_choose(pair, as_administrator):
    account_id = new_id()
    for each in (pair.survivor, pair.merged):
        account_of(as_administrator, account_id, each.id)

    pair.join()


@pytest.mark.parametrize("with_accounts", [True, False])
def test_the_number_of_the_joined_record_signs_in_where_its_account_goes_on_and_nowhere_else(
    app, pair, people, provider, without_snils, with_accounts
):
    named = people.patient(cared_for_at=pair.registrar.facility_id)
    bare = without_snils(people.patient(cared_for_at=pair.registrar.facility_id))
    card = card_of(provider, named)

    def signs_in() -> bool:
        browser = app.test_client()
        browser.get(show_card(leave_for(browser, "/sign-in/demo"), card))
        return browser.get(HOME).status_code == 200

    merge_id = pair.join(survivor_id=bare.id, merged_id=named.id, with_accounts=with_accounts)

    assert signs_in() is with_accounts
    pair.part(merge_id)
    assert signs_in()
