"""The legal day of a referral follows from its term, its sending and the calendar, and the database reckons it.

Until now it took what the application said: a day in fifty years, a term of beds for a neurologist, a sending ten years ago. From
now on a referral of the web stands under the term that is in force for its service and priority, by the newest calendar, with
the day that follows, and is sent when it is sent; the loader may tell of the past, by any calendar that was kept. The owner
of the tables, who makes demo regions and the benchmarks', is trusted: verify-dispatch reckons everything again.

A term may be of hours, too: the Government's programme has urgent primary care within two.
"""

from alembic import op

from foundation.postgres.roles import LOADER, OWNER

revision = "0102"
down_revision = "0101"

UNTRUSTED = "NOT foundation.enters_the_past()"
# Whoever may do everything may do what the loader may, and is the owner as well.
LOADS = (
    f"pg_has_role(current_user, '{LOADER}', 'USAGE') AND NOT pg_has_role(current_user, '{OWNER}', 'USAGE')"
)


def upgrade() -> None:
    _hours()
    _reckoning()
    _in_force()
    _from_now()
    _required()
    _of_the_web()
    _of_the_loader()


def _hours() -> None:
    table = "ALTER TABLE dispatch.waiting_term"
    op.execute(f"{table} DROP CONSTRAINT ck_waiting_term_unit")
    op.execute(
        f"{table} ADD CONSTRAINT ck_waiting_term_unit CHECK (unit IN ('hours', 'working_days', 'calendar_days'))"
    )
    op.execute(f"{table} ADD CONSTRAINT ck_waiting_term_hours CHECK (unit <> 'hours' OR length > 0)")


def _reckoning() -> None:
    """As dispatch_backend/calendar/rules.py and dispatch_backend/services/rules/terms.py reckon, by a test over any values."""
    op.execute(
        """
        CREATE FUNCTION dispatch.after_working_days(start date, count integer, calendar integer) RETURNS date
        LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
        DECLARE
            reached date := start;
            left_over integer := count;
            known_until date := start;
            otherwise date[];
        BEGIN
            WHILE left_over > 0 LOOP
                IF reached >= known_until THEN
                    known_until := reached + 60;
                    -- The days that are not as their weekday, by the newest word of this version or one before it.
                    SELECT coalesce(array_agg(told.day), '{}') INTO otherwise FROM (
                        SELECT DISTINCT ON (d.day) d.day, d.working FROM dispatch.calendar_day d
                        WHERE d.day > reached AND d.day <= known_until
                          AND d.calendar <= after_working_days.calendar
                        ORDER BY d.day, d.calendar DESC) told
                    WHERE told.working <> (extract(isodow FROM told.day) < 6);
                END IF;
                reached := reached + 1;
                IF (extract(isodow FROM reached) < 6) <> (reached = ANY (otherwise)) THEN
                    left_over := left_over - 1;
                END IF;
            END LOOP;
            RETURN reached;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION dispatch.legal_end(
            length integer, unit text, sent_at timestamptz, time_zone text, calendar integer,
            OUT due_on date, OUT due_at timestamptz)
        LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
        BEGIN
            IF unit = 'hours' THEN
                due_at := sent_at + make_interval(hours => length);
                -- An end at midnight is the end of the day before.
                due_on := ((due_at - interval '1 microsecond') AT TIME ZONE time_zone)::date;
                RETURN;
            END IF;
            due_on := (sent_at AT TIME ZONE time_zone)::date;
            CASE unit
            WHEN 'working_days' THEN due_on := dispatch.after_working_days(due_on, length, calendar);
            WHEN 'calendar_days' THEN due_on := due_on + length;
            END CASE;
            due_at := (due_on + 1)::timestamp AT TIME ZONE time_zone;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION dispatch.legal_end_of(
            term uuid, sent_at timestamptz, calendar integer, OUT due_on date, OUT due_at timestamptz)
        LANGUAGE sql STABLE PARALLEL SAFE AS $$
            SELECT legal.due_on, legal.due_at FROM dispatch.waiting_term t, dispatch.calendar c,
                dispatch.legal_end(t.length, t.unit, legal_end_of.sent_at, c.time_zone, c.number) legal
            WHERE t.id = legal_end_of.term AND c.number = legal_end_of.calendar
        $$
        """
    )


def _in_force() -> None:
    op.execute(
        """
        CREATE FUNCTION dispatch.term_in_force(service_code text, priority text, day date) RETURNS uuid
        LANGUAGE sql STABLE PARALLEL SAFE AS $$
            SELECT t.id FROM dispatch.service s JOIN dispatch.waiting_term t ON t.service_kind = s.kind
            WHERE s.code = term_in_force.service_code AND t.priority = term_in_force.priority
              AND term_in_force.day BETWEEN t.valid_from AND t.valid_to
            ORDER BY t.valid_from DESC LIMIT 1
        $$
        """
    )


def _from_now() -> None:
    """What a referral that is sent now stands under; nothing where no term is in force."""
    op.execute(
        """
        CREATE FUNCTION dispatch.term_from_now(service_code text, priority text) RETURNS TABLE (
            waiting_term_id uuid, sent_at timestamptz, due_on date, due_at timestamptz)
        LANGUAGE sql STABLE PARALLEL SAFE AS $$
            SELECT t.id, now(), legal.due_on, legal.due_at
            FROM dispatch.calendar c
            CROSS JOIN LATERAL dispatch.term_in_force(
                term_from_now.service_code, term_from_now.priority, (now() AT TIME ZONE c.time_zone)::date) AS force (id)
            JOIN dispatch.waiting_term t ON t.id = force.id
            CROSS JOIN LATERAL dispatch.legal_end(t.length, t.unit, now(), c.time_zone, c.number) legal
            WHERE c.number = dispatch.current_calendar()
        $$
        """
    )


def _required() -> None:
    op.execute(
        """
        CREATE FUNCTION dispatch.require_legal_day(
            service_code text, priority text, term uuid, sent_at timestamptz, calendar integer,
            due_on date, due_at timestamptz) RETURNS void
        LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
        DECLARE
            zone text := (SELECT c.time_zone FROM dispatch.calendar c
                          WHERE c.number = require_legal_day.calendar AND c.number > 0);
            lawful record;
        BEGIN
            IF zone IS NULL THEN
                RAISE EXCEPTION 'no day is reckoned by calendar %', calendar
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_referral_calendar';
            END IF;
            IF term IS DISTINCT FROM
               dispatch.term_in_force(service_code, priority, (sent_at AT TIME ZONE zone)::date)
            THEN
                RAISE EXCEPTION 'this is not the term in force for the service and the priority on the day of sending'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_referral_waiting_term';
            END IF;
            lawful := dispatch.legal_end_of(term, sent_at, calendar);
            IF (due_on, due_at) IS DISTINCT FROM (lawful.due_on, lawful.due_at) THEN
                RAISE EXCEPTION 'this is not the legal day that follows from term, sending and calendar'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_referral_legal_day';
            END IF;
        END $$
        """
    )


def _of_the_web() -> None:
    op.execute(
        """
        CREATE FUNCTION dispatch.hold_to_legal_day() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- Kept as it was told where it is of now: the day was reckoned from it, and midnight may lie between.
            PERFORM foundation.told_now(NEW.submitted_at);
            NEW.submitted_at := coalesce(NEW.submitted_at, now());
            IF NEW.calendar_version IS DISTINCT FROM dispatch.current_calendar() THEN
                RAISE EXCEPTION 'what is sent now is reckoned by the newest calendar'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_referral_calendar';
            END IF;
            PERFORM dispatch.require_legal_day(
                NEW.service_code, NEW.priority, NEW.waiting_term_id, NEW.submitted_at, NEW.calendar_version,
                NEW.due_on, NEW.due_at);
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER dispatch_referral_legal_day BEFORE INSERT ON dispatch.referral FOR EACH ROW "
        f"WHEN ({UNTRUSTED}) EXECUTE FUNCTION dispatch.hold_to_legal_day()"
    )
    # It moved the sending to the beginning of the transaction, whose day may be another.
    op.execute("DROP TRIGGER dispatch_referral_told_now ON dispatch.referral")


def _of_the_loader() -> None:
    """Once for all that was sent under one term on one day: thousands come in one statement."""
    op.execute(
        """
        CREATE FUNCTION dispatch.hold_told_to_legal_day() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM dispatch.require_legal_day(
                r.service_code, r.priority, r.waiting_term_id, min(r.submitted_at), r.calendar_version, r.due_on, r.due_at)
            FROM told r LEFT JOIN dispatch.calendar c ON c.number = r.calendar_version
            LEFT JOIN dispatch.waiting_term t ON t.id = r.waiting_term_id
            GROUP BY r.service_code, r.priority, r.waiting_term_id, r.calendar_version, r.due_on, r.due_at,
                (r.submitted_at AT TIME ZONE c.time_zone)::date,
                CASE WHEN t.unit = 'hours' THEN r.submitted_at END;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER dispatch_referral_legal_day_told AFTER INSERT ON dispatch.referral "
        f"REFERENCING NEW TABLE AS told FOR EACH STATEMENT WHEN ({LOADS}) "
        "EXECUTE FUNCTION dispatch.hold_told_to_legal_day()"
    )
