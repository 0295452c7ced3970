"""Everyday records: check-ups of the healthy, a knee, a stomach."""

from datetime import date, timedelta

from demo.stories.scene import Scene


def write_check_ups(scene: Scene) -> None:
    """The yearly check-up: nothing found, which is worth knowing too."""
    record, doctor, chance = scene.record, scene.home_doctor, scene.chance
    for day in scene.every(date(chance.randint(2012, 2017), chance.randint(2, 11), 12), 372, 9):
        visit = record.visit(doctor, record.at(day), "Encounter for check up")
        record.pressure(doctor, record.at(day), chance.randint(108, 128), chance.randint(66, 82))
        record.result(
            doctor,
            record.at(day, 8),
            "14647-2",
            f"{chance.uniform(3.9, 5.4):.1f}",
            "mmol/L",
            usual=("", "5.2"),
            of=visit,
        )
        record.result(
            doctor,
            record.at(day, 8),
            "14749-6",
            f"{chance.uniform(4.4, 5.9):.1f}",
            "mmol/L",
            usual=("3.9", "6.1"),
            of=visit,
        )
        record.note(doctor, record.at(day, 11), HEALTHY_NOTE)


def write_arthrosis(scene: Scene) -> None:
    record, doctor, chance = scene.record, scene.home_doctor, scene.chance
    first = scene.working_day(date(chance.randint(2012, 2020), chance.randint(1, 12), 14))
    record.diagnosis(doctor, record.at(first), "M17.1", "Arthrosis of the knee")
    record.note(doctor, record.at(first, 10), KNEE_NOTE)
    record.medicine(doctor, record.at(first, 11), "Naproxen", "250 mg", 2, active=False)
    surgeon = scene.doctor("Orenburg City Hospital No. 4", "traumatologist")
    consulted = record.at(scene.working_day(first + timedelta(days=25)), 11)
    record.visit(surgeon, consulted, "Consultation for treatment")
    record.report(
        surgeon, consulted, "Knee X-ray", "Сужение суставной щели, краевые остеофиты: остеоартроз 2 стадии."
    )
    for day in scene.every(first + timedelta(days=90), 260, chance.randint(3, 6)):
        record.visit(doctor, record.at(day), "Follow-up encounter")
        record.result(doctor, record.at(day), "72514-3", str(chance.randint(2, 6)), "{score}", vital=True)


def write_gastritis(scene: Scene) -> None:
    record, doctor, chance = scene.record, scene.home_doctor, scene.chance
    first = scene.working_day(date(chance.randint(2012, 2022), chance.randint(1, 12), 20))
    record.visit(doctor, record.at(first), "Encounter for symptom")
    record.diagnosis(doctor, record.at(first), "K29.5", "Chronic gastritis")
    record.note(doctor, record.at(first, 10), STOMACH_NOTE)
    record.medicine(doctor, record.at(first, 11), "Omeprazole", "20 mg", 2, active=False)
    endoscopist = scene.doctor("Orenburg Diagnostic Centre", "sonographer")
    looked = record.at(scene.working_day(first + timedelta(days=9)), 9)
    record.report(
        endoscopist,
        looked,
        "Gastroscopy",
        "Очаговая гиперемия антрального отдела. Уреазный тест положительный.",
    )
    for day in scene.every(first + timedelta(days=60), 300, chance.randint(2, 4)):
        record.visit(doctor, record.at(day), "Follow-up encounter")
        record.result(
            doctor, record.at(day, 8), "718-7", str(chance.randint(124, 148)), "g/L", usual=("120", "160")
        )


HEALTHY_NOTE = {
    "complaints": "Жалоб нет. Диспансеризация.",
    "examination": "Состояние удовлетворительное. Кожа чистая. Дыхание везикулярное, тоны ритмичные.",
    "code": "Z00.0",
    "diagnosis": "Отклонений не выявлено. Группа здоровья I",
    "plan": "Физическая активность, осмотр через год.",
}
KNEE_NOTE = {
    "complaints": "Боль в коленях при ходьбе по лестнице, утренняя скованность до 20 минут.",
    "examination": "Крепитация, движения слегка ограничены. Отёка нет.",
    "code": "M17.1",
    "diagnosis": "Артроз коленных суставов",
    "plan": "Рентген, лечебная физкультура, снижение веса. Напроксен курсом. Консультация травматолога.",
}
STOMACH_NOTE = {
    "complaints": "Тяжесть и боль в верхней части живота после еды, изжога.",
    "examination": "Живот мягкий, умеренно болезненный в эпигастрии.",
    "code": "K29.5",
    "diagnosis": "Хронический гастрит",
    "plan": "Гастроскопия с тестом на Helicobacter pylori. Омепразол 20 мг 2 раза в день 4 недели. Диета.",
}
