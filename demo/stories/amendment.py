"""An entry that was amended: what it said first, what it says now, and why."""

from datetime import date, timedelta

from demo.stories.scene import Scene


def write_history(scene: Scene) -> None:
    record, doctor = scene.record, scene.home_doctor
    seen = date(2022, 5, 17)
    record.visit(doctor, record.at(seen), "Encounter for symptom")
    record.pressure(doctor, record.at(seen), 128, 82)
    record.note(
        doctor,
        record.at(seen, 10),
        NOTE,
        amended=AMENDED,
        amended_at=record.at(seen + timedelta(days=2), 15),
        reason="Ошибка в стороне поражения: осмотрено правое колено, записано левое.",
    )
    record.diagnosis(doctor, record.at(seen, 11), "M23.2", "Tear of meniscus of knee")
    surgeon = scene.doctor("Novotroitsk City Hospital", "traumatologist")
    record.visit(surgeon, record.at(date(2022, 5, 30), 9), "Consultation for treatment")
    record.note(surgeon, record.at(date(2022, 5, 30), 10), SURGEON_NOTE)
    record.procedure(
        surgeon,
        record.at(date(2022, 6, 21), 10),
        "Arthroscopic operation on the knee",
        why="Tear of meniscus of knee",
    )
    for day in scene.every(date(2023, 6, 5), 365, 3):
        record.visit(doctor, record.at(day), "Encounter for check up")
        record.pressure(doctor, record.at(day), scene.chance.randint(118, 130), scene.chance.randint(74, 84))


NOTE = {
    "complaints": "Боль и щелчки в колене после футбола, неделю назад.",
    "examination": "Левое колено: отёк, симптом Мак-Мюррея положительный. Объём движений ограничен.",
    "code": "M23.2",
    "diagnosis": "Повреждение медиального мениска левого коленного сустава",
    "plan": "Покой, лёд, обезболивание. Направление к травматологу, МРТ коленного сустава.",
}
AMENDED = {
    "examination": "Правое колено: отёк, симптом Мак-Мюррея положительный. Объём движений ограничен.",
    "diagnosis": "Повреждение медиального мениска правого коленного сустава",
}
SURGEON_NOTE = {
    "complaints": "Боль в правом колене при поворотах.",
    "examination": "Правое колено: блокад нет, болезненность по суставной щели изнутри.",
    "code": "M23.2",
    "diagnosis": "Разрыв медиального мениска правого коленного сустава",
    "plan": "Артроскопия в плановом порядке, дата назначена через диспетчерский центр.",
}
