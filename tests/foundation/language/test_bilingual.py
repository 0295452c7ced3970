"""A sentence of ours in both languages at once, whoever reads."""

import pytest

from foundation.language.bilingual import BilingualText, bilingual, bilingual_in


def test_a_sentence_says_both_languages_whoever_asks(app):
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        assert tuple(bilingual("Diagnosis")) == ("Diagnosis", "Диагноз")


def test_values_are_filled_in_each_in_its_own_language():
    amount = BilingualText("1.5 g", "1,5 г")

    assert tuple(bilingual("at least %(amount)s", amount=amount)) == ("at least 1.5 g", "не менее 1,5 г")
    assert tuple(bilingual("dose %(number)s", number=2)) == ("dose 2", "доза 2")


def test_what_is_filled_in_may_hold_anything():
    percent = BilingualText("5 %(x)s", "5 %(x)s")

    assert bilingual("at most %(amount)s", amount=percent).en == "at most 5 %(x)s"


def test_a_context_tells_which_of_several_things_a_word_says():
    assert bilingual("Taken").ru == "Принимается"
    assert bilingual_in("images", "Taken").ru == "Сделано"


def test_a_sentence_that_no_catalogue_has_is_never_kept_in_english_instead():
    with pytest.raises(LookupError, match="Nobody ever said this"):
        bilingual("Nobody ever said this.")
    with pytest.raises(LookupError, match="elsewhere"):
        bilingual_in("elsewhere", "Diagnosis")


def test_there_is_something_to_read_where_either_language_has_it():
    assert BilingualText("", "x") and not BilingualText("", "")
