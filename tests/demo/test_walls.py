"""The region is loaded with its references checked together: afterwards the database is as the migrations built it."""

from sqlalchemy import text

from foundation.actor import Actor

# What stands in the way of a wrong row: constraints, triggers, row-level security, rights, policies, indexes.
WALLS = {
    "constraints": """
        SELECT conrelid::regclass::text, conname, conenforced, convalidated, condeferrable, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = ANY(:schemas)""",
    "triggers": """
        SELECT tgrelid::regclass::text, tgenabled::text, tgdeferrable, tgisinternal, tgtype,
               CASE WHEN tgisinternal THEN tgfoid::regproc::text ELSE pg_get_triggerdef(t.oid) END
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = ANY(:schemas)""",
    "tables": """
        SELECT oid::regclass::text, relrowsecurity, relforcerowsecurity, relowner::regrole::text, relacl::text
        FROM pg_class WHERE relnamespace = ANY(:schemas)""",
    "policies": "SELECT to_jsonb(p)::text FROM pg_policies p",
    "indexes": """
        SELECT indexrelid::regclass::text, indisvalid, indisready, pg_get_indexdef(indexrelid)
        FROM pg_index JOIN pg_class c ON c.oid = indrelid WHERE c.relnamespace = ANY(:schemas)""",
}
SCHEMAS = """
SELECT oid FROM pg_namespace
WHERE nspname IN ('foundation', 'identity', 'dispatch', 'archive', 'emr', 'portal', 'interop')
"""


def walls_of(session):
    schemas = session.scalars(text(SCHEMAS)).all()
    return {
        kind: sorted(
            map(repr, session.execute(text(question), {"schemas": schemas} if ":schemas" in question else {}))
        )
        for kind, question in WALLS.items()
    }


def test_the_walls_stand_as_in_a_database_that_was_only_migrated(loaded, as_loader):
    with loaded.loading() as session:
        ours = walls_of(session)
    with as_loader() as session:
        migrated = walls_of(session)

    assert all(len(found) > 20 for found in migrated.values())
    for kind, found in migrated.items():
        assert ours[kind] == found


def test_a_broken_wall_would_be_seen(above_the_law):
    before = walls_of(above_the_law)
    above_the_law.execute(
        text("ALTER TABLE dispatch.booking ALTER CONSTRAINT fk_booking_referral NOT ENFORCED")
    )
    above_the_law.execute(text("ALTER TABLE emr.entry NO FORCE ROW LEVEL SECURITY"))
    above_the_law.execute(text("ALTER TABLE emr.signature DISABLE TRIGGER emr_signature_append_only"))

    after = walls_of(above_the_law)

    assert [kind for kind in WALLS if before[kind] != after[kind]] == ["constraints", "triggers", "tables"]


def test_whoever_is_nobody_sees_nothing_of_it(loaded):
    with loaded.reading_as(Actor.anonymous()) as session:
        assert session.scalar(text("SELECT count(*) FROM emr.entry")) == 0
