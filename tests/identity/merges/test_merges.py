"""Two records of one person are joined at the registrar's desk: what stands against it, who may, and what ends with it."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from foundation.audit import AuditEvent
from foundation.clock import today
from foundation.errors import NotFound, RuleBroken, Stale
from foundation.identifiers import new_id
from foundation.outbox import OutboxMessage, announce
from identity.access.actions import begin_care
from identity.access.enumerations import CareBasis
from identity.merges.actions import merge_records, undo_merge
from identity.merges.queries import merge_preview, merges_in_care
from identity.merges.tables import Merge
from identity.patients.queries.identities import WholeIdentity
from identity.patients.queries.patients import patient_card
from identity.registry.actions import look_up_identity
from identity.roles import STAFF_ROLES, Role
from portal.notices.actions import add_booking_notice, add_merge_notice
from portal.notices.tables import Notice
from tests.dispatch_backend.factories import Desk
from tests.identity.deaths.factories import died
from tests.identity.delegations.acting import HOME, Acting
from tests.identity.journeys import card_of
from tests.identity.merges.conftest import REASON, SEEN
from tests.identity.provider_process import leave_for, show_card


def stands(as_administrator, table, patient_id):
    with as_administrator() as connection:
        count = text(f"SELECT count(*) FROM {table} WHERE patient_id = :id")
        return connection.execute(count, {"id": patient_id}).scalar_one()


def test_two_people_with_a_snils_each_are_never_joined(pair, people, registrar):
    other = people.patient(cared_for_at=registrar.facility_id)

    with pytest.raises(RuleBroken, match="two people"):
        pair.join(merged_id=other.id)


def test_another_day_of_birth_needs_a_document_of_which_a_digest_is_kept(
    pair, people, registrar, as_actor, without_snils
):
    other = without_snils(people.patient(cared_for_at=registrar.facility_id, birth_date=date(1961, 5, 3)))

    with pytest.raises(RuleBroken, match="which document"):
        pair.join(merged_id=other.id)
    merge_id = pair.join(merged_id=other.id, seen=SEEN)

    with as_actor(registrar.actor) as session:
        row = session.get_one(Merge, merge_id)
    assert (row.document_kind, len(row.evidence_digest)) == ("passport", 64)
    assert row.merged_person["birth_date"] == "1961-05-03"


def test_of_one_who_has_died_and_one_who_lives_nothing_is_joined(pair, as_actor, registrar):
    with as_actor(registrar.actor) as session:
        died(session, pair.merged.id)

    with pytest.raises(RuleBroken, match="death is recorded"):
        pair.join()
    with as_actor(registrar.actor) as session:
        died(session, pair.survivor.id)
    pair.part(pair.join())


def test_deaths_of_different_days_are_no_one_s(pair, as_actor, registrar):
    with as_actor(registrar.actor) as session:
        died(session, pair.merged.id)
        died(session, pair.survivor.id, on=date(2020, 1, 1))

    with pytest.raises(RuleBroken, match="another day"):
        pair.join()


def test_twin_referrals_and_visits_at_one_moment_are_for_people_to_settle_first(
    pair, people, as_actor, as_loader
):
    desk = Desk(people, as_actor, as_loader)
    with as_loader() as session:
        for each in (pair.survivor, pair.merged):
            begin_care(
                session, patient_id=each.id, facility_id=desk.doctor.facility_id, basis=CareBasis.IMPORT
            )
    one, other = desk.sent(pair.survivor), desk.sent(pair.merged)
    with pytest.raises(RuleBroken, match="open referral for the same service"):
        pair.join()

    desk.booked(one, desk.slot())
    with pytest.raises(RuleBroken, match="same service"):
        pair.join()
    assert one != other


def test_visits_at_one_moment_stand_against_it(pair, people, as_actor, as_loader):
    desk = Desk(people, as_actor, as_loader)
    with as_loader() as session:
        for each in (pair.survivor, pair.merged):
            begin_care(
                session, patient_id=each.id, facility_id=desk.doctor.facility_id, basis=CareBasis.IMPORT
            )
    slot = desk.offered()
    desk.booked(desk.sent(pair.survivor), slot.id)
    same_time = desk.slot(service_code="C-NEUR", starts_at=slot.starts_at)
    desk.booked(desk.sent(pair.merged, service_code="C-NEUR"), same_time)

    with pytest.raises(RuleBroken, match="visit at the same time"):
        pair.join()


def test_there_are_no_chains_and_nothing_is_joined_twice(pair, people, registrar, without_snils):
    third = without_snils(people.patient(cared_for_at=registrar.facility_id))
    with pytest.raises(RuleBroken, match="same record"):
        pair.join(merged_id=pair.survivor.id)
    pair.join()

    with pytest.raises(NotFound):
        pair.join()
    with pytest.raises(NotFound):
        pair.join(survivor_id=pair.merged.id, merged_id=third.id)
    with pytest.raises(RuleBroken, match="joined into this one"):
        pair.join(survivor_id=third.id, merged_id=pair.survivor.id)


def test_several_are_joined_into_one_and_parted_in_any_order(
    pair, people, registrar, without_snils, as_administrator
):
    third = without_snils(people.patient(cared_for_at=registrar.facility_id))
    merges = {each.id: pair.join(merged_id=each.id) for each in (pair.merged, third)}

    assert stands(as_administrator, "identity.patient_identifier", pair.survivor.id) == 3
    for patient_id, merge_id in merges.items():
        pair.part(merge_id)
        assert stands(as_administrator, "identity.patient_identifier", patient_id) == 1
    with pytest.raises(Stale, match="parted these records meanwhile"):
        pair.part(merges[third.id])
    # And once more.
    pair.part(pair.join())


def test_another_facility_s_registrar_neither_joins_nor_parts(pair, people, as_actor, walled):
    merge_id, elsewhere = pair.join(), people.registrar()
    half = people.patient(cared_for_at=pair.registrar.facility_id)
    own = people.patient(cared_for_at=elsewhere.facility_id)

    walled()
    for survivor, merged in ((half, own), (own, half)):
        with pytest.raises((NotFound, DBAPIError)), as_actor(elsewhere.actor) as session:
            merge_records(session, survivor_id=survivor.id, merged_id=merged.id, reason=REASON, seen=None)
        with pytest.raises((NotFound, DBAPIError)), as_actor(elsewhere.actor) as session:
            merge_preview(session, survivor_id=survivor.id, merged_id=merged.id)
    with pytest.raises(NotFound), as_actor(elsewhere.actor) as session:
        undo_merge(session, merge_id, reason=REASON)
    with as_actor(elsewhere.actor) as session:
        assert merges_in_care(session).cards == []
    with as_actor(pair.registrar.actor) as session:
        assert merge_id in [each.id for each in merges_in_care(session).cards]


@pytest.mark.parametrize("role", [each for each in STAFF_ROLES if each is not Role.REGISTRAR])
def test_the_database_lets_a_registrar_alone_join_look_and_part(pair, as_actor, people, role):
    merge_id = pair.join()
    colleague = people.staff(role, facility_id=pair.registrar.facility_id)
    other = people.patient(cared_for_at=colleague.facility_id)

    for statement in (
        "SELECT identity.merge_records(:id, :one, :other, 'x', '', '', true)",
        "SELECT identity.look_at_merge(:one, :other)",
        "SELECT identity.undo_merge(:merge, 'x')",
    ):
        told = {"id": new_id(), "one": pair.survivor.id, "other": other.id, "merge": merge_id}
        with pytest.raises(DBAPIError, match="not the actor's"), as_actor(colleague.actor) as session:
            session.execute(text(statement), {key: told[key] for key in told if f":{key}" in statement})


def test_no_row_is_written_beside_the_functions_and_nothing_announced_that_was_not_done(pair, as_actor):
    merge_id = pair.join()

    for statement in (
        "INSERT INTO identity.merge_undone (merge_id, survivor_id, reason, staff_id, facility_id) "
        "SELECT id, survivor_id, 'x', staff_id, facility_id FROM identity.merge",
        "UPDATE identity.patient SET merged_into = NULL",
        "DELETE FROM identity.merge",
        "SELECT * FROM identity.merged_row",
        "SELECT identity.move_record(gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), true, true)",
        "INSERT INTO identity.record_part (table_name) VALUES ('x')",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), as_actor(pair.registrar.actor) as session:
            session.execute(text(statement))
    told = {"patient_id": str(pair.survivor.id), "object_id": str(merge_id)}
    for topic in ("merge.recorded", "merge.undone"):
        with pytest.raises(DBAPIError, match="row-level security"), as_actor(pair.registrar.actor) as session:
            announce(session, topic, told)


def test_the_number_leads_to_the_record_that_stays_and_the_old_address_to_nothing(
    pair, as_actor, client_for, people, without_snils
):
    named = people.patient(cared_for_at=pair.registrar.facility_id)
    bare = without_snils(people.patient(cared_for_at=pair.registrar.facility_id))
    merge_id = pair.join(survivor_id=bare.id, merged_id=named.id)

    with as_actor(pair.registrar.actor) as session:
        found = look_up_identity(session, WholeIdentity(snils=named.snils))
    desk = client_for(pair.registrar.actor)
    assert [each.id for each in found] == [bare.id]
    assert desk.get(f"/registry/patients/{named.id}").status_code == 404
    assert desk.get(f"/registry/patients/{bare.id}").status_code == 200
    pair.part(merge_id)
    with as_actor(pair.registrar.actor) as session:
        assert [each.id for each in look_up_identity(session, WholeIdentity(snils=named.snils))] == [named.id]


def test_sessions_of_both_end_at_once_and_one_signs_in_by_the_number_into_the_record_that_stays(
    app, pair, people, client_for, provider, without_snils
):
    named = people.patient(cared_for_at=pair.registrar.facility_id)
    bare = without_snils(people.patient(cared_for_at=pair.registrar.facility_id, family_name="Остаётова"))
    browsers = [client_for(each.actor) for each in (named, bare)]
    card = card_of(provider, named)
    assert [each.get(HOME).status_code for each in browsers] == [200, 200]

    merge_id = pair.join(survivor_id=bare.id, merged_id=named.id)

    assert [each.get(HOME).status_code for each in browsers] == [303, 303]
    again = app.test_client()
    assert again.get(show_card(leave_for(again, "/sign-in/demo"), card)).status_code == 303
    assert "Остаётова" in again.get(HOME).text
    # One that began while the two were being joined opens nothing.
    assert client_for(named.actor).get(HOME).status_code == 303
    pair.part(merge_id)
    assert again.get(HOME).status_code == 303


def test_who_acts_for_either_chooses_anew(pair, people, client_for, as_loader, as_administrator):
    acting, daughter = Acting(people, client_for, as_loader, as_administrator), people.patient()
    right = acting.let(daughter, pair.merged)
    browser = acting.acting(daughter, right)
    own = acting.let(pair.survivor, pair.merged)

    merge_id = pair.join()

    assert browser.get(HOME).status_code == 303
    assert acting.go_on(acting.browser_of(daughter), right).status_code == 303
    with as_administrator() as connection:
        ends = connection.execute(
            text("SELECT reason FROM identity.delegation_end WHERE delegation_id = :id"), {"id": own}
        )
        assert ends.scalars().all() == ["merge"]
    pair.part(merge_id)
    assert stands(as_administrator, "identity.delegation", pair.merged.id) == 2


def test_where_each_is_opened_by_an_account_of_its_own_the_registrar_says_which_goes_on(
    pair, as_administrator, as_actor
):
    accounts = {}
    with as_administrator() as connection:
        for each in (pair.survivor, pair.merged):
            told = {"account": new_id(), "patient": each.id, "subject": str(new_id()), "code": new_id(),
                    "staff": pair.registrar.id, "facility": pair.registrar.facility_id}  # fmt: skip
            accounts[each.id] = told["subject"]
            for statement in (
                "INSERT INTO identity.account (id, issuer, subject, made_at) VALUES (:account, 'i', :subject, now())",
                "INSERT INTO identity.linking_code (id, slip, code_digest, patient_id, document_kind, evidence_digest, staff_id, "
                "facility_id, given_at, expires_at) VALUES (:code, left(:subject, 4), 'x', :patient, 'passport', repeat('0', 64), "
                ":staff, :facility, now(), now() + interval '1 minute')",
                "INSERT INTO identity.confirmed_identity (id, account_id, patient_id, document_kind, evidence_digest, staff_id, "
                "facility_id, code_id) VALUES (gen_random_uuid(), :account, :patient, 'passport', repeat('0', 64), :staff, "
                ":facility, :code)",
            ):
                connection.execute(
                    text(statement), {key: value for key, value in told.items() if f":{key}" in statement}
                )

    def opened_by(patient_id):
        with as_actor(pair.survivor.actor) as session:
            asked = text("SELECT patient_id FROM identity.confirmed_patient('i', :subject)")
            return session.execute(asked, {"subject": accounts[patient_id]}).scalars().all()

    with pytest.raises(RuleBroken, match="Say which opens"):
        pair.join()
    alone = pair.join(with_accounts=False)
    assert opened_by(pair.survivor.id) == [pair.survivor.id]
    assert opened_by(pair.merged.id) == []
    pair.part(alone)
    assert opened_by(pair.merged.id) == [pair.merged.id]
    pair.join(with_accounts=True)
    assert opened_by(pair.merged.id) == [pair.survivor.id]


def test_both_people_are_told_and_late_news_are_of_the_record_that_stays(pair, as_worker, as_actor):
    merge_id = pair.join()

    with as_worker() as session:
        heard = select(OutboxMessage.payload).where(OutboxMessage.topic == "merge.recorded")
        told = [each for each in session.scalars(heard) if each["object_id"] == str(merge_id)]
        for payload in told:
            add_merge_notice(session, payload)
        add_booking_notice(session, {"patient_id": str(pair.merged.id), "object_id": str(new_id())})
        rows = session.execute(
            select(Notice.patient_id, Notice.kind).where(
                Notice.patient_id.in_([pair.survivor.id, pair.merged.id])
            )
        ).all()
    assert {UUID(each["patient_id"]) for each in told} == {pair.survivor.id, pair.merged.id}
    assert sorted((str(each.kind), each.patient_id) for each in rows) == sorted(
        [("merge", pair.survivor.id), ("merge", pair.merged.id), ("booking", pair.survivor.id)]
    )


def test_both_read_in_the_list_of_accesses_that_it_was_done_and_why(pair, as_actor):
    merge_id = pair.join()
    pair.part(merge_id)

    for each in (pair.survivor, pair.merged):
        with as_actor(each.actor) as session:
            rows = session.execute(
                select(AuditEvent.act, AuditEvent.reason).where(AuditEvent.patient_id == each.id)
            ).all()
        assert ("merge.recorded", REASON) in rows
        assert ("merge.undone", "They are twins") in rows


def test_a_day_of_the_death_is_the_same_today(pair, as_actor, registrar):
    with as_actor(registrar.actor) as session:
        died(session, pair.merged.id, on=today())
        died(session, pair.survivor.id, on=today())

    pair.join()

    with as_actor(registrar.actor) as session:
        assert patient_card(session, pair.survivor.id).death
