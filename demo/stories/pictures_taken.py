"""What the record says of the pictures in the archive: that they were taken, and the conclusion."""

from datetime import timedelta

from demo.pictures.plan import pictures_of
from demo.stories.scene import Scene


def write_pictures(scene: Scene) -> None:
    record = scene.record
    for study in pictures_of(scene.region):
        if study.citizen is record.citizen:
            doctor = scene.doctor(study.facility, study.specialty)
            at = record.at(study.day, study.hour)
            record.pictures(doctor, at, study.study_instance_uid, study.modality, study.site, study.images)
            record.report(doctor, at + timedelta(minutes=30), study.title, study.said)
