"""A broken wrist: the fall, setting it, the plaster, and the bone healed."""

from datetime import date

from demo.stories.scene import Scene

PLACE = "Saraktash District Hospital"


def write_history(scene: Scene) -> None:
    record, surgeon = scene.record, scene.doctor(PLACE, "traumatologist")
    fell = record.at(date(2023, 2, 11), 10)
    visit = record.visit(surgeon, fell, "Emergency room admission", setting="EMER")
    record.result(surgeon, fell, "72514-3", "8", "{score}", vital=True, of=visit)
    record.diagnosis(
        surgeon, fell, "S52.5", "Fracture of the lower end of the radius", until=date(2023, 4, 24)
    )
    record.note(surgeon, record.at(date(2023, 2, 11), 12), FIRST_NOTE)
    record.procedure(
        surgeon,
        record.at(date(2023, 2, 11), 13),
        "Closed reduction of a fracture",
        why="Fracture of the lower end of the radius",
    )
    record.procedure(surgeon, record.at(date(2023, 2, 11), 14), "Bone immobilization")
    record.medicine(surgeon, record.at(date(2023, 2, 11), 15), "Ibuprofen", "400 mg", 3, active=False)
    record.visit(surgeon, record.at(date(2023, 3, 27), 9), "Follow-up encounter")
    record.note(surgeon, record.at(date(2023, 3, 27), 11), HEALED_NOTE)
    record.procedure(surgeon, record.at(date(2023, 4, 3), 10), "Physical therapy procedure")
    record.note(surgeon, record.at(date(2023, 4, 24), 10), LAST_NOTE)


FIRST_NOTE = {
    "complaints": "Боль и деформация в области левого лучезапястного сустава.",
    "history": "Упал на вытянутую руку на льду около часа назад.",
    "examination": "Штыкообразная деформация, отёк. Чувствительность и кровоснабжение пальцев сохранены.",
    "code": "S52.5",
    "diagnosis": "Закрытый перелом дистального метаэпифиза левой лучевой кости со смещением",
    "plan": "Закрытая репозиция под местной анестезией, гипсовая лонгета. Контрольный снимок. Ибупрофен.",
}
HEALED_NOTE = {
    "complaints": "Боли нет. Гипс снят сегодня.",
    "examination": "Ось правильная, отёка нет. Движения в суставе ограничены.",
    "code": "S52.5",
    "diagnosis": "Консолидированный перелом левой лучевой кости",
    "plan": "Разработка движений, лечебная физкультура, магнитотерапия № 10.",
}
LAST_NOTE = {
    "complaints": "Жалоб нет.",
    "examination": "Движения в полном объёме. Сила кисти восстановлена.",
    "code": "Z09.4",
    "diagnosis": "Выздоровление после перелома",
    "plan": "Приступить к работе. Ограничить нагрузку на кисть до одного месяца.",
}
