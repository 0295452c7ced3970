"""What the web writes into a history the database numbers, dates, chains and seals; lines, messages, answers it checks.

Until now the application reckoned number, digest and time, and the database took them: whoever ran SQL of their own as
center_web dated a signature back, signed an overtaken version, invented a digest or a message. Now triggers set what the
web leaves out and refuse what it says wrongly, so that processes of the version before, which reckon all of it
themselves, go on working. docs/decisions/0014-histories.md says what each function promises.

The loader and the owner of the tables enter the past with its own times, and many rows at once: of them only the chain is
asked.
"""

from alembic import op

from foundation.postgres.roles import LOADER, OWNER
from migrations.walls import WEB

revision = "0034"
down_revision = "0033"

UNTRUSTED = "NOT foundation.enters_the_past()"
# Where the time at which something is told stands in a column of its own.
TOLD_AT = {
    "dispatch.referral": "submitted_at",
    "dispatch.booking": "booked_at",
    "dispatch.booking_cancellation": "cancelled_at",
    "dispatch.booking_outcome": "recorded_at",
    "emr.entry": "created_at",
    "foundation.idempotency_key": "used_at",
}
# What staff write at their post, and what else of it they may do.
AT_POST = {
    "dispatch.referral": ("UPDATE",),
    "dispatch.referral_event": (),
    "dispatch.booking": (),
    "dispatch.booking_cancellation": (),
    "dispatch.booking_outcome": (),
    "dispatch.slot_occupancy": ("DELETE",),
    "emr.entry": (),
    "emr.entry_version": (),
    "emr.signature": (),
    "emr.entry_summary": ("UPDATE",),
}


def upgrade() -> None:
    _digests()
    _links()
    _posts()
    _times()
    _events()
    _versions()
    _signatures()
    _lines()
    _answers()
    _messages()


def _digests() -> None:
    """The same bytes as foundation/canonical_json.py writes, and their digest."""
    op.execute(
        """
        CREATE FUNCTION foundation.canonical_json(value jsonb) RETURNS text
        LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
        BEGIN
            CASE jsonb_typeof(value)
            WHEN 'object' THEN
                RETURN (
                    SELECT '{' || coalesce(string_agg(
                        to_json(m.key)::text || ':' || CASE
                            WHEN jsonb_typeof(m.value) IN ('object', 'array') THEN foundation.canonical_json(m.value)
                            ELSE m.value::text END,
                        ',' ORDER BY m.key COLLATE "C"), '') || '}'
                    FROM jsonb_each(value) AS m);
            WHEN 'array' THEN
                RETURN (
                    SELECT '[' || coalesce(string_agg(
                        CASE
                            WHEN jsonb_typeof(e.value) IN ('object', 'array') THEN foundation.canonical_json(e.value)
                            ELSE e.value::text END,
                        ',' ORDER BY e.place), '') || ']'
                    FROM jsonb_array_elements(value) WITH ORDINALITY AS e (value, place));
            ELSE
                RETURN value::text;
            END CASE;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION foundation.digest_of(value jsonb) RETURNS text
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN encode(sha256(convert_to(foundation.canonical_json(value), 'UTF8')), 'hex')
        """
    )


def _links() -> None:
    op.execute(
        f"""
        CREATE FUNCTION foundation.enters_the_past() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN pg_has_role(current_user, '{LOADER}', 'USAGE') OR pg_has_role(current_user, '{OWNER}', 'USAGE')
        """
    )
    op.execute(
        """
        CREATE FUNCTION foundation.told_now(given timestamptz) RETURNS timestamptz
        LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
        BEGIN
            -- Clocks of two machines differ, and a process may have waited for a lock.
            IF given NOT BETWEEN now() - interval '10 minutes' AND clock_timestamp() + interval '10 minutes' THEN
                RAISE EXCEPTION 'the time of what is told is the time at which it is told'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN now();
        END $$
        """
    )
    op.execute(
        "CREATE TYPE foundation.link AS (number integer, at timestamptz, previous_sha256 text, sha256 text)"
    )
    op.execute(
        """
        CREATE FUNCTION foundation.next_link(last foundation.link, given foundation.link) RETURNS foundation.link
        LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
        DECLARE
            follows foundation.link;
        BEGIN
            follows.number := coalesce(last.number, 0) + 1;
            follows.previous_sha256 := coalesce(last.sha256, '');
            IF given.number <> follows.number OR given.previous_sha256 <> follows.previous_sha256 THEN
                RAISE EXCEPTION 'number % does not follow number % of its history', given.number, last.number
                    USING ERRCODE = 'check_violation';
            END IF;
            IF foundation.enters_the_past() THEN
                follows.at := given.at;
                follows.sha256 := given.sha256;
            ELSE
                -- Who waited for the lock began before whoever had it.
                follows.at := greatest(foundation.told_now(given.at), last.at);
            END IF;
            RETURN follows;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION foundation.sealed(given text, own text) RETURNS text
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        BEGIN
            IF given <> own THEN
                RAISE EXCEPTION 'this is not the digest of what it stands for' USING ERRCODE = 'check_violation';
            END IF;
            RETURN own;
        END $$
        """
    )


def _posts() -> None:
    """Role, member of staff and facility of the context belong together: somebody holds that post now."""
    op.execute(
        """
        CREATE FUNCTION identity.actor_at_post() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN EXISTS (
            SELECT 1 FROM identity.staff_post
            WHERE staff_id = (SELECT foundation.actor_staff())
              AND facility_id = (SELECT foundation.actor_facility())
              AND role = (SELECT foundation.actor_role())
              AND began_at <= now() AND ends_at > now()
        )
        """
    )
    at_post = "(SELECT identity.actor_at_post())"
    for table, further in AT_POST.items():
        policy = table.replace(".", "_") + "_at_post"
        op.execute(
            f"CREATE POLICY {policy} ON {table} AS RESTRICTIVE FOR INSERT TO {WEB} WITH CHECK ({at_post})"
        )
        for act in further:
            op.execute(
                f"CREATE POLICY {policy}_{act.lower()} ON {table} AS RESTRICTIVE FOR {act} TO {WEB} USING ({at_post})"
            )


def _times() -> None:
    op.execute(
        """
        CREATE FUNCTION foundation.tell_now() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- TG_ARGV: the column of the time.
            RETURN jsonb_populate_record(NEW, jsonb_build_object(
                TG_ARGV[0], foundation.told_now((to_jsonb(NEW) ->> TG_ARGV[0])::timestamptz)));
        END $$
        """
    )
    for table, column in TOLD_AT.items():
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT now()")
        _before("INSERT", table, "told_now", f"foundation.tell_now('{column}')")
    # Asked with every first page of a citizen, and by a condition alone: a visit of the far future would hide all news.
    op.execute(
        f"CREATE POLICY portal_record_visit_now ON portal.record_visit AS RESTRICTIVE FOR INSERT TO {WEB} "
        "WITH CHECK (began_at BETWEEN now() - interval '10 minutes' AND now() + interval '10 minutes')"
    )


def _events() -> None:
    op.execute(
        """
        CREATE FUNCTION dispatch.seal_event() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            last foundation.link;
            given_sha256 text := NEW.sha256;
            follows foundation.link;
        BEGIN
            SELECT e.seq, e.at, e.previous_sha256, e.sha256 INTO last FROM dispatch.referral_event e
            WHERE e.referral_id = NEW.referral_id ORDER BY e.seq DESC LIMIT 1;
            follows := foundation.next_link(last, (NEW.seq, NEW.at, NEW.previous_sha256, NULL)::foundation.link);
            NEW.seq := follows.number;
            NEW.previous_sha256 := follows.previous_sha256;
            -- A digest that came along is of the time that came along.
            IF given_sha256 IS NOT NULL THEN
                PERFORM foundation.sealed(given_sha256, dispatch.digest_of_event(NEW));
            END IF;
            NEW.at := follows.at;
            NEW.sha256 := dispatch.digest_of_event(NEW);
            RETURN NEW;
        END $$
        """
    )
    # As dispatch_backend/referrals/rules/history.py reckons it; columns that come later are named there and here, or not hashed.
    op.execute(
        """
        CREATE FUNCTION dispatch.digest_of_event(event dispatch.referral_event) RETURNS text
        LANGUAGE sql STABLE PARALLEL SAFE
        RETURN foundation.digest_of(jsonb_build_object(
            'referral_id', (event).referral_id,
            'seq', (event).seq,
            'patient_id', (event).patient_id,
            'from_state', nullif((event).from_state, ''),
            'to_state', (event).to_state,
            'act', (event).act,
            'actor_role', (event).actor_role,
            'actor_staff_id', (event).actor_staff_id,
            'actor_facility_id', (event).actor_facility_id,
            'at', to_char((event).at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
            'reason', (event).reason,
            'previous_sha256', (event).previous_sha256))
        """
    )
    # Of what the loader enters, a foreign key holds each event to the one before.
    _before("INSERT", "dispatch.referral_event", "seals", "dispatch.seal_event()")


def _versions() -> None:
    op.execute(
        """
        CREATE FUNCTION emr.seal_version() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            last record;
            follows foundation.link;
        BEGIN
            SELECT v.number, v.recorded_at, v.previous_sha256, v.content_sha256, v.author_id INTO last
            FROM emr.entry_version v WHERE v.entry_id = NEW.entry_id ORDER BY v.number DESC LIMIT 1;
            follows := foundation.next_link(
                (last.number, last.recorded_at, last.previous_sha256, last.content_sha256)::foundation.link,
                (NEW.number, NEW.recorded_at, NEW.previous_sha256, NEW.content_sha256)::foundation.link);
            IF foundation.enters_the_past() THEN
                RETURN NEW;
            END IF;
            IF last.number IS NOT NULL AND last.author_id IS DISTINCT FROM NEW.author_id THEN
                RAISE EXCEPTION 'an entry is gone on with by its author alone' USING ERRCODE = '42501';
            END IF;
            NEW.number := follows.number;
            NEW.previous_sha256 := follows.previous_sha256;
            NEW.recorded_at := follows.at;
            NEW.content_sha256 := foundation.sealed(NEW.content_sha256, foundation.digest_of(NEW.content));
            RETURN NEW;
        END $$
        """
    )
    # Imports bring millions of first versions, which follow nothing.
    _before(
        "INSERT",
        "emr.entry_version",
        "seals",
        "emr.seal_version()",
        when=f"NEW.number <> 1 OR NEW.previous_sha256 <> '' OR {UNTRUSTED}",
    )
    op.execute(
        f"CREATE POLICY emr_entry_written_here ON emr.entry AS RESTRICTIVE FOR INSERT TO {WEB} "
        "WITH CHECK (source_system IS NULL AND source_identifier IS NULL)"
    )


def _signatures() -> None:
    op.execute(
        """
        CREATE FUNCTION emr.seal_signature() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            newest record;
        BEGIN
            SELECT v.number, v.author_id, v.content, v.content_sha256, v.previous_sha256 INTO newest
            FROM emr.entry_version v WHERE v.entry_id = NEW.entry_id ORDER BY v.number DESC LIMIT 1;
            IF (NEW.number, NEW.signer_id) IS DISTINCT FROM (newest.number, newest.author_id) THEN
                RAISE EXCEPTION 'the newest version is signed, by its author' USING ERRCODE = '42501';
            END IF;
            IF (NEW.meaning, NEW.method) IS DISTINCT FROM ('author', 'signed-in session') THEN
                RAISE EXCEPTION 'whoever is signed in signs as the author' USING ERRCODE = '42501';
            END IF;
            PERFORM foundation.sealed(newest.content_sha256, foundation.digest_of(newest.content));
            NEW.signed_at := foundation.told_now(NEW.signed_at);
            NEW.signed_sha256 := foundation.sealed(NEW.signed_sha256, foundation.digest_of(jsonb_build_object(
                'entry', NEW.entry_id, 'number', newest.number,
                'content_sha256', newest.content_sha256, 'previous_sha256', newest.previous_sha256)));
            RETURN NEW;
        END $$
        """
    )
    _before("INSERT", "emr.signature", "seals", "emr.seal_signature()")


def _lines() -> None:
    """Words of a line are drawn by the application; whose they are, of when and of what, the database knows itself."""
    op.execute(
        """
        CREATE FUNCTION emr.check_line() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (
                SELECT FROM emr.signature s
                JOIN emr.entry_version v ON v.entry_id = s.entry_id AND v.number = s.number
                JOIN emr.entry e ON e.id = s.entry_id
                WHERE s.entry_id = NEW.entry_id AND s.number = NEW.number AND s.signed_at >= now()
                  AND s.signer_id = foundation.actor_staff()
                  AND (NEW.patient_id, NEW.kind, NEW.effective_at, NEW.author_id)
                      = (e.patient_id, e.kind, v.effective_at, v.author_id)
                  AND NEW.facility_id IS NOT DISTINCT FROM e.facility_id
            ) THEN
                RAISE EXCEPTION 'a line is drawn of what is signed in the same step' USING ERRCODE = '42501';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    _before("INSERT OR UPDATE", "emr.entry_summary", "checked", "emr.check_line()")


def _answers() -> None:
    op.execute(
        """
        CREATE FUNCTION foundation.check_answer() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' AND NEW.answer IS NULL
               OR TG_OP = 'UPDATE' AND OLD.answer IS NULL AND OLD.used_at >= now()
               AND to_jsonb(NEW) - 'answer' = to_jsonb(OLD) - 'answer'
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'a request is answered once, in the step that takes its key' USING ERRCODE = '42501';
        END $$
        """
    )
    _before("INSERT OR UPDATE", "foundation.idempotency_key", "answered_once", "foundation.check_answer()")
    op.execute(f"REVOKE UPDATE ON foundation.idempotency_key FROM {WEB}")
    op.execute(f"GRANT UPDATE (answer) ON foundation.idempotency_key TO {WEB}")


def _messages() -> None:
    """The web announces what it has done in the same transaction, and nothing else: each room knows what that is."""
    table = "foundation.outbox_message"
    op.execute(
        """
        CREATE FUNCTION foundation.announce_now() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.announced_at := foundation.told_now(NEW.announced_at);
            NEW.due_at := foundation.told_now(NEW.due_at);
            NEW.attempts := 0;
            RETURN NEW;
        END $$
        """
    )
    for column in ("announced_at", "due_at"):
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT now()")
    _before("INSERT", table, "now", "foundation.announce_now()")
    op.execute(
        """
        CREATE FUNCTION emr.has_done(topic text, payload jsonb) RETURNS boolean LANGUAGE sql STABLE
        RETURN topic = 'entry.signed' AND EXISTS (
            SELECT FROM emr.signature s
            WHERE s.entry_id = (payload ->> 'object_id')::uuid
              AND s.signed_at >= now() AND s.signer_id = (SELECT foundation.actor_staff())
              AND payload = jsonb_build_object(
                  'patient_id', s.patient_id, 'object_id', s.entry_id, 'number', s.number,
                  'amends', EXISTS (
                      SELECT FROM emr.signature e WHERE e.entry_id = s.entry_id AND e.number < s.number)))
        """
    )
    op.execute(
        """
        CREATE FUNCTION dispatch.has_done(topic text, payload jsonb) RETURNS boolean LANGUAGE sql STABLE
        RETURN CASE topic
            WHEN 'referral.sent' THEN EXISTS (
                SELECT FROM dispatch.referral_event e
                WHERE e.referral_id = (payload ->> 'object_id')::uuid
                  AND e.act = 'referral.sent' AND e.at >= now()
                  AND e.actor_staff_id = (SELECT foundation.actor_staff())
                  AND payload = jsonb_build_object('patient_id', e.patient_id, 'object_id', e.referral_id))
            WHEN 'referral.booked' THEN EXISTS (
                SELECT FROM dispatch.booking b
                WHERE b.id = (payload ->> 'booking_id')::uuid
                  AND b.booked_at >= now() AND b.booked_by = (SELECT foundation.actor_staff())
                  AND payload = jsonb_build_object(
                      'patient_id', b.patient_id, 'object_id', b.referral_id,
                      'referral_id', b.referral_id, 'booking_id', b.id))
            WHEN 'booking.cancelled' THEN EXISTS (
                SELECT FROM dispatch.booking_cancellation c JOIN dispatch.booking b ON b.id = c.booking_id
                WHERE c.booking_id = (payload ->> 'booking_id')::uuid
                  AND c.cancelled_at >= now() AND c.cancelled_by = (SELECT foundation.actor_staff())
                  AND payload = jsonb_build_object(
                      'patient_id', b.patient_id, 'object_id', b.id,
                      'referral_id', b.referral_id, 'booking_id', b.id))
            ELSE false END
        """
    )
    op.execute(f"DROP POLICY outbox_message_add ON {table}")
    op.execute(f"CREATE POLICY outbox_message_add ON {table} FOR INSERT TO {LOADER} WITH CHECK (true)")
    for room in ("emr", "dispatch"):
        op.execute(
            f"CREATE POLICY outbox_message_of_{room} ON {table} FOR INSERT TO {WEB} "
            f"WITH CHECK ({room}.has_done(topic, payload))"
        )


def _before(what: str, table: str, name: str, function: str, *, when: str = UNTRUSTED) -> None:
    """A trigger for each row, for those of whom nobody may enter the past."""
    op.execute(
        f"CREATE TRIGGER {table.replace('.', '_')}_{name} BEFORE {what} ON {table} FOR EACH ROW "
        f"WHEN ({when}) EXECUTE FUNCTION {function}"
    )
