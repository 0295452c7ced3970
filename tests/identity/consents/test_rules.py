"""How a consent stands."""

from datetime import UTC, datetime, timedelta

import pytest

from identity.consents.enumerations import ConsentState, Decision
from identity.consents.rules import Answered, state_of

AT = datetime(2026, 5, 1, tzinfo=UTC)
LATER = AT + timedelta(days=3650)


@pytest.mark.parametrize(
    ("newest", "state"),
    [
        (None, ConsentState.NEVER_ASKED),
        (Answered(Decision.PERMIT, 2), ConsentState.GIVEN),
        (Answered(Decision.PERMIT, 1), ConsentState.TEXT_CHANGED),
        (Answered(Decision.DENY, 1), ConsentState.DENIED),
        (Answered(Decision.PERMIT, 2, stands_until=AT + timedelta.resolution), ConsentState.GIVEN),
        (Answered(Decision.PERMIT, 2, stands_until=AT), ConsentState.ENDED),
        (Answered(Decision.PERMIT, 2, stands_until=LATER, right_ended=True), ConsentState.ENDED),
        (Answered(Decision.DENY, 2, stands_until=AT), ConsentState.ENDED),
    ],
)
def test_nothing_but_a_yes_to_this_text_by_a_right_that_lasts_counts(newest, state):
    assert state_of(newest, version=2, at=AT) is state
