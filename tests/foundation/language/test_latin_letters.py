"""Names are written in Latin letters as passports write them."""

import pytest

from foundation.language.latin_letters import PrintedName


@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("Щербаков Юрий Ёлкин", "Shcherbakov Iurii Elkin"),
        ("Подъячая Эльвира", "Podieiachaia Elvira"),
        ("Цыганов Ж. Х.", "Tsyganov Zh. Kh."),
        ("Салтыков-Щедрин", "Saltykov-Shchedrin"),
        ("ЩУКИНА", "SHCHUKINA"),
        ("Мүллер John", "Mүller John"),
        ("", ""),
    ],
)
def test_each_letter_has_the_letters_of_a_passport(written, latin):
    assert PrintedName(written).latin == latin


def test_a_name_stays_what_it_is_wherever_it_is_not_printed():
    name = PrintedName("Щукина")

    assert name == "Щукина"
    assert f"{name}, {str(name)!r}" == "Щукина, 'Щукина'"
