"""High blood pressure: months of measurements, treatment step by step."""

from datetime import date, timedelta

from demo.stories.scene import Scene


def write_history(scene: Scene) -> None:
    """Pressures that come down as medicines are added; the cardiologist of the region is asked once."""
    record, doctor, chance = scene.record, scene.home_doctor, scene.chance
    first = scene.working_day(date(chance.randint(2010, 2017), chance.randint(1, 12), chance.randint(1, 28)))
    record.visit(doctor, record.at(first), "Encounter for problem")
    record.diagnosis(doctor, record.at(first), "I10", "Hypertension")
    record.note(doctor, record.at(first, 10), FIRST_NOTE)
    record.medicine(doctor, record.at(first, 10), "Lisinopril", "10 mg", 1)
    days = scene.every(first, 130, 18 if record.citizen.number == 4 else chance.randint(6, 11))
    for number, day in enumerate(days):
        easing = min(number * 4, 30)
        upper, lower = 168 - easing + chance.randint(-7, 7), 100 - easing // 2 + chance.randint(-4, 4)
        record.pressure(doctor, record.at(day, 9), upper, lower)
        record.result(doctor, record.at(day, 9), "8867-4", str(chance.randint(64, 82)), "/min", vital=True)
        if number % 4 == 2:
            record.result(
                *(doctor, record.at(day, 8), "14647-2", f"{chance.uniform(4.6, 6.9):.1f}", "mmol/L"),
                usual=("", "5.2"),
            )
    second = scene.working_day(first + timedelta(days=150))
    record.medicine(doctor, record.at(second, 10), "Amlodipine", "5 mg", 1)
    asked = scene.doctor("Orenburg Regional Hospital", "cardiologist")
    consulted = record.at(scene.working_day(first + timedelta(days=200)), 11)
    record.visit(asked, consulted, "Consultation for treatment")
    record.report(asked, consulted, "Transthoracic echocardiography", ECHO)
    record.note(asked, consulted + timedelta(minutes=40), CARDIOLOGIST_NOTE)
    record.note(doctor, record.at(days[-1], 10), LATEST_NOTE)


ECHO = (
    "Гипертрофия левого желудочка: МЖП 12 мм, ЗСЛЖ 11 мм. Фракция выброса 62 %. "
    "Зон нарушения сократимости нет. Диастолическая дисфункция 1 типа."
)
FIRST_NOTE = {
    "complaints": "Головная боль в затылке, шум в ушах, мелькание мушек перед глазами.",
    "history": "Отец перенёс инсульт в 58 лет. Курит 10 сигарет в день.",
    "examination": "АД 170/102 на обеих руках, пульс 78. Тоны сердца ритмичные, акцент II тона на аорте.",
    "code": "I10",
    "diagnosis": "Гипертоническая болезнь II стадии, риск 3",
    "plan": "Лизиноприл 10 мг утром. Дневник давления. ЭКГ, липиды, креатинин. Отказ от курения, меньше соли.",
}
CARDIOLOGIST_NOTE = {
    "complaints": "Давление на лечении 140–150/90. Время приёма назначил диспетчерский центр.",
    "examination": "АД 144/90, ЧСС 72. ЭхоКГ: гипертрофия левого желудочка, фракция выброса 62 %.",
    "code": "I11.9",
    "diagnosis": "Гипертоническая болезнь II стадии с поражением сердца без недостаточности",
    "plan": "Лизиноприл и амлодипин, целевое давление ниже 130/80. Розувастатин 10 мг. Наблюдение по месту жительства.",
}
LATEST_NOTE = {
    "complaints": "Самочувствие хорошее, давление дома 125–135/75–85.",
    "examination": "АД 132/82, пульс 70. Отёков нет.",
    "code": "I11.9",
    "diagnosis": "Гипертоническая болезнь II стадии, контролируемая",
    "plan": "Терапию продолжить. Контроль липидов и креатинина раз в год.",
}
