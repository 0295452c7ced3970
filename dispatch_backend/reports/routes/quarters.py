"""The ministry's desk: the quarters of the programme, and the form of one, on the page and as tables to keep."""

from flask import Blueprint, render_template

from dispatch_backend.reports.forms.tables import HEAD, csv_lines, sheets
from dispatch_backend.reports.forms.words import NUMBERS, WAITS
from dispatch_backend.reports.queries.counts import programme, quarterly_form
from dispatch_backend.reports.rules import Quarter
from foundation.database.transactions import transaction
from foundation.web.csv_answers import csv_answer
from foundation.web.xlsx_answers import xlsx_answer
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("reports", __name__, url_prefix="/reports")


@blueprint.get("")
@open_to(Role.MINISTRY_ANALYST)
def index():
    with transaction(current_actor()) as session:
        page = programme(session)
    return render_template("dispatch_backend/reports/quarters/index.html", page=page, numbers=NUMBERS)


@blueprint.get("/<quarter>")
@open_to(Role.MINISTRY_ANALYST)
def show(quarter: str):
    with transaction(current_actor()) as session:
        form = quarterly_form(session, Quarter.parse(quarter))
    return render_template(
        "dispatch_backend/reports/quarters/show.html", form=form, numbers=NUMBERS, waits=WAITS
    )


@blueprint.get("/<quarter>.csv")
@open_to(Role.MINISTRY_ANALYST)
def table(quarter: str):
    with transaction(current_actor()) as session:
        form = quarterly_form(session, Quarter.parse(quarter))
    return csv_answer(HEAD, csv_lines(form), file_name=f"referrals-{form.counted.quarter}.csv")


@blueprint.get("/<quarter>.xlsx")
@open_to(Role.MINISTRY_ANALYST)
def spreadsheet(quarter: str):
    with transaction(current_actor()) as session:
        form = quarterly_form(session, Quarter.parse(quarter))
    return xlsx_answer(
        sheets(form), at=form.counted.cut_off, file_name=f"referrals-{form.counted.quarter}.xlsx"
    )
