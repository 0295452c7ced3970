"""One press closes a record to a clinic or opens it again, and the words in which people read how it stands."""

from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm
from identity.access.enumerations import CareBasis
from identity.closures.enumerations import FacilityState

STATE_WORDS = {
    FacilityState.OPEN: lazy("Doctors and nurses there see your record."),
    FacilityState.KEPT: lazy("This clinic must see your record, so it cannot be closed."),
    FacilityState.CLOSED: lazy("Closed: nobody there sees your record."),
    FacilityState.OPENED_BY_LAW: lazy(
        "You closed it. Meanwhile the clinic has come to treat you, so it sees your record until that is over."
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
