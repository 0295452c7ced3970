"""A citizen lets another act for them: offered to whoever has this number and day of birth, and accepted by that person.

An offer looks nobody up: it is kept whether or not there is such a person, and found by that person alone. The right that
follows from it bears its number. Whoever gave such a right ends it, and so does whoever holds it. A process of the version before knows of
no offers; of rights that were given so it knows as of any.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, UUID

from foundation.postgres.roles import DOORKEEPER, LOADER, OWNER, WEB
from migrations.walls import forbid_change, guard_patient_table

revision = "0057"
down_revision = "0056"

MOMENT = TIMESTAMP(timezone=True)
OFFER, ANSWER, END = (
    "identity.delegation_offer",
    "identity.delegation_offer_answer",
    "identity.delegation_end",
)
# Whoever acts for somebody gives nobody a right over them.
AS_ONESELF = (
    "(SELECT foundation.actor_kind()) = 'citizen' AND (SELECT foundation.actor_delegation()) IS NULL "
    "AND patient_id = (SELECT foundation.actor_patient())"
)
# Who an offer is made to, `o` the offer and `a` the patient.
MADE_TO = (
    "o.patient_id <> a.id AND a.birth_date = o.birth_date AND a.birth_precision = 'day' "
    "AND EXISTS (SELECT 1 FROM identity.patient_identifier i WHERE i.patient_id = a.id "
    "AND i.system = o.identifier_system AND i.value_digest = o.identifier_digest)"
)


def upgrade() -> None:
    _offers()
    _answers()
    _ends()
    _what_the_doorkeeper_does()
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    _offers_to_actor()
    _answer_offer()
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")


def _offers() -> None:
    op.create_table(
        "delegation_offer",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("identifier_system", sa.Text, nullable=False),
        sa.Column("identifier_digest", sa.LargeBinary, nullable=False, index=True),
        sa.Column("identifier_sealed", sa.LargeBinary, nullable=False),
        sa.Column("birth_date", sa.Date, nullable=False),
        sa.Column("scopes", ARRAY(sa.Text), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("offered_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint(
            "scopes <@ ARRAY['record', 'bookings', 'images'] AND cardinality(scopes) > 0",
            name="ck_delegation_offer_scopes",
        ),
        sa.CheckConstraint(
            "expires_at > offered_at AND ends_at >= expires_at AND ends_at < offered_at + interval '400 days'",
            name="ck_delegation_offer_ends_at",
        ),
        schema="identity",
    )
    guard_patient_table(OFFER, part="whole")
    op.execute(
        f"CREATE POLICY identity_delegation_offer_add ON {OFFER} FOR INSERT TO {WEB} "
        f"WITH CHECK ({AS_ONESELF} AND offered_at = now())"
    )
    # The service's secret may be changed while an offer waits.
    op.execute(f"GRANT UPDATE (identifier_digest, identifier_sealed) ON {OFFER} TO {LOADER}")


def _answers() -> None:
    op.create_table(
        "delegation_offer_answer",
        sa.Column("offer_id", UUID, sa.ForeignKey("identity.delegation_offer.id"), primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint(
            "answer IN ('accepted', 'declined', 'revoked')", name="ck_delegation_offer_answer_answer"
        ),
        schema="identity",
    )
    guard_patient_table(ANSWER, part="whole")
    op.execute(
        f"CREATE POLICY identity_delegation_offer_answer_add ON {ANSWER} FOR INSERT TO {WEB} WITH CHECK ("
        f"{AS_ONESELF} AND answer = 'revoked' AND answered_at = now() AND EXISTS (SELECT 1 FROM {OFFER} AS o "
        "WHERE o.id = offer_id AND o.patient_id = delegation_offer_answer.patient_id))"
    )
    forbid_change(ANSWER)


def _ends() -> None:
    """Who gave a right by their own will takes it back; who holds it gives it back, in whose name they then act."""
    op.execute(f"GRANT INSERT ON {END} TO {WEB}")
    op.execute(
        f"CREATE POLICY identity_delegation_end_of_grant ON {END} FOR INSERT TO {WEB} WITH CHECK ("
        "ended_at = now() AND patient_id = (SELECT foundation.actor_patient()) AND EXISTS ("
        "SELECT 1 FROM identity.delegation AS d WHERE d.id = delegation_id AND d.kind = 'grant' "
        "AND d.patient_id = delegation_end.patient_id AND d.delegate_id = delegation_end.delegate_id "
        "AND ((SELECT foundation.actor_delegation()) IS NULL OR (SELECT foundation.actor_delegation()) = d.id)))"
    )


def _what_the_doorkeeper_does() -> None:
    asked = "id, patient_id, identifier_system, identifier_digest, birth_date, scopes, words, ends_at, expires_at, offered_at"
    op.execute(f"GRANT SELECT ({asked}) ON {OFFER} TO {DOORKEEPER}")
    op.execute(f"GRANT SELECT, INSERT (offer_id, patient_id, answer) ON {ANSWER} TO {DOORKEEPER}")
    entered = "id, patient_id, delegate_id, kind, scopes, began_at, ends_at, basis, evidence_sha256"
    op.execute(f"GRANT INSERT ({entered}) ON identity.delegation TO {DOORKEEPER}")
    op.execute(
        f"CREATE POLICY identity_delegation_offer_doorkeeper ON {OFFER} FOR SELECT TO {DOORKEEPER} USING (true)"
    )
    op.execute(
        f"CREATE POLICY identity_delegation_offer_answer_doorkeeper ON {ANSWER} TO {DOORKEEPER} USING (true) WITH CHECK (true)"
    )
    op.execute(
        f"CREATE POLICY identity_delegation_doorkeeper_grant ON identity.delegation FOR INSERT TO {DOORKEEPER} "
        "WITH CHECK (kind = 'grant')"
    )


def _offers_to_actor() -> None:
    """What waits for the actor's answer or has it, with the name of who offers it."""
    op.execute(
        f"""
        CREATE FUNCTION identity.offers_to_actor()
        RETURNS TABLE (offer_id uuid, patient_id uuid, family_name text, given_name text, middle_name text, scopes text[],
            words text, ends_at timestamptz, expires_at timestamptz, offered_at timestamptz, answer text, birth_date date)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT o.id, p.id, p.family_name, p.given_name, p.middle_name, o.scopes, o.words, o.ends_at, o.expires_at,
               o.offered_at, coalesce(w.answer, ''), a.birth_date
        FROM identity.patient a
        JOIN identity.patient_identifier own ON own.patient_id = a.id
        JOIN identity.delegation_offer o ON o.identifier_digest = own.value_digest
        JOIN identity.patient p ON p.id = o.patient_id
        LEFT JOIN identity.delegation_offer_answer w ON w.offer_id = o.id
        WHERE a.id = foundation.actor_patient() AND foundation.actor_kind() = 'citizen'
          AND foundation.actor_delegation() IS NULL AND {MADE_TO}
          AND p.death_precision IS NULL AND w.answer IS DISTINCT FROM 'revoked' AND (o.expires_at > now() OR w.offer_id IS NOT NULL)
        $$
        """
    )
    _give_to_doorkeeper("offers_to_actor")


def _answer_offer() -> None:
    """Whoever answers is known by their account, as to accept is done in the giver's name; the right bears the offer's number."""
    op.execute(
        f"""
        CREATE FUNCTION identity.answer_offer(of_offer uuid, accepted boolean) RETURNS boolean
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            offer record;
        BEGIN
            SELECT o.id, o.patient_id, o.scopes, o.ends_at, a.id AS delegate_id INTO offer
            FROM identity.delegation_offer o
            JOIN identity.patient_link l ON l.account_id = foundation.actor_account()
            JOIN identity.patient a ON a.id = l.patient_id
            WHERE o.id = of_offer AND o.expires_at > now() AND {MADE_TO}
              AND CASE WHEN accepted
                  THEN foundation.actor_kind() = 'delegate' AND foundation.actor_patient() = o.patient_id
                      AND foundation.actor_delegation() = o.id
                  ELSE foundation.actor_kind() = 'citizen' AND foundation.actor_patient() = a.id
                      AND foundation.actor_delegation() IS NULL END;
            IF NOT FOUND THEN
                RETURN false;
            END IF;
            INSERT INTO identity.delegation_offer_answer (offer_id, patient_id, answer)
            VALUES (offer.id, offer.patient_id, CASE WHEN accepted THEN 'accepted' ELSE 'declined' END)
            ON CONFLICT DO NOTHING;
            IF NOT FOUND THEN
                RETURN false;
            END IF;
            IF accepted THEN
                INSERT INTO identity.delegation
                    (id, patient_id, delegate_id, kind, scopes, began_at, ends_at, basis, evidence_sha256)
                VALUES (offer.id, offer.patient_id, offer.delegate_id, 'grant', offer.scopes, now(), offer.ends_at,
                        'Own grant', '');
            END IF;
            RETURN true;
        END $$
        """
    )
    _give_to_doorkeeper("answer_offer")


def _give_to_doorkeeper(function: str) -> None:
    op.execute(f"ALTER FUNCTION identity.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION identity.{function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION identity.{function} TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")
