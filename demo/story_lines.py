"""Who has which story: twelve people known by name, and groups whose names fall by chance."""

from dataclasses import dataclass
from datetime import date

from demo.names import FEMALE, MALE
from foundation.language.bilingual import BilingualText
from identity.people.enumerations import AdministrativeGender


@dataclass(frozen=True, slots=True)
class Line:
    """A story of demo.stories, in one sentence, and how many people of which birth dates live it."""

    story: str
    text: BilingualText
    people: int
    born: tuple[date, date]
    sex: AdministrativeGender | None = None


@dataclass(frozen=True, slots=True)
class Headline:
    """Somebody known by name, attached to the facility of that English name."""

    name: str
    birth_date: date
    sex: AdministrativeGender
    home: str
    story: str
    en: str
    ru: str

    @property
    def line(self) -> Line:
        return Line(
            self.story, BilingualText(self.en, self.ru), 1, (self.birth_date, self.birth_date), self.sex
        )


HEADLINES = (
    Headline(
        *("Карпова Валентина Сергеевна", date(1956, 4, 12), FEMALE, "Orenburg Polyclinic No. 1", "diabetes"),
        "Type 2 diabetes since 2010: 26 HbA1c results in one line",
        "Сахарный диабет 2 типа с 2010 года: 26 измерений HbA1c подряд",
    ),
    Headline(
        *("Сафин Тимур Маратович", date(2017, 5, 20), MALE, "Nezhinka Village Clinic", "childhood"),
        "A child from Nezhinka, too young to sign in: his mother Olga Nikitina opens his record",
        "Ребёнок из Нежинки, ещё не входит сам: карту открывает его мать Ольга Никитина",
    ),
    Headline(
        *("Мельников Денис Олегович", date(1988, 7, 15), MALE, "Saraktash District Hospital", "fracture"),
        "A broken wrist: X-ray before, after setting, and six weeks later",
        "Перелом запястья: рентген до, после репозиции и через шесть недель",
    ),
    Headline(
        *("Ахметова Лилия Рустамовна", date(1995, 11, 28), FEMALE, "Orsk Polyclinic No. 1", "pregnancy"),
        "A pregnancy with three screenings and an ultrasound film",
        "Беременность: три скрининга и видеоряд УЗИ",
    ),
    Headline(
        *("Громов Виктор Николаевич", date(1961, 1, 30), MALE, "Nezhinka Village Clinic", "hypertension"),
        "High blood pressure, measured and treated from the village",
        "Гипертоническая болезнь: наблюдение и лечение из села",
    ),
    Headline(
        *("Воронцова Ирина Анатольевна", date(1968, 3, 8), FEMALE, "Orenburg Polyclinic No. 2", "cancer"),
        "From mammography to operation: CT, MRI, surgery, follow-up",
        "От маммографии до операции: КТ, МРТ, хирургия, наблюдение",
    ),
    Headline(
        *("Белов Кирилл Андреевич", date(2001, 5, 5), MALE, "Orenburg Polyclinic No. 3", "allergy"),
        "Allergy to penicillin, found the hard way",
        "Аллергия на пенициллин, выявленная при лечении",
    ),
    Headline(
        *("Захаров Пётр Иванович", date(1950, 10, 17), MALE, "Buzuluk Polyclinic No. 1", "copd"),
        "COPD: spirometry, exacerbations and a chest CT",
        "ХОБЛ: спирометрия, обострения и КТ грудной клетки",
    ),
    Headline(
        *("Королёва Мария Степановна", date(1938, 12, 2), FEMALE, "Podgorodnyaya Pokrovka Village Clinic"),
        *("many medicines", "An elderly person with eleven medicines and several diseases"),
        "Пожилой пациент: одиннадцать лекарств и несколько болезней",
    ),
    Headline(
        *("Фёдоров Алексей Игоревич", date(1979, 6, 21), MALE, "Novotroitsk Polyclinic No. 1", "amendment"),
        "An entry that was amended later: both versions can be read",
        "Запись, исправленная позже: видны обе версии",
    ),
    Headline(
        *("Жумабаев Ерлан Кайратович", date(1964, 9, 9), MALE, "Sol-Iletsk City Hospital", "stroke"),
        "A stroke, the MRI of the head, and the way back",
        "Инсульт, МРТ головы и восстановление",
    ),
    Headline(
        *("Никитина Ольга Викторовна", date(1983, 2, 14), FEMALE, "Sakmara District Hospital", "migraine"),
        "Headaches: MRI booked for tomorrow. She also opens the record of her son Timur",
        "Головные боли: МРТ назначена на завтра. Открывает и карту сына Тимура",
    ),
)

# A parent and a child, by their family names among the headlines.
PARENTS = (("Никитина", "Сафин"),)

_ADULTS = (date(1945, 1, 1), date(1975, 12, 31))

OTHERS = (
    Line("hypertension", BilingualText("High blood pressure", "Гипертоническая болезнь"), 10, _ADULTS),
    Line("diabetes follow-up", BilingualText("Type 2 diabetes", "Сахарный диабет 2 типа"), 6, _ADULTS),
    Line("asthma", BilingualText("Asthma", "Бронхиальная астма"), 5, (date(1970, 1, 1), date(2004, 12, 31))),
    Line(
        "childhood",
        BilingualText("Immunisations of a child", "Прививки ребёнка"),
        *(8, (date(2014, 1, 1), date(2018, 12, 31))),
    ),
    Line(
        "check-ups",
        BilingualText("Healthy: yearly check-ups", "Здоров: ежегодная диспансеризация"),
        *(6, (date(1965, 1, 1), date(1998, 12, 31))),
    ),
    Line("arthrosis", BilingualText("Arthrosis of the knee", "Артроз коленного сустава"), 5, _ADULTS),
    Line(
        "pregnancy",
        BilingualText("A pregnancy", "Беременность"),
        *(4, (date(1988, 1, 1), date(1999, 12, 31)), FEMALE),
    ),
    Line(
        "gastritis",
        BilingualText("Gastritis", "Хронический гастрит"),
        *(4, (date(1960, 1, 1), date(1998, 12, 31))),
    ),
)
