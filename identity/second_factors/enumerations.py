"""The words of second factors: what they are asked for, of whom, and in which ceremony."""

from enum import StrEnum


class Occasion(StrEnum):
    """What somebody is about to do when they are asked to prove anew that it is they."""

    EMERGENCY = "emergency"
    SIGNING = "signing"
    EXPORT = "export"
    ADMINISTRATION = "administration"
    MERGE = "merge"  # two records of one person
    OPENING = "opening"  # a record to an account, or to a guardian
    PASSKEYS = "passkeys"  # whoever has one adds or removes one


class Ceremony(StrEnum):
    """WebAuthn Level 3, section 7: a passkey is made, or used."""

    REGISTRATION = "registration"
    AUTHENTICATION = "authentication"
