"""The first page, for everybody: what this is, and the way in."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, url_for

from identity.authorization import current_actor, public
from identity.roles import Role

blueprint = Blueprint("front", __name__)


@blueprint.get("/")
@public
def show():
    if current_actor().role == Role.PATIENT:
        return redirect(url_for("portal.home.show"), HTTPStatus.SEE_OTHER)
    return render_template("portal/home/front/show.html")
