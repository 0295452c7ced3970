"""Who signs in as a member of staff is told by the identifier's system and by the birth date too, not by a number alone.

Rows that are there have a SNILS, the only kind that was ever entered. Their birth dates are not known; until the register
is told, the identifier alone is compared for them. A birth date is kept as a keyed digest beside the identifier, as there
are too few days for any other. The identifier is kept sealed as well, so that it can be digested anew under another key.
"""

from alembic import op

revision = "0038"
down_revision = "0037"

SNILS = "urn:oid:1.2.643.100.3"


def upgrade() -> None:
    op.execute(
        f"ALTER TABLE identity.staff_member ADD COLUMN national_identifier_system text NOT NULL DEFAULT '{SNILS}', "
        "ADD COLUMN national_identifier_sealed bytea, ADD COLUMN birth_date_digest bytea"
    )
