"""One session receives a few long answers at once, and others are not kept from theirs."""

import pytest

from archive_gateway.dicomweb.long_answers import LongAnswers
from foundation.errors import RateLimited


def test_a_session_receives_a_few_at_once_and_further_ones_when_one_has_ended():
    answers = LongAnswers(most=2)
    end, _ = answers.begin("mine"), answers.begin("mine")

    with pytest.raises(RateLimited):
        answers.begin("mine")
    answers.begin("another's")
    end()
    end()

    answers.begin("mine")
    with pytest.raises(RateLimited):
        answers.begin("mine")
