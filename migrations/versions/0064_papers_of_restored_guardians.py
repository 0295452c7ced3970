"""When a death is undone, a guardian's right comes back with its paper, so that the desk shows it and can end it.

A right that comes back bears a new number, and a paper the number of its right.
"""

from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER

revision = "0064"
down_revision = "0063"

PAPER = "identity.guardianship"
OF_THE_PAPER = (
    "patient_id, delegate_id, document_kind, number_sealed, issuer, issued_on, ends_at, basis, staff_id, "
    "facility_id, entered_at"
)


def upgrade() -> None:
    op.execute(f"GRANT SELECT, INSERT ON {PAPER} TO {DOORKEEPER}")
    op.execute(
        f"CREATE POLICY guardianship_doorkeeper ON {PAPER} TO {DOORKEEPER} USING (true) WITH CHECK (true)"
    )
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    op.execute(
        f"""
        CREATE FUNCTION identity.restore_guardianship() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog AS $$
        BEGIN
            INSERT INTO {PAPER} (id, {OF_THE_PAPER})
            SELECT NEW.delegation_id, {OF_THE_PAPER} FROM {PAPER} WHERE id = NEW.former_id;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER restored_delegation_with_paper AFTER INSERT ON identity.restored_delegation "
        "FOR EACH ROW EXECUTE FUNCTION identity.restore_guardianship()"
    )
    op.execute(f"ALTER FUNCTION identity.restore_guardianship() OWNER TO {DOORKEEPER}")
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("REVOKE ALL ON FUNCTION identity.restore_guardianship FROM PUBLIC")
    op.execute(f"SET LOCAL ROLE {OWNER}")
