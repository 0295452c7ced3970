"""The head: a stroke and the way back, and a migraine."""

from datetime import date

from demo.stories.scene import Scene

HOSPITAL = "Orenburg Regional Hospital"


def write_stroke(scene: Scene) -> None:
    record, doctor = scene.record, scene.home_doctor
    neurologist = scene.doctor(HOSPITAL, "neurologist")
    record.diagnosis(doctor, record.at(date(2016, 10, 4)), "I10", "Hypertension")
    record.medicine(doctor, record.at(date(2016, 10, 4), 10), "Lisinopril", "20 mg", 1)
    record.visit(neurologist, record.at(date(2022, 6, 2), 15), "Emergency room admission", setting="EMER")
    record.pressure(neurologist, record.at(date(2022, 6, 2), 15), 186, 104)
    record.diagnosis(neurologist, record.at(date(2022, 6, 2), 16), "I63.5", "Stroke")
    record.visit(neurologist, record.at(date(2022, 6, 2), 17), "Inpatient stay", setting="IMP", days=16)
    record.note(neurologist, record.at(date(2022, 6, 3), 12), STROKE_NOTE)
    record.note(neurologist, record.at(date(2022, 6, 18), 12), DISCHARGE_NOTE)
    record.medicine(neurologist, record.at(date(2022, 6, 18), 13), "Acetylsalicylic acid", "100 mg", 1)
    record.medicine(neurologist, record.at(date(2022, 6, 18), 13), "Atorvastatin", "40 mg", 1)
    record.procedure(doctor, record.at(date(2022, 7, 11), 10), "Physical therapy procedure", why="Stroke")
    for day in scene.every(date(2022, 7, 11), 90, 14):
        upper = scene.chance.randint(122, 142)
        record.pressure(doctor, record.at(day, 9), upper, upper - scene.chance.randint(44, 56))
    record.note(doctor, record.at(date(2025, 9, 9), 10), LATEST_NOTE)


def write_migraine(scene: Scene) -> None:
    """The MRI itself lies in the future: the living queue books it for tomorrow."""
    record, doctor = scene.record, scene.home_doctor
    record.visit(doctor, record.at(date(2021, 4, 6)), "Encounter for symptom")
    record.diagnosis(doctor, record.at(date(2021, 4, 6)), "G43.0", "Migraine")
    record.note(doctor, record.at(date(2021, 4, 6), 10), MIGRAINE_NOTE)
    record.medicine(doctor, record.at(date(2021, 4, 6), 11), "Sumatriptan", "50 mg", 1)
    for day in scene.every(date(2021, 10, 5), 300, 5):
        record.visit(doctor, record.at(day), "Follow-up encounter")
        record.pressure(doctor, record.at(day), scene.chance.randint(108, 124), scene.chance.randint(68, 78))
        record.result(
            doctor,
            record.at(day, 8),
            "718-7",
            str(scene.chance.randint(116, 132)),
            "g/L",
            usual=("120", "150"),
        )
    record.note(doctor, record.at(date(2025, 12, 2), 10), WORSE_NOTE)


STROKE_NOTE = {
    "complaints": "Внезапная слабость в правых руке и ноге, нарушение речи.",
    "history": "Доставлен через 90 минут от начала. Гипертоническая болезнь, препараты принимал нерегулярно.",
    "examination": "NIHSS 9. Правосторонний гемипарез 3 балла, моторная афазия. АД 186/104.",
    "code": "I63.5",
    "diagnosis": "Ишемический инсульт в бассейне левой средней мозговой артерии",
    "plan": "Тромболизис проведён. МРТ головы. Реабилитация с первых суток.",
}
DISCHARGE_NOTE = {
    "complaints": "Речь восстановилась, слабость в руке сохраняется.",
    "examination": "NIHSS 3. Ходит самостоятельно. АД 138/84.",
    "code": "I63.5",
    "diagnosis": "Ишемический инсульт, ранний восстановительный период",
    "plan": "Ацетилсалициловая кислота 100 мг, аторвастатин 40 мг, лизиноприл 20 мг. Лечебная физкультура, логопед.",
}
LATEST_NOTE = {
    "complaints": "Жалоб нет, вернулся к работе на половину ставки.",
    "examination": "Парез правой кисти 4 балла. АД 128/80.",
    "code": "I69.3",
    "diagnosis": "Последствия инфаркта мозга, лёгкий парез правой руки",
    "plan": "Продолжить профилактику. Невролог раз в год.",
}
MIGRAINE_NOTE = {
    "complaints": "Приступы пульсирующей головной боли справа 2–3 раза в месяц, тошнота, светобоязнь.",
    "history": "Мать страдала мигренью. Провоцируют недосып и яркий свет.",
    "examination": "Очаговой неврологической симптоматики нет. АД 116/72.",
    "code": "G43.0",
    "diagnosis": "Мигрень без ауры",
    "plan": "Суматриптан 50 мг при приступе, дневник головной боли. Режим сна.",
}
WORSE_NOTE = {
    "complaints": "За три месяца приступы участились до 8 в месяц, появилось онемение левой руки.",
    "examination": "Лёгкая асимметрия рефлексов слева. Глазное дно без застоя.",
    "code": "G43.9",
    "diagnosis": "Мигрень, учащение приступов; исключить органическую причину",
    "plan": "Направление к неврологу, МРТ головного мозга через диспетчерский центр.",
}
