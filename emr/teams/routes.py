"""The treating team of a patient: who is in it, taking a colleague into it, and ending that."""

from uuid import UUID

from flask import Blueprint, render_template, request

from emr.teams.actions import end_in_team, open_team, take_into_team
from emr.teams.forms import END_PREFIX, EndInTeamForm, TakeIntoTeamForm
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.access.enumerations import Deed, Thing
from identity.authorization import current_actor, open_to_staff_who_may

blueprint = Blueprint("teams", __name__, url_prefix="/patients/<uuid:patient_id>")


@blueprint.get("/team")
@open_to_staff_who_may(Deed.READ, Thing.LABELLED_ENTRIES)
def show(patient_id: UUID):
    return _page(patient_id, None)


@blueprint.post("/team")
@open_to_staff_who_may(Deed.READ, Thing.LABELLED_ENTRIES)
def create(patient_id: UUID):
    form = TakeIntoTeamForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: take_into_team(session, patient_id, UUID(form.member.data)),
        done=lambda _patient: redirect_to(
            "emr.teams.show", gettext("The colleague is in the team now."), patient_id=patient_id
        ),
        again=lambda refusal: _page(patient_id, refusal, form=form),
    )


@blueprint.post("/team-end")
@open_to_staff_who_may(Deed.READ, Thing.LABELLED_ENTRIES)
def end(patient_id: UUID):
    form = EndInTeamForm(request.form, prefix=END_PREFIX)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: end_in_team(session, patient_id, UUID(form.member.data)),
        done=lambda _patient: redirect_to(
            "emr.teams.show", gettext("This person is in the team no more."), patient_id=patient_id
        ),
        again=lambda refusal: _page(patient_id, refusal, end_form=form),
    )


def _page(
    patient_id: UUID,
    refusal: Refusal | None,
    *,
    form: TakeIntoTeamForm | None = None,
    end_form: EndInTeamForm | None = None,
) -> str:
    with transaction(current_actor()) as session:
        team = open_team(session, patient_id)
    taking, ending = form or TakeIntoTeamForm(), end_form or EndInTeamForm(prefix=END_PREFIX)
    taking.offer(team.colleagues)
    ending.offer(each.card for each in team.members)
    return render_template(
        "emr/teams/show.html",
        team=team,
        patient=team.patient,
        form=taking,
        end_form=ending,
        wrong=end_form or taking,
        sentence=sentence_of(refusal),
    )
