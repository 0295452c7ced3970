"""What can be consented to, what was answered, and how a consent stands."""

from enum import StrEnum


class Purpose(StrEnum):
    """For what a person is asked. FHIR Consent.provision.purpose."""

    RESEARCH = "research"
    REMINDERS = "reminders"
    SHARING = "sharing"


class Decision(StrEnum):
    """FHIR Consent.provision.type."""

    PERMIT = "permit"
    DENY = "deny"


class ConsentState(StrEnum):
    """How a consent stands now. GIVEN alone lets anything be done."""

    NEVER_ASKED = "never_asked"
    GIVEN = "given"
    DENIED = "denied"
    TEXT_CHANGED = "text_changed"  # given to another text than is asked for now
    ENDED = "ended"  # given by somebody who acted for the person, whose right to is over
