"""How many different records an account opened lately, counted for all processes together, so that nobody leafs through them all.

`foundation.count_reading` is sent in the message that writes the line of the reading: no page waits for it. It asks as the
reader, and the table shows everybody their own rows alone: who reads whom is for the audit to tell. Unlogged: a crash forgets
an hour's counts, and no page waits for the disk because of them.
"""

from alembic import op

from migrations.walls import WEB, WORKER

revision = "0033"
down_revision = "0032"

TABLE = "foundation.recent_reading"
OWN = "account_id = (SELECT foundation.actor_account())"


def upgrade() -> None:
    op.execute(
        f"""
        CREATE UNLOGGED TABLE {TABLE} (
            account_id uuid,
            record_id uuid,
            read_at timestamptz NOT NULL,
            CONSTRAINT pk_recent_reading PRIMARY KEY (account_id, record_id)
        )
        """
    )
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO {WEB}")
    op.execute(f"GRANT SELECT, DELETE ON {TABLE} TO {WORKER}")
    op.execute(f"CREATE POLICY recent_reading_own ON {TABLE} TO {WEB} USING ({OWN}) WITH CHECK ({OWN})")
    op.execute(f"CREATE POLICY recent_reading_worker ON {TABLE} TO {WORKER} USING (true)")
    _count()


def _count() -> None:
    op.execute(
        f"""
        CREATE FUNCTION foundation.count_reading(opened uuid, most_a_minute integer, most_an_hour integer) RETURNS void
        LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
        DECLARE
            reader CONSTANT uuid := foundation.actor_account();
            in_minute bigint;
            in_hour bigint;
        BEGIN
            PERFORM FROM {TABLE} r
            WHERE r.account_id = reader AND r.record_id = opened AND r.read_at > now() - interval '1 minute';
            IF FOUND THEN
                RETURN;
            END IF;
            INSERT INTO {TABLE} AS r VALUES (reader, opened, now())
            ON CONFLICT ON CONSTRAINT pk_recent_reading DO UPDATE SET read_at = excluded.read_at;
            DELETE FROM {TABLE} r WHERE r.account_id = reader AND r.read_at <= now() - interval '1 hour';
            SELECT count(*) FILTER (WHERE r.read_at > now() - interval '1 minute'), count(*) INTO in_minute, in_hour
            FROM {TABLE} r WHERE r.account_id = reader;
            IF in_minute > most_a_minute OR in_hour > most_an_hour THEN
                RAISE EXCEPTION 'more records were opened than a person reads' USING ERRCODE = 'PT429';
            END IF;
        END $$
        """
    )
