"""How Alembic reaches the database: through the connection that `flask migrate` hands over, as center_owner."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    version_table="alembic_version",
    version_table_schema="foundation",
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
