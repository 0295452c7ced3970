"""The triager's first page, and one referral as they read it: who it is, what for, and what happened so far."""

from uuid import UUID

from flask import Blueprint, render_template, request

from dispatch_backend.console.actions import open_referral
from dispatch_backend.worklist.actions import open_queue
from dispatch_backend.worklist.queries.narrowing import QueueFilter
from dispatch_backend.worklist.queries.queue_cursor import parse_queue_cursor
from foundation.database.transactions import transaction
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("triage", __name__, url_prefix="/triage")

# As far as the states of a referral know it: whatever is open and has no slot has still to be looked at.
AWAITS_TRIAGE = QueueFilter(booked=False)


@blueprint.get("")
@open_to(Role.TRIAGER, reads=True)
def index():
    after = parse_queue_cursor(request.args.get("after", ""))
    with transaction(current_actor()) as session:
        page = open_queue(session, wanted=AWAITS_TRIAGE, after=after)
    return render_template("dispatch_backend/triage/referrals/index.html", page=page)


@blueprint.get("/<uuid:referral_id>")
@open_to(Role.TRIAGER, reads=True)
def show(referral_id: UUID):
    with transaction(current_actor()) as session:
        view = open_referral(session, referral_id)
    return render_template("dispatch_backend/triage/referrals/show.html", view=view)
