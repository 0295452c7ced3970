"""A citizen lets somebody outside see a part of the record by a link: what was shared, each opening, and what it opens.

Of the link and of its code only digests are kept. Whoever opens a link acts by the opening, and row security asks with every
row whether that opening still stands and what of the record it opens; of one's own rows nothing else is open to them, for no
patient is in their context. A process of the version before opens no links and shows none.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, UUID

from foundation.postgres.roles import DOORKEEPER, OWNER, WEB, WORKER
from migrations.walls import SERVICE_ROLES, forbid_change, guard_patient_table

revision = "0074"
down_revision = "0073"

MOMENT = TIMESTAMP(timezone=True)
NOW = sa.text("now()")
MOST_TRIES, OPENING_LASTS, TRIES_KEPT = 10, "1 hour", "91 days"
OWN_WHOLE = "patient_id = (SELECT foundation.actor_patient('whole'))"
AS_CITIZEN = f"(SELECT foundation.actor_kind()) IN ('citizen', 'delegate') AND {OWN_WHOLE}"
BY_SHARE = "(SELECT foundation.actor_share_opening()) IS NOT NULL"
# A share, `s`: one that somebody made who acts for the patient lives no longer than their right. The person chose of what was
# theirs that day: while another record is a part of theirs that was not then, it opens nothing.
LIVES = (
    "s.ends_at > now() AND NOT EXISTS (SELECT 1 FROM identity.share_end g WHERE g.share_id = s.id) "
    "AND (s.delegation_id IS NULL OR EXISTS (SELECT 1 FROM identity.delegation d WHERE d.id = s.delegation_id "
    "AND d.ends_at > now() AND NOT EXISTS (SELECT 1 FROM identity.delegation_end e WHERE e.delegation_id = d.id))) "
    "AND NOT EXISTS (SELECT 1 FROM identity.patient p WHERE p.id = s.patient_id "
    "AND (p.recorded_death_on IS NOT NULL OR p.merged_into IS NOT NULL)) "
    "AND NOT EXISTS (SELECT 1 FROM identity.merge m WHERE m.survivor_id = s.patient_id AND m.merged_at >= s.made_at "
    "AND NOT EXISTS (SELECT 1 FROM identity.merge_undone u WHERE u.merge_id = m.id))"
)
# An opening, `o`.
STANDS = "o.expires_at > now() AND NOT EXISTS (SELECT 1 FROM identity.share_opening_end c WHERE c.opening_id = o.id)"


def upgrade() -> None:
    _context()
    _shares()
    _openings()
    _tries()
    _what_the_doorkeeper_does()
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    _part()
    _at_the_door()
    _opening()
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    _what_is_open()
    _audit()


def _context() -> None:
    op.execute(
        "CREATE FUNCTION foundation.actor_share_opening() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE "
        "RETURN nullif(current_setting('app.share_opening', true), '')::uuid"
    )


def _of_patient() -> sa.Column:
    return sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False)


def _of_share(**options: bool) -> sa.Column:
    return sa.Column("share_id", UUID, sa.ForeignKey("identity.share.id"), nullable=False, **options)


def _shares() -> None:
    op.create_table(
        "share",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("delegation_id", UUID, sa.ForeignKey("identity.delegation.id")),
        sa.Column("for_whom", sa.Text, nullable=False),
        sa.Column("kinds", ARRAY(sa.Text), nullable=False),
        sa.Column("since", MOMENT),
        sa.Column("until", MOMENT),
        sa.Column("study_uid", sa.Text, nullable=False, server_default=""),
        sa.Column("link_digest", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("code_digest", sa.LargeBinary, nullable=False),
        sa.Column("most_openings", sa.Integer, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False, server_default=NOW),
        sa.CheckConstraint("(cardinality(kinds) > 0) <> (study_uid <> '')", name="ck_share_kinds"),
        sa.CheckConstraint("most_openings BETWEEN 1 AND 20", name="ck_share_most_openings"),
        sa.CheckConstraint(
            "ends_at > made_at AND ends_at <= made_at + interval '90 days'", name="ck_share_ends_at"
        ),
        sa.CheckConstraint("since < until", name="ck_share_until"),
        schema="identity",
    )
    guard_patient_table("identity.share", part="whole")
    op.execute(
        f"CREATE POLICY identity_share_made ON identity.share FOR INSERT TO {WEB} WITH CHECK ({AS_CITIZEN} "
        "AND delegation_id IS NOT DISTINCT FROM (SELECT foundation.actor_delegation()) AND made_at = now())"
    )
    forbid_change("identity.share")
    op.create_table(
        "share_end",
        _of_share(primary_key=True),
        _of_patient(),
        sa.Column("ended_at", MOMENT, nullable=False, server_default=NOW),
        schema="identity",
    )
    guard_patient_table("identity.share_end", part="whole")
    op.execute(
        f"CREATE POLICY identity_share_end_made ON identity.share_end FOR INSERT TO {WEB} WITH CHECK ({AS_CITIZEN} "
        "AND ended_at = now() AND EXISTS (SELECT 1 FROM identity.share s "
        "WHERE s.id = share_id AND s.patient_id = share_end.patient_id))"
    )
    forbid_change("identity.share_end")


def _openings() -> None:
    """Who opened a link is what they say themselves. Written by the function that knows the code, and by no one else."""
    op.create_table(
        "share_opening",
        sa.Column("id", UUID, primary_key=True),
        _of_share(index=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("token_sha256", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("opener_name", sa.Text, nullable=False),
        sa.Column("opener_workplace", sa.Text, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("expires_at", MOMENT, nullable=False),
        schema="identity",
    )
    guard_patient_table("identity.share_opening", part="whole")
    op.execute(f"REVOKE INSERT ON identity.share_opening FROM {WEB}")
    forbid_change("identity.share_opening")
    op.create_table(
        "share_opening_end",
        sa.Column("opening_id", UUID, sa.ForeignKey("identity.share_opening.id"), primary_key=True),
        _of_patient(),
        sa.Column("ended_at", MOMENT, nullable=False, server_default=NOW),
        schema="identity",
    )
    guard_patient_table("identity.share_opening_end", part="whole")
    forbid_change("identity.share_opening_end")


def _tries() -> None:
    """What did not open, by the digest of what was given as a link, whether or not there is one: both cost the same."""
    op.create_table(
        "share_try",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("link_digest", sa.LargeBinary, nullable=False, index=True),
        sa.Column("tried_at", MOMENT, nullable=False, server_default=NOW),
        schema="identity",
    )
    op.execute("ALTER TABLE identity.share_try ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE identity.share_try FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON identity.share_try TO {WEB}, {WORKER}")
    op.execute(f"GRANT DELETE ON identity.share_try TO {WORKER}")
    op.execute(
        f"CREATE POLICY share_try_own ON identity.share_try FOR SELECT TO {WEB} USING (EXISTS ("
        f"SELECT 1 FROM identity.share s WHERE s.link_digest = share_try.link_digest AND s.{OWN_WHOLE}))"
    )
    # Kept for as long as a link may live.
    op.execute(
        f"CREATE POLICY share_try_worker ON identity.share_try TO {WORKER} "
        f"USING (tried_at < now() - interval '{TRIES_KEPT}')"
    )


def _what_the_doorkeeper_does() -> None:
    rights = {
        "share": "SELECT",
        "share_end": "SELECT",
        "share_opening": "SELECT, INSERT",
        "share_opening_end": "SELECT",
        "share_try": "SELECT, INSERT",
    }
    for table, acts in rights.items():
        op.execute(f"GRANT {acts} ON identity.{table} TO {DOORKEEPER}")
        op.execute(
            f"CREATE POLICY {table}_doorkeeper ON identity.{table} TO {DOORKEEPER} USING (true) WITH CHECK (true)"
        )


def _part() -> None:
    """What the actor's opening opens, as long as it stands and the share lives; all NULL otherwise."""
    op.execute(
        "CREATE TYPE identity.shared_part AS "
        "(patient_id uuid, kinds text[], since timestamptz, until timestamptz, study_uid text)"
    )
    op.execute(f"GRANT USAGE ON TYPE identity.shared_part TO {', '.join(SERVICE_ROLES)}, {DOORKEEPER}")
    op.execute(
        f"""
        CREATE FUNCTION identity.shared_part() RETURNS identity.shared_part
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT s.patient_id, s.kinds, coalesce(s.since, '-infinity'), coalesce(s.until, 'infinity'), s.study_uid
        FROM identity.share_opening o JOIN identity.share s ON s.id = o.share_id
        WHERE o.id = foundation.actor_share_opening() AND {STANDS} AND {LIVES}
        $$
        """
    )
    _give_to_doorkeeper("shared_part")


def _at_the_door() -> None:
    """Asked before anybody is known: the opening of a cookie."""
    op.execute(
        f"""
        CREATE FUNCTION identity.share_opening_of(digest bytea) RETURNS TABLE (
            opening_id uuid, patient_id uuid, kinds text[], since timestamptz, until timestamptz, study_uid text,
            expires_at timestamptz, family_name text, given_name text, middle_name text, birth_date date,
            birth_precision text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT o.id, s.patient_id, s.kinds, s.since, s.until, s.study_uid, least(o.expires_at, s.ends_at),
               w.family_name, w.given_name, w.middle_name, w.birth_date, w.birth_precision::text
        FROM identity.share_opening o JOIN identity.share s ON s.id = o.share_id
        JOIN identity.patient w ON w.id = s.patient_id
        WHERE o.token_sha256 = digest AND {STANDS} AND {LIVES}
        $$
        """
    )
    _give_to_doorkeeper("share_opening_of")


def _opening() -> None:
    """The patient whose record opens; NULL where it does not, for whatever reason: a wrong link, a wrong code, one that is
    over, used up or was guessed at too often. Those who try the same link wait for each other."""
    op.execute(
        f"""
        CREATE FUNCTION identity.open_share(
            links bytea[], codes bytea[], opening uuid, token bytea, named text, workplace text
        ) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            shared record;
        BEGIN
            IF (foundation.actor_kind() = 'share' AND opening = foundation.actor_share_opening()) IS NOT TRUE THEN
                RETURN NULL;
            END IF;
            PERFORM pg_advisory_xact_lock(hashtextextended('share ' || encode(links[1], 'hex'), 0));
            SELECT s.id, s.patient_id, s.ends_at INTO shared FROM identity.share s
            WHERE s.link_digest = ANY (links) AND s.code_digest = ANY (codes) AND {LIVES}
              AND s.most_openings > (SELECT count(*) FROM identity.share_opening o WHERE o.share_id = s.id)
              AND {MOST_TRIES} > (SELECT count(*) FROM identity.share_try t WHERE t.link_digest = ANY (links));
            IF NOT FOUND THEN
                INSERT INTO identity.share_try (id, link_digest, tried_at) VALUES (opening, links[1], now());
                RETURN NULL;
            END IF;
            INSERT INTO identity.share_opening
                (id, share_id, patient_id, token_sha256, opener_name, opener_workplace, opened_at, expires_at)
            VALUES (opening, shared.id, shared.patient_id, token, named, workplace, now(),
                    least(shared.ends_at, now() + interval '{OPENING_LASTS}'));
            RETURN shared.patient_id;
        END $$
        """
    )
    _give_to_doorkeeper("open_share")


def _give_to_doorkeeper(function: str) -> None:
    op.execute(f"ALTER FUNCTION identity.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION identity.{function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION identity.{function} TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _told(column: str) -> str:
    """Asked once a statement, not once a row."""
    return f"(SELECT (identity.shared_part()).{column})"


def _what_is_open() -> None:
    own = f"{BY_SHARE} AND patient_id = {_told('patient_id')}"
    line = "EXISTS (SELECT 1 FROM emr.entry_summary l WHERE l.entry_id = {of} AND l.patient_id = {table}.patient_id)"
    signed = (
        "EXISTS (SELECT 1 FROM emr.signature g "
        "WHERE g.entry_id = entry_version.entry_id AND g.number = entry_version.number)"
    )
    study = f"{own} AND study_instance_uid = {_told('study_uid')}"
    conditions = {
        "identity.patient": f"{BY_SHARE} AND id = {_told('patient_id')}",
        "emr.entry_summary": f"{own} AND kind = ANY ({_told('kinds')}::text[]) "
        # What carries a label opens to the treating team alone.
        f"AND restrictions IS NULL AND effective_at >= {_told('since')} AND effective_at < {_told('until')}",
        "emr.entry": f"{BY_SHARE} AND {line.format(of='entry.id', table='entry')}",
        "emr.signature": f"{BY_SHARE} AND {line.format(of='signature.entry_id', table='signature')}",
        "emr.entry_version": f"{BY_SHARE} AND {line.format(of='entry_version.entry_id', table='entry_version')} AND {signed}",
        **dict.fromkeys(
            ("archive.study", "archive.series", "archive.instance", "archive.series_metadata"), study
        ),
    }
    for table, condition in conditions.items():
        name = table.replace(".", "_")
        op.execute(f"CREATE POLICY {name}_shared ON {table} FOR SELECT TO {WEB} USING ({condition})")
    op.execute(
        f"CREATE POLICY archive_study_reading_shared_add ON archive.study_reading FOR INSERT TO {WEB} "
        f"WITH CHECK ({own} AND session_id = (SELECT foundation.actor_share_opening()))"
    )
    op.execute(
        f"CREATE POLICY identity_share_opening_end_left ON identity.share_opening_end FOR INSERT TO {WEB} "
        f"WITH CHECK ({own} AND opening_id = (SELECT foundation.actor_share_opening()) AND ended_at = now())"
    )


def _audit() -> None:
    op.execute("ALTER TABLE foundation.audit_event ADD COLUMN share_opening_id uuid")
    op.execute(f"GRANT INSERT (share_opening_id) ON foundation.audit_event TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT SELECT (share_opening_id) ON foundation.audit_event TO {WEB}")
    op.execute(
        f"CREATE POLICY audit_event_own_opening ON foundation.audit_event AS RESTRICTIVE FOR INSERT TO {WEB} "
        "WITH CHECK (share_opening_id IS NOT DISTINCT FROM (SELECT foundation.actor_share_opening()))"
    )
