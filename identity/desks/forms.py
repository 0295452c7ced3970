"""The policy in words: what of a record there is, and what is done with it."""

from collections.abc import Mapping
from typing import Any

from foundation.language.translation import lazy
from identity.access.enumerations import Deed, Thing
from identity.access.rules.policy import BY_LAW, IN_CARE
from identity.roles import Role

# What is a patient's own and shown to nobody by care is left out.
THING_WORDS = {
    Thing.DEMOGRAPHICS: lazy("Name, birth date, identifiers"),
    Thing.REFERRALS: lazy("Referrals"),
    Thing.BOOKINGS: lazy("Bookings"),
    Thing.ENTRIES: lazy("Entries of the record"),
    Thing.LABELLED_ENTRIES: lazy("Entries with a label, for the treating team"),
    Thing.IMAGES: lazy("Images"),
}
DEED_WORDS = {
    Deed.READ: lazy("reads"),
    Deed.ADD: lazy("adds"),
    Deed.CARRY_ON: lazy("carries on"),
    Deed.EXPORT: lazy("downloads for another hospital"),
}


def openable_in_words(role: Role) -> list[Any]:
    """What of every record the region's law may open to somebody in that role, to be read; empty where nothing."""
    return [words for thing, words in THING_WORDS.items() if thing in BY_LAW.get(role, ())]


def deeds_in_words(role: Role) -> Mapping[Thing, list[Any]]:
    """What somebody in that role may do with each part of the record of a patient in care; empty where nothing."""
    open_to_role = IN_CARE.get(role, {})
    return {
        thing: [words for deed, words in DEED_WORDS.items() if deed in open_to_role.get(thing, ())]
        for thing in THING_WORDS
    }
