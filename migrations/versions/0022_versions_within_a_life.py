"""What a person writes into a record happened within the patient's life, and no version lies beyond the calendar.

The application says so in words; here it is said once more, to whatever writes. Versions that stand already are left as
they are.
"""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    # Whoever may write a version may read its patient, so that the function needs no rights of its own.
    op.execute(
        """
        CREATE FUNCTION emr.refuse_version_outside_life() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            born date := (SELECT birth_date FROM identity.patient WHERE id = NEW.patient_id);
        BEGIN
            -- The database does not know the region's zone; a day that began anywhere has begun.
            IF NEW.effective_at < TIMESTAMPTZ '1800-01-01 00:00+00'
               OR NEW.effective_at >= TIMESTAMPTZ '2201-01-01 00:00+00'
               OR (NEW.author_id IS NOT NULL AND (
                   NEW.effective_at > clock_timestamp() + INTERVAL '10 minutes'
                   OR ((NEW.effective_at AT TIME ZONE 'UTC') + INTERVAL '14 hours')::date < born
               )) THEN
                RAISE EXCEPTION 'effective_at of a version lies outside what can be'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_entry_version_effective_at';
            END IF;
            RETURN NEW;
        END
        $$
        """
    )
    # Imports bring millions of versions of a decent time, and nobody is asked about them.
    op.execute(
        """
        CREATE TRIGGER emr_entry_version_effective_at BEFORE INSERT ON emr.entry_version FOR EACH ROW
        WHEN (
            NEW.author_id IS NOT NULL OR NEW.effective_at < TIMESTAMPTZ '1800-01-01 00:00+00'
            OR NEW.effective_at >= TIMESTAMPTZ '2201-01-01 00:00+00'
        )
        EXECUTE FUNCTION emr.refuse_version_outside_life()
        """
    )
