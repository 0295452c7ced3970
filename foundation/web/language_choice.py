"""The reader's choice of language, remembered in a cookie for a year."""

from datetime import timedelta

from flask import Blueprint, redirect, request

from foundation.errors import BadInput
from foundation.language.translation import COOKIE, LANGUAGES
from foundation.web.current_settings import current_settings
from foundation.web.own_addresses import own_address

blueprint = Blueprint("language", __name__)


@blueprint.post("/language")
def update():
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        raise BadInput("Choose one of the languages offered.")
    answer = redirect(own_address(request.form.get("next", "/")), 303)
    answer.set_cookie(
        COOKIE,
        language,
        max_age=int(timedelta(days=365).total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=current_settings().secure,
    )
    return answer
