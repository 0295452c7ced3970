"""The addresses of the dispatcher's desk. The event process serves events.py, apart from the pages."""

from flask import Blueprint

from dispatch_backend.forms.words import in_words
from dispatch_backend.routes import bookings, cancellations, outcomes, queue, referrals, revocations

blueprint = Blueprint("dispatch", __name__, url_prefix="/dispatch")
for child in (referrals, queue, bookings, cancellations, outcomes, revocations):
    blueprint.register_blueprint(child.blueprint)
blueprint.add_app_template_filter(in_words)
