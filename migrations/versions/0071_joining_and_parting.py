"""Joining two records of one person, and parting them again: three functions that a registrar's desk calls, and what they share.

`identity.look_at_merge` tells what stands against it and how much would move; `identity.merge_records` and
`identity.undo_merge` do it, each in one transaction with everything that follows: care, sessions and who looked.
"""

from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER
from migrations.walls import WEB

revision = "0071"
down_revision = "0070"

REGISTRAR = "(foundation.actor_kind() = 'staff' AND foundation.actor_role() = 'registrar' AND identity.actor_at_post())"
SNILS = "urn:oid:1.2.643.100.3"
OPEN = "('submitted', 'booked', 'no_show')"
# Why sessions and rights end.
MERGE = "merge"
NOT_ENDED = "NOT EXISTS (SELECT FROM identity.confirmed_identity_end e WHERE e.confirmation_id = c.id)"


def upgrade() -> None:
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    _obstacles()
    _moving()
    _care()
    _ends()
    _looking()
    _merging()
    _undoing()
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")


def _obstacles() -> None:
    """In one word, what stands against it; '' where nothing does. And whether an account of its own opens each of the two."""
    op.execute(
        f"""
        CREATE FUNCTION identity.merge_obstacle(survivor uuid, merged uuid) RETURNS text LANGUAGE sql STABLE
        SET search_path = pg_catalog AS $$
        SELECT CASE
            WHEN survivor = merged THEN 'same'
            WHEN EXISTS (SELECT FROM identity.patient_link l
                         WHERE l.account_id = foundation.actor_account() AND l.patient_id IN (survivor, merged))
                OR EXISTS (SELECT FROM identity.confirmed_identity c
                           WHERE c.account_id = foundation.actor_account() AND c.patient_id IN (survivor, merged) AND {NOT_ENDED})
                THEN 'own'
            WHEN EXISTS (SELECT FROM identity.patient p WHERE p.id IN (survivor, merged) AND p.merged_into IS NOT NULL)
                THEN 'joined_already'
            WHEN EXISTS (SELECT FROM identity.patient p WHERE p.merged_into = merged) THEN 'holds_another'
            WHEN (SELECT count(DISTINCT coalesce(p.recorded_death_on, '-infinity')) FROM identity.patient p
                  WHERE p.id IN (survivor, merged)) > 1 THEN 'death'
            WHEN (SELECT count(DISTINCT i.patient_id) FROM identity.patient_identifier i
                  WHERE i.patient_id IN (survivor, merged) AND i.system = '{SNILS}') > 1 THEN 'snils'
            WHEN EXISTS (
                SELECT FROM dispatch.referral r JOIN dispatch.referral o ON o.service_code = r.service_code
                WHERE r.patient_id = survivor AND o.patient_id = merged AND r.state IN {OPEN} AND o.state IN {OPEN})
                THEN 'twin_referral'
            WHEN EXISTS (
                SELECT FROM dispatch.slot_occupancy s JOIN dispatch.slot_occupancy o ON o.starts_at = s.starts_at
                WHERE s.patient_id = survivor AND o.patient_id = merged) THEN 'twin_booking'
            ELSE '' END
        $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION identity.each_has_account(survivor uuid, merged uuid) RETURNS boolean LANGUAGE sql STABLE
        SET search_path = pg_catalog AS $$
        WITH opens AS (
            SELECT l.patient_id, l.account_id FROM identity.patient_link l WHERE l.patient_id IN (survivor, merged)
            UNION
            SELECT c.patient_id, c.account_id FROM identity.confirmed_identity c
            WHERE c.patient_id IN (survivor, merged) AND {NOT_ENDED}
        )
        SELECT EXISTS (
            SELECT FROM opens one JOIN opens other ON other.account_id <> one.account_id
            WHERE one.patient_id = survivor AND other.patient_id = merged)
        $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION identity.differ_in_person(survivor uuid, merged uuid) RETURNS boolean LANGUAGE sql STABLE
        SET search_path = pg_catalog AS $$
        SELECT count(DISTINCT (p.birth_date, p.birth_precision, p.sex)) > 1 FROM identity.patient p
        WHERE p.id IN (survivor, merged)
        $$
        """
    )
    for function in ("merge_obstacle", "each_has_account", "differ_in_person"):
        _give_to_doorkeeper(function, to_web=False)


def _moving() -> None:
    """Rows move by themselves, which the manifest keeps, or after their parent. What has moved, and how much of it."""
    op.execute(
        """
        CREATE FUNCTION identity.move_record(
            of_merge uuid, giver uuid, taker uuid, for_the_first_time boolean, with_accounts boolean
        ) RETURNS jsonb LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
        DECLARE
            part record;
            same text;
            change text;
            rows_moved bigint;
            moved jsonb := '{}';
        BEGIN
            FOR part IN SELECT * FROM identity.record_part ORDER BY place LOOP
                change := format('%I = $1', part.patient_column);
                IF part.sealed_column <> '' THEN
                    change := change || format(
                        ', %1$I = nullif(coalesce(t.%1$I, t.%2$I), $1)', part.sealed_column, part.patient_column);
                END IF;
                IF part.parent_table <> '' THEN
                    EXECUTE format(
                        'UPDATE %s t SET %s WHERE t.%I = $2 AND EXISTS (SELECT FROM %s p WHERE p.%I = t.%I AND p.%I = $1)',
                        part.table_name, change, part.patient_column, part.parent_table, part.parent_column,
                        part.row_column, part.patient_column) USING taker, giver;
                ELSE
                    IF for_the_first_time AND (with_accounts OR NOT part.of_account) THEN
                        SELECT coalesce(string_agg(format(' AND s.%1$I IS NOT DISTINCT FROM t.%1$I', name), ''), '')
                        INTO same FROM unnest(part.alike) AS name;
                        EXECUTE format(
                            'INSERT INTO identity.merged_row (merge_id, table_name, column_name, row_id) '
                            'SELECT DISTINCT $1, %L, %L, t.%I FROM %s t WHERE t.%I = $2',
                            part.table_name, part.patient_column, part.row_column, part.table_name, part.patient_column)
                            || CASE WHEN same = '' THEN '' ELSE format(
                                ' AND NOT EXISTS (SELECT FROM %s s WHERE s.%I = $3%s)',
                                part.table_name, part.patient_column, same) END
                            || CASE WHEN part.other_column = '' THEN '' ELSE format(
                                ' AND t.%I <> $3', part.other_column) END
                        USING of_merge, giver, taker;
                    END IF;
                    EXECUTE format(
                        'UPDATE %s t SET %s WHERE t.%I = $2 AND t.%I IN (SELECT r.row_id FROM identity.merged_row r '
                        'WHERE r.merge_id = $3 AND r.table_name = %L AND r.column_name = %L)',
                        part.table_name, change, part.patient_column, part.row_column,
                        part.table_name, part.patient_column) USING taker, giver, of_merge;
                END IF;
                GET DIAGNOSTICS rows_moved = ROW_COUNT;
                moved := moved || jsonb_build_object(
                    part.table_name, coalesce((moved ->> part.table_name)::bigint, 0) + rows_moved);
            END LOOP;
            RETURN moved;
        END $$
        """
    )
    _give_to_doorkeeper("move_record", to_web=False)


def _care() -> None:
    """Care that both have goes on at the record that stays for as long as either has it, and is put back as it was."""
    op.execute(
        """
        CREATE FUNCTION identity.unite_care(of_merge uuid, giver uuid, taker uuid) RETURNS void LANGUAGE sql VOLATILE
        SET search_path = pg_catalog AS $$
        INSERT INTO identity.merged_care (merge_id, relation_id, began_at, ends_at, began_then, ends_then)
        SELECT of_merge, part.*
        FROM identity.care_relation g JOIN identity.care_relation t
            ON t.facility_id = g.facility_id AND t.basis = g.basis AND t.staff_id IS NOT DISTINCT FROM g.staff_id
        CROSS JOIN LATERAL (VALUES
            (g.id, g.began_at, g.ends_at, least(g.began_at, now()), now()),
            (t.id, t.began_at, t.ends_at,
             CASE WHEN t.ends_at > now() THEN least(t.began_at, g.began_at) ELSE g.began_at END,
             greatest(t.ends_at, g.ends_at))) AS part
        WHERE g.patient_id = giver AND t.patient_id = taker AND g.ends_at > now();
        UPDATE identity.care_relation c SET began_at = m.began_then, ends_at = m.ends_then
        FROM identity.merged_care m WHERE m.merge_id = of_merge AND c.id = m.relation_id
        $$
        """
    )
    # Where a referral stands open, whose care came to belong to the other record meanwhile.
    op.execute(
        f"""
        CREATE FUNCTION identity.part_care(of_merge uuid, survivor uuid, merged uuid) RETURNS void LANGUAGE sql VOLATILE
        SET search_path = pg_catalog AS $$
        UPDATE identity.care_relation c SET began_at = m.began_at, ends_at = m.ends_at
        FROM identity.merged_care m
        WHERE m.merge_id = of_merge AND c.id = m.relation_id AND (c.began_at, c.ends_at) = (m.began_then, m.ends_then);
        INSERT INTO identity.care_relation AS kept (id, patient_id, facility_id, basis, began_at, ends_at)
        SELECT gen_random_uuid(), pair.own, other.facility_id, 'referral', now(), other.ends_at
        FROM (VALUES (survivor, merged), (merged, survivor)) AS pair (own, beside)
        JOIN identity.care_relation other ON other.patient_id = pair.beside AND other.basis = 'referral'
            AND other.staff_id IS NULL AND other.ends_at > now()
        JOIN identity.facility f ON f.id = other.facility_id
        WHERE EXISTS (
            SELECT FROM dispatch.referral r
            LEFT JOIN dispatch.slot_occupancy o ON o.referral_id = r.id LEFT JOIN dispatch.slot s ON s.id = o.slot_id
            WHERE r.patient_id = pair.own AND r.state IN {OPEN} AND (f.code = 'DC-001' OR s.facility_id = f.id))
        AND NOT EXISTS (
            SELECT FROM identity.care_relation own WHERE own.patient_id = pair.own AND own.facility_id = f.id
            AND own.basis = 'referral' AND own.staff_id IS NULL AND own.ends_at > now())
        ON CONFLICT (patient_id, facility_id, basis, staff_id)
        DO UPDATE SET began_at = excluded.began_at, ends_at = excluded.ends_at
        $$
        """
    )
    for function in ("unite_care", "part_care"):
        _give_to_doorkeeper(function, to_web=False)


def _ends() -> None:
    """Whoever is signed in as either, or acts for either, signs in anew."""
    op.execute(
        f"""
        CREATE FUNCTION identity.end_sessions_of(survivor uuid, merged uuid) RETURNS void LANGUAGE sql VOLATILE
        SET search_path = pg_catalog AS $$
        INSERT INTO identity.session_end (session_id, ended_at, reason)
        SELECT s.id, now(), '{MERGE}' FROM identity.session s
        WHERE s.expires_at > now() AND (s.patient_id IN (survivor, merged) OR s.own_patient_id IN (survivor, merged))
        ON CONFLICT DO NOTHING
        $$
        """
    )
    _give_to_doorkeeper("end_sessions_of", to_web=False)


def _looking() -> None:
    op.execute(
        f"""
        CREATE FUNCTION identity.look_at_merge(survivor uuid, merged uuid) RETURNS jsonb
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            part record;
            counted bigint;
            counts jsonb := '{{}}';
        BEGIN
            IF ({REGISTRAR} AND identity.in_care(survivor) AND identity.in_care(merged)) IS NOT TRUE THEN
                RAISE EXCEPTION 'these records are not the actor''s to join' USING ERRCODE = '42501';
            END IF;
            FOR part IN SELECT * FROM identity.record_part WHERE parent_table = '' ORDER BY place LOOP
                EXECUTE format('SELECT count(*) FROM %s t WHERE t.%I = $1', part.table_name, part.patient_column)
                INTO counted USING merged;
                counts := counts || jsonb_build_object(
                    part.table_name, coalesce((counts ->> part.table_name)::bigint, 0) + counted);
            END LOOP;
            RETURN jsonb_build_object(
                'obstacle', identity.merge_obstacle(survivor, merged),
                'each_has_account', identity.each_has_account(survivor, merged),
                'differ', identity.differ_in_person(survivor, merged),
                'counts', counts);
        END $$
        """
    )
    _give_to_doorkeeper("look_at_merge")


def _merging() -> None:
    """'' where it is done; otherwise in one word why it is not."""
    op.execute(
        f"""
        CREATE FUNCTION identity.merge_records(
            named uuid, survivor uuid, merged uuid, because text, by_document text, evidence text, with_accounts boolean
        ) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            obstacle text;
            moved jsonb;
        BEGIN
            IF {REGISTRAR} IS NOT TRUE THEN
                RAISE EXCEPTION 'these records are not the actor''s to join' USING ERRCODE = '42501';
            END IF;
            -- Whoever writes into one of them has a lock on it until they are done; two who join wait in one order.
            PERFORM FROM identity.patient p WHERE p.id IN (survivor, merged) ORDER BY p.id FOR UPDATE;
            IF NOT (identity.in_care(survivor) AND identity.in_care(merged)) THEN
                -- A colleague was quicker: what was joined meanwhile is in nobody's care by itself.
                IF (SELECT bool_and(identity.in_care(coalesce(p.merged_into, p.id))) FROM identity.patient p
                    WHERE p.id IN (survivor, merged)) THEN
                    RETURN 'joined_already';
                END IF;
                RAISE EXCEPTION 'these records are not the actor''s to join' USING ERRCODE = '42501';
            END IF;
            obstacle := identity.merge_obstacle(survivor, merged);
            IF obstacle <> '' THEN
                RETURN obstacle;
            END IF;
            IF evidence = '' AND identity.differ_in_person(survivor, merged) THEN
                RETURN 'document';
            END IF;
            IF with_accounts IS NULL AND identity.each_has_account(survivor, merged) THEN
                RETURN 'accounts';
            END IF;
            INSERT INTO identity.delegation_end (delegation_id, patient_id, delegate_id, ended_at, reason)
            SELECT d.id, d.patient_id, d.delegate_id, now(), '{MERGE}' FROM identity.delegation d
            WHERE d.ends_at > now()
              AND (d.patient_id, d.delegate_id) IN ((survivor, merged), (merged, survivor))
            ON CONFLICT DO NOTHING;
            -- A row names whose it is beside the row that it belongs to: both change before anybody asks.
            SET CONSTRAINTS ALL DEFERRED;
            PERFORM identity.unite_care(named, merged, survivor);
            moved := identity.move_record(named, merged, survivor, true, coalesce(with_accounts, true));
            PERFORM identity.carry_closures(merged, survivor);
            UPDATE identity.patient p SET merged_into = survivor WHERE p.id = merged;
            INSERT INTO identity.merge
                (id, survivor_id, merged_id, merged_person, reason, document_kind, evidence_digest, accounts_moved, moved,
                 staff_id, facility_id, merged_at)
            SELECT named, survivor, merged, jsonb_build_object(
                       'family_name', p.family_name, 'given_name', p.given_name, 'middle_name', p.middle_name,
                       'birth_date', p.birth_date, 'birth_precision', p.birth_precision),
                   because, by_document, evidence, coalesce(with_accounts, true), moved,
                   foundation.actor_staff(), foundation.actor_facility(), now()
            FROM identity.patient p WHERE p.id = merged;
            SET CONSTRAINTS ALL IMMEDIATE;
            PERFORM identity.end_sessions_of(survivor, merged);
            RETURN '';
        END $$
        """
    )
    _give_to_doorkeeper("merge_records")


def _undoing() -> None:
    """Whether it was done: not where somebody has undone it meanwhile."""
    op.execute(
        f"""
        CREATE FUNCTION identity.undo_merge(of_merge uuid, because text) RETURNS boolean
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            survivor uuid := (SELECT m.survivor_id FROM identity.merge m WHERE m.id = of_merge);
            merged uuid := (SELECT m.merged_id FROM identity.merge m WHERE m.id = of_merge);
        BEGIN
            IF ({REGISTRAR} AND identity.in_care(survivor)) IS NOT TRUE THEN
                RAISE EXCEPTION 'this is not the actor''s to undo' USING ERRCODE = '42501';
            END IF;
            PERFORM FROM identity.patient p WHERE p.id IN (survivor, merged) ORDER BY p.id FOR UPDATE;
            INSERT INTO identity.merge_undone (merge_id, survivor_id, reason, staff_id, facility_id, undone_at)
            VALUES (of_merge, survivor, because, foundation.actor_staff(), foundation.actor_facility(), now())
            ON CONFLICT DO NOTHING;
            IF NOT FOUND THEN
                RETURN false;
            END IF;
            UPDATE identity.patient p SET merged_into = NULL WHERE p.id = merged;
            SET CONSTRAINTS ALL DEFERRED;
            PERFORM identity.move_record(of_merge, survivor, merged, false, true);
            SET CONSTRAINTS ALL IMMEDIATE;
            PERFORM identity.carry_closures(survivor, merged);
            PERFORM identity.part_care(of_merge, survivor, merged);
            PERFORM identity.end_sessions_of(survivor, merged);
            RETURN true;
        END $$
        """
    )
    _give_to_doorkeeper("undo_merge")


def _give_to_doorkeeper(function: str, *, to_web: bool = True) -> None:
    op.execute(f"ALTER FUNCTION identity.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION identity.{function} FROM PUBLIC")
    if to_web:
        op.execute(f"GRANT EXECUTE ON FUNCTION identity.{function} TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")
