"""The records of the sixty: each story is a function that tells one citizen's life in entries."""

from collections.abc import Callable, Mapping

from demo.record import Record
from demo.region import Region
from demo.stories import (
    allergy,
    amendment,
    cancer,
    childhood,
    diabetes,
    everyday,
    fracture,
    head,
    heart,
    lungs,
    old_age,
    pregnancy,
)
from demo.stories.pictures_taken import write_pictures
from demo.stories.scene import Scene

_STORIES: Mapping[str, Callable[[Scene], None]] = {
    "allergy": allergy.write_history,
    "amendment": amendment.write_history,
    "arthrosis": everyday.write_arthrosis,
    "asthma": lungs.write_asthma,
    "cancer": cancer.write_history,
    "check-ups": everyday.write_check_ups,
    "childhood": childhood.write_history,
    "copd": lungs.write_copd,
    "diabetes": diabetes.write_history,
    "diabetes follow-up": diabetes.write_follow_up,
    "fracture": fracture.write_history,
    "gastritis": everyday.write_gastritis,
    "hypertension": heart.write_history,
    "many medicines": old_age.write_history,
    "migraine": head.write_migraine,
    "pregnancy": pregnancy.write_history,
    "stroke": head.write_stroke,
}


def records_of(region: Region) -> list[Record]:
    """The record of every citizen with a story, its entries in the order in which they happened."""
    made = []
    for citizen in region.story_people:
        scene = Scene(region, Record(citizen))
        scene.record.details(scene.home_doctor, scene.first_moment)
        _STORIES[citizen.story](scene)
        write_pictures(scene)
        scene.record.entries.sort(key=lambda entry: entry.happened_at)
        made.append(scene.record)
    return made
