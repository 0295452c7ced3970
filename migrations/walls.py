"""Row-level security and rights, said once: what every table with patient data gets."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from foundation.postgres.roles import DOORKEEPER, LOADER, LOGIN_ROLES, WEB, WORKER

SERVICE_ROLES = LOGIN_ROLES


def make_schema(name: str) -> None:
    op.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
    op.execute(f"GRANT USAGE ON SCHEMA {name} TO {', '.join(SERVICE_ROLES)}")


def guard_patient_table(
    table: str,
    *,
    readers: Sequence[str] = (),
    writers: Sequence[str] = (),
    patient_may_read: bool = True,
    patient_may_write: bool = False,
    patient: str = "patient_id",
    also: str = "true",
    part: str = "",
) -> None:
    """Force row-level security on a table whose rows belong to a patient.

    A citizen reaches their own rows; staff of the named roles reach rows of patients in the care of their
    facility; the loader reads and adds any row; the worker reads any.

    Args:
        table: with its schema.
        readers, writers: words of identity.roles.Role.
        patient: the column that names the patient.
        also: a further SQL condition for every reader in the web (for instance: only signed, or only the author).
        part: what of the record it is to whoever acts for the patient (since 0048): "whole", or a word of
            identity.access.enumerations.Scope.
    """
    policy = table.replace(".", "_")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT INSERT ON {table} TO {WEB}, {LOADER}")
    of_part = f"'{part}'" if part else ""
    own = f"{patient} = (SELECT foundation.actor_patient({of_part}))"
    if patient_may_read:
        op.execute(f"CREATE POLICY {policy}_own ON {table} FOR SELECT TO {WEB} USING ({own} AND ({also}))")
    if patient_may_write:
        op.execute(f"CREATE POLICY {policy}_own_add ON {table} FOR INSERT TO {WEB} WITH CHECK ({own})")
    if readers:
        condition = f"{_one_of(readers)} AND {_in_care(table, patient)} AND ({also})"
        op.execute(f"CREATE POLICY {policy}_care ON {table} FOR SELECT TO {WEB} USING ({condition})")
    if writers:
        condition = f"{_one_of(writers)} AND identity.in_care({patient})"
        op.execute(f"CREATE POLICY {policy}_care_add ON {table} FOR INSERT TO {WEB} WITH CHECK ({condition})")
    op.execute(f"CREATE POLICY {policy}_loader ON {table} TO {LOADER} USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY {policy}_worker ON {table} FOR SELECT TO {WORKER} USING (true)")


def in_care_of_opened(
    table: str, *, readers: Sequence[str], patient: str = "patient_id", in_lists: bool = False
) -> str:
    """What staff must fulfil to read a row: a role, and that their facility cares for the patient (since 0029).

    The patient whose record is open was asked about when it was opened; see identity.open_record.

    Args:
        in_lists: a page reads rows of many patients: care for all of them is then looked up at once, not row by row.
    """
    column = f"{table.rpartition('.')[2]}.{patient}"
    otherwise = _in_care(table, patient) if in_lists else f"identity.in_care({column})"
    return f"{_one_of(readers)} AND ({column} = (SELECT identity.opened_patient()) OR {otherwise})"


def forbid_change(table: str) -> None:
    """Make a table append-only for everybody, its owner included."""
    trigger = table.replace(".", "_") + "_append_only"
    op.execute(
        f"CREATE TRIGGER {trigger} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION foundation.refuse_change()"
    )


def keep_in_versions(table: str, *, held_by: str) -> None:
    """Everybody may read a register, the loader adds to the version that it has just made, and nobody changes what stands.

    Args:
        held_by: a trigger's function that refuses rows of any other version.
    """
    op.execute(f"GRANT SELECT ON {table} TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT INSERT ON {table} TO {LOADER}")
    op.execute(
        f"CREATE TRIGGER {table.replace('.', '_')}_stands BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {held_by}()"
    )
    forbid_change(table)


def _in_care(table: str, patient: str) -> str:
    """What identity.in_care asks, written out: the planner may then ask it of many rows at once."""
    column = f"{table.rpartition('.')[2]}.{patient}"
    return (
        f"EXISTS (SELECT 1 FROM identity.care_relation AS care WHERE care.patient_id = {column} "
        "AND care.facility_id = (SELECT foundation.actor_facility()) AND care.ends_at > now())"
    )


def _one_of(roles: Sequence[str]) -> str:
    words = ", ".join(f"'{role}'" for role in roles)
    return f"(SELECT foundation.actor_role()) IN ({words})"


def moves_with_record(
    table: str,
    *,
    row: str = "id",
    patient: str = "patient_id",
    parent: str = "",
    parent_row: str = "id",
    alike: Sequence[str] = (),
    other: str = "",
    sealed: str = "",
    of_account: bool = False,
) -> None:
    """Let rows of a table move when two records of one person are joined, and back when they are parted (since 0069).

    Args:
        row: the column by which a row is known; of a child, the one that names its parent.
        patient: the column that changes.
        parent: whose rows these follow wherever they go, by `parent_row`; "" for what moves by itself.
        alike: a row stays where the record that takes it has one that is the same in these columns.
        other: a row stays where this column names the record that takes it.
        sealed: where what the row was sealed with is kept, beside what changes.
        of_account: moves only where accounts do.
    """
    read = {row, patient, *alike, *([other] if other else []), *([sealed] if sealed else [])}
    changed = [patient, *([sealed] if sealed else [])]
    policy = f"{table.replace('.', '_')}_moves"
    op.execute(f"GRANT USAGE ON SCHEMA {table.partition('.')[0]} TO {DOORKEEPER}")
    op.execute(
        f"GRANT SELECT ({', '.join(sorted(read))}), UPDATE ({', '.join(changed)}) ON {table} TO {DOORKEEPER}"
    )
    for act, condition in (("SELECT", "USING (true)"), ("UPDATE", "USING (true) WITH CHECK (true)")):
        op.execute(f"DROP POLICY IF EXISTS {policy}_{act.lower()} ON {table}")
        op.execute(f"CREATE POLICY {policy}_{act.lower()} ON {table} FOR {act} TO {DOORKEEPER} {condition}")
    words = ", ".join(f"'{each}'" for each in alike)
    op.execute(
        "INSERT INTO identity.record_part (table_name, patient_column, row_column, parent_table, parent_column, alike, "
        f"other_column, sealed_column, of_account) VALUES ('{table}', '{patient}', '{row}', '{parent}', '{parent_row}', "
        f"ARRAY[{words}]::text[], '{other}', '{sealed}', {of_account})"
    )


def narrow_policy(schema: str, table: str, policy: str, further: str) -> None:
    """Let a policy of the web's, of reading or of adding, ask something more."""
    asked = op.get_bind().execute(
        sa.text(
            "SELECT cmd, coalesce(qual, with_check) FROM pg_policies "
            "WHERE schemaname = :schema AND tablename = :table AND policyname = :policy"
        ),
        {"schema": schema, "table": table, "policy": policy},
    )
    command, before = asked.one()
    word = "WITH CHECK" if command == "INSERT" else "USING"
    op.execute(f"ALTER POLICY {policy} ON {schema}.{table} TO {WEB} {word} ({before} AND {further})")
