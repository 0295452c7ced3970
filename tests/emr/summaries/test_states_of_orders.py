"""The state of an order on its own page: one word, which is true for its status and its intent together."""

import pytest

from emr.summaries.rules.standing import full_state_words


@pytest.mark.parametrize(
    ("status", "intent", "told"),
    [
        ("active", "order", "назначено"),
        ("completed", "order", "завершено"),
        ("stopped", "original-order", "прекращено"),
        ("active", "proposal", "действует, предложение"),
    ],
)
def test_an_order_is_told_in_one_word_and_what_is_none_in_full(status, intent, told):
    order = {"resourceType": "MedicationRequest", "status": status, "intent": intent}

    assert full_state_words(order).ru == told
