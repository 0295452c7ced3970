"""The identity cards are those of registered people, except where they are meant not to be."""

import re

from demo.cards_file import PEOPLE_FILE
from demo.eid_provider.cards import read_cards
from demo.people import card_groups, identity_cards
from demo.sign_in_hints import people_to_try
from foundation.clock import now, today
from identity.delegations.queries import living_delegations
from identity.delegations.rules.ages import birthday
from identity.patients.queries.patients import known_patient, patient_card
from identity.people.rules.snils import SNILS_SYSTEM, normal_snils
from identity.roles import STAFF_ROLES
from identity.staff.queries import posts_of, staff_by_identifier
from tests.architecture.house import HOUSE


def test_cards_are_the_same_every_time_and_no_two_are_one_persons():
    cards = identity_cards()

    assert cards == identity_cards()
    assert len({each.sub for each in cards}) == len(cards)
    assert len({each.snils for each in cards}) == len(cards)
    assert all(normal_snils(each.snils) for each in cards)


def test_citizens_cards_open_registered_patients(loaded):
    groups = card_groups()

    with loaded.loading() as session:
        for card in (*groups.citizens, *groups.others):
            patient_id = known_patient(session, system=SNILS_SYSTEM, value=card.snils)
            known = patient_card(session, patient_id)
            assert (known.family_name, known.given_name, known.middle_name, known.birth_date) == (
                *(card.family_name, card.given_name, card.middle_name),
                card.birth_date,
            )
            assert card.level in ("substantial", "high")


def test_staff_cards_are_in_the_staff_register(loaded):
    with loaded.loading() as session:
        found = [staff_by_identifier(session, card.snils) for card in card_groups().staff]

    assert all(found)
    assert [each.position.en for each in found][6:8] == ["Senior dispatcher", "Dispatcher"]


def test_there_is_a_card_for_every_role_of_staff(loaded):
    with loaded.loading() as session:
        found = [staff_by_identifier(session, card.snils) for card in card_groups().staff]
        roles = {post.role for each in found for post in posts_of(session, each.id, at=now())}

    assert roles == set(STAFF_ROLES)


def test_four_cards_open_nothing_each_for_its_own_reason(loaded):
    unknown, mistaken, unproven, child = card_groups().refused

    with loaded.loading() as session:
        assert known_patient(session, system=SNILS_SYSTEM, value=unknown.snils) is None
        other = patient_card(session, known_patient(session, system=SNILS_SYSTEM, value=mistaken.snils))
        assert other.birth_date != mistaken.birth_date
        assert known_patient(session, system=SNILS_SYSTEM, value=unproven.snils)
    assert unproven.level == "low"
    assert birthday(child.birth_date, 15) > today()


def test_every_other_citizen_s_card_is_of_somebody_who_is_old_enough_to_sign_in():
    groups = card_groups()

    assert all(birthday(each.birth_date, 15) <= today() for each in (*groups.citizens, *groups.others))


def test_a_mother_of_the_demo_may_open_her_child_s_record(loaded):
    child, mother = card_groups().refused[-1], card_groups().citizens[-1]

    with loaded.loading() as session:
        (right,) = living_delegations(session)
        whose = [known_patient(session, system=SNILS_SYSTEM, value=each.snils) for each in (mother, child)]

    assert [right.delegate_id, right.patient_id] == whose


def test_the_provider_reads_the_same_cards_from_its_file(loaded):
    read = read_cards(loaded.settings.data_dir / PEOPLE_FILE)

    assert [(each.sub, each.snils, each.birth_date, each.role_hint) for each in read] == [
        (each.sub, each.snils, each.birth_date, each.role_hint) for each in identity_cards()
    ]


def test_the_people_to_try_are_told_in_both_languages():
    english, russian = list(people_to_try("en")), list(people_to_try("ru"))

    assert len(english) == len(russian) < 50
    assert any("26 HbA1c results" in line for line in english)
    assert any("26 измерений HbA1c" in line for line in russian)


def test_the_document_names_people_as_the_start_prints_them():
    document = (HOUSE / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"(\w+ \w+) \(([А-ЯЁ]\w+ \w+ \w+)\)", document)
    printed = [" ".join(line.split()) for line in people_to_try("en")]

    assert len(named) == 4
    for latin, russian in named:
        assert any(line.startswith(f"{latin} {russian} ") for line in printed), latin
        assert any(russian in line for line in people_to_try("ru")), russian
