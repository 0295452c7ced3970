"""A walker tries every address as somebody who acts for a citizen: by what part they see, and with each wall alone."""

import pytest
from sqlalchemy import text

from identity.access.enumerations import Scope
from identity.sessions.actions import refused_access
from tests.architecture.walking import asked
from tests.identity.delegations.acting import Acting

# What shows that something of a part was told.
TELLS = {
    Scope.RECORD: ("entry_id",),
    Scope.BOOKINGS: ("referral_id", "booking_id"),
    Scope.IMAGES: ("study_uid", "series_uid", "instance_uid"),
}


@pytest.fixture
def acting(people, client_for, as_loader, as_administrator) -> Acting:
    return Acting(people, client_for, as_loader, as_administrator)


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch) -> None:
    monkeypatch.setattr(refused_access, "MOST_A_MINUTE", 10**6)


@pytest.fixture
def told(acting, people, addresses, victim, as_administrator, walled):
    """Which parts of the victim's record are told, at which address, to somebody with a right over these parts."""

    with as_administrator() as connection:
        number = connection.execute(
            text("SELECT number FROM dispatch.referral WHERE id = :id"), {"id": victim.objects["referral_id"]}
        ).scalar_one()

    def tell(*scopes):
        delegate = people.patient()
        represented = type(delegate)(victim.objects["patient_id"], "", delegate.birth_date, delegate.actor)
        browser = acting.acting(delegate, acting.let(delegate, represented, scopes=scopes))
        walled()
        return {
            (part, str(address))
            for address in addresses
            if address.method == "GET" and "patient" in address.visitors
            for part in _parts(browser, address, victim, number)
        }

    return tell


def _parts(browser, address, victim, number):
    answer = asked(browser, address, victim.objects, victim)
    sent = {value for name, value in victim.objects.items() if name in address.rule.arguments}
    for part, names in TELLS.items():
        values = {victim.objects[each] for each in names} - sent
        # Pages name a referral by its number.
        values |= {number} if part is Scope.BOOKINGS else set()
        if any(value in answer.told for value in values):
            yield part
        if answer.status == 200 and set(names) & address.rule.arguments:
            yield part


@pytest.mark.parametrize("scope", Scope)
def test_a_right_over_one_part_opens_nothing_of_the_others_at_any_address(told, scope):
    found = told(scope)

    assert {part for part, _ in found} == {scope}, sorted(found)


def test_a_right_over_everything_opens_every_part(told):
    assert {part for part, _ in told(*Scope)} == set(Scope)


def test_every_policy_of_one_s_own_rows_asks_for_its_part(engines):
    """A table that comes later says to which part of a record it belongs, or why whoever acts for somebody always sees it."""
    always = {"identity.patient", "identity.session", "identity.patient_link"}
    with engines["owner"].connect() as connection:
        unasked = connection.execute(
            text(
                "SELECT schemaname || '.' || tablename FROM pg_policies "
                "WHERE qual LIKE '%foundation.actor_patient()%' AND 'center_web' = ANY(roles)"
            )
        ).scalars()

        assert set(unasked) <= always
