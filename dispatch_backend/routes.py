"""The addresses of the dispatcher's desk, of the triager's, the schedule keeper's and the ministry's. The event process serves worklist/routes/events.py, apart from the pages."""

from flask import Blueprint

from dispatch_backend.console.routes import (
    arrival_corrections,
    arrivals,
    bookings,
    cancellations,
    confirmations,
    outcomes,
    places,
    rebookings,
    referrals,
    revocations,
)
from dispatch_backend.programme.routes import cards
from dispatch_backend.proofs.routes import proof_documents, proofs
from dispatch_backend.reports.routes import quarters
from dispatch_backend.schedules.routes import closed_times, displaced, schedules, times
from dispatch_backend.triage.routes import referrals as triage
from dispatch_backend.worklist.forms.labels import in_words
from dispatch_backend.worklist.routes import queue

blueprint = Blueprint("dispatch", __name__, url_prefix="/dispatch")
for child in (
    referrals,
    places,
    queue,
    bookings,
    rebookings,
    cancellations,
    confirmations,
    arrivals,
    arrival_corrections,
    outcomes,
    revocations,
    proofs,
    proof_documents,
    triage,
    quarters,
    cards,
    schedules,
    times,
    closed_times,
    displaced,
):
    blueprint.register_blueprint(child.blueprint)
blueprint.add_app_template_filter(in_words)
