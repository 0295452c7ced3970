"""For how long the law keeps what of a person, and their requests that something be erased: cases with a legal day for the answer.

A request keeps, for each kind, until when it is kept and by which law, as its day told it. What the service keeps for itself
alone and may erase, the browsers of sessions that are over, `portal.erase_what_may_be` erases, for the privacy officer who
answers such a request. A process of the version before knows nothing of requests, and shows such sessions without their browser.
"""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from foundation.postgres.roles import DOORKEEPER, LOADER, OWNER, WEB
from migrations.walls import SERVICE_ROLES, forbid_change, guard_patient_table

revision = "0080"
down_revision = "0079"

MOMENT = TIMESTAMP(timezone=True)
OFFICER = "(SELECT foundation.actor_role()) = 'privacy-officer'"
OWN = "patient_id = (SELECT foundation.actor_patient('whole'))"
KINDS = ("record", "images", "referrals", "access", "consents", "requests", "devices")
# Years, whether a lawyer of the region has yet to confirm them, and the basis. None: erased when asked for.
PERIODS = (
    (
        "record",
        25,
        True,
        "List of documents of the Ministry of Health (order 408 of 3 August 2023); electronic documents are kept no shorter than "
        "paper (order 947n of 7 September 2020, item 20)",
        "Перечень документов Минздрава России (приказ № 408 от 03.08.2023); электронные документы хранятся не меньше бумажных "
        "(приказ № 947н от 07.09.2020, пункт 20)",
    ),
    (
        "images",
        5,
        True,
        "Rules of X-ray examinations (order 560n of 9 June 2020) and the list of documents of the Ministry of Health (order 408)",
        "Правила рентгенологических исследований (приказ № 560н от 09.06.2020) и перечень документов Минздрава (приказ № 408)",
    ),
    (
        "referrals",
        5,
        True,
        "List of documents of the Ministry of Health (order 408 of 3 August 2023)",
        "Перечень документов Минздрава России (приказ № 408 от 03.08.2023)",
    ),
    (
        "access",
        25,
        True,
        "Order 947n of 7 September 2020, item 19: who was given access to documents is kept with them",
        "Приказ № 947н от 07.09.2020, пункт 19: сведения о доступе к документам сохраняются вместе с ними",
    ),
    (
        "consents",
        3,
        False,
        "List of documents of Rosarkhiv (order 236 of 20 December 2019, item 441): three years from when a consent ends",
        "Перечень Росархива (приказ № 236 от 20.12.2019, статья 441): три года после истечения или отзыва согласия",
    ),
    (
        "requests",
        5,
        False,
        "List of documents of Rosarkhiv (order 236 of 20 December 2019, item 154): five years",
        "Перечень Росархива (приказ № 236 от 20.12.2019, статья 154): пять лет",
    ),
    (
        "devices",
        None,
        False,
        "Federal law 152-FZ, article 5 (part 7): no longer than its purpose needs",
        "Федеральный закон № 152-ФЗ, статья 5 (часть 7): не дольше, чем нужно для цели",
    ),
)
# Ten working days are never fewer than fourteen days; five more are never fewer than seven.
TERM_EN = (
    "Federal law 152-FZ, articles 20 (part 2) and 21 (part 5.1): ten working days, which are at least 14 days"
)
TERM_RU = "Федеральный закон № 152-ФЗ, статьи 20 (часть 2) и 21 (часть 5.1): десять рабочих дней, то есть не меньше 14 дней"


def upgrade() -> None:
    _periods()
    _terms()
    _requests()
    _steps()
    _waiting()
    _erasing()
    _messages()


def _register(name: str) -> None:
    op.execute(f"GRANT SELECT ON portal.{name} TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT INSERT ON portal.{name} TO {LOADER}")


def _dates() -> list[sa.Column]:
    return [
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("valid_to", sa.Date, nullable=False),
    ]


def _basis() -> list[sa.Column]:
    return [sa.Column("basis_en", sa.Text, nullable=False), sa.Column("basis_ru", sa.Text, nullable=False)]


def _kind(**options: bool) -> sa.Column:
    words = ", ".join(f"'{each}'" for each in KINDS)
    return sa.Column("kind", sa.Text, sa.CheckConstraint(f"kind IN ({words})"), nullable=False, **options)


def _periods() -> None:
    table = op.create_table(
        "retention_period",
        _kind(primary_key=True),
        *_dates(),
        sa.Column("years", sa.Integer, sa.CheckConstraint("years BETWEEN 1 AND 100")),
        sa.Column("to_be_confirmed", sa.Boolean, nullable=False),
        *_basis(),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_retention_period_valid_to"),
        schema="portal",
    )
    names = ("kind", "years", "to_be_confirmed", "basis_en", "basis_ru")
    dates = {"valid_from": date(2020, 1, 1), "valid_to": date.max}
    op.bulk_insert(table, [{**dict(zip(names, each, strict=True)), **dates} for each in PERIODS])
    _register("retention_period")


def _terms() -> None:
    table = op.create_table(
        "erasure_term",
        *_dates(),
        sa.Column("days", sa.Integer, sa.CheckConstraint("days BETWEEN 1 AND 365"), nullable=False),
        sa.Column(
            "further_days", sa.Integer, sa.CheckConstraint("further_days BETWEEN 0 AND 365"), nullable=False
        ),
        *_basis(),
        schema="portal",
    )
    op.bulk_insert(
        table,
        [
            {
                "valid_from": date(2022, 9, 1),
                "valid_to": date.max,
                "days": 14,
                "further_days": 7,
                "basis_en": TERM_EN,
                "basis_ru": TERM_RU,
            }
        ],
    )
    _register("erasure_term")


def _requests() -> None:
    op.create_table(
        "erasure_request",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False, unique=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("words", sa.Text, sa.CheckConstraint("words <> ''"), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("further_days", sa.Integer, nullable=False),
        *_basis(),
        sa.UniqueConstraint("id", "patient_id", name="uq_erasure_request_id_patient_id"),
        schema="portal",
    )
    op.create_table(
        "erasure_item",
        sa.Column("request_id", UUID, primary_key=True),
        _kind(primary_key=True),
        sa.Column("patient_id", UUID, nullable=False),
        sa.Column("kept_until", sa.Date),
        sa.Column("to_be_confirmed", sa.Boolean, nullable=False),
        *_basis(),
        _of_its_request(),
        schema="portal",
    )
    for name, dated in (("erasure_request", " AND asked_at = now()"), ("erasure_item", "")):
        guard_patient_table(f"portal.{name}", part="whole")
        op.execute(
            f"CREATE POLICY portal_{name}_own_add ON portal.{name} FOR INSERT TO {WEB} WITH CHECK ({OWN}{dated})"
        )
        _officer_reads(name)
        forbid_change(f"portal.{name}")


def _of_its_request() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["request_id", "patient_id"], ["portal.erasure_request.id", "portal.erasure_request.patient_id"]
    )


def _officer_reads(name: str) -> None:
    op.execute(f"CREATE POLICY portal_{name}_officer ON portal.{name} FOR SELECT TO {WEB} USING ({OFFICER})")


def _steps() -> None:
    op.create_table(
        "erasure_step",
        sa.Column("request_id", UUID, primary_key=True),
        sa.Column("number", sa.Integer, sa.CheckConstraint("number > 0"), primary_key=True),
        sa.Column("patient_id", UUID, nullable=False),
        sa.Column(
            "state", sa.Text, sa.CheckConstraint("state IN ('extended', 'kept', 'erased')"), nullable=False
        ),
        sa.Column("words", sa.Text, sa.CheckConstraint("words <> ''"), nullable=False),
        sa.Column("erased_count", sa.Integer, sa.CheckConstraint("erased_count >= 0"), nullable=False),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False, server_default=sa.text("now()")),
        _of_its_request(),
        schema="portal",
    )
    guard_patient_table("portal.erasure_step", part="whole")
    _officer_reads("erasure_step")
    op.execute(
        f"CREATE POLICY portal_erasure_step_answer ON portal.erasure_step FOR INSERT TO {WEB} WITH CHECK ("
        f"{OFFICER} AND at = now() AND staff_id = (SELECT foundation.actor_staff()) "
        "AND facility_id = (SELECT foundation.actor_facility()) AND (SELECT identity.actor_at_post()))"
    )
    forbid_change("portal.erasure_step")


def _waiting() -> None:
    """No history: a request stands here until it is answered."""
    op.create_table(
        "waiting_erasure",
        sa.Column("request_id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False, index=True),
        _of_its_request(),
        schema="portal",
    )
    guard_patient_table("portal.waiting_erasure", patient_may_write=True, part="whole")
    _officer_reads("waiting_erasure")
    op.execute(f"GRANT DELETE, UPDATE (due_on) ON portal.waiting_erasure TO {WEB}")
    for act, condition in (
        ("DELETE", f"USING ({OFFICER})"),
        ("UPDATE", f"USING ({OFFICER}) WITH CHECK ({OFFICER})"),
    ):
        op.execute(
            f"CREATE POLICY portal_waiting_erasure_officer_{act.lower()} ON portal.waiting_erasure FOR {act} TO {WEB} {condition}"
        )


def _erasing() -> None:
    """How many sessions that are over forgot with which browser they were held."""
    op.execute(f"GRANT USAGE, CREATE ON SCHEMA portal TO {DOORKEEPER}")
    op.execute(f"GRANT SELECT ON portal.waiting_erasure TO {DOORKEEPER}")
    op.execute(
        f"CREATE POLICY portal_waiting_erasure_doorkeeper ON portal.waiting_erasure FOR SELECT TO {DOORKEEPER} USING (true)"
    )
    op.execute(
        "GRANT SELECT (browser_family, browser_system), UPDATE (browser_family, browser_system) "
        f"ON identity.session TO {DOORKEEPER}"
    )
    op.execute(
        """
        CREATE FUNCTION portal.erase_what_may_be(of_request uuid) RETURNS integer
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            whose uuid;
            erased integer;
        BEGIN
            IF (foundation.actor_kind() = 'staff' AND foundation.actor_role() = 'privacy-officer'
                AND identity.actor_at_post()) IS NOT TRUE
            THEN
                RAISE EXCEPTION 'this actor erases nothing' USING ERRCODE = '42501';
            END IF;
            SELECT w.patient_id INTO whose FROM portal.waiting_erasure w WHERE w.request_id = of_request;
            UPDATE identity.session s SET browser_family = '', browser_system = ''
            WHERE s.patient_id = whose AND s.delegation_id IS NULL AND s.actor_kind = 'citizen'
              AND (s.browser_family <> '' OR s.browser_system <> '')
              AND (s.expires_at <= now() OR EXISTS (SELECT 1 FROM identity.session_end e WHERE e.session_id = s.id));
            GET DIAGNOSTICS erased = ROW_COUNT;
            RETURN erased;
        END $$
        """
    )
    op.execute(f"ALTER FUNCTION portal.erase_what_may_be OWNER TO {DOORKEEPER}")
    op.execute(f"REVOKE CREATE ON SCHEMA portal FROM {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("REVOKE ALL ON FUNCTION portal.erase_what_may_be FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION portal.erase_what_may_be TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _messages() -> None:
    """The web announces an answer that it has given in the same transaction, and nothing else."""
    op.execute(
        """
        CREATE FUNCTION portal.has_answered_erasure(topic text, payload jsonb) RETURNS boolean LANGUAGE sql STABLE
        RETURN topic = 'erasure.answered' AND EXISTS (
            SELECT FROM portal.erasure_step s
            WHERE s.request_id = (payload ->> 'object_id')::uuid
              AND s.at = now() AND s.staff_id = (SELECT foundation.actor_staff())
              AND payload = jsonb_build_object(
                  'patient_id', s.patient_id, 'object_id', s.request_id, 'number', s.number))
        """
    )
    op.execute(
        f"CREATE POLICY outbox_message_of_erasures ON foundation.outbox_message FOR INSERT TO {WEB} "
        "WITH CHECK (portal.has_answered_erasure(topic, payload))"
    )
