"""Who looked at a citizen's record."""

from flask import Blueprint, render_template, request

from foundation.database.transactions import transaction
from identity.authorization import current_actor, open_to
from identity.roles import ROLE_NAMES, Role
from portal.access_log.actions import open_access_log
from portal.access_log.forms.filters import AccessLogForm, is_to_come
from portal.access_log.forms.labels import (
    ACCESSED_WORDS,
    ACT_WORDS,
    ALTHOUGH_HIDDEN_WORDS,
    BASIS_WORDS,
    delegate_words,
    law_words,
    opener_words,
)
from portal.record.rules import by_day

blueprint = Blueprint("access_log", __name__)


@blueprint.get("/my/access")
@open_to(Role.PATIENT, whole=True)
def show():
    wanted = AccessLogForm.wanted(request.args)
    with transaction(current_actor()) as session:
        log = open_access_log(session, wanted)
    return render_template(
        "portal/access_log/show.html",
        log=log,
        days=by_day(log.days),
        wanted=wanted,
        names={each.id: each.full_name for each in log.people},
        to_come=is_to_come(wanted),
        acts=ACT_WORDS,
        things=ACCESSED_WORDS,
        bases=BASIS_WORDS,
        although_hidden=ALTHOUGH_HIDDEN_WORDS,
        roles=ROLE_NAMES,
        delegate_words=delegate_words,
        opener_words=opener_words,
        law_words=law_words,
    )
