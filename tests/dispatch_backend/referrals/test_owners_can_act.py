"""Whoever may take a step has an address for it: no state waits for somebody who can do nothing."""

from flask import Flask

from dispatch_backend.referrals.enumerations import Act
from dispatch_backend.referrals.rules.states import TRANSITIONS
from identity.authorization import VISITORS
from identity.roles import Role

# The addresses that take each step, by who takes it.
TAKEN_AT = {
    (Act.SENT, Role.DOCTOR): {"emr.referrals.create"},
    (Act.BOOKED, Role.DISPATCHER): {"dispatch.bookings.create"},
    (Act.REBOOKED, Role.DISPATCHER): {"dispatch.rebookings.create"},
    (Act.BOOKING_CANCELLED, Role.DISPATCHER): {"dispatch.cancellations.create"},
    (Act.SERVED, Role.DISPATCHER): {"dispatch.outcomes.create"},
    (Act.SERVED, Role.DOCTOR): {"emr.outcomes.create"},
    (Act.MISSED, Role.DISPATCHER): {"dispatch.outcomes.create"},
    (Act.MISSED, Role.DOCTOR): {"emr.outcomes.create"},
    (Act.REVOKED, Role.DISPATCHER): {"dispatch.revocations.create", "dispatch.cancellations.create"},
    (Act.REVOKED, Role.DOCTOR): {"emr.revocations.create"},
}


def test_every_step_that_is_allowed_has_an_address():
    assert {(each.act, each.role) for each in TRANSITIONS} == TAKEN_AT.keys()


def test_every_such_address_stands_and_is_open_to_who_takes_the_step(app: Flask):
    posted = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}

    for (_act, role), endpoints in TAKEN_AT.items():
        assert endpoints <= posted
        assert all(role in getattr(app.view_functions[each], VISITORS) for each in endpoints)
