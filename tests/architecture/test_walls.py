"""The database's own wall, asked of its catalogue: nothing with patient data stands outside it."""

import re
from collections.abc import Iterable
from importlib import import_module

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from foundation.database.tables import Base
from foundation.postgres.roles import DOORKEEPER, LOADER, LOGIN_ROLES, WEB
from tests.architecture.house import HOUSE, files_of_word, name_of

SCHEMAS = ("foundation", "identity", "dispatch", "archive", "emr", "portal", "interop")

REGISTER = "a public register: "

# Tables outside the wall, why each may stand there, and the columns that could hold words or whole documents.
# A column that is not named here fails the build, as a table does.
OUTSIDE_THE_WALL = {
    "foundation.alembic_version": ("which migration was the last", {"version_num"}),
    "foundation.demo_mark": ("that the people here are made up", set()),
    "emr.drawing_rules": ("by which rules the lines were drawn last", {"digest"}),
    "emr.label_rule": (
        REGISTER + "which codes the law guards more closely, and by which paragraph",
        {"system", "code_from", "code_to", "label", "basis_en", "basis_ru"},
    ),
    "emr.hiding_rule": (
        REGISTER + "entries of which kind people may hide",
        {"kind", "basis_en", "basis_ru"},
    ),
    "emr.labelling": ("by which rules the entries were labelled last", {"digest"}),
    "foundation.shared_count": ("how often an address of the network did something lately", {"key"}),
    "foundation.verification": (
        "which numbered elements of a history do not hold, and in one word of our own why",
        {"name", "looks_at", "goes_on", "checked", "broken"},
    ),
    "identity.closing_rule": (
        REGISTER + "which care the law lets a person close their record to",
        {"basis", "basis_en", "basis_ru"},
    ),
    "identity.age_limit": (REGISTER + "the ages that the law names", {"kind", "basis_en", "basis_ru"}),
    "identity.confidentiality_rule": (
        REGISTER + "from which age on what is a child's own matter",
        {"label", "basis_en", "basis_ru"},
    ),
    "identity.facility": (
        REGISTER + "places, not people",
        {
            *("code", "kind", "name_en", "name_ru", "settlement_en", "settlement_ru"),
            *("address_en", "address_ru", "telephone"),
        },
    ),
    "identity.staff_member": (
        REGISTER
        + "who works here, shown to whoever they treat; identifier and birth date only sealed or as keyed digests",
        {
            *("family_name", "given_name", "middle_name", "position_en", "position_ru"),
            *("national_identifier_system", "national_identifier_digest", "national_identifier_sealed"),
            "birth_date_digest",
        },
    ),
    "identity.staff_post": (
        REGISTER
        + "who works where as what; why is moved behind the wall as it is written, and nothing of it stays",
        {"role", "reason"},
    ),
    "identity.record_part": (
        "which tables move with a record, in words of our own",
        {
            *("table_name", "patient_column", "row_column", "parent_table", "parent_column"),
            *("alike", "other_column", "sealed_column"),
        },
    ),
    "identity.session_end": ("that a session is over and why, in words of our own", {"reason"}),
    "identity.sign_in_attempt": (
        "a browser on its way to a provider: nobody is known yet",
        {"state_sha256", "browser_sha256", "provider", "nonce", "code_verifier", "page_asked_for"},
    ),
    "identity.logout_message": ("numbers of messages that were taken", {"issuer", "number_sha256"}),
    "dispatch.allowed_transition": (
        "the rules of the referral's states",
        {"act", "actor_role", "from_state", "to_state"},
    ),
    "dispatch.state": ("which states a referral may be in, and whose turn it is in each", {"code", "turn"}),
    "dispatch.booking_state": ("which states a booking may be in", {"code", "told_as"}),
    "dispatch.allowed_booking_transition": (
        "the rules of the booking's states",
        {"act", "allowed", "from_state", "to_state"},
    ),
    "dispatch.service": (
        REGISTER + "what can be booked, and how to prepare",
        {"code", "kind", "name_en", "name_ru", "preparation_en", "preparation_ru"},
    ),
    "portal.retention_period": (
        REGISTER + "for how many years the law has what kept",
        {"kind", "basis_en", "basis_ru"},
    ),
    "portal.erasure_term": (
        REGISTER + "within how many days the law wants a request for erasure answered",
        {"basis_en", "basis_ru"},
    ),
    "portal.answer_term": (
        REGISTER + "within how many days the law wants an answer",
        {"basis_en", "basis_ru"},
    ),
    "dispatch.waiting_term": (
        REGISTER + "the legal waiting terms",
        {"basis_en", "basis_ru", "priority", "service_kind", "unit"},
    ),
    "dispatch.calendar": (REGISTER + "the versions of the production calendar", {"time_zone"}),
    "dispatch.calendar_day": (
        REGISTER + "which days are worked, by which law",
        {"territory", "basis_en", "basis_ru"},
    ),
    "dispatch.equipment": (REGISTER + "what facilities were equipped with", set()),
    "dispatch.programme_expense": (
        REGISTER + "what the programme cost, by which act",
        {"basis_en", "basis_ru"},
    ),
    "dispatch.routing_version": (REGISTER + "the versions of what routing goes by", set()),
    "dispatch.travel_time": (REGISTER + "how long ways between facilities take", set()),
    "dispatch.route_rule": (
        REGISTER + "where the ministry's orders have patients of a facility go",
        {"service_code", "order_number", "basis_en", "basis_ru"},
    ),
    "dispatch.route_target": (REGISTER + "the places that the orders name", set()),
    "dispatch.capability": (REGISTER + "whom facilities may serve", {"service_code", "sex"}),
    "dispatch.routing_weights": (
        REGISTER + "what each part of a slot's cost weighs, by which act",
        {"basis_en", "basis_ru"},
    ),
    "dispatch.resource": (
        REGISTER + "doctors, rooms, devices, beds and teams by what they are called",
        {"kind", "name_en", "name_ru"},
    ),
    "dispatch.slot": (
        "times of doctors, rooms and devices; who has one stands in the booking",
        {"resource_en", "resource_ru", "service_code"},
    ),
    "emr.directory_resource": (
        REGISTER + "organizations, practitioners, medicines of other systems: types that are of no patient",
        {"content", "content_sha256", "name", "resource_type", "source_identifier", "source_system"},
    ),
}
# Whatever runs with other rights than the asker's, and why it could not do without (docs/decisions/0002-doorkeeper.md).
DEFINERS = {
    "dispatch.carry_occupation": "a trigger: when a patient is expected somewhere, which nobody who serves may write",
    "dispatch.end_bookings_by_cancellation": "a trigger: the state of bookings, which nobody may write, as a loader tells of their end",
    "dispatch.end_bookings_by_outcome": "a trigger: the state of bookings, which nobody may write, as a loader tells of their end",
    "dispatch.hold_booking": "a trigger: rows of a booking that agree, though care of its patient has just ended",
    "dispatch.hold_referral": "a trigger: the booking of a referral, though care of its patient has just ended",
    "dispatch.booked_slots": "which slots are booked, by bookings that their keeper may not see",
    "dispatch.close_slots": "a trigger: what is taken while its time is closed, by bookings that the keeper may not see",
    "dispatch.meet_closed_times": "a trigger: what is closed, which not everybody who offers may read",
    "dispatch.refuse_closed": "a trigger: what is closed, which not everybody who books may read",
    "dispatch.meet_occupations": "a trigger: when a resource is occupied, which nobody who serves may read",
    "dispatch.move_booking": "a trigger: the state of a booking, which nobody may write, by what happened to its referral",
    "dispatch.occupy": "a trigger: whom and what a booking occupies, by bookings that the actor may not see",
    "dispatch.open_record_of_referral": "whose a referral is, before anybody may read it",
    "dispatch.vacate": "a trigger: what is free again, by bookings that the actor may not see",
    "emr.hide_entry": "what restricts an entry, which nobody may change, for the patient alone",
    "emr.label_referring": "a trigger: what a medicine demands of entries that refer to it, whoever tells of it",
    "emr.label_versions": "a trigger: what rules demand of a version is no word of whoever writes it",
    "emr.restrict_lines": "a trigger: a line is restricted as its entry is, whoever draws it",
    "emr.restrict_signed": "a trigger: a signature restricts its entry, which nobody may change",
    "emr.shared_documents": "bytes that a shared entry names, which are of no kind that a link opens",
    "emr.show_entry": "what hiding had restricted, for the patient alone",
    "identity.account_of": "the account of who comes back from a provider, made if it is new",
    "identity.answer_offer": "a right of somebody whom the actor does not see, as they offered it",
    "identity.answer_to_request": "what became of somebody's own request, before they are anybody",
    "identity.close_record": "care of facilities whose rows nobody may change, for the patient alone",
    "identity.confirm_contact_point": "whose address a link confirms, which nobody is told",
    "identity.confirmed_patient": "whom an account was linked to in person, before the citizen is anybody",
    "identity.delegates_of_actor": "the names of those who act for the actor, whose rows the actor does not see",
    "identity.end_linked_sessions": "the sessions of a link that a registrar has just ended, which are another's",
    "identity.end_rights_of_incapable": "rights that end when a guardian is entered, which a registrar does not see",
    "identity.forget_id_token": "a trigger: the provider's token goes with the session, whoever ends it",
    "identity.forget_idle_id_tokens": "those of sessions that ran out, whosever they are",
    "identity.keep_closed": "a trigger: care that a closed record does not let open, whoever enters it",
    "identity.lift_closure": "care of facilities that a closing ended, which stands again",
    "identity.link_conflict": "whether an account or a patient is linked already, by accounts that the registrar does not see",
    "identity.has_answered_offer": "whether the actor has just answered an offer of somebody whose rows the actor does not see",
    "identity.is_own_of_staff": "whose account opens a record, which no registrar sees",
    "identity.joined_into_actor": "records that were joined into the actor's own, which are in nobody's sight by themselves",
    "identity.look_at_merge": "how much is kept of a record, which a registrar counts and does not read",
    "identity.match_patient": "the patient of an identifier, before the citizen is anybody",
    "identity.merge_records": "a record's rows, which the registrar does not see, and sessions that end with it",
    "identity.may_change_team": "whether somebody is in a team, whose rows are each member's own",
    "identity.note_post_change": "a trigger: who gave or ended a post is written down, whoever it was",
    "identity.note_verdict": "a trigger: a verdict ends the waiting and is counted, and nobody else may do either",
    "identity.offers_to_actor": "who offers the actor a right, and whom the actor does not see",
    "identity.open_in_emergency": "care of a patient whom the actor does not see, told to everybody concerned",
    "identity.open_share": "whose link that is and which code it has, before whoever types it is anybody",
    "identity.record_death": "sessions and rights to act that end with a death, which are other people's",
    "identity.refuse_joined": "a trigger: who writes into a record that was joined with another does not see it any more",
    "identity.represented_by_actor": "the names of those for whom the actor may act, before they do",
    "identity.restore_guardianship": "a trigger: the paper of a guardian whose right comes back when a death is undone",
    "identity.session_of": "the session of a cookie, before anybody is known",
    "identity.sessions_at_provider": "whose sessions a provider ends",
    "identity.settle_care_by_referral": "care begins and ends at facilities whose rows the actor does not see",
    "identity.settle_places": "care of one person ends with their facility's, whoever ends that",
    "identity.settle_team": "care of another person, whose row the actor does not see",
    "identity.share_opening_of": "the opening of a cookie, before anybody is known",
    "identity.shared_part": "what a link opens, to whoever looks by it and sees no row of the share",
    "identity.shut_shares_of_actor": "what was joined with the actor's record since a link was made, in nobody's sight by itself",
    "identity.signs_nobody_in": "whether a number came with a record whose account was left behind, before anybody is known",
    "identity.team_of": "who treats a patient, told to those who may change it and to the patient",
    "identity.touch_session": "that a session was used, before its actor is in the context",
    "identity.undo_death": "rights to act that come back when a death is undone, which are other people's",
    "identity.undo_merge": "a record's rows, which go back, and sessions that end with it",
    "identity.use_linking_code": "whose a one-time code is, before whoever types it is anybody",
    "portal.erase_what_may_be": "sessions of a person who asked for it, which are theirs alone",
}
WORDY = ("text", "character varying", "character", "json", "jsonb", "xml", "bytea", "ARRAY", "hstore")


@pytest.fixture
def catalogue(engines):
    with engines["owner"].connect() as connection:
        yield connection


def _tables(catalogue: Connection, condition: str) -> set[str]:
    rows = catalogue.execute(
        text(
            "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE n.nspname = ANY(:schemas) AND {condition}"
        ),
        {"schemas": list(SCHEMAS)},
    )
    return set(rows.scalars())


def test_every_table_is_behind_forced_row_security_or_holds_no_patient_data(catalogue):
    unforced = _tables(
        catalogue, "c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    )

    assert unforced == OUTSIDE_THE_WALL.keys()


def _columns_that_hold_words(catalogue: Connection, tables: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {table: set() for table in tables}
    rows = catalogue.execute(
        text(
            "SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns "
            "WHERE table_schema || '.' || table_name = ANY(:tables) AND data_type = ANY(:wordy)"
        ),
        {"tables": list(found), "wordy": list(WORDY)},
    )
    for table, column in rows:
        found[table].add(column)
    return found


def test_no_column_outside_the_wall_holds_words_without_a_reason(catalogue):
    named = {table: columns for table, (_why, columns) in OUTSIDE_THE_WALL.items()}

    assert all(why for why, _columns in OUTSIDE_THE_WALL.values())
    assert _columns_that_hold_words(catalogue, OUTSIDE_THE_WALL) == named


@pytest.mark.parametrize("kind", ["jsonb", "text", "bytea", "text[]"])
def test_a_payload_added_to_a_table_outside_the_wall_would_be_found(catalogue, kind):
    with catalogue.begin_nested() as attempt:
        catalogue.execute(text(f"ALTER TABLE identity.logout_message ADD COLUMN payload {kind}"))
        found = _columns_that_hold_words(catalogue, ["identity.logout_message"])
        attempt.rollback()

    assert "payload" in found["identity.logout_message"]


def test_no_table_outside_the_wall_has_a_column_for_a_patient(catalogue):
    with_patient = set(
        catalogue.execute(
            text(
                "SELECT table_schema || '.' || table_name FROM information_schema.columns "
                "WHERE table_schema = ANY(:schemas) AND column_name IN ('patient_id', 'snils', 'birth_date')"
            ),
            {"schemas": list(SCHEMAS)},
        ).scalars()
    )

    assert with_patient, "the question must find the tables that it is about"
    assert not with_patient & OUTSIDE_THE_WALL.keys()


def test_a_table_without_the_wall_would_be_found(catalogue):
    with catalogue.begin_nested() as attempt:
        catalogue.execute(text("CREATE TABLE emr.forgotten (patient_id uuid)"))
        found = _tables(
            catalogue, "c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
        )
        attempt.rollback()

    assert found - OUTSIDE_THE_WALL.keys() == {"emr.forgotten"}


def test_every_view_asks_as_the_person_who_looks(catalogue):
    owners_view = "c.relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY(c.reloptions), false)"

    assert _tables(catalogue, owners_view) == set()


def test_no_materialized_view_keeps_patient_data_outside_the_wall(catalogue):
    assert _tables(catalogue, "c.relkind = 'm'") == set()


def test_the_service_owns_nothing_and_bypasses_nothing(catalogue):
    strong = catalogue.execute(
        text(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(:roles) "
            "AND (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)"
        ),
        {"roles": list(LOGIN_ROLES)},
    ).scalars()
    owned = catalogue.execute(
        text("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = ANY(:roles)"),
        {"roles": list(LOGIN_ROLES)},
    ).scalar_one()

    assert list(strong) == []
    assert owned == 0


def test_the_service_may_not_truncate_or_refer_or_make_tables(catalogue):
    granted = catalogue.execute(
        text(
            "SELECT grantee, table_schema, table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee = ANY(:roles) AND privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')"
        ),
        {"roles": list(LOGIN_ROLES)},
    ).all()

    assert granted == []


def test_only_the_doorkeeper_s_functions_run_with_other_rights_than_the_asker_s(catalogue):
    definers = catalogue.execute(
        text(
            "SELECT n.nspname || '.' || p.proname, pg_get_userbyid(p.proowner), p.proconfig FROM pg_proc p "
            "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY(:schemas) AND p.prosecdef ORDER BY 1"
        ),
        {"schemas": list(SCHEMAS)},
    ).all()

    assert [name for name, *_ in definers] == sorted(DEFINERS)
    assert {(owner, *fixed) for _, owner, fixed in definers} == {(DOORKEEPER, "search_path=pg_catalog")}


# What only grows and the web writes into, and what holds its number, time and digest besides row-level security.
HELD_BY = {
    "archive.study_reading": "a policy on its time, asked with every study that is opened",
    "dispatch.booking": "dispatch_booking_told_now",
    "emr.conflict_answer": "a policy on its time, beside who answers",
    "dispatch.booking_cancellation": "dispatch_booking_cancellation_told_now",
    "dispatch.booking_outcome": "dispatch_booking_outcome_told_now",
    "dispatch.closed_time": "dispatch_closed_time_told_now",
    "dispatch.closed_time_end": "dispatch_closed_time_end_told_now",
    "dispatch.referral_event": "dispatch_referral_event_seals",
    "dispatch.routing_decision": "rights on columns: neither time nor version is a column that anybody may write",
    "emr.entry": "emr_entry_told_now",
    "emr.entry_version": "emr_entry_version_seals",
    "emr.signature": "emr_signature_seals",
    "foundation.audit_event": "rights on columns: the time is no column that anybody may write",
    "identity.legal_opening": "a policy on its time, beside who enters it",
    "identity.legal_opening_end": "a policy on its time, beside who ends it",
    "identity.emergency_verdict": "a policy on its time, beside who judges",
    "identity.confirmed_identity": "a policy on its time, beside who confirms",
    "identity.confirmed_identity_end": "a policy on its time, beside who ends it",
    "identity.consent": "a policy on its time, beside whose answer it is",
    "identity.contact_link": "a policy on its time, beside whose address it is",
    "identity.contact_point_confirmation": "a policy on its time, beside who has seen the telephone",
    "identity.contact_point_end": "a policy on its time, beside whose it was",
    "identity.notice_choice": "a policy on its time, beside who chooses",
    "identity.delegation": "a policy on its time, beside who has seen the guardian's document",
    "identity.delegation_end": "a policy on its time, beside whose right it was",
    "identity.delegation_offer_answer": "a policy on its time, beside whose offer it was",
    "identity.linking_code": "a policy on its time, beside who gives it",
    "identity.passkey_end": "a policy on its time, beside whose it is",
    "identity.passkey_reset": "a policy on its time, beside who asks",
    "identity.passkey_reset_confirmation": "a policy on its time, beside who confirms",
    "identity.record_request_answer": "a policy on its time, beside who answers",
    "identity.share": "a policy on its time, beside whose record it is",
    "identity.share_end": "a policy on its time, beside whose link it is",
    "identity.share_opening_end": "a policy on its time, beside whose opening it is",
    "interop.export": "interop_export_told_now",
    "portal.erasure_item": "the moment and the person of its request, which a policy holds",
    "portal.erasure_request": "a policy on its time, beside whose it is",
    "portal.erasure_step": "a policy on its time, beside who answers",
    "portal.notice": "no policy lets the web write it",
    "portal.objection": "a policy on its time, beside what it tells of the audit",
    "portal.objection_step": "a policy on its time, beside who answers",
    "portal.record_visit": "a policy on its time, asked with every first page",
}


def test_what_only_grows_is_not_dated_or_sealed_by_the_web(catalogue):
    grows = (
        "SELECT n.nspname || '.' || c.relname AS name, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "JOIN pg_trigger t ON t.tgrelid = c.oid JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE p.proname = 'refuse_change' AND n.nspname = ANY(:schemas) AND has_any_column_privilege(:web, c.oid, 'INSERT')"
    )
    held = catalogue.execute(
        text(
            f"SELECT grows.name, array_agg(t.tgname::text) FILTER (WHERE t.tgenabled <> 'D') FROM ({grows}) AS grows "
            "JOIN pg_trigger t ON t.tgrelid = grows.oid AND NOT t.tgisinternal GROUP BY 1"
        ),
        {"schemas": list(SCHEMAS), "web": WEB},
    ).all()

    assert {name for name, _ in held} == HELD_BY.keys()
    by_triggers = {name: triggers for name, triggers in held if " " not in HELD_BY[name]}
    assert {
        name: HELD_BY[name] for name, triggers in by_triggers.items() if HELD_BY[name] not in triggers
    } == {}


def test_the_doorkeeper_s_functions_are_called_by_the_web_alone(catalogue):
    callers = catalogue.execute(
        text(
            "SELECT DISTINCT r.rolname FROM pg_proc p, pg_roles r WHERE p.prosecdef AND r.rolname = ANY(:roles) "
            "AND has_function_privilege(r.oid, p.oid, 'EXECUTE')"
        ),
        {"roles": list(LOGIN_ROLES)},
    ).scalars()

    assert list(callers) == [WEB]


# Subjects whose rows a person or somebody at a desk makes with their own hand.
BY_HAND = re.compile(
    r"identity\.(share|closure|closed_|merge|notice_choice|guardianship|legal_opening|consent)|portal\.(erasure_(?!term)|waiting_erasure)"
    r"|emr\.hiding(?!_rule)"
)


def test_what_is_done_by_hand_no_file_that_is_taken_in_can_write(catalogue):
    tables = [
        name
        for (name,) in catalogue.execute(
            text(
                "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
            )
        )
        if BY_HAND.match(name) and "share_try" not in name
    ]
    allowed = catalogue.execute(
        text(
            "SELECT t FROM unnest(CAST(:tables AS text[])) t WHERE has_table_privilege(:loader, t, 'INSERT, DELETE')"
        ),
        {"tables": tables, "loader": LOADER},
    ).scalars()

    assert len(tables) > 15
    assert list(allowed) == []


def _import_every_table() -> None:
    """Whatever a table is used by: a process imports only those that it needs."""
    for file in (*files_of_word("tables"), HOUSE / "foundation" / "database" / "demo_mark.py"):
        import_module(name_of(file).removesuffix(".py").replace("/", "."))


def test_the_tables_in_the_code_are_the_tables_that_the_migrations_made(app, catalogue):
    _import_every_table()
    context = MigrationContext.configure(
        catalogue,
        opts={
            "include_schemas": True,
            "include_name": lambda name, kind, _parents: kind != "schema" or name in SCHEMAS,
            "include_object": lambda _object, name, kind, reflected, other: (
                name != "alembic_version" and kind in ("table", "column")
            ),
            "compare_type": False,
        },
    )

    assert compare_metadata(context, Base.metadata) == []
