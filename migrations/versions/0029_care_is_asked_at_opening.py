"""Who cares for the patient whose record is opened is asked when it is opened, and kept until the transaction ends.

Row security looked that up once for every table of a page, and dispatch, identity and archive read the whole care of the
facility for it, for each of their tables. `identity.open_record` now looks once, and names the patient in
`app.opened_record` only where the facility cares for them; every wall asks that first. About everybody else it asks as
before: row by row where a page reads few rows, all at once where it reads lists.

Processes of the version before name whom they are asked for in `app.opened_patient`, before anybody has looked for the care:
that setting opens nothing any more, and row security asks row by row for them.

The setting is the transaction's, as are those that say who acts: whoever could write it by hand could as well call
themselves another facility (docs/decisions/0007-limits-of-the-walls.md).
"""

from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER
from migrations.walls import WEB, in_care_of_opened

revision = "0029"
down_revision = "0028"

DOCTORS, STAFF = ("doctor",), ("doctor", "dispatcher")
# Tables that staff read for one patient, or few rows of several; and those that they read in lists.
ONE_BY_ONE = {
    "identity.patient_identifier": STAFF,
    "dispatch.referral_event": STAFF,
    "dispatch.booking": STAFF,
    "dispatch.booking_cancellation": STAFF,
    "dispatch.booking_outcome": STAFF,
    "archive.study": DOCTORS,
    "archive.series": DOCTORS,
}
IN_LISTS = {
    "identity.patient": STAFF,
    "dispatch.referral": STAFF,
    "dispatch.slot_occupancy": STAFF,
    "archive.instance": DOCTORS,
    "archive.series_metadata": DOCTORS,
}


def upgrade() -> None:
    _opening()
    for tables, in_lists in ((ONE_BY_ONE, False), (IN_LISTS, True)):
        for table, readers in tables.items():
            patient = "id" if table == "identity.patient" else "patient_id"
            condition = in_care_of_opened(table, readers=readers, patient=patient, in_lists=in_lists)
            op.execute(f"ALTER POLICY {table.replace('.', '_')}_care ON {table} TO {WEB} USING ({condition})")


def _opening() -> None:
    op.execute(
        """
        CREATE FUNCTION identity.open_record(of_patient uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
        BEGIN
            PERFORM set_config(
                'app.opened_record', CASE WHEN identity.in_care(of_patient) THEN of_patient::text ELSE '' END, true);
        END $$
        """
    )
    op.execute(
        """
        CREATE OR REPLACE FUNCTION identity.opened_patient() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
        RETURN nullif(current_setting('app.opened_record', true), '')::uuid
        """
    )
    # Whose a referral is, before anybody may read it: the function tells nobody, and opens nothing but a record in care.
    op.execute(f"GRANT USAGE, CREATE ON SCHEMA dispatch TO {DOORKEEPER}")
    op.execute(f"GRANT SELECT (id, patient_id) ON dispatch.referral TO {DOORKEEPER}")
    op.execute(
        f"CREATE POLICY dispatch_referral_doorkeeper ON dispatch.referral FOR SELECT TO {DOORKEEPER} USING (true)"
    )
    op.execute(
        """
        CREATE FUNCTION dispatch.open_record_of_referral(of_referral uuid) RETURNS void
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        BEGIN
            PERFORM identity.open_record((SELECT r.patient_id FROM dispatch.referral r WHERE r.id = of_referral));
        END $$
        """
    )
    op.execute(f"ALTER FUNCTION dispatch.open_record_of_referral OWNER TO {DOORKEEPER}")
    op.execute(f"REVOKE CREATE ON SCHEMA dispatch FROM {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("REVOKE ALL ON FUNCTION dispatch.open_record_of_referral FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION dispatch.open_record_of_referral TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")
