"""The words of access: why a facility cares for a patient, what of a record is opened, and what is done with it."""

from enum import StrEnum


class CareBasis(StrEnum):
    """Why a facility, or one person at it, cares for a patient."""

    ATTACHMENT = "attachment"  # the patient is registered with this polyclinic
    REFERRAL = "referral"
    ENCOUNTER = "encounter"
    IMPORT = "import"
    TEAM = "team"  # one person who treats the patient
    EMERGENCY = "emergency"  # one person, for an hour, who answers for it


class Thing(StrEnum):
    """What somebody may see of a patient. Each table of patient data is of one kind."""

    DEMOGRAPHICS = "demographics"
    REFERRALS = "referrals"
    BOOKINGS = "bookings"
    ENTRIES = "entries"
    LABELLED_ENTRIES = "labelled-entries"  # of kinds that the law guards more closely
    IMAGES = "images"
    ACCESS_LOG = "access-log"
    NOTICES = "notices"
    DELEGATIONS = "delegations"  # and consents: what a person lets others do


class Deed(StrEnum):
    """What somebody may do with it."""

    READ = "read"
    ADD = "add"
    CARRY_ON = "carry-on"  # take what is there from one state to the next
    EXPORT = "export"  # take a copy out of the house
    HIDE = "hide"  # keep it from the staff, and show it again


class Condition(StrEnum):
    """What a yes may hang on."""

    REASON = "reason"
    SECOND_FACTOR = "second-factor"
    NOTICE = "notice"


class Scope(StrEnum):
    """A part of what is kept about a person, as somebody may be let see it."""

    RECORD = "record"
    BOOKINGS = "bookings"  # referrals and visits
    IMAGES = "images"
