"""Are we alive, and can we serve? For the supervisor, the load balancer and the operator."""

from flask import Blueprint
from sqlalchemy import text

from foundation.actor import Actor
from foundation.database import transaction

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def live():
    return {"status": "ok"}


@blueprint.get("/readyz")
def ready():
    """Answers 503 (Busy) while the database cannot be reached or is not migrated."""
    with transaction(Actor.anonymous()) as session:
        revision = session.execute(text("SELECT version_num FROM foundation.alembic_version")).scalar_one()
    return {"status": "ok", "revision": revision}
