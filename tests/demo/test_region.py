"""The plan of the region: pure, deterministic, in the programme's numbers."""

from collections import Counter

from demo import programme
from demo.devices import make_devices
from demo.facilities import make_facilities
from demo.referrals.history import make_history
from demo.region import Region, Size, make_region
from demo.settlements import SETTLEMENTS
from demo.stories.records import records_of
from identity.facilities.enumerations import CENTER_CODE
from identity.people.rules.snils import normal_snils


def test_the_same_region_is_made_every_time():
    first = make_region(Size.of(0.1))
    make_region.cache_clear()
    second = make_region(Size.of(0.1))

    assert first is not second
    assert first == second
    assert [each.entries for each in records_of(first)] == [each.entries for each in records_of(second)]
    assert make_history(first) == make_history(second)


def test_the_region_has_140_facilities_of_which_42_are_connected_and_the_centre_besides():
    center, *facilities = make_facilities()

    assert center.code == CENTER_CODE
    assert len(facilities) == programme.FACILITIES_IN_THE_REGION
    assert sum(each.connected for each in facilities) == programme.FACILITIES_CONNECTED
    assert (
        len({each.code for each in facilities}) == len({each.name for each in facilities}) == len(facilities)
    )


def test_names_of_places_have_the_signs_of_print():
    names = [word for each in make_region().facilities for word in each.name]

    assert [each for each in names if "'" in each or '"' in each or " - " in each] == []
    assert any("’" in each for each in names)


def test_18_facilities_have_38_devices_with_titles_that_the_wire_allows():
    devices = make_devices(make_facilities())

    assert len(devices) == programme.DEVICES
    assert len({each.facility.code for each in devices}) == programme.FACILITIES_WITH_DEVICES
    assert len({each.ae_title for each in devices}) == len(devices)
    assert all(each.facility.connected and len(each.ae_title) <= 16 for each in devices)


def test_every_settlement_lies_in_the_region():
    assert len(SETTLEMENTS) == 60
    assert all(
        50.5 <= each.latitude <= 54.4 and 50.7 <= each.longitude <= 61.7 for each in SETTLEMENTS.values()
    )


def test_every_snils_has_its_checksum_and_nobody_shares_one():
    region = make_region()
    numbers = [each.snils for each in (*region.citizens, *region.staff)]

    assert all(normal_snils(each) == each for each in numbers)
    assert len(set(numbers)) == len(numbers)
    assert all(each.startswith("9") for each in numbers)


def test_the_history_counts_what_the_card_counts():
    history = make_history(make_region())

    years = Counter(each.submitted_at.year for each in history)

    assert years == {2010: 132, 2011: 9845, 2012: 4012}
    assert all((each.submitted_at.month <= 3) for each in history if each.submitted_at.year == 2012)


def test_a_larger_region_keeps_its_named_people_and_has_more_of_everything():
    one, two = make_region(), make_region(Size.of(2))

    assert two.story_people[:12] == one.story_people[:12]
    assert len(two.facilities) == 2 * (len(one.facilities) - 1) + 1
    assert len(two.citizens) == 2 * len(one.citizens)


def test_numbers_can_be_chosen_one_by_one():
    size = Size().with_numbers(facilities=500, people=None, image_copies=3)

    assert (size.facilities, size.people, size.image_copies) == (500, Size().people, 3)


def test_names_agree_with_the_sex():
    region: Region = make_region()

    for citizen in region.citizens:
        ends_like_a_daughter = citizen.name.middle.endswith(("вна", "чна"))
        assert ends_like_a_daughter == (citizen.sex.value == "female"), citizen.full_name


def test_one_doctor_works_at_two_places_and_chooses_after_signing_in():
    staff = make_region(Size.of(0.1)).staff

    [busy] = [each for each in staff if len(each.posts) > 1]

    assert [each.name.en for each in busy.posts] == ["Orenburg Oncology Centre", "Orenburg Polyclinic No. 1"]
