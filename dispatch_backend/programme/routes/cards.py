"""The programme's card, for the ministry: on the page and for a spreadsheet."""

from flask import Blueprint, render_template

from dispatch_backend.programme.forms import EQUIPMENT, sheets
from dispatch_backend.programme.queries import programme_card
from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.web.xlsx_answers import xlsx_answer
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("programme", __name__)


@blueprint.get("/programme")
@open_to(Role.MINISTRY_ANALYST)
def show():
    with transaction(current_actor()) as session:
        card = programme_card(session)
    return render_template("dispatch_backend/programme/show.html", card=card, equipment=EQUIPMENT)


@blueprint.get("/programme.xlsx")
@open_to(Role.MINISTRY_ANALYST)
def spreadsheet():
    with transaction(current_actor()) as session:
        card = programme_card(session)
    return xlsx_answer(sheets(card), at=card.counted.counted_at or now(), file_name="programme.xlsx")
