"""What the tests of contact details do: a service that sends letters, and its worker."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, text
from werkzeug.test import TestResponse

from foundation import outbox
from foundation.clock import now
from foundation.postgres.roles import WORKER
from foundation.settings import MailSecurity
from tests.architecture.walking import token_for
from tests.connections import own_connections
from tests.mail_server import Kept, MailServer, mail_server

PAGE, STAFF_PAGE = "/my/contact", "/staff/contact"
LINK = re.compile(r"https?://[^/\s]+(/contact/\S+)")


@dataclass
class Mailing:
    """A service that hands its letters to a server of ours."""

    app: Flask
    kept: MailServer
    worker: Any
    administrator: Any

    def deliver(self, *, at: datetime | None = None) -> None:
        """As the worker does beside the rest of the outbox, until nothing is due."""
        with self.app.app_context(), own_connections(self.worker):
            handlers = self.app.extensions["handlers"]
            while outbox.deliver_due(handlers, at=at or now(), slow=True):
                pass

    def deliver_later(self) -> None:
        """What failed is tried again, however long it waits by now."""
        self.deliver(at=now() + timedelta(minutes=11))

    def age_sessions(self, patient_id: UUID, age: timedelta) -> None:
        """The patient's sessions began so long before."""
        with self.administrator.begin() as connection:
            connection.execute(
                text("UPDATE identity.session SET began_at = began_at - :age WHERE patient_id = :patient"),
                {"age": age, "patient": patient_id},
            )

    def waiting(self) -> int:
        with self.worker.connect() as connection:
            found = connection.exec_driver_sql(
                "SELECT count(*) FROM foundation.outbox_message WHERE topic LIKE 'mail.%%'"
            )
            return int(found.scalar_one())


@contextmanager
def mailing(app: Flask, engines: Mapping[str, Any], **behaviour: Any) -> Iterator[Mailing]:
    """The application sends letters until the block ends; what waits at its beginning is not of this test."""
    worker = engines[WORKER]
    with worker.begin() as connection:
        connection.execute(delete(outbox.OutboxMessage).where(outbox.OutboxMessage.topic.startswith("mail.")))
    before = app.extensions["settings"]
    with mail_server(**behaviour) as kept:
        security = MailSecurity(kept.environment["SMTP_SECURITY"])
        app.extensions["settings"] = before.model_copy(update={**kept.settings, "smtp_security": security})
        try:
            yield Mailing(app, kept, worker, engines["administrator"])
        finally:
            app.extensions["settings"] = before


def press(browser: FlaskClient, address: str, **typed: str) -> TestResponse:
    form = {"csrf_token": token_for(browser), "idempotency_key": uuid4().hex, **typed}
    return browser.post(address, data=form)


def link_in(letter: Kept) -> str:
    """Where the letter leads, without the name of the service."""
    found = LINK.search(letter.words)
    assert found, letter.words
    return found[1]
