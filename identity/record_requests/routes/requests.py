"""Who was just proven, and whose record was not found, asks at a facility. Nobody learns here who is in the register."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from foundation.actor import Actor, ActorKind
from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.errors import BadInput
from identity.authorization import public
from identity.facilities.queries import all_facilities
from identity.record_requests.actions import ask_for_record
from identity.record_requests.forms import AskForRecordForm
from identity.record_requests.rules import ProvenPerson
from identity.record_requests.tickets import opened_from_page
from identity.roles import Role
from identity.sessions.actions.accounts import account_for

blueprint = Blueprint("record_requests", __name__)


@blueprint.post("/record-requests")
@public
def create():
    person = opened_from_page(request.form.get("proven", ""), at=now())
    if person is None:
        raise BadInput("This page was open for too long. Sign in again, then ask again.")
    with transaction(Actor.anonymous()) as session:
        facilities = all_facilities(session)
    form = AskForRecordForm.of(facilities, request.form)
    if not form.validate():
        page = render_template("identity/record_requests/new.html", form=form)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    _ask(person, UUID(form.facility.data))
    return redirect(url_for(".show"), HTTPStatus.SEE_OTHER)


@blueprint.get("/record-requests/made")
@public
def show():
    return render_template("identity/record_requests/show.html")


def proven_actor(person: ProvenPerson) -> Actor:
    """Somebody whom a provider has proven, and who is no patient of the register yet."""
    with transaction(Actor.anonymous()) as session:
        account_id = account_for(session, issuer=person.issuer, subject=person.subject)
    return Actor(ActorKind.CITIZEN, account_id=account_id, role=Role.PATIENT.value)


def _ask(person: ProvenPerson, facility_id: UUID) -> None:
    with transaction(proven_actor(person)) as session:
        ask_for_record(session, person, facility_id=facility_id)
