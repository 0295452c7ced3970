"""The search for a patient: tolerant of how a name is typed, strict with everything else, and it ignores nothing."""

from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as some

from foundation.errors import BadInput
from foundation.language.dates import Precision
from identity.patients.queries.patients import find_patients
from identity.patients.rules.search import YEAR_WORD, Name, is_meant, parse_query
from identity.patients.rules.spelling import Closeness
from identity.people.rules.snils import masked_snils

TODAY = date(2026, 11, 29)


@pytest.fixture
def doctor(people):
    return people.doctor()


@pytest.fixture
def patient(people, doctor):
    people.patient(
        cared_for_at=doctor.facility_id, family_name="Петров", given_name="Иван", birth_date=date(1961, 5, 3)
    )
    return people.patient(
        cared_for_at=doctor.facility_id,
        family_name="Щербакова-Юрьева",
        given_name="Ольга",
        birth_date=date(1960, 5, 3),
    )


@pytest.mark.parametrize(
    ("typed", "similar"),
    [
        ("Щербакова", False),
        ("юрьева ольга", False),
        ("ольга щерб", False),
        ("петровна ольга", False),
        ("Щербакова О.П.", False),
        ("О. П. Щербакова", False),
        ("О П щербакова", False),
        ("О.П.Щербакова", False),
        ("о.щербакова", False),
        ("Щербакова ОП", False),
        ("ОП Щербакова", False),
        ("ОЛЬГА ЩЕРБАКОВА", False),
        ("Щербакова 03.05.1960 г.р.", False),
        ("Щербакова 1960 г.", False),
        ("Щербакова 1960 года рождения", False),
        ("Щербакова 3 мая 1960 г.", False),
        ("3 Мая 1960 года ольга", False),
        ("Щербакова 3rd May 1960", False),
        ("ольга May 3, 1960", False),
        ("Щербакова\u00a0Ольга", False),
        ("Щербакова 03.05.60", False),
        ("щербакова, 3/5/1960", False),
        ("03051960", False),
        ("1960-05-03 ольга", False),
        ("Ольга 1960", False),
        ("Щербокова", True),
        ("Щербкова", True),
        ("Щеербакова", True),
        ("Щебракова", True),
        ("Oth,frjdf", False),
        ("Ofkmuf", False),
    ],
)
def test_a_patient_is_found_however_they_are_typed(as_actor, doctor, patient, typed, similar):
    with as_actor(doctor.actor) as session:
        found = find_patients(session, text=typed)

    expected = [] if typed == "Ofkmuf" else [patient.id]
    assert [each.id for each in found.patients] == expected
    assert found.similar == similar


@pytest.mark.parametrize(
    "typed",
    ["Shcherbakova", "Scherbakova Olga", "Yurieva", "Yureva Olga", "Jurjeva", "Petrovna Olga", "otherwise"],
)
def test_latin_letters_find_a_russian_name(as_actor, doctor, patient, typed):
    with as_actor(doctor.actor) as session:
        found = find_patients(session, text=typed)

    assert [each.id for each in found.patients] == ([] if typed == "otherwise" else [patient.id])
    assert (found.in_other_letters, found.similar) == (typed != "otherwise", False)


@pytest.mark.parametrize("typed", ["jkmuf", "Jkmuf Otherwise", "jkmuf 03.05.1960"])
def test_the_other_keyboard_layout_is_read_and_no_word_is_left_aside(as_actor, doctor, patient, typed):
    with as_actor(doctor.actor) as session:
        found = find_patients(session, text=typed)

    assert [each.id for each in found.patients] == ([] if "Otherwise" in typed else [patient.id])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("03.05.1960", True),
        ("01.01.1960", True),
        ("1960", True),
        ("03.05.1961", False),
        ("1961", False),
    ],
)
def test_who_is_known_to_be_born_in_a_year_may_be_who_was_born_on_a_day_of_it(
    as_actor, people, doctor, typed, found
):
    born = people.patient(
        cared_for_at=doctor.facility_id, birth_date=date(1960, 1, 1), birth_precision=Precision.YEAR
    )
    with as_actor(doctor.actor) as session:
        cards = find_patients(session, text=f"Тестова {typed}").patients

    assert [(each.id, str(each.birth)) for each in cards] == ([(born.id, "1960")] if found else [])


def test_the_last_digits_of_the_snils_narrow_the_search(as_actor, doctor, patient):
    last = masked_snils(patient.snils)[-6:]
    with as_actor(doctor.actor) as session:
        for typed in (
            f"ольга {last}",
            f"{last.replace(' ', '')} 1960",
            f"03.05.1960 {last[-5:].replace(' ', '')}",
        ):
            assert [each.id for each in find_patients(session, text=typed).patients] == [patient.id], typed
        wrong = f"{(int(last[:3]) + 1) % 1000:03} {last[-2:]}"
        assert find_patients(session, text=f"ольга {wrong}").patients == []


def test_a_whole_snils_finds_one_and_with_another_name_nobody(as_actor, doctor, patient):
    with as_actor(doctor.actor) as session:
        assert [each.id for each in find_patients(session, text=patient.snils).patients] == [patient.id]
        assert find_patients(session, text=f"{patient.snils} Сидоров").patients == []


@pytest.mark.parametrize(
    "typed",
    [
        "Щербакова 31.02.1960",
        "Щербакова 03.05.2199",
        "Щербакова 12345678901",
        "Щербакова 12",
        "Щербакова №7",
        "Щербакова ²",
        "Щербакова ½",
        "Щербакова 1234567890123456",
        "Щербакова 89123456789",
        "Щербакова 3 мая",
        "Щербакова (Юрьева)",
        "Щербакова\u200bОльга",
        "Щербакова 32.13.1960",
        "Щербакова 112-233-445",
        "Щербакова 123456",
        "44595",
        "...",
        "Щербакова 1960 1961",
    ],
)
def test_what_makes_no_sense_is_told_and_nobody_is_guessed_from_the_rest(as_actor, doctor, patient, typed):
    with as_actor(doctor.actor) as session, pytest.raises(BadInput):
        find_patients(session, text=typed)


def test_one_name_does_not_count_for_two():
    two = (Name("иван"), Name("иванов"))

    assert is_meant(two, "иванов иван петрович", Closeness.AS_TYPED)
    assert not is_meant(two, "иванов петр ильич", Closeness.AS_TYPED)


def test_two_digits_of_a_year_may_mean_two_days_but_none_to_come():
    assert parse_query("03.05.20", today=TODAY).births == ((date(1920, 5, 3), date(2020, 5, 3)),)
    assert parse_query("03.05.60", today=TODAY).births == ((date(1960, 5, 3),),)


@pytest.mark.parametrize(
    "typed", ["Щербакова ИП", "Щербакова И.О.", "Щербакова ОИ", "Щербакова О.П. Иванова", "ЩЕРБАКОВА ОП"]
)
def test_initials_that_are_not_theirs_find_nobody(as_actor, doctor, patient, typed):
    with as_actor(doctor.actor) as session:
        assert find_patients(session, text=typed).patients == []


# Letters, digits and signs of every kind, and nothing that ends the line.
WORDS = some.text(some.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=12)


@settings(deadline=None, max_examples=300)
@given(WORDS)
def test_no_typed_word_is_ignored(word):
    """Beside a name, each further word narrows the search or is refused: it never leaves it as it was."""
    alone = parse_query("Щербакова", today=TODAY)
    assume(not YEAR_WORD.search(f"0 {word}"))
    try:
        together = parse_query(f"Щербакова {word}", today=TODAY)
    except BadInput:
        return

    assert together != alone or not word.strip(",")
