"""A pregnancy: visits, three screenings, the birth."""

from datetime import date, timedelta

from demo.stories.scene import Scene

# Week, upper and lower pressure, weight gained in kg.
VISITS = ((8, 112, 70, 0.0), (12, 114, 72, 1.1), (16, 110, 70, 2.4), (20, 112, 70, 4.2), (24, 116, 72, 6.0),
          (28, 118, 74, 7.9), (30, 118, 76, 8.6), (34, 122, 78, 10.4), (37, 124, 78, 11.6), (39, 126, 80, 12.3))  # fmt: skip


def write_history(scene: Scene) -> None:
    """From the eighth week to the birth; the headline's screenings are also pictures (demo.pictures.plan)."""
    record, chance = scene.record, scene.chance
    known_by_name = record.citizen.number == 3
    began = (
        date(2023, 10, 16) if known_by_name else date(chance.randint(2014, 2022), chance.randint(1, 12), 5)
    )
    doctor = scene.home_doctor if not known_by_name else scene.doctor("Orsk Polyclinic No. 1", "obstetrician")
    birth = began + timedelta(weeks=39, days=5)
    record.diagnosis(doctor, record.at(began + timedelta(weeks=8)), "Z34.0", "Normal pregnancy", until=birth)
    weight = chance.uniform(55, 66)
    for number, (week, upper, lower, gained) in enumerate(VISITS):
        at = record.at(scene.working_day(began + timedelta(weeks=week)), 10)
        visit = record.visit(doctor, at, "Prenatal initial visit" if number == 0 else "Prenatal visit")
        record.pressure(doctor, at, upper + chance.randint(-4, 4), lower + chance.randint(-3, 3))
        record.result(doctor, at, "29463-7", f"{weight + gained:.1f}", "kg", vital=True, of=visit)
        if week in (8, 28, 34):
            haemoglobin = str(chance.randint(108, 132) - week // 4)
            record.result(doctor, at, "718-7", haemoglobin, "g/L", usual=("110", "150"), of=visit)
    record.note(doctor, record.at(scene.working_day(began + timedelta(weeks=8)), 11), FIRST_NOTE)
    record.medicine(
        doctor, record.at(began + timedelta(weeks=8, days=1), 11), "Folic acid", "0.4 mg", 1, active=False
    )
    record.note(doctor, record.at(scene.working_day(began + timedelta(weeks=30)), 11), LATE_NOTE)
    ward = scene.doctor(
        scene.nearest("Orsk City Hospital No. 1", "Orenburg City Hospital No. 1"), "obstetrician"
    )
    record.visit(ward, record.at(birth, 7), "Inpatient stay", setting="IMP", days=4)
    record.procedure(ward, record.at(birth, 14), "Spontaneous vertex delivery")
    record.note(ward, record.at(birth + timedelta(days=4), 12), BIRTH_NOTE)


FIRST_NOTE = {
    "complaints": "Утренняя тошнота. Постановка на учёт.",
    "history": "Беременность первая, желанная. Наследственность не отягощена.",
    "examination": "АД 112/70. Кожные покровы чистые. Матка увеличена до 8 недель.",
    "code": "Z34.0",
    "diagnosis": "Беременность 8 недель",
    "plan": "Анализы по стандарту, фолиевая кислота 400 мкг. Скрининг I триместра в 11–13 недель.",
}
LATE_NOTE = {
    "complaints": "Жалоб нет, шевеления плода ощущает хорошо.",
    "examination": "АД 118/76, отёков нет. Сердцебиение плода 144 в минуту, ясное.",
    "code": "Z34.0",
    "diagnosis": "Беременность 30 недель, физиологическое течение",
    "plan": "Листок нетрудоспособности. Анализ крови, железо в рационе. Явка через 2–3 недели.",
}
BIRTH_NOTE = {
    "complaints": "Жалоб нет. Выписка на четвёртые сутки.",
    "history": "Срочные роды в головном предлежании без осложнений. Ребёнок 3410 г, 52 см, по шкале Апгар 8/9.",
    "examination": "Матка сократилась, молочные железы мягкие, лактация достаточная.",
    "code": "O80.0",
    "diagnosis": "Самопроизвольные роды в затылочном предлежании",
    "plan": "Выписана домой с ребёнком. Осмотр в женской консультации через 10 дней.",
}
