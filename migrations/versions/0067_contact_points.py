"""Contact details of people, kept by themselves or by a registrar, confirmed, and used only as they choose.

Each is a row that nobody changes; that it ended, was confirmed, was refused by a mail server, and what its owner chose are rows
too. An address is confirmed through a link of which only the digest is kept: `identity.confirm_contact_point` takes it, whoever
holds it. A process of the version before knows of none of it; one that delivers the outbox would take a letter for nobody's.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from foundation.postgres.roles import DOORKEEPER, OWNER
from migrations.walls import LOADER, WEB, WORKER, forbid_change, guard_patient_table

revision = "0067"
down_revision = "0066"

MOMENT = TIMESTAMP(timezone=True)
POINT, CHOICE = "identity.contact_point", "identity.notice_choice"
REGISTRAR = "(SELECT foundation.actor_role()) = 'registrar' AND (SELECT identity.actor_at_post())"
ACTOR_STAFF = "(SELECT foundation.actor_staff())"
OF_STAFF = f"(staff_id = {ACTOR_STAFF} AND (SELECT foundation.actor_kind()) = 'staff')"
# Whoever acts for somebody by a right to all of the record answers their letters too.
OWN = f"(patient_id = (SELECT foundation.actor_patient('whole')) OR {OF_STAFF})"
AT_DESK = f"{REGISTRAR} AND entered_by = {ACTOR_STAFF} AND facility_id = (SELECT foundation.actor_facility())"
OWN_POINT = f"(p.patient_id = (SELECT foundation.actor_patient('whole')) OR p.staff_id = {ACTOR_STAFF})"
READ_BY_WORKER = ("id", "patient_id", "staff_id", "provider", "browser_family", "browser_system", "began_at")


def upgrade() -> None:
    _points()
    _choices()
    _further_rows()
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    _confirming()
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    _messages()
    op.execute(f"GRANT SELECT ({', '.join(READ_BY_WORKER)}) ON identity.session TO {WORKER}")
    op.execute(
        f"CREATE POLICY session_told_by_worker ON identity.session FOR SELECT TO {WORKER} USING (true)"
    )


def _owner() -> list[sa.Column]:
    return [
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), index=True),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), index=True),
    ]


def _by_whom() -> list[sa.Column]:
    """The member of staff and where; neither where the person did it themself."""
    return [
        sa.Column("entered_by", UUID, sa.ForeignKey("identity.staff_member.id")),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id")),
    ]


def _points() -> None:
    op.create_table(
        "contact_point",
        sa.Column("id", UUID, primary_key=True),
        *_owner(),
        sa.Column("system", sa.Text, sa.CheckConstraint("system IN ('email', 'phone')"), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary, nullable=False),
        *_by_whom(),
        sa.Column("entered_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint("num_nonnulls(patient_id, staff_id) = 1", name="ck_contact_point_patient_id"),
        sa.CheckConstraint(
            "num_nonnulls(entered_by, facility_id) IN (0, 2)", name="ck_contact_point_entered_by"
        ),
        schema="identity",
    )
    guard_patient_table(POINT, readers=("registrar",), part="whole")
    op.execute(
        f"CREATE POLICY identity_contact_point_of_staff ON {POINT} FOR SELECT TO {WEB} USING ({OF_STAFF})"
    )
    op.execute(
        f"CREATE POLICY identity_contact_point_own_add ON {POINT} FOR INSERT TO {WEB} "
        f"WITH CHECK ({OWN} AND entered_by IS NULL AND entered_at = now())"
    )
    op.execute(
        f"CREATE POLICY identity_contact_point_desk_add ON {POINT} FOR INSERT TO {WEB} "
        f"WITH CHECK ({AT_DESK} AND identity.in_care(patient_id) AND entered_at = now())"
    )
    # The service's secret may be changed.
    op.execute(f"GRANT UPDATE (value_sealed) ON {POINT} TO {LOADER}")


def _choices() -> None:
    """What somebody wants to be told of; the newest row of a topic stands. Nobody chooses for another but by a right to all."""
    op.create_table(
        "notice_choice",
        sa.Column("id", UUID, primary_key=True),
        *_owner(),
        sa.Column("topic", sa.Text, sa.CheckConstraint("topic IN ('sign-in')"), nullable=False),
        sa.Column("wanted", sa.Boolean, nullable=False),
        sa.Column("language", sa.Text, sa.CheckConstraint("language IN ('en', 'ru')"), nullable=False),
        sa.Column("chosen_at", MOMENT, nullable=False, server_default=sa.text("clock_timestamp()")),
        sa.CheckConstraint("num_nonnulls(patient_id, staff_id) = 1", name="ck_notice_choice_patient_id"),
        schema="identity",
    )
    guard_patient_table(CHOICE, part="whole")
    op.execute(
        f"CREATE POLICY identity_notice_choice_of_staff ON {CHOICE} FOR SELECT TO {WEB} USING ({OF_STAFF})"
    )
    op.execute(
        f"CREATE POLICY identity_notice_choice_own_add ON {CHOICE} FOR INSERT TO {WEB} "
        f"WITH CHECK ({OWN} AND chosen_at BETWEEN now() AND now() + interval '1 minute')"
    )
    forbid_change(CHOICE)


def _of_point() -> sa.Column:
    return sa.Column("contact_point_id", UUID, sa.ForeignKey(f"{POINT}.id"), primary_key=True)


def _further_rows() -> None:
    """What became of a contact point: seen and written by whoever sees the contact point itself."""
    op.create_table(
        "contact_point_end",
        _of_point(),
        *_by_whom(),
        sa.Column("ended_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        schema="identity",
    )
    op.create_table(
        "contact_point_confirmation",
        _of_point(),
        sa.Column("method", sa.Text, sa.CheckConstraint("method IN ('link', 'in-person')"), nullable=False),
        *_by_whom(),
        sa.Column("confirmed_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        schema="identity",
    )
    op.create_table(
        "contact_link",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("contact_point_id", UUID, sa.ForeignKey(f"{POINT}.id"), nullable=False, index=True),
        sa.Column("token_sha256", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("language", sa.Text, sa.CheckConstraint("language IN ('en', 'ru')"), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.Column(
            "expires_at", MOMENT, nullable=False, server_default=sa.text("now() + interval '24 hours'")
        ),
        sa.CheckConstraint(
            "expires_at > made_at AND expires_at <= made_at + interval '24 hours'",
            name="ck_contact_link_expires_at",
        ),
        schema="identity",
    )
    op.create_table(
        "contact_point_refusal",
        _of_point(),
        sa.Column("refused_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        schema="identity",
    )
    by_owner, at_desk = f"{OWN_POINT} AND entered_by IS NULL", f"{AT_DESK} AND identity.in_care(p.patient_id)"
    in_person = f"p.system = 'phone' AND {at_desk}"
    _see_with_point("contact_point_end", "ended_at = now()", f"({by_owner} OR {at_desk})")
    _see_with_point("contact_point_confirmation", "method = 'in-person' AND confirmed_at = now()", in_person)
    _see_with_point("contact_link", "made_at = now()", "p.system = 'email'")
    _see_with_point("contact_point_refusal")
    op.execute(f"GRANT INSERT ON identity.contact_point_refusal TO {WORKER}")
    op.execute(
        f"CREATE POLICY identity_contact_point_refusal_told ON identity.contact_point_refusal FOR INSERT TO {WORKER} "
        "WITH CHECK (refused_at = now())"
    )


def _see_with_point(name: str, added: str = "", of_point: str = "") -> None:
    """Args: what a row says that the web adds, and which contact point `p` it is of; none are added where neither is given."""
    table = f"identity.{name}"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO {WEB}, {LOADER}, {WORKER}")
    seen = f"EXISTS (SELECT 1 FROM {POINT} AS p WHERE p.id = {name}.contact_point_id"
    op.execute(f"CREATE POLICY identity_{name}_seen ON {table} FOR SELECT TO {WEB} USING ({seen}))")
    op.execute(f"CREATE POLICY identity_{name}_read ON {table} FOR SELECT TO {LOADER}, {WORKER} USING (true)")
    if added:
        told = of_point.replace("entered_by", f"{name}.entered_by").replace(
            "facility_id", f"{name}.facility_id"
        )
        op.execute(f"GRANT INSERT ON {table} TO {WEB}")
        op.execute(
            f"CREATE POLICY identity_{name}_add ON {table} FOR INSERT TO {WEB} WITH CHECK ({added} AND {seen} AND {told}))"
        )
    forbid_change(table)


def _confirming() -> None:
    """Whether the link was one: of an address that is kept still, not confirmed yet, of somebody who lives."""
    rights = {
        "contact_point": "SELECT (id, patient_id, system)",
        "contact_point_end": "SELECT (contact_point_id)",
        "contact_link": "SELECT (contact_point_id, token_sha256, expires_at)",
        "contact_point_confirmation": "SELECT (contact_point_id), INSERT (contact_point_id, method, confirmed_at)",
    }
    for table, granted in rights.items():
        op.execute(f"GRANT {granted} ON identity.{table} TO {DOORKEEPER}")
        op.execute(
            f"CREATE POLICY {table}_doorkeeper ON identity.{table} TO {DOORKEEPER} USING (true) WITH CHECK (true)"
        )
    op.execute(
        """
        CREATE FUNCTION identity.confirm_contact_point(of_token bytea) RETURNS boolean
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        BEGIN
            INSERT INTO identity.contact_point_confirmation (contact_point_id, method, confirmed_at)
            SELECT p.id, 'link', now() FROM identity.contact_link l
            JOIN identity.contact_point p ON p.id = l.contact_point_id
            WHERE l.token_sha256 = of_token AND l.expires_at > now() AND p.system = 'email'
              AND NOT EXISTS (SELECT 1 FROM identity.contact_point_end e WHERE e.contact_point_id = p.id)
              AND NOT EXISTS (
                  SELECT 1 FROM identity.patient d WHERE d.id = p.patient_id AND d.recorded_death_on IS NOT NULL)
            ON CONFLICT DO NOTHING;
            RETURN FOUND;
        END $$
        """
    )
    op.execute(f"ALTER FUNCTION identity.confirm_contact_point OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("REVOKE ALL ON FUNCTION identity.confirm_contact_point FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION identity.confirm_contact_point TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _messages() -> None:
    """The web announces the link that it has made, its own session that begins, and what a registrar enters or ends."""
    op.execute(
        f"""
        CREATE FUNCTION identity.has_letter_to_send(topic text, payload jsonb) RETURNS boolean LANGUAGE sql STABLE
        RETURN CASE topic
            WHEN 'mail.contact-link' THEN length(payload ->> 'sealed') < 1000 AND EXISTS (
                SELECT FROM identity.contact_link l
                WHERE l.id = (payload ->> 'link_id')::uuid AND l.made_at = now()
                  AND payload - 'sealed' = jsonb_build_object('link_id', l.id))
            WHEN 'mail.sign-in' THEN EXISTS (
                SELECT FROM identity.session s
                WHERE s.id = (payload ->> 'session_id')::uuid AND s.began_at > now() - interval '5 minutes'
                  AND payload = jsonb_build_object('session_id', s.id))
            WHEN 'contact-point.entered' THEN EXISTS (
                SELECT FROM {POINT} p
                WHERE p.id = (payload ->> 'object_id')::uuid AND p.entered_at = now()
                  AND p.entered_by = (SELECT foundation.actor_staff())
                  AND payload = jsonb_build_object('patient_id', p.patient_id, 'object_id', p.id))
            WHEN 'contact-point.ended' THEN EXISTS (
                SELECT FROM {POINT} p JOIN identity.contact_point_end e ON e.contact_point_id = p.id
                WHERE p.id = (payload ->> 'object_id')::uuid AND e.ended_at = now()
                  AND e.entered_by = (SELECT foundation.actor_staff())
                  AND payload = jsonb_build_object('patient_id', p.patient_id, 'object_id', p.id))
            ELSE false END
        """
    )
    op.execute(
        f"CREATE POLICY outbox_message_of_contact_points ON foundation.outbox_message FOR INSERT TO {WEB} "
        "WITH CHECK (identity.has_letter_to_send(topic, payload))"
    )
