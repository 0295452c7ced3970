"""The privacy officer's register of what the region's law opens."""

from uuid import UUID

from flask import Blueprint, render_template, request

from foundation.clock import today
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.bilingual import BilingualText
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.access.enumerations import Thing
from identity.authorization import current_actor, open_to
from identity.legal_openings.actions import OpeningAsked, end_opening, enter_opening
from identity.legal_openings.enumerations import OpeningState
from identity.legal_openings.forms import OPENED_WORDS, STATE_WORDS, EndLegalOpeningForm, LegalOpeningForm
from identity.legal_openings.queries import legal_openings, opening_of
from identity.roles import ROLE_NAMES, Role

blueprint = Blueprint("legal_openings", __name__, url_prefix="/privacy/legal-openings")


@blueprint.get("")
@open_to(Role.PRIVACY_OFFICER)
def index():
    return _list(LegalOpeningForm(), None)


@blueprint.post("")
@open_to(Role.PRIVACY_OFFICER)
def create():
    form = LegalOpeningForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: enter_opening(session, _asked(form)),
        done=lambda _entered: redirect_to("identity.legal_openings.index", gettext("It is entered.")),
        again=lambda refusal: _list(form, refusal),
    )


@blueprint.get("/<uuid:legal_opening_id>")
@open_to(Role.PRIVACY_OFFICER)
def show(legal_opening_id: UUID):
    return _page(legal_opening_id, EndLegalOpeningForm(), None)


@blueprint.post("/<uuid:legal_opening_id>")
@open_to(Role.PRIVACY_OFFICER)
def end(legal_opening_id: UUID):
    form = EndLegalOpeningForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: end_opening(
            session, legal_opening_id, last_day=form.last_day.data, reason=form.reason.data or ""
        ),
        done=lambda _ended: redirect_to("identity.legal_openings.index", gettext("Its end is entered.")),
        again=lambda refusal: _page(legal_opening_id, form, refusal),
    )


def _asked(form: LegalOpeningForm) -> OpeningAsked:
    return OpeningAsked(
        role=Role(form.role.data),
        thing=Thing(form.thing.data),
        facility_id=form.facility_id,
        basis=BilingualText(form.basis_en.data or "", form.basis_ru.data or ""),
        first_day=form.first_day.data or today(),
        last_day=form.last_day.data,
    )


def _list(form: LegalOpeningForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        found = legal_openings(session)
    form.offer((each.id, each.name) for each in found.choices.values())
    return render_template(
        "identity/legal_openings/index.html",
        found=found,
        form=form,
        sentence=sentence_of(refusal),
        **_words(),
    )


def _page(legal_opening_id: UUID, form: EndLegalOpeningForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        found = legal_openings(session)
    return render_template(
        "identity/legal_openings/show.html",
        found=found,
        opening=opening_of(found, legal_opening_id),
        form=form,
        sentence=sentence_of(refusal),
        **_words(),
    )


def _words() -> dict[str, object]:
    return {
        "roles": ROLE_NAMES,
        "things": OPENED_WORDS,
        "states": STATE_WORDS,
        "is_over": OpeningState.OVER,
    }
