"""The privacy officer's queue of records that were opened in an emergency: none leaves it without a verdict."""

from uuid import UUID

from flask import Blueprint, render_template, request

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.emergencies.actions import judge_emergency, list_emergencies_to_judge, open_emergency
from identity.emergencies.enumerations import Verdict
from identity.emergencies.forms import REASON_WORDS, VERDICT_WORDS, VerdictForm
from identity.roles import Role

blueprint = Blueprint("verdicts", __name__, url_prefix="/privacy/emergencies")


@blueprint.get("")
@open_to(Role.PRIVACY_OFFICER)
def index():
    with transaction(current_actor()) as session:
        found = list_emergencies_to_judge(session)
    return render_template("identity/emergencies/verdicts/index.html", found=found, reasons=REASON_WORDS)


@blueprint.get("/<uuid:emergency_id>")
@open_to(Role.PRIVACY_OFFICER)
def new(emergency_id: UUID):
    return _page(emergency_id, VerdictForm(), None)


@blueprint.post("/<uuid:emergency_id>")
@open_to(Role.PRIVACY_OFFICER)
def create(emergency_id: UUID):
    form = VerdictForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: judge_emergency(
            session, emergency_id, verdict=Verdict(form.verdict.data), words=form.words.data or ""
        ),
        done=lambda _made: redirect_to("identity.verdicts.index", gettext("The verdict stands.")),
        again=lambda refusal: _page(emergency_id, form, refusal),
    )


def _page(emergency_id: UUID, form: VerdictForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        found = open_emergency(session, emergency_id)
    (opened,) = found.cards
    return render_template(
        "identity/emergencies/verdicts/new.html",
        opened=opened,
        staff=found.staff[opened.staff_id],
        facility=found.facilities[opened.facility_id],
        form=form,
        reasons=REASON_WORDS,
        verdicts=VERDICT_WORDS,
        sentence=sentence_of(refusal),
    )
