"""Type 2 diabetes: found by chance, then followed by its HbA1c for years."""

from datetime import date, timedelta

from demo.stories.scene import Scene

# Percent of glycated haemoglobin at 26 visits: high at first, better with treatment, a relapse, better again.
HBA1C = [
    "9.4",
    "8.9",
    "8.1",
    "7.6",
    "7.2",
    "7.0",
    "6.9",
    "7.1",
    "7.4",
    "7.8",
    "8.3",
    "8.6",
    "8.0",
    "7.5",
    "7.2",
    "6.9",
    "6.8",
    "6.8",
    "7.0",
    "7.3",
    "7.9",
    "7.4",
    "7.0",
    "6.8",
    "6.7",
    "6.6",
]
USUAL_HBA1C = ("4.0", "6.0")
REGIONAL = "Orenburg Regional Hospital"


def write_history(scene: Scene) -> None:
    """Twenty-six measurements over fifteen years, the medicines that went with them, and the notes between."""
    record, near = scene.record, scene.doctor("Orenburg Polyclinic No. 1", "endocrinologist")
    found = record.at(date(2010, 3, 16))
    visit = record.visit(scene.home_doctor, found, "Encounter for problem")
    record.result(scene.home_doctor, found, "14749-6", "11.2", "mmol/L", usual=("3.9", "6.1"), of=visit)
    record.diagnosis(near, record.at(date(2010, 3, 24)), "E11.9", "Type 2 diabetes mellitus")
    record.note(near, record.at(date(2010, 3, 24), 10), FIRST_NOTE)
    record.medicine(near, record.at(date(2010, 3, 24), 11), "Metformin", "500 mg", 2, active=False)
    record.medicine(near, record.at(date(2012, 12, 6), 11), "Metformin", "1000 mg", 2)
    record.medicine(near, record.at(date(2015, 9, 3), 11), "Gliclazide", "60 mg", 1, active=False)
    record.medicine(near, record.at(date(2020, 10, 8), 11), "Empagliflozin", "10 mg", 1)
    record.diagnosis(
        near, record.at(date(2016, 4, 12)), "G63.2", "Neuropathy due to type 2 diabetes mellitus"
    )
    for number, value in enumerate(HBA1C):
        day = scene.working_day(date(2010, 3, 22) + timedelta(days=222 * number))
        record.result(near, record.at(day, 8), "4548-4", value, "%", usual=USUAL_HBA1C)
        if number % 4 == 1:
            _look_at_kidneys(scene, day)
    record.note(near, record.at(date(2016, 12, 14), 10), RELAPSE_NOTE)
    regional = scene.doctor(REGIONAL, "endocrinologist")
    record.visit(regional, record.at(date(2020, 10, 6), 10), "Consultation for treatment")
    record.note(regional, record.at(date(2020, 10, 6), 11), REGIONAL_NOTE)
    record.note(near, record.at(date(2025, 10, 14), 10), LATEST_NOTE)


def write_follow_up(scene: Scene) -> None:
    """The same illness in a few years, as many have it."""
    record, doctor, chance = scene.record, scene.home_doctor, scene.chance
    first = scene.working_day(date(chance.randint(2012, 2019), chance.randint(1, 12), 10))
    record.diagnosis(doctor, record.at(first), "E11.9", "Type 2 diabetes mellitus")
    record.note(doctor, record.at(first, 10), FIRST_NOTE)
    record.medicine(doctor, record.at(first, 11), "Metformin", "850 mg", 2)
    level = chance.uniform(7.6, 9.2)
    for day in scene.every(first + timedelta(days=4), 180, chance.randint(6, 12)):
        level = max(6.3, level + chance.uniform(-0.6, 0.4))
        record.result(doctor, record.at(day, 8), "4548-4", f"{level:.1f}", "%", usual=USUAL_HBA1C)
        record.result(doctor, record.at(day, 8), "29463-7", f"{chance.uniform(78, 92):.1f}", "kg", vital=True)


def _look_at_kidneys(scene: Scene, day: date) -> None:
    record, chance = scene.record, scene.chance
    doctor = scene.doctor("Orenburg Polyclinic No. 1", "endocrinologist")
    creatinine = str(chance.randint(68, 88))
    record.result(doctor, record.at(day, 8), "14682-9", creatinine, "umol/L", usual=("45", "84"))
    record.result(
        doctor, record.at(day, 8), "14647-2", f"{chance.uniform(4.4, 6.4):.1f}", "mmol/L", usual=("", "5.2")
    )
    record.result(doctor, record.at(day, 8), "29463-7", f"{chance.uniform(79, 86):.1f}", "kg", vital=True)


FIRST_NOTE = {
    "complaints": "Жажда, сухость во рту, учащённое мочеиспускание, утомляемость в течение полугода.",
    "history": "Мать болела сахарным диабетом. Курение отрицает. Физическая активность низкая.",
    "examination": "Состояние удовлетворительное. ИМТ 31,2 кг/м². АД 138/86. Стопы: чувствительность сохранена.",
    "code": "E11.9",
    "diagnosis": "Сахарный диабет 2 типа, впервые выявленный",
    "plan": "Диета, ходьба 30 минут в день. Метформин. Контроль HbA1c через 3–6 месяцев, осмотр окулиста.",
}
RELAPSE_NOTE = {
    "complaints": "За последний год вес вырос на 4 кг, глюкоза натощак до 10 ммоль/л. Диету не соблюдала.",
    "examination": "АД 142/88. Снижена вибрационная чувствительность стоп с двух сторон.",
    "code": "E11.4",
    "diagnosis": "Сахарный диабет 2 типа, декомпенсация; диабетическая полинейропатия",
    "plan": "Обучение в школе диабета. Метформин 1000 мг 2 раза в день, гликлазид 60 мг утром. Осмотр стоп каждые 6 месяцев.",
}
REGIONAL_NOTE = {
    "complaints": "Направлена для коррекции терапии: HbA1c 7,9 %, эпизоды гипогликемии на гликлазиде.",
    "history": "Диабет с 2010 года. Полинейропатия с 2016 года.",
    "examination": "Состояние удовлетворительное. СКФ 78 мл/мин/1,73 м².",
    "code": "E11.4",
    "diagnosis": "Сахарный диабет 2 типа, целевой HbA1c ниже 7,0 %",
    "plan": "Гликлазид отменить. Эмпаглифлозин 10 мг утром. Наблюдение эндокринолога поликлиники.",
}
LATEST_NOTE = {
    "complaints": "Жалоб нет. Ходит ежедневно, вес стабилен.",
    "examination": "АД 128/78. Пульсация артерий стоп сохранена, язв нет.",
    "code": "E11.4",
    "diagnosis": "Сахарный диабет 2 типа, целевые показатели достигнуты",
    "plan": "Терапию продолжить. HbA1c через 6 месяцев. Глазное дно раз в год.",
}
