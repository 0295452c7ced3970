"""An allergy to penicillin: the illness, the reaction, the warning that stays."""

from datetime import date

from demo.stories.scene import Scene


def write_history(scene: Scene) -> None:
    record, doctor = scene.record, scene.home_doctor
    first = date(2019, 2, 18)
    record.visit(doctor, record.at(first), "Encounter for symptom")
    record.diagnosis(doctor, record.at(first), "J03.0", "Streptococcal sore throat", until=date(2019, 3, 1))
    record.medicine(doctor, record.at(first, 10), "Amoxicillin", "500 mg", 3, active=False)
    record.note(doctor, record.at(first, 10), FIRST_NOTE)
    ward = scene.doctor("Orenburg City Hospital No. 1", "therapist")
    record.visit(ward, record.at(date(2019, 2, 19), 2), "Emergency room admission", setting="EMER")
    record.pressure(ward, record.at(date(2019, 2, 19), 2), 92, 58)
    record.note(ward, record.at(date(2019, 2, 19), 6), REACTION_NOTE)
    allergist = scene.doctor("Orenburg Regional Hospital", "allergist")
    record.allergy(
        allergist,
        record.at(date(2019, 4, 9), 10),
        "Allergy to penicillin",
        "Urticaria and angioedema",
        dangerous=True,
    )
    record.note(allergist, record.at(date(2019, 4, 9), 11), ALLERGIST_NOTE)
    record.visit(doctor, record.at(date(2024, 11, 12)), "Encounter for symptom")
    record.diagnosis(
        doctor, record.at(date(2024, 11, 12)), "J01.9", "Acute bacterial sinusitis", until=date(2024, 11, 25)
    )
    record.medicine(doctor, record.at(date(2024, 11, 12), 10), "Azithromycin", "500 mg", 1, active=False)
    record.note(doctor, record.at(date(2024, 11, 12), 11), LATER_NOTE)


FIRST_NOTE = {
    "complaints": "Сильная боль в горле, температура 38,9, озноб.",
    "history": "Болен второй день. Аллергии не отмечал.",
    "examination": "Миндалины увеличены, гнойные налёты. Подчелюстные лимфоузлы болезненны.",
    "code": "J03.0",
    "diagnosis": "Стрептококковая ангина",
    "plan": "Амоксициллин 500 мг 3 раза в день 10 дней. Мазок из зева. Явка через 3 дня.",
}
REACTION_NOTE = {
    "complaints": "Через два часа после второй дозы амоксициллина — сыпь, зуд, отёк губ, слабость.",
    "examination": "АД 92/58, пульс 112. Распространённая крапивница, отёк лица. Дыхание свободное.",
    "code": "L50.0",
    "diagnosis": "Острая крапивница и отёк Квинке на амоксициллин",
    "plan": "Введены адреналин, преднизолон. Амоксициллин отменён, назначен азитромицин. Консультация аллерголога.",
}
ALLERGIST_NOTE = {
    "complaints": "В настоящее время жалоб нет.",
    "history": "Реакция немедленного типа на амоксициллин в феврале 2019 года.",
    "code": "Z88.0",
    "diagnosis": "Аллергия на пенициллины, реакция немедленного типа",
    "plan": "Пенициллины пожизненно исключить. Макролиды допустимы. Внести предупреждение в карту.",
}
LATER_NOTE = {
    "complaints": "Заложенность носа, боль в области щёк, температура 37,8.",
    "examination": "Болезненность при надавливании на верхнечелюстные пазухи.",
    "code": "J01.9",
    "diagnosis": "Острый бактериальный синусит",
    "plan": "Учитывая аллергию на пенициллины — азитромицин 500 мг 3 дня. Промывание носа.",
}
