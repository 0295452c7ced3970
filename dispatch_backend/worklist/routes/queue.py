"""The queue: its page, and the queue alone, which the live board fetches when something has changed."""

from flask import Blueprint, render_template, request

from dispatch_backend.worklist.actions import open_queue
from dispatch_backend.worklist.forms.queue import QueueFilterForm
from dispatch_backend.worklist.queries.queue import QueuePage
from dispatch_backend.worklist.queries.queue_places import read_place
from foundation.database.transactions import transaction
from foundation.web.responses import current_settings
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("queue", __name__)


@blueprint.get("")
@open_to(Role.DISPATCHER)
def index():
    opened, form = _opened_queue()
    return render_template(
        "dispatch_backend/worklist/queue/index.html",
        opened=opened,
        form=form,
        events=f"{current_settings().events_url}/dispatch/events",
    )


@blueprint.get("/queue")
@open_to(Role.DISPATCHER)
def show():
    opened, form = _opened_queue()
    return render_template("dispatch_backend/worklist/queue/show.html", opened=opened, form=form)


def _opened_queue() -> tuple[QueuePage, QueueFilterForm]:
    """The page of the queue that the address asks for, and the choices it was asked with."""
    form = QueueFilterForm(request.args)
    with transaction(current_actor()) as session:
        after = read_place(request.args.get("after", ""))
        opened = open_queue(session, wanted=form.wanted, after=after)
    form.offer(opened.services, opened.facilities.values())
    return opened, form
