"""Two records of one person at the registrar's desk: compared, joined, and parted again."""

from uuid import UUID

from flask import Blueprint, render_template, request

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.merges.actions import list_merges, look_at_merge, merge_records, open_merge, undo_merge
from identity.merges.forms import MergeForm, UndoMergeForm
from identity.merges.rules import OBSTACLES, told_counts
from identity.roles import Role

blueprint = Blueprint("merges", __name__, url_prefix="/registry")


@blueprint.get("/merges")
@open_to(Role.REGISTRAR)
def index():
    with transaction(current_actor()) as session:
        found = list_merges(session)
    return render_template("identity/merges/merges/index.html", found=found)


@blueprint.get("/patients/<uuid:patient_id>/merges/<uuid:other_id>")
@open_to(Role.REGISTRAR)
def new(patient_id: UUID, other_id: UUID):
    return _comparison(patient_id, other_id, MergeForm(), None)


@blueprint.post("/patients/<uuid:patient_id>/merges/<uuid:other_id>")
@open_to(Role.REGISTRAR)
def create(patient_id: UUID, other_id: UUID):
    form = MergeForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: merge_records(
            session,
            survivor_id=patient_id,
            merged_id=other_id,
            reason=form.reason.data or "",
            seen=form.seen,
            with_accounts=form.with_accounts,
        ),
        done=lambda merge_id: redirect_to(
            ".show",
            gettext(
                "The two records are one now. The patient reads so on their first page and under “Who looked”."
            ),
            merge_id=merge_id,
        ),
        again=lambda refusal: _comparison(patient_id, other_id, form, refusal),
    )


@blueprint.get("/merges/<uuid:merge_id>")
@open_to(Role.REGISTRAR)
def show(merge_id: UUID):
    return _page(merge_id, UndoMergeForm(), None)


@blueprint.post("/merges/<uuid:merge_id>/undoing")
@open_to(Role.REGISTRAR)
def undo(merge_id: UUID):
    form = UndoMergeForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: undo_merge(session, merge_id, reason=form.reason.data or ""),
        done=lambda _merge_id: redirect_to(
            ".show",
            gettext(
                "The two records are parted again. Each patient reads so on their first page and under “Who looked”."
            ),
            merge_id=merge_id,
        ),
        again=lambda refusal: _page(merge_id, form, refusal),
    )


def _comparison(patient_id: UUID, other_id: UUID, form: MergeForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        preview = look_at_merge(session, survivor_id=patient_id, merged_id=other_id)
    return render_template(
        "identity/merges/merges/new.html",
        preview=preview,
        obstacle=OBSTACLES.get(preview.obstacle, ""),
        counts=told_counts(preview.counts),
        form=form,
        sentence=sentence_of(refusal),
    )


def _page(merge_id: UUID, form: UndoMergeForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        found = open_merge(session, merge_id)
    (joined,) = found.cards
    return render_template(
        "identity/merges/merges/show.html",
        joined=joined,
        survivor=found.survivors[joined.survivor_id],
        facility=found.facilities[joined.facility_id],
        counts=told_counts(joined.moved),
        form=form,
        sentence=sentence_of(refusal),
    )
