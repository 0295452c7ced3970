"""Signing an entry: the page that shows exactly what will be signed, and the act."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from emr.actions import open_entry, sign_entry
from emr.forms import SignForm
from foundation.database import transaction
from foundation.errors import RuleBroken, Stale
from foundation.idempotency import once
from foundation.language import gettext
from identity.guards import current_actor, open_to
from identity.rules.roles import Role

blueprint = Blueprint("signatures", __name__)


@blueprint.get("/entries/<uuid:entry_id>/signature")
@open_to(Role.DOCTOR)
def new(entry_id: UUID):
    return _page(entry_id)


@blueprint.post("/entries/<uuid:entry_id>/signature")
@open_to(Role.DOCTOR)
def create(entry_id: UUID):
    form = SignForm(request.form)
    if not form.validate():
        return _page(entry_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with transaction(current_actor()) as session:
            patient_id = once(
                session,
                key=form.idempotency_key.data or "",
                body={**form.typed, "entry": entry_id},
                act=lambda: sign_entry(session, entry_id, seen_number=form.seen_number.data or 0),
            )
    except (RuleBroken, Stale) as refusal:
        return _page(entry_id, sentence=gettext(refusal.sentence, **refusal.values)), refusal.status
    flash(gettext("Signed. The patient sees it now."))
    return redirect(url_for("emr.patients.show", patient_id=patient_id), HTTPStatus.SEE_OTHER)


def _page(entry_id: UUID, form: SignForm | None = None, sentence: str = ""):
    reader = current_actor()
    with transaction(reader) as session:
        patient, entry = open_entry(session, entry_id)
    if entry.waiting is None and not sentence:
        return redirect(url_for("emr.entries.show", entry_id=entry_id), HTTPStatus.SEE_OTHER)
    form = form or SignForm(seen_number=entry.versions[0].number)
    return render_template(
        "emr/signatures/new.html", patient=patient, entry=entry, form=form, sentence=sentence
    )
