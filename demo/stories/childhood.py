"""A child: vaccinations of the Russian calendar, growth, and the small illnesses in between."""

from datetime import date, timedelta

from demo.stories.scene import LAST_DAY, Scene

# Age in days, CVX code, dose; after the national calendar of preventive vaccination.
CALENDAR = (
    (1, "08", 1), (4, "19", 1), (30, "08", 2), (61, "133", 1), (92, "20", 1), (92, "10", 1), (92, "49", 1),
    (137, "20", 2), (137, "10", 2), (137, "49", 2), (138, "133", 2), (183, "20", 3), (183, "10", 3), (183, "08", 3),
    (183, "49", 3), (366, "03", 1), (456, "133", 3), (548, "20", 4), (548, "10", 4), (548, "49", 4), (610, "10", 5),
    (2193, "03", 2), (2375, "113", 1),
)  # fmt: skip
FLU = "140"
# Age in months, height in cm, weight in kg.
GROWTH = (
    (1, 54.5, 4.3), (3, 61.0, 6.1), (6, 67.5, 7.9), (9, 72.0, 9.0), (12, 76.0, 10.1), (18, 82.5, 11.4),
    (24, 88.0, 12.6), (36, 96.5, 14.8), (48, 103.5, 16.9), (60, 110.0, 19.2), (72, 116.0, 21.4), (84, 122.0, 24.1),
)  # fmt: skip
MONTH_DAYS = 30.44


def write_history(scene: Scene) -> None:
    """From the first day to school."""
    record, born, doctor = scene.record, scene.record.citizen.birth_date, scene.home_doctor
    for days, code, dose in CALENDAR:
        _on(scene, born + timedelta(days=days), lambda day, code=code, dose=dose: record.vaccine(
            doctor, record.at(day, 10), code, dose
        ))  # fmt: skip
    for year, day in enumerate(_autumns(born), start=1):
        if scene.chance.random() < 0.6:
            record.vaccine(doctor, record.at(scene.working_day(day), 10), FLU, year)
    for months, height, weight in GROWTH:
        _on(scene, born + timedelta(days=round(months * MONTH_DAYS)), lambda day, h=height, w=weight: _measure(
            scene, day, h, w
        ))  # fmt: skip
    _illnesses(scene)
    school = born + timedelta(days=2330)
    if school <= LAST_DAY:
        day = record.at(scene.working_day(school), 11)
        record.visit(doctor, day, "Well child visit")
        record.note(doctor, day, SCHOOL_NOTE)


def _on(scene: Scene, day: date, tell_it) -> None:
    if day <= LAST_DAY:
        tell_it(scene.working_day(day))


def _autumns(born: date) -> list[date]:
    return [date(year, 10, 14) for year in range(born.year + 1, LAST_DAY.year + 1)]


def _measure(scene: Scene, day: date, height: float, weight: float) -> None:
    record, doctor, chance = scene.record, scene.home_doctor, scene.chance
    at = record.at(day, 9)
    visit = record.visit(doctor, at, "Well child visit")
    record.result(
        doctor, at, "8302-2", f"{height + chance.uniform(-1.5, 1.5):.1f}", "cm", vital=True, of=visit
    )
    record.result(
        doctor, at, "29463-7", f"{weight * chance.uniform(0.95, 1.06):.1f}", "kg", vital=True, of=visit
    )


def _illnesses(scene: Scene) -> None:
    record, doctor, chance = scene.record, scene.home_doctor, scene.chance
    born = record.citizen.birth_date
    for _ in range(chance.randint(2, 4)):
        day = scene.working_day(born + timedelta(days=chance.randint(400, 2500)))
        if day > LAST_DAY:
            continue
        code, what, note = chance.choice(ILLNESSES)
        at = record.at(day, 12)
        record.visit(doctor, at, "Encounter for symptom")
        record.result(doctor, at, "8310-5", f"{chance.uniform(37.4, 39.1):.1f}", "Cel", vital=True)
        record.diagnosis(doctor, at, code, what, until=day + timedelta(days=9))
        record.note(doctor, record.at(day, 13), note)


ILLNESSES = (
    (
        "J20.9",
        "Acute bronchitis",
        {
            "complaints": "Кашель, температура до 38,5 второй день.",
            "examination": "Зев гиперемирован. В лёгких рассеянные сухие хрипы. ЧД 26 в минуту.",
            "code": "J20.9",
            "diagnosis": "Острый бронхит",
            "plan": "Обильное питьё, ингаляции, жаропонижающее по возрасту. Активное посещение через 2 дня.",
        },
    ),
    (
        "H66.9",
        "Otitis media",
        {
            "complaints": "Боль в правом ухе, беспокойный сон, температура 38,1.",
            "examination": "Барабанная перепонка справа гиперемирована, выбухает.",
            "code": "H66.9",
            "diagnosis": "Острый средний отит справа",
            "plan": "Капли в ухо, обезболивание. Осмотр ЛОР-врача через 3 дня.",
        },
    ),
    (
        "J02.9",
        "Acute viral pharyngitis",
        {
            "complaints": "Боль в горле, насморк.",
            "examination": "Зев гиперемирован, налётов нет. Лёгкие без хрипов.",
            "code": "J02.9",
            "diagnosis": "Острый вирусный фарингит",
            "plan": "Полоскание горла, питьё. Детский сад с 7-го дня при нормальной температуре.",
        },
    ),
)
SCHOOL_NOTE = {
    "complaints": "Жалоб нет. Осмотр перед школой.",
    "examination": "Физическое развитие среднее, гармоничное. Осанка правильная. Зрение 1,0/1,0.",
    "code": "Z00.1",
    "diagnosis": "Отклонений нет. Группа здоровья I",
    "plan": "Может посещать школу. Прививки по возрасту. Физкультура в основной группе.",
}
