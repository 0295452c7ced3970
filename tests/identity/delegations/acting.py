"""Two people of whom one may act for the other, and a browser in which they do."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy.dialects.postgresql import insert

from foundation.clock import now
from identity.access.enumerations import Scope
from identity.delegations.actions import NewDelegation, end_delegation, enter_delegation
from identity.delegations.enumerations import DelegationKind
from identity.people.rules.assurance import Assurance
from identity.sessions.tables.accounts import PatientLink
from tests.pages import filled
from tests.people import MadePatient

HOME, REPRESENTATION, BACK = "/my", "/my/representation", "/my/representation/end"
ENGLISH = ("language", "en")


@dataclass
class Acting:
    """What the tests of acting for somebody do, with the fixtures that they need."""

    people: Any
    client_for: Any
    as_loader: Any
    as_administrator: Any
    made: list[UUID] = field(default_factory=list)

    def let(self, delegate: MadePatient, patient: MadePatient, **changes: Any) -> UUID:
        """The delegate may act for the patient: by a grant of everything, if nothing else is said."""
        known = {
            "patient_id": patient.id,
            "delegate_id": delegate.id,
            "kind": DelegationKind.GRANT,
            "basis": "Written consent",
            "scopes": tuple(Scope),
            "ends_at": now() + timedelta(days=30),
        }
        with self.as_loader() as session:
            return enter_delegation(session, NewDelegation(**{**known, **changes}))

    def take_back(self, delegation_id: UUID) -> None:
        with self.as_loader() as session:
            end_delegation(session, delegation_id, reason="No longer wanted")

    def browser_of(self, delegate: MadePatient) -> FlaskClient:
        """Signed in, with the account linked as signing in links it."""
        browser = self.client_for(delegate.actor)
        browser.set_cookie(*ENGLISH)
        with self.as_administrator() as connection:
            connection.execute(
                insert(PatientLink.__table__).on_conflict_do_nothing(),
                {
                    "account_id": delegate.actor.account_id,
                    "patient_id": delegate.id,
                    "basis": "test",
                    "level": Assurance.HIGH.value,
                },
            )
        return browser

    def go_on(self, browser: FlaskClient, delegation_id: UUID) -> Any:
        """The press on the first page."""
        page = browser.get(HOME)
        return browser.post(REPRESENTATION, data=filled(page, delegation=str(delegation_id)))

    def acting(self, delegate: MadePatient, delegation_id: UUID) -> FlaskClient:
        browser = self.browser_of(delegate)
        assert self.go_on(browser, delegation_id).status_code == 303
        return browser
