"""The addresses of the doctor's desk and of the radiologist's."""

from flask import Blueprint

from emr.chart.routes import images, patients
from emr.conflicts.routes import answers, conflicts
from emr.desk import routes as searches
from emr.details import routes as entries
from emr.documents import routes as documents
from emr.drafts.routes import discards, drafts
from emr.notes.routes import new_notes, notes, signatures
from emr.reading.routes import studies
from emr.referral_steps.routes import arrivals, outcomes, proof_documents, proofs, revocations, steps
from emr.referrals.routes import new_referrals, referrals
from emr.summaries.queries.shared import say_what_links_open_of_entries
from emr.teams import routes as teams

blueprint = Blueprint("emr", __name__, url_prefix="/emr")
for child in (
    *(patients, searches, entries, documents, drafts, discards),
    *(new_notes, notes, signatures, new_referrals, referrals, images, studies),
    *(steps, arrivals, outcomes, revocations, proofs, proof_documents, conflicts, answers, teams),
):
    blueprint.register_blueprint(child.blueprint)

say_what_links_open_of_entries()
