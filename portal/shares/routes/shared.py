"""What somebody outside sees by a link: the entries that were shared, each in full with its documents, or one study."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user

from archive_gateway.studies.actions.opening import open_study
from emr.documents.actions import open_document
from emr.entries.enumerations import KIND_WORDS
from foundation.database.transactions import transaction
from foundation.web.files import file_answer
from foundation.web.forms import BaseForm
from foundation.web.own_addresses import list_stood_on
from foundation.web.security_headers import allow_viewer
from identity.authorization import current_actor, open_to
from identity.roles import SHARE
from portal.record.actions import open_entry
from portal.record.forms import TimelineForm
from portal.record.rules import by_month
from portal.shares.actions import open_shared

blueprint = Blueprint("shared", __name__)


@blueprint.get("/shared/record")
@open_to(SHARE)
def show():
    asked = TimelineForm.read(request.args)
    with transaction(current_actor()) as session:
        found = open_shared(session, **asked)
    return render_template(
        "portal/shares/shared/show.html",
        found=found,
        months=by_month(found.timeline.lines) if found.timeline else [],
        kind_texts=KIND_WORDS,
        leaving=BaseForm(),
        opened=current_user.signed_in,
        **asked,
    )


@blueprint.get("/shared/record/<uuid:entry_id>")
@open_to(SHARE)
def show_entry(entry_id: UUID):
    with transaction(current_actor()) as session:
        entry = open_entry(session, entry_id).entry
    return render_template(
        "portal/shares/shared/entry.html",
        entry=entry,
        back=list_stood_on(url_for(".show")),
        leaving=BaseForm(),
        opened=current_user.signed_in,
    )


@blueprint.get("/shared/record/<uuid:entry_id>/versions/<int:number>/documents/<int:position>")
@open_to(SHARE)
def show_document(entry_id: UUID, number: int, position: int):
    with transaction(current_actor()) as session:
        document = open_document(session, entry_id, number=number, position=position)
    return file_answer(document.content, media_type=document.media_type, title=document.title)


@blueprint.get("/shared/images/<study_uid>")
@open_to(SHARE)
def show_study(study_uid: str):
    with transaction(current_actor()) as session:
        study = open_study(session, study_uid)
    allow_viewer()
    return render_template("portal/shares/shared/study.html", study=study, opened=current_user.signed_in)
