"""Who is booked for a time that was closed: moved by dispatchers, all that are ticked at once."""

from flask import Blueprint, render_template, request

from dispatch_backend.schedules.actions.displaced import move_displaced, open_displaced
from dispatch_backend.schedules.forms.closed_times import REASON_WORDS
from dispatch_backend.schedules.forms.displaced import DisplacedPageForm, MoveDisplacedForm
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import DISPATCHING

blueprint = Blueprint("displaced", __name__, url_prefix="/displaced")


@blueprint.get("")
@open_to(*DISPATCHING)
def index():
    return _page(MoveDisplacedForm(), None)


@blueprint.post("")
@open_to(*DISPATCHING)
def create():
    form = MoveDisplacedForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: move_displaced(session, form.asked),
        done=lambda _made: redirect_to(
            "dispatch.displaced.index",
            gettext("Moved. The patients are told, and their former times stay closed."),
        ),
        again=lambda refusal: _page(form, refusal),
    )


def _page(form: MoveDisplacedForm, refusal: Refusal | None) -> str:
    number = DisplacedPageForm.read(request.args)["page"] or 1
    with transaction(current_actor()) as session:
        page = open_displaced(session, number)
    return render_template(
        "dispatch_backend/schedules/displaced/index.html",
        page=page,
        form=form,
        reasons=REASON_WORDS,
        sentence=sentence_of(refusal),
    )
