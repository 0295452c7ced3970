"""The lungs: COPD with its exacerbations, and asthma."""

from datetime import date, timedelta

from demo.stories.scene import Scene

HOSPITAL = "Buzuluk City Hospital"
PEAK_FLOW = "33452-4"


def write_copd(scene: Scene) -> None:
    """Twelve years of breathing less and less, two stays in hospital."""
    record, doctor, chance = scene.record, scene.home_doctor, scene.chance
    pulmonologist = scene.doctor(HOSPITAL, "pulmonologist")
    record.visit(pulmonologist, record.at(date(2013, 4, 10)), "Consultation for treatment")
    record.diagnosis(
        pulmonologist, record.at(date(2013, 4, 10)), "J44.8", "Chronic obstructive pulmonary disease"
    )
    record.note(pulmonologist, record.at(date(2013, 4, 10), 11), FIRST_NOTE)
    record.medicine(pulmonologist, record.at(date(2013, 4, 10), 12), "Tiotropium", "18 ug", 1)
    for number, day in enumerate(scene.every(date(2013, 4, 15), 330, 13)):
        volume = f"{64 - 1.6 * number + chance.uniform(-1.5, 1.5):.0f}"
        record.result(pulmonologist, record.at(day, 8), "20152-5", volume, "%", usual=("80", ""))
        record.result(
            doctor, record.at(day, 8), "59408-5", str(96 - number // 3), "%", usual=("95", ""), vital=True
        )
    for day in (date(2019, 11, 12), date(2024, 3, 4)):
        record.visit(pulmonologist, record.at(day, 8), "Inpatient stay", setting="IMP", days=10)
        record.note(pulmonologist, record.at(day + timedelta(days=10), 12), DISCHARGE_NOTE)
    record.medicine(pulmonologist, record.at(date(2024, 3, 14), 12), "Budesonide and formoterol", "320 ug", 2)
    record.vaccine(doctor, record.at(date(2019, 10, 9), 10), "33", 1)
    for year in range(2016, 2025):
        record.vaccine(doctor, record.at(scene.working_day(date(year, 10, 8)), 10), "140", year - 2015)


def write_asthma(scene: Scene) -> None:
    record, doctor, chance = scene.record, scene.home_doctor, scene.chance
    first = scene.working_day(date(chance.randint(2012, 2020), chance.randint(4, 9), chance.randint(1, 28)))
    record.diagnosis(doctor, record.at(first), "J45.0", "Asthma")
    record.note(doctor, record.at(first, 10), ASTHMA_NOTE)
    record.medicine(doctor, record.at(first, 11), "Budesonide and formoterol", "160 ug", 2)
    record.medicine(doctor, record.at(first, 11), "Salbutamol", "100 ug", 1)
    if chance.random() < 0.6:
        record.allergy(
            doctor, record.at(first, 12), "Allergy to tree pollen", "Runny nose and cough", dangerous=False
        )
    for day in scene.every(first, 200, chance.randint(5, 9)):
        flow = str(chance.randrange(380, 520, 10))
        record.result(doctor, record.at(day, 8), PEAK_FLOW, flow, "L/min", usual=("400", ""))


FIRST_NOTE = {
    "complaints": "Одышка при подъёме на второй этаж, утренний кашель с мокротой много лет.",
    "history": "Курил 40 лет по пачке в день, бросил в 2012 году. Работал сварщиком.",
    "examination": "Грудная клетка бочкообразная, дыхание ослаблено, сухие хрипы. SpO2 96 %. ОФВ1 64 %.",
    "code": "J44.8",
    "diagnosis": "ХОБЛ средней тяжести (GOLD 2), вне обострения",
    "plan": "Тиотропий ежедневно. Прививки от гриппа и пневмококка. Дыхательная гимнастика. Спирометрия раз в год.",
}
DISCHARGE_NOTE = {
    "complaints": "При поступлении — усиление одышки, гнойная мокрота, температура 38.",
    "examination": "SpO2 91 % при поступлении, 94 % при выписке. КТ: эмфизема, признаки бронхита, очагов нет.",
    "code": "J44.1",
    "diagnosis": "ХОБЛ, обострение, дыхательная недостаточность I степени",
    "plan": "Выписан с улучшением. Базисная терапия. Осмотр терапевта через 7 дней.",
}
ASTHMA_NOTE = {
    "complaints": "Приступы удушья по ночам 1–2 раза в неделю, кашель на холоде и при беге.",
    "examination": "Единичные сухие хрипы при форсированном выдохе. ОФВ1 78 %, после сальбутамола 92 %.",
    "code": "J45.0",
    "diagnosis": "Бронхиальная астма, аллергическая, лёгкое персистирующее течение",
    "plan": "Будесонид/формотерол ежедневно, сальбутамол при приступе. Обучение технике ингаляции.",
}
