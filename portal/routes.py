"""The addresses of this room."""

from flask import Blueprint

from portal.access_log.routes import access_tables, logs
from portal.copies.routes import copies, files
from portal.dispatch.routes import dispatch, proof_documents, proofs, visits
from portal.erasures.routes import answers as erasure_answers
from portal.erasures.routes import erasures
from portal.hidings.routes import hidings
from portal.home.routes import front, home
from portal.images import routes as images
from portal.objections.routes import answers, objections
from portal.record.routes import documents, entries, timeline
from portal.shares.routes import links, shared
from portal.teams import routes as teams

blueprint = Blueprint("portal", __name__)
for each in (
    front,
    home,
    timeline,
    entries,
    documents,
    hidings,
    teams,
    dispatch,
    proofs,
    proof_documents,
    visits,
    images,
    logs,
    access_tables,
    objections,
    answers,
    links,
    shared,
    copies,
    files,
    erasures,
    erasure_answers,
):
    blueprint.register_blueprint(each.blueprint)
