"""Old age: many illnesses at once, many medicines, and a doctor who keeps them in order."""

from datetime import date

from demo.stories.scene import Scene

ILLNESSES = (
    (date(2009, 11, 3), "I10", "Hypertension"),
    (date(2011, 2, 15), "M17.0", "Arthrosis of the knee"),
    (date(2013, 9, 10), "I48.2", "Atrial fibrillation"),
    (date(2015, 6, 2), "I50.0", "Chronic congestive heart failure"),
    (date(2017, 3, 21), "M81.0", "Osteoporosis"),
    (date(2019, 8, 13), "N18.3", "Chronic kidney disease"),
    (date(2021, 1, 19), "H25.1", "Cataract"),
)
MEDICINES = (
    (date(2013, 9, 10), "Apixaban", "2.5 mg", 2),
    (date(2013, 9, 10), "Bisoprolol", "5 mg", 1),
    (date(2015, 6, 2), "Furosemide", "40 mg", 1),
    (date(2015, 6, 2), "Spironolactone", "25 mg", 1),
    (date(2015, 6, 2), "Perindopril", "4 mg", 1),
    (date(2017, 3, 21), "Alendronic acid", "10 mg", 1),
    (date(2017, 3, 21), "Colecalciferol", "0.05 mg", 1),
    (date(2017, 3, 21), "Calcium carbonate", "500 mg", 2),
    (date(2019, 8, 13), "Atorvastatin", "20 mg", 1),
    (date(2020, 2, 4), "Omeprazole", "20 mg", 1),
    (date(2022, 5, 24), "Acetaminophen", "500 mg", 2),
)


def write_history(scene: Scene) -> None:
    record, doctor, chance = scene.record, scene.home_doctor, scene.chance
    for day, code, what in ILLNESSES:
        record.diagnosis(doctor, record.at(day), code, what)
    for day, what, dose, times in MEDICINES:
        record.medicine(doctor, record.at(day, 11), what, dose, times)
    record.medicine(doctor, record.at(date(2010, 4, 7), 11), "Warfarin", "2.5 mg", 1, active=False)
    for day in scene.every(date(2010, 3, 9), 240, 24):
        visit = record.visit(
            doctor,
            record.at(day, 10),
            "Domiciliary or rest home patient evaluation and management",
            setting="HH",
        )
        record.pressure(doctor, record.at(day, 10), chance.randint(126, 152), chance.randint(68, 88))
        record.result(
            doctor, record.at(day, 10), "29463-7", f"{chance.uniform(58, 63):.1f}", "kg", vital=True, of=visit
        )
    for number, day in enumerate(scene.every(date(2015, 6, 9), 365, 10)):
        filtration = str(62 - 2 * number + chance.randint(-2, 2))
        record.result(doctor, record.at(day, 8), "33914-3", filtration, "mL/min/{1.73_m2}", usual=("60", ""))
        record.result(
            doctor,
            record.at(day, 8),
            "6298-4",
            f"{chance.uniform(4.2, 5.3):.1f}",
            "mmol/L",
            usual=("3.5", "5.1"),
        )
    cardiologist = scene.doctor("Orenburg City Hospital No. 1", "cardiologist")
    record.visit(cardiologist, record.at(date(2015, 5, 20), 9), "Inpatient stay", setting="IMP", days=12)
    record.note(cardiologist, record.at(date(2015, 6, 1), 11), HOSPITAL_NOTE)
    record.note(doctor, record.at(date(2022, 5, 24), 12), REVIEW_NOTE)


HOSPITAL_NOTE = {
    "complaints": "Одышка в покое, отёки до колен.",
    "history": "Фибрилляция предсердий с 2013 года, варфарин заменён на апиксабан.",
    "examination": "ЧСС 96, АД 140/80. Влажные хрипы в нижних отделах. Фракция выброса 44 %.",
    "code": "I50.0",
    "diagnosis": "Хроническая сердечная недостаточность IIБ, постоянная форма фибрилляции предсердий",
    "plan": "Фуросемид, спиронолактон, периндоприл, бисопролол, апиксабан. Вес ежедневно. Наблюдение на дому.",
}
REVIEW_NOTE = {
    "complaints": "Устаёт от количества таблеток, путает утренние и вечерние.",
    "history": "Принимает одиннадцать препаратов. Живёт одна, помогает дочь.",
    "examination": "АД 134/76, ЧСС 74, отёков нет. СКФ 46 мл/мин/1,73 м².",
    "code": "I50.0",
    "diagnosis": "Полиморбидность. Пересмотр лекарственной терапии",
    "plan": "Таблетница на неделю, список препаратов крупным шрифтом. Нестероидные средства не принимать.",
}
