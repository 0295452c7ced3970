"""Whether the demo region was ever loaded here: one row at most, and it stays."""

from alembic import op

from migrations.walls import LOADER, SERVICE_ROLES

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE foundation.demo_mark (
            is_demo boolean CONSTRAINT pk_demo_mark PRIMARY KEY,
            CONSTRAINT ck_demo_mark_one_row CHECK (is_demo)
        )
        """
    )
    op.execute(f"GRANT SELECT ON foundation.demo_mark TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT INSERT ON foundation.demo_mark TO {LOADER}")
