"""The policy is one table: what row security lets somebody read, and what the application does, is compared with it cell by
cell, for every role, every basis of care and every part of a record.
"""

import re
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import column, select, table, text
from sqlalchemy.exc import IntegrityError

from foundation.database.transactions import transaction
from foundation.postgres.roles import WEB
from identity.access import queries as access
from identity.access.enumerations import CareBasis, Deed, Thing
from identity.access.rules.policy import decision, law_decision, may_be_opened_by_law, roles_that_may
from identity.access.tables import CareRelation
from identity.patients.tables import Patient
from identity.roles import DISPATCHING, STAFF_ROLES, Role

# What each table of a record is; the columns that name its patient.
TABLES = {
    Thing.DEMOGRAPHICS: ("identity.patient", "identity.patient_identifier"),
    Thing.REFERRALS: ("dispatch.referral", "dispatch.referral_event"),
    Thing.BOOKINGS: ("dispatch.booking", "dispatch.slot_occupancy"),
    Thing.ENTRIES: ("emr.entry", "emr.entry_version", "emr.entry_summary", "emr.signature"),
    Thing.IMAGES: ("archive.study", "archive.series", "archive.instance", "archive.series_metadata"),
}
# What tells of an entry, and in each table the column of who wrote the row.
LABELLED = {
    "emr.entry_version": "author_id",
    "emr.entry_summary": "author_id",
    "emr.signature": "signer_id",
}
# The policies of row security that ask for a role, and which lines of the table they say; by their end of the name. What is
# typed and not saved is its author's alone.
STEPS = (Deed.ADD, Deed.CARRY_ON)
POLICIES = {
    **{f"{each}.care": ((Deed.READ,), thing) for thing, names in TABLES.items() for each in names},
    "dispatch.booking_cancellation.care": ((Deed.READ,), Thing.BOOKINGS),
    "dispatch.booking_outcome.care": ((Deed.READ,), Thing.BOOKINGS),
    "archive.study_reading.care": ((Deed.READ,), Thing.IMAGES),
    "archive.study_reading.care_add": ((Deed.READ,), Thing.IMAGES),
    "dispatch.referral.care_add": ((Deed.ADD,), Thing.REFERRALS),
    "dispatch.referral.care_step": ((Deed.CARRY_ON,), Thing.REFERRALS),
    "dispatch.referral_event.care_add": (STEPS, Thing.REFERRALS),
    "dispatch.booking.care_add": ((Deed.ADD,), Thing.BOOKINGS),
    "dispatch.booking_cancellation.care_add": ((Deed.ADD,), Thing.BOOKINGS),
    "dispatch.booking_outcome.care_add": ((Deed.CARRY_ON,), Thing.BOOKINGS),
    "dispatch.slot_occupancy.care_add": ((Deed.ADD,), Thing.BOOKINGS),
    "dispatch.slot_occupancy.free": ((Deed.CARRY_ON,), Thing.BOOKINGS),
    "emr.entry.care_add": ((Deed.ADD,), Thing.ENTRIES),
    "emr.entry_version.care_add": ((Deed.ADD,), Thing.ENTRIES),
    "emr.entry_summary.care_add": ((Deed.ADD,), Thing.ENTRIES),
    "emr.entry_summary.redraw": ((Deed.ADD,), Thing.ENTRIES),
    "emr.signature.care_add": ((Deed.ADD,), Thing.ENTRIES),
    "emr.draft.own": ((Deed.ADD,), Thing.ENTRIES),
    "interop.export.care_add": ((Deed.EXPORT,), Thing.ENTRIES),
    "identity.merge.care": ((Deed.READ,), Thing.DEMOGRAPHICS),
    "identity.merge_undone.care": ((Deed.READ,), Thing.DEMOGRAPHICS),
}
ROLES_ASKED = re.compile(r"actor_role\(\) AS actor_role\) = ('[a-z-]+'::text|ANY \(ARRAY\[[^]]*\])")
# What asks that a row bears the role of who writes it, and lets nobody in.
OWN_ROLE = {
    "dispatch.dispatch_referral_event_own_name",
    "emr.emr_entry_version_own_place",
    "foundation.audit_event_own_place",
    "identity.session_of_the_actor",
}
# The privacy officer's cases, which are no part of a record.
OF_THE_OFFICER = {
    "identity.legal_opening_add",
    "identity.legal_opening_end_add",
    "identity.identity_emergency_figure_officer",
    "identity.identity_emergency_officer",
    "identity.identity_emergency_verdict_officer",
    "identity.identity_emergency_verdict_add",
    "identity.identity_waiting_emergency_officer",
    "portal.portal_erasure_request_officer",
    "portal.portal_erasure_item_officer",
    "portal.portal_erasure_step_officer",
    "portal.portal_erasure_step_answer",
    "portal.portal_waiting_erasure_officer",
    "portal.portal_waiting_erasure_officer_delete",
    "portal.portal_waiting_erasure_officer_update",
    "portal.portal_objection_officer",
    "portal.portal_objection_step_officer",
    "portal.portal_objection_step_answer",
    "portal.portal_waiting_objection_officer_select",
    "portal.portal_waiting_objection_officer_delete",
}

# Who asks for a record and which account opens it, which are no part of one.
OF_THE_REGISTRAR = {
    "identity.record_request_registrar",
    "identity.record_request_answer_registrar",
    "identity.record_request_answer_add",
    "identity.identity_confirmed_identity_care",
    "identity.identity_confirmed_identity_add",
    "identity.identity_confirmed_identity_end_care",
    "identity.identity_confirmed_identity_end_add",
    "identity.identity_death_care",
    "identity.identity_death_undone_care",
    "emr.emr_conflict_answer_add",
    "emr.emr_conflict_answer_care",
    "emr.emr_conflict_outcome_care",
    "emr.emr_import_conflict_decision_registrar",
    "emr.emr_import_conflict_registrar",
    "identity.identity_linking_code_care",
    "identity.identity_linking_code_given",
    "identity.identity_contact_point_care",
    "identity.identity_contact_point_desk_add",
    "identity.identity_contact_point_end_add",
    "identity.identity_contact_point_confirmation_add",
    "identity.identity_guardianship_care",
    "identity.identity_guardianship_add",
    "identity.identity_delegation_of_guardian",
    "identity.identity_delegation_end_of_guardian",
    "identity.identity_delegation_end_guardian_read",
}
# Who works where as what, which is no part of a record either.
OF_THE_ADMINISTRATOR = {
    "identity.passkey_reset_add",
    "identity.passkey_reset_seen",
    "identity.passkey_reset_confirmation_add",
    "identity.passkey_reset_confirmation_seen",
    "identity.facility_administrator_add",
    "identity.facility_administrator_change",
    "identity.staff_member_administrator_add",
    "identity.staff_member_administrator_change",
    "identity.staff_post_administrator_add",
    "identity.staff_post_administrator_change",
    "identity.staff_post_change_read",
}
OF_THE_ANALYST = {"dispatch.quarter_count_analyst"}
OF_THE_KEEPER = {
    f"dispatch.closed_time{end}_{policy}" for end in ("", "_end") for policy in ("kept", "kept_add")
}
OF_DISPATCHING = {"dispatch.closed_time_dispatching", "dispatch.closed_time_end_dispatching"}


@pytest.fixture
def colleagues(people, desk, as_actor):
    """Somebody of each role at the victim's clinic, signed in."""
    made = {role: people.staff(role, facility_id=desk.doctor.facility_id).actor for role in STAFF_ROLES}
    for actor in made.values():
        with as_actor(actor):
            pass
    return made


def _let_care_be(above_the_law, patient_id, facility_id, basis):
    """Care of the patient at the facility is on this basis alone, a team's beside other care; None: there is none."""
    relations = above_the_law.query(CareRelation).filter_by(patient_id=patient_id, facility_id=facility_id)
    relations.delete()
    if basis is CareBasis.TEAM:
        above_the_law.add(
            CareRelation(patient_id=patient_id, facility_id=facility_id, basis=CareBasis.IMPORT)
        )
        above_the_law.flush()
    if basis:
        above_the_law.add(CareRelation(patient_id=patient_id, facility_id=facility_id, basis=basis))
    above_the_law.commit()


def _rows(name):
    """The column that names the patient in that table."""
    schema, _, own = name.partition(".")
    patient = "id" if own == "patient" else "patient_id"
    return table(own, column(patient), schema=schema).c[patient]


@pytest.mark.parametrize("wall", ["row security", "the application"])
def test_each_wall_reads_the_policy_cell_by_cell(
    wall, request, victim, desk, colleagues, above_the_law, engines
):
    patient_id, clinic = UUID(victim.objects["patient_id"]), desk.doctor.facility_id
    if wall == "the application":
        request.getfixturevalue("row_security_off")
    wrong, opened = [], 0
    for basis in (None, *CareBasis):
        _let_care_be(above_the_law, patient_id, clinic, basis)
        for role, actor in colleagues.items():
            with transaction(actor, on=engines[WEB]) as session:
                for thing, names in TABLES.items():
                    for name in names:
                        patient = _rows(name)
                        asked = select(patient).where(patient == patient_id)
                        if wall == "the application":
                            asked = asked.where(access.readable_by(session, thing, patient))
                        seen = session.connection().execute(asked).first() is not None
                        opened += seen
                        if seen != decision(role, basis, thing, Deed.READ).allowed:
                            wrong.append((role.value, basis, name, seen))

    # Whoever may not open in an emergency is never given care on that basis: the walls need not tell it apart.
    excused = [each for each in wrong if each[1] is CareBasis.EMERGENCY and wall == "row security"]
    assert [each for each in wrong if each not in excused] == []
    assert opened > 300


@pytest.mark.parametrize("wall", ["row security", "the application"])
def test_each_wall_reads_the_policy_of_labelled_entries_cell_by_cell(
    wall, request, victim, desk, colleagues, above_the_law, engines
):
    patient_id, clinic = UUID(victim.objects["patient_id"]), desk.doctor.facility_id
    _label_all_of(above_the_law, patient_id)
    if wall == "the application":
        request.getfixturevalue("row_security_off")
    wrong, opened = [], 0
    for basis in (None, *CareBasis):
        _let_care_be(above_the_law, patient_id, clinic, basis)
        for role, actor in colleagues.items():
            with transaction(actor, on=engines[WEB]) as session:
                for name, author in LABELLED.items():
                    asked = _labelled_rows(session, name, author, wall).where(
                        column("patient_id") == patient_id
                    )
                    seen = session.connection().execute(asked).first() is not None
                    opened += seen
                    if seen != decision(role, basis, Thing.LABELLED_ENTRIES, Deed.READ).allowed:
                        wrong.append((role.value, basis, name, seen))

    assert wrong == []
    assert opened >= 12


def _label_all_of(above_the_law, patient_id):
    for name in ("emr.entry", *LABELLED):
        above_the_law.execute(
            text(f"UPDATE {name} SET restrictions = '{{PSY}}' WHERE patient_id = :patient"),
            {"patient": patient_id},
        )
    above_the_law.commit()


def _labelled_rows(session, name, author, wall):
    own = table(name.partition(".")[2], *map(column, ("patient_id", "restrictions", author)), schema="emr")
    asked = select(own.c.patient_id)
    if wall == "row security":
        return asked
    restricted = access.Restricted(own.c.restrictions, own.c[author])
    return asked.where(access.readable_by(session, Thing.ENTRIES, own.c.patient_id, restricted=restricted))


def _seen(session, thing, patient_id, *, by_application):
    """Which tables of that part of the record somebody sees a row of."""
    for name in TABLES[thing]:
        patient = _rows(name)
        asked = select(patient).where(patient == patient_id)
        if by_application:
            asked = asked.where(access.readable_by(session, thing, patient))
        yield name, session.connection().execute(asked).first() is not None


@pytest.mark.parametrize("wall", ["row security", "the application"])
def test_each_wall_reads_the_policy_of_the_law_cell_by_cell(
    wall, request, victim, desk, colleagues, law, above_the_law, engines
):
    patient_id, clinic = UUID(victim.objects["patient_id"]), desk.doctor.facility_id
    _let_care_be(above_the_law, patient_id, clinic, None)
    if wall == "the application":
        request.getfixturevalue("row_security_off")
    wrong, taken = [], 0
    for role, actor in colleagues.items():
        for opened in Thing:
            law.forget()
            try:
                law.opens(opened, role, clinic)
                kept = True
            except IntegrityError:
                kept = False
            taken += kept
            # The table takes what the policy lets the law open, and nothing else.
            assert kept == may_be_opened_by_law(role, opened)
            with transaction(replace(actor, opened_by_law=(opened.value,)), on=engines[WEB]) as session:
                for thing in TABLES:
                    expected = law_decision(role, [opened], thing, Deed.READ).allowed
                    for name, seen in _seen(
                        session, thing, patient_id, by_application=wall == "the application"
                    ):
                        if seen != expected:
                            wrong.append((role.value, opened.value, name, seen))

    assert wrong == []
    assert taken == 16


def test_row_security_looks_at_the_law_itself_and_at_whom_it_names(
    victim, desk, people, colleagues, law, above_the_law, as_actor, engines
):
    patient_id, clinic = UUID(victim.objects["patient_id"]), desk.doctor.facility_id
    _let_care_be(above_the_law, patient_id, clinic, None)
    elsewhere = people.staff(Role.RADIOLOGIST).actor
    with as_actor(elsewhere):
        pass

    def sees(actor, *opened):
        with transaction(replace(actor, opened_by_law=opened), on=engines[WEB]) as session:
            return any(seen for _name, seen in _seen(session, Thing.IMAGES, patient_id, by_application=False))

    radiologist = colleagues[Role.RADIOLOGIST]
    without_a_row = sees(radiologist, "images")
    law.opens(Thing.IMAGES, Role.RADIOLOGIST, clinic)

    assert not without_a_row
    assert sees(radiologist, "images")
    assert not sees(radiologist)
    assert not sees(elsewhere, "images")
    assert not sees(colleagues[Role.DOCTOR], "images")
    law.opens(Thing.IMAGES, Role.RADIOLOGIST, None)
    assert sees(elsewhere, "images")


def test_images_that_the_law_opens_are_looked_at_and_that_leaves_its_line(
    victim, desk, colleagues, law, above_the_law, client_for, as_administrator, walls
):
    patient_id, clinic = UUID(victim.objects["patient_id"]), desk.doctor.facility_id
    _let_care_be(above_the_law, patient_id, clinic, None)
    radiologist = colleagues[Role.RADIOLOGIST]
    browser, pages = (
        client_for(radiologist),
        [
            f"/emr/archive/studies/{victim.objects['study_uid']}/metadata",
            f"/emr/reading/{patient_id}",
            f"/emr/patients/{patient_id}/images/{victim.objects['study_uid']}",
        ],
    )

    before = [browser.get(each).status_code for each in pages]
    law.opens(Thing.IMAGES, Role.RADIOLOGIST, clinic)
    after = [browser.get(each).status_code for each in pages]

    assert (before, after) == ([404, 404, 404], [200, 200, 200])
    with as_administrator() as connection:
        acts = connection.execute(
            text("SELECT act FROM foundation.audit_event WHERE patient_id = :patient AND staff_id = :staff"),
            {"patient": patient_id, "staff": radiologist.staff_id},
        ).scalars()
        assert "study.opened" in set(acts)


@pytest.mark.parametrize("wall", ["row security", "the application"])
def test_the_law_opens_nothing_that_is_restricted_and_no_joined_record(
    wall, request, victim, desk, colleagues, law, above_the_law, engines
):
    patient_id, clinic = UUID(victim.objects["patient_id"]), desk.doctor.facility_id
    _let_care_be(above_the_law, patient_id, clinic, None)
    law.opens(Thing.ENTRIES, Role.DOCTOR, clinic)
    if wall == "the application":
        request.getfixturevalue("row_security_off")
    doctor = replace(colleagues[Role.DOCTOR], opened_by_law=("entries",))

    def sees(name, author):
        with transaction(doctor, on=engines[WEB]) as session:
            asked = _labelled_rows(session, name, author, wall).where(column("patient_id") == patient_id)
            return session.connection().execute(asked).first() is not None

    def knows():
        with transaction(doctor, on=engines[WEB]) as session:
            asked = select(Patient.id).where(Patient.id == patient_id)
            if wall == "the application":
                asked = asked.where(access.readable_by(session, Thing.DEMOGRAPHICS, Patient.id))
            return session.scalar(asked) is not None

    assert all(sees(name, author) for name, author in LABELLED.items())
    _label_all_of(above_the_law, patient_id)
    assert not any(sees(name, author) for name, author in LABELLED.items())
    assert knows()
    above_the_law.execute(
        text("UPDATE identity.patient SET merged_into = :other WHERE id = :id"),
        {"id": patient_id, "other": desk.patient().id},
    )
    above_the_law.commit()
    assert not knows()


def test_care_of_one_person_is_nobody_elses(victim, desk, people, as_actor, above_the_law, walled):
    patient_id, clinic = UUID(victim.objects["patient_id"]), desk.doctor.facility_id
    treats, beside = (people.doctor(facility_id=clinic) for _ in range(2))
    _let_care_be(above_the_law, patient_id, clinic, None)
    above_the_law.add(
        CareRelation(patient_id=patient_id, facility_id=clinic, basis=CareBasis.EMERGENCY, staff_id=treats.id)
    )
    above_the_law.commit()
    walled()
    seen = {}
    for doctor in (treats, beside):
        with as_actor(doctor.actor) as session:
            patient = _rows("emr.entry")
            asked = select(patient).where(
                patient == patient_id, access.readable_by(session, Thing.ENTRIES, patient)
            )
            seen[doctor.id] = session.connection().execute(asked).first() is not None

    assert seen == {treats.id: True, beside.id: False}


def test_every_policy_that_asks_for_a_role_names_those_of_the_table(as_administrator):
    with as_administrator() as connection:
        found = connection.execute(
            text(
                "SELECT schemaname || '.' || tablename AS name, schemaname || '.' || policyname AS policy, "
                "concat(qual, ' ', with_check) AS condition FROM pg_policies "
                "WHERE concat(qual, with_check) LIKE '%actor_role()%'"
            )
        ).all()
    asked = {
        each.policy: {
            frozenset(re.findall(r"[a-z][a-z-]+(?=')", roles))
            for roles in ROLES_ASKED.findall(each.condition)
        }
        for each in found
        if each.policy not in OWN_ROLE
    }
    expected = {
        _policy(name): {frozenset(role.value for deed in deeds for role in roles_that_may(deed, thing))}
        for name, (deeds, thing) in POLICIES.items()
    } | {policy: {frozenset({Role.PRIVACY_OFFICER.value})} for policy in OF_THE_OFFICER}
    expected |= {policy: {frozenset({Role.REGISTRAR.value})} for policy in OF_THE_REGISTRAR}
    expected |= {policy: {frozenset({Role.ADMINISTRATOR.value})} for policy in OF_THE_ADMINISTRATOR}
    expected |= {policy: {frozenset({Role.MINISTRY_ANALYST.value})} for policy in OF_THE_ANALYST}
    expected |= {policy: {frozenset({Role.SCHEDULE_KEEPER.value})} for policy in OF_THE_KEEPER}
    expected |= {policy: {frozenset(each.value for each in DISPATCHING)} for policy in OF_DISPATCHING}

    assert {policy: roles for policy, roles in asked.items() if expected.get(policy) != roles} == {}
    assert asked.keys() == expected.keys()


def _policy(name):
    schema, own, ending = name.split(".")
    return f"{schema}.{schema}_{own}_{ending}"
