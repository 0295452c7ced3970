"""The queue: its page, and the queue alone, which the live board fetches when something has changed."""

from typing import Any

from flask import Blueprint, render_template, request, session, url_for

from dispatch_backend.worklist.actions import open_queue
from dispatch_backend.worklist.forms.queue import QueueFilterForm, counter_links
from dispatch_backend.worklist.queries.queue import QueuePage
from dispatch_backend.worklist.queries.queue_cursor import parse_queue_cursor
from foundation.database.transactions import transaction
from foundation.web.current_settings import current_settings
from identity.authorization import current_actor, open_to
from identity.roles import DISPATCHING

blueprint = Blueprint("queue", __name__)

# In the browser's own session: the choices of the queue, by which nobody is known.
QUEUE_LEFT = "queue"


@blueprint.get("")
@open_to(*DISPATCHING, reads=True)
def index():
    page, form = _requested_page()
    choices = {name: choice for name, choice in form.chosen.items() if choice}
    if choices != queue_choices():
        session[QUEUE_LEFT] = choices
    return render_template(
        "dispatch_backend/worklist/queue/index.html",
        page=page,
        form=form,
        counters=counter_links(page.counters),
        events=f"{current_settings().events_url}/dispatch/events",
    )


def queue_choices() -> dict[str, Any]:
    """How the reader had narrowed the queue when they last saw it."""
    return session.get(QUEUE_LEFT, {})


def queue_left() -> str:
    """The queue as the reader has left it, whatever they did since."""
    return url_for("dispatch.queue.index", **queue_choices())


@blueprint.get("/queue")
@open_to(*DISPATCHING, reads=True)
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
    with transaction(current_actor()) as database:
        after = parse_queue_cursor(request.args.get("after", ""))
        page = open_queue(database, wanted=form.wanted, after=after)
    form.offer(page.services, page.facilities.values())
    return page, form
