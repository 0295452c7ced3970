"""The ministry's desk: the quarters of the programme, and the form of one, on the page and as a table to keep."""

from flask import Blueprint, render_template

from dispatch_backend.reports.forms import HEAD, csv_lines
from dispatch_backend.reports.queries.counts import programme, quarterly_form
from dispatch_backend.reports.rules import Quarter
from foundation.database.transactions import transaction
from foundation.web.csv_answers import csv_answer
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("reports", __name__, url_prefix="/reports")


@blueprint.get("")
@open_to(Role.MINISTRY_ANALYST)
def index():
    with transaction(current_actor()) as session:
        page = programme(session)
    return render_template("dispatch_backend/reports/quarters/index.html", page=page)


@blueprint.get("/<quarter>")
@open_to(Role.MINISTRY_ANALYST)
def show(quarter: str):
    with transaction(current_actor()) as session:
        form = quarterly_form(session, Quarter.parse(quarter))
    return render_template("dispatch_backend/reports/quarters/show.html", form=form)


@blueprint.get("/<quarter>.csv")
@open_to(Role.MINISTRY_ANALYST)
def table(quarter: str):
    with transaction(current_actor()) as session:
        form = quarterly_form(session, Quarter.parse(quarter))
    return csv_answer(HEAD, csv_lines(form), file_name=f"referrals-{form.counted.quarter}.csv")
