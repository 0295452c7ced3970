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
from demo.stories.pictures_taken import tell_of_pictures
from demo.stories.scene import Scene

_STORIES: Mapping[str, Callable[[Scene], None]] = {
    "allergy": allergy.tell,
    "amendment": amendment.tell,
    "arthrosis": everyday.tell_of_arthrosis,
    "asthma": lungs.tell_of_asthma,
    "cancer": cancer.tell,
    "check-ups": everyday.tell_of_check_ups,
    "childhood": childhood.tell,
    "copd": lungs.tell_of_copd,
    "diabetes": diabetes.tell,
    "diabetes follow-up": diabetes.tell_shortly,
    "fracture": fracture.tell,
    "gastritis": everyday.tell_of_gastritis,
    "hypertension": heart.tell,
    "many medicines": old_age.tell,
    "migraine": head.tell_of_migraine,
    "pregnancy": pregnancy.tell,
    "stroke": head.tell_of_stroke,
}


def records_of(region: Region) -> list[Record]:
    """The record of every citizen with a story, its entries in the order in which they happened."""
    made = []
    for citizen in region.story_people:
        scene = Scene(region, Record(citizen))
        scene.record.details(scene.home_doctor, scene.first_moment)
        _STORIES[citizen.story](scene)
        tell_of_pictures(scene)
        scene.record.entries.sort(key=lambda entry: entry.happened_at)
        made.append(scene.record)
    return made
