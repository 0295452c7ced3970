"""Who cares for whom is asked for every line of every list: the indexes alone answer, and no row is read for it."""

import pytest
from sqlalchemy import text

# Whatever the wall's policies and its function read of the relation.
READ_BY_THE_WALL = """
SELECT DISTINCT a.attname
FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.refobjid = 'identity.care_relation'::regclass
  AND (d.objid = 'identity.in_care(uuid)'::regprocedure
       OR d.objid IN (SELECT oid FROM pg_policy WHERE polrelid = 'identity.care_relation'::regclass AND polcmd = 'r'))
"""
HELD = """
SELECT a.attname FROM pg_attribute a WHERE a.attrelid = to_regclass(:index)
"""


@pytest.mark.parametrize(
    "index", ["identity.uq_care_relation_patient_id", "identity.ix_identity_care_relation_facility_id"]
)
def test_the_wall_is_answered_by_the_indexes_of_a_relation(as_administrator, index):
    with as_administrator() as connection:
        read = set(connection.scalars(text(READ_BY_THE_WALL)))
        held = set(connection.scalars(text(HELD), {"index": index}))

    assert {"patient_id", "facility_id", "ends_at"} <= read
    assert read <= held
