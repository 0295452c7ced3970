"""One press closes a record to a clinic or opens it again, and the words in which people read how it stands."""

from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm
from identity.access.enumerations import CareBasis
from identity.closures.enumerations import FacilityState

STATE_WORDS = {
    FacilityState.OPEN: lazy("Doctors and nurses there see your record."),
    FacilityState.KEPT: lazy("It cannot be closed here. Why, and by which law, stands below."),
    FacilityState.CLOSED: lazy("Closed: nobody there sees your record."),
    FacilityState.OPENED_BY_LAW: lazy(
        "You closed it. Since then you were referred there or registered there, so it sees the record as long as that lasts, and for 90 days after a visit by referral."
    ),
}
WHY_WORDS = {
    CareBasis.ATTACHMENT: lazy("You are registered with this clinic"),
    CareBasis.REFERRAL: lazy("You have a referral that this clinic works on"),
    CareBasis.ENCOUNTER: lazy("You were treated there"),
    CareBasis.IMPORT: lazy("This clinic sent your data"),
    CareBasis.TEAM: lazy("A person there treats you"),
}


class ClosureForm(IdempotentForm):
    """One press, once."""
