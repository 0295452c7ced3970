"""Who may do what with which part of a patient's record, and on which condition: one table, and what follows from it.

The guard at the door, every look-up through a person and row security answer from it; tests compare the last two with it
cell by cell. Pure.
"""

from collections.abc import Collection, Mapping
from functools import cache
from typing import NamedTuple

from identity.access.enumerations import CareBasis, Condition, Deed, Scope, Thing
from identity.roles import STAFF_ROLES, Role

READ, ADD, CARRY_ON, EXPORT, HIDE = Deed.READ, Deed.ADD, Deed.CARRY_ON, Deed.EXPORT, Deed.HIDE

_OF_DISPATCHING = {
    Thing.DEMOGRAPHICS: frozenset({READ}),
    Thing.REFERRALS: frozenset({READ, CARRY_ON}),
    Thing.BOOKINGS: frozenset({READ, ADD, CARRY_ON}),
}
# By role: what of a patient in care is open, and for what. Whoever is not named sees nothing of any patient.
IN_CARE: Mapping[Role, Mapping[Thing, frozenset[Deed]]] = {
    Role.DOCTOR: {
        Thing.DEMOGRAPHICS: frozenset({READ}),
        Thing.REFERRALS: frozenset({READ, ADD, CARRY_ON}),
        Thing.BOOKINGS: frozenset({READ, CARRY_ON}),
        Thing.ENTRIES: frozenset({READ, ADD, EXPORT}),
        Thing.LABELLED_ENTRIES: frozenset({READ}),
        Thing.IMAGES: frozenset({READ}),
    },
    Role.NURSE: {
        Thing.DEMOGRAPHICS: frozenset({READ}),
        Thing.REFERRALS: frozenset({READ}),
        Thing.BOOKINGS: frozenset({READ}),
        Thing.ENTRIES: frozenset({READ}),
        Thing.LABELLED_ENTRIES: frozenset({READ}),
        Thing.IMAGES: frozenset({READ}),
    },
    Role.LABORATORY_ASSISTANT: {
        Thing.DEMOGRAPHICS: frozenset({READ}),
        Thing.REFERRALS: frozenset({READ}),
    },
    Role.RADIOLOGIST: {
        Thing.DEMOGRAPHICS: frozenset({READ}),
        Thing.REFERRALS: frozenset({READ}),
        Thing.IMAGES: frozenset({READ}),
    },
    Role.REGISTRAR: {
        Thing.DEMOGRAPHICS: frozenset({READ}),
        Thing.BOOKINGS: frozenset({READ}),
    },
    Role.DISPATCHER: _OF_DISPATCHING,
    Role.SHIFT_LEAD: _OF_DISPATCHING,
    Role.TRIAGER: {
        Thing.DEMOGRAPHICS: frozenset({READ}),
        Thing.REFERRALS: frozenset({READ}),
        Thing.BOOKINGS: frozenset({READ}),
    },
}
# Care that asks for nothing more.
ORDINARY = frozenset(
    {CareBasis.ATTACHMENT, CareBasis.REFERRAL, CareBasis.ENCOUNTER, CareBasis.IMPORT, CareBasis.TEAM}
)
# Care of the treating team's own, and what is open to it alone. Whoever wrote such an entry reads it as well.
PERSONAL = frozenset({CareBasis.TEAM, CareBasis.EMERGENCY})
FOR_THE_TEAM = frozenset({Thing.LABELLED_ENTRIES})
# Who may open a record without care, and what that asks of them.
IN_AN_EMERGENCY = frozenset({Role.DOCTOR, Role.NURSE})
EMERGENCY_ASKS = frozenset({Condition.REASON, Condition.SECOND_FACTOR, Condition.NOTICE})
# What a copy that leaves the house asks; an emergency is no time to make one.
ASKED_OF = {EXPORT: frozenset({Condition.REASON, Condition.SECOND_FACTOR})}
NOT_IN_AN_EMERGENCY = frozenset({EXPORT})
# By role: what of every record the region's law may open, as rows of data say (identity.legal_openings), no more than they read in
# care. Whose record it is comes with each part; what is the treating team's alone never does.
_CHART = frozenset({Thing.REFERRALS, Thing.BOOKINGS, Thing.ENTRIES, Thing.IMAGES})
_QUEUE = frozenset({Thing.REFERRALS, Thing.BOOKINGS})
BY_LAW: Mapping[Role, frozenset[Thing]] = {
    Role.DOCTOR: _CHART,
    Role.NURSE: _CHART,
    Role.RADIOLOGIST: frozenset({Thing.REFERRALS, Thing.IMAGES}),
    Role.DISPATCHER: _QUEUE,
    Role.TRIAGER: _QUEUE,
    Role.SHIFT_LEAD: _QUEUE,
}
# What is a person's own, and to which part of it a right to act for them may be bound.
LOOKS = frozenset({READ})
OWN: Mapping[Deed, frozenset[Thing]] = {
    READ: frozenset(Thing),
    HIDE: frozenset({Thing.ENTRIES, Thing.LABELLED_ENTRIES}),
}
ALWAYS_TOLD = frozenset({Thing.DEMOGRAPHICS})
SCOPES = {
    Thing.REFERRALS: Scope.BOOKINGS,
    Thing.BOOKINGS: Scope.BOOKINGS,
    Thing.ENTRIES: Scope.RECORD,
    Thing.LABELLED_ENTRIES: Scope.RECORD,
    Thing.IMAGES: Scope.IMAGES,
}

# What of a person a link may open at all; how much of it, the person says with each.
SHARED = frozenset({Thing.DEMOGRAPHICS, Thing.ENTRIES, Thing.IMAGES})


NOTHING: frozenset[Condition] = frozenset()


class Decision(NamedTuple):
    """Yes or no; a yes may hang on conditions."""

    allowed: bool
    conditions: frozenset[Condition] = NOTHING


NO, YES = Decision(False), Decision(True)


def decision(role: Role, basis: CareBasis | None, thing: Thing, deed: Deed) -> Decision:
    """Whether somebody in that role may do this with that part of a patient's record.

    Args:
        basis: on which the actor's facility, or the actor, cares for the patient; None where nobody does.
    """
    if basis is None or deed not in IN_CARE.get(role, {}).get(thing, frozenset()):
        return NO
    if thing in FOR_THE_TEAM and basis not in PERSONAL:
        return NO
    if basis in ORDINARY:
        return Decision(True, ASKED_OF.get(deed, NOTHING))
    in_an_emergency = role in IN_AN_EMERGENCY and deed not in NOT_IN_AN_EMERGENCY
    return Decision(True, EMERGENCY_ASKS) if in_an_emergency else NO


def may_be_opened_by_law(role: Role, thing: Thing) -> bool:
    """Whether the region's law may open this part of every record to somebody in that role."""
    return thing in BY_LAW.get(role, frozenset())


def law_decision(role: Role, opened: Collection[str], thing: Thing, deed: Deed) -> Decision:
    """Whether somebody in that role may do this with that part of a record that is in nobody's care there.

    Args:
        opened: the parts that the region's law opens to them now.
    """
    if deed not in LOOKS:
        return NO
    within = BY_LAW.get(role, frozenset()) & set(opened)
    return YES if thing in within or (within and thing in ALWAYS_TOLD) else NO


def own_decision(thing: Thing, deed: Deed, scopes: Collection[str] | None = None) -> Decision:
    """Whether people may do this with that part of their own record: they read it, hide entries of it, and others write it.

    Args:
        scopes: of a right by which somebody acts for the person, the parts that it opens; None for all of them. What
            belongs to no part is opened by the whole alone; whose record it is, by each. Nobody hides by a part.
    """
    if thing not in OWN.get(deed, frozenset()):
        return NO
    if scopes is None:
        return YES
    within = thing in ALWAYS_TOLD or SCOPES.get(thing) in scopes
    return YES if deed in LOOKS and within else NO


def shared_decision(thing: Thing, deed: Deed) -> Decision:
    """Whether somebody outside may do this with that part of a record by a link, as far as the link opens it."""
    return YES if thing in SHARED and deed in LOOKS else NO


@cache
def bases_that_open(role: Role, thing: Thing, deed: Deed = READ) -> frozenset[CareBasis]:
    """On which bases of care this is open to somebody in that role; none where it never is."""
    return frozenset(basis for basis in CareBasis if decision(role, basis, thing, deed).allowed)


@cache
def roles_that_may(deed: Deed, thing: Thing) -> tuple[Role, ...]:
    """Which staff may do this with that part of the record of a patient in care, in the order of the roles."""
    return tuple(role for role in STAFF_ROLES if bases_that_open(role, thing, deed))
