"""What a sender says of confidentiality is read wherever it stands, and code systems are known by their other names.

A document says it by a code alone, parts by their own `meta.security`; a sensitivity that no rule knows restricts as `R` does. The
rules that came first stay as they are: the database of a version before gets the further ones, and its functions anew.
"""

import sqlalchemy as sa
from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER
from migrations.labelled import RELABEL, labels_in, labels_of_referring
from migrations.labels import FURTHER_RULES

revision = "0090"
down_revision = "0089"

NAMES = ("system", "code_from", "code_to", "compared", "label", "basis_en", "basis_ru", "valid_from")


def upgrade() -> None:
    rules = sa.table("label_rule", *(sa.column(each) for each in NAMES), schema="emr")
    op.bulk_insert(rules, [dict(each) for each in FURTHER_RULES])
    op.execute(f"GRANT CREATE ON SCHEMA emr TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    _replace(
        "label_versions",
        f"""
        UPDATE emr.entry_version AS v SET restrictions = found.labels
        FROM ({labels_in("new_rows")}) AS found WHERE v.entry_id = found.entry_id AND v.number = found.number;
        """,
    )
    _replace("label_referring", labels_of_referring())
    op.execute(f"SET LOCAL ROLE {OWNER}")
    op.execute(f"REVOKE CREATE ON SCHEMA emr FROM {DOORKEEPER}")
    op.execute(RELABEL)


def _replace(name: str, body: str) -> None:
    op.execute(
        f"CREATE OR REPLACE FUNCTION emr.{name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = pg_catalog AS $$ BEGIN {body} RETURN NULL; END $$"
    )
