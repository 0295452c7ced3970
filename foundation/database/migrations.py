"""Bringing the database to the present shape of the tables, as the role that owns them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from foundation.database.faults import redact_row_values
from foundation.postgres.roles import OWNER

# Two starts at once must not migrate at once.
MIGRATION_LOCK = 7_230_115
FOLDER = Path(__file__).parent.parent.parent / "migrations"


def migrate(owner_url: str) -> str:
    """Apply what is missing and return the revision reached.

    Args:
        owner_url: an address whose login may become center_owner.
    """
    engine = create_engine(owner_url, hide_parameters=True)
    redact_row_values(engine)
    try:
        with engine.connect() as connection:
            connection.execute(text(f"SET ROLE {OWNER}"))
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK})
            connection.execute(text("CREATE SCHEMA IF NOT EXISTS foundation"))
            connection.commit()
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return (
                MigrationContext.configure(
                    connection, opts={"version_table_schema": "foundation"}
                ).get_current_revision()
                or ""
            )
    finally:
        engine.dispose()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config
