"""The registrar's queue of conflicts, and one of them with both sides."""

from uuid import UUID

from flask import Blueprint, render_template

from emr.conflicts.actions import list_conflicts_at_desk, open_conflict
from emr.conflicts.forms import CHOICE_WORDS, KIND_WORDS, AnswerConflictForm, ConfirmPatientForm
from emr.fhir_import.enumerations import ConflictKind
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import sentence_of
from foundation.web.forms import IdempotentForm
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("conflicts", __name__, url_prefix="/conflicts")


@blueprint.get("")
@open_to(Role.REGISTRAR)
def index():
    with transaction(current_actor()) as session:
        found = list_conflicts_at_desk(session)
    return render_template(
        "emr/conflicts/conflicts/index.html", found=found, kinds=KIND_WORDS, choices=CHOICE_WORDS
    )


@blueprint.get("/<uuid:conflict_id>")
@open_to(Role.REGISTRAR)
def show(conflict_id: UUID):
    return conflict_page(conflict_id)


def conflict_page(
    conflict_id: UUID, refusal: Refusal | None = None, *, form: IdempotentForm | None = None
) -> str:
    """The page of a conflict, with what was typed. Raises NotFound."""
    with transaction(current_actor()) as session:
        conflict = open_conflict(session, conflict_id)
    provisional = conflict.kind is ConflictKind.PROVISIONAL
    # A form for another kind of conflict is none of this page's.
    if form is None or isinstance(form, ConfirmPatientForm) is not provisional:
        form = ConfirmPatientForm() if provisional else AnswerConflictForm()
    return render_template(
        "emr/conflicts/conflicts/show.html",
        conflict=conflict,
        form=form,
        provisional=provisional,
        kinds=KIND_WORDS,
        choices=CHOICE_WORDS,
        sentence=sentence_of(refusal),
    )
