"""Are we alive, and can we serve? For the supervisor, the load balancer and the operator."""

from http import HTTPStatus

from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from foundation.actor import Actor
from foundation.database.revisions import REACHED, Revisions, known_revisions
from foundation.database.transactions import transaction
from foundation.errors import Busy
from foundation.own_folder import LEAST_FREE_BYTES, free_bytes
from foundation.web.current_settings import current_settings

blueprint = Blueprint("health", __name__)


@blueprint.record
def _look_up_revisions(state: BlueprintSetupState) -> None:
    state.app.extensions["revisions"] = known_revisions()


@blueprint.get("/healthz")
def live():
    return {"status": "ok"}


@blueprint.get("/readyz")
def ready():
    """For machines, so in plain words instead of a page."""
    known: Revisions = current_app.extensions["revisions"]
    try:
        reached = _reached()
    except Busy:
        return {"status": "the database cannot be reached"}, HTTPStatus.SERVICE_UNAVAILABLE
    if not known.suffice(reached):
        return {
            "status": "the database is not migrated",
            "revision": reached,
            "needed": known.newest,
        }, HTTPStatus.SERVICE_UNAVAILABLE
    if (free := free_bytes(current_settings().data_dir)) < LEAST_FREE_BYTES:
        return {"status": "the disk is full", "free_bytes": free}, HTTPStatus.SERVICE_UNAVAILABLE
    return {"status": "ok", "revision": reached}


def _reached() -> str:
    """The revision of the database; empty where nothing was migrated at all."""
    try:
        with transaction(Actor.anonymous()) as session:
            return session.execute(text(REACHED)).scalar() or ""
    except ProgrammingError:  # no such table, or none that we may read
        return ""
