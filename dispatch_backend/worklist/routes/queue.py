"""The queue: its page, and the queue alone, which the live board fetches when something has changed."""

from flask import Blueprint, render_template, request

from dispatch_backend.worklist.actions import open_queue
from dispatch_backend.worklist.forms.queue import QueueFilterForm, counter_links
from dispatch_backend.worklist.queries.queue import QueuePage
from dispatch_backend.worklist.queries.queue_cursor import parse_queue_cursor
from foundation.database.transactions import transaction
from foundation.web.current_settings import current_settings
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("queue", __name__)


@blueprint.get("")
@open_to(Role.DISPATCHER)
def index():
    page, form = _requested_page()
    return render_template(
        "dispatch_backend/worklist/queue/index.html",
        page=page,
        form=form,
        counters=counter_links(page.counters),
        events=f"{current_settings().events_url}/dispatch/events",
    )


@blueprint.get("/queue")
@open_to(Role.DISPATCHER)
def show():
    page, form = _requested_page()
    return render_template(
        "dispatch_backend/worklist/queue/show.html",
        page=page,
        form=form,
        counters=counter_links(page.counters),
    )


def _requested_page() -> tuple[QueuePage, QueueFilterForm]:
    """The page of the queue that the address asks for, and the choices it was asked with."""
    form = QueueFilterForm(request.args)
    with transaction(current_actor()) as session:
        after = parse_queue_cursor(request.args.get("after", ""))
        page = open_queue(session, wanted=form.wanted, after=after)
    form.offer(page.services, page.facilities.values())
    return page, form
