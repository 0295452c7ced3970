"""Names that the region's people might bear: common parts, put together at random, with the right endings."""

import random
from dataclasses import dataclass

from identity.people.enumerations import AdministrativeGender

FEMALE = AdministrativeGender.FEMALE
MALE = AdministrativeGender.MALE

# A man's given name and the two patronymics made from it.
_FATHERS = """
Александр Александрович Александровна
Алексей Алексеевич Алексеевна
Анатолий Анатольевич Анатольевна
Андрей Андреевич Андреевна
Борис Борисович Борисовна
Василий Васильевич Васильевна
Виктор Викторович Викторовна
Владимир Владимирович Владимировна
Геннадий Геннадьевич Геннадьевна
Дмитрий Дмитриевич Дмитриевна
Евгений Евгеньевич Евгеньевна
Иван Иванович Ивановна
Игорь Игоревич Игоревна
Константин Константинович Константиновна
Михаил Михайлович Михайловна
Николай Николаевич Николаевна
Олег Олегович Олеговна
Павел Павлович Павловна
Пётр Петрович Петровна
Роман Романович Романовна
Сергей Сергеевич Сергеевна
Степан Степанович Степановна
Фёдор Фёдорович Фёдоровна
Юрий Юрьевич Юрьевна
"""
_TATAR_FATHERS = """
Айрат Айратович Айратовна
Ильдар Ильдарович Ильдаровна
Марат Маратович Маратовна
Ренат Ренатович Ренатовна
Рустам Рустамович Рустамовна
Тимур Тимурович Тимуровна
Фарид Фаридович Фаридовна
Шамиль Шамилевич Шамилевна
"""
_KAZAKH_FATHERS = """
Арман Арманович Армановна
Болат Болатович Болатовна
Ерлан Ерланович Ерлановна
Кайрат Кайратович Кайратовна
Нурлан Нурланович Нурлановна
Серик Серикович Сериковна
"""
_RUSSIAN_WOMEN = (
    "Александра Алла Анастасия Анна Валентина Вера Виктория Галина Дарья Екатерина Елена Зинаида Ирина Ксения "
    "Лариса Людмила Марина Мария Надежда Наталья Нина Ольга Полина Светлана София Татьяна Юлия"
)
_TATAR_WOMEN = "Айгуль Алсу Альбина Венера Гузель Диляра Зульфия Лилия Рамиля Эльвира"
_KAZAKH_WOMEN = "Айгерим Асель Гульнара Динара Жанна Камила Сауле"

_RUSSIAN_FAMILIES = (
    "Абрамов Агафонов Алексеев Антонов Баранов Беляев Бирюков Бобров Богданов Большаков Воробьёв Воронин Гаврилов "
    "Голубев Горбунов Гришин Давыдов Данилов Дементьев Дьячков Егоров Ермаков Жданов Жуков Зайцев Зимин Игнатов "
    "Калашников Киселёв Климов Ковалёв Комаров Кондратьев Котов Кузьмин Лапшин Лебедев Логинов Макаров Мартынов "
    "Маслов Медведев Миронов Морозов Назаров Некрасов Носов Овчинников Панов Петухов Пономарёв Прохоров Рожков "
    "Рябов Савельев Селезнёв Сидоров Ситников Сорокин Степанов Суворов Тарасов Титов Тихонов Третьяков Уваров "
    "Филатов Фомин Харитонов Цветков Чернов Шаров Шестаков Щербаков Яковлев Высоцкий Донской Заречный Невский "
    "Покровский Бондаренко Гончаренко Мельниченко Шевченко"
)
_TATAR_FAMILIES = (
    "Абдуллин Ахметов Валеев Валиуллин Галиев Гарипов Давлетшин Закиров Ибрагимов Каримов Мухаметов Нуриев Сабиров "
    "Садыков Сафин Тухватуллин Файзуллин Хабибуллин Халитов Шакиров Юсупов"
)
_KAZAKH_FAMILIES = "Абдрахманов Ахметжанов Байжанов Ержанов Жакупов Жумабаев Искаков Касымов Мусин Нургалиев Оспанов Сулейменов"


@dataclass(frozen=True, slots=True)
class Name:
    family: str
    given: str
    middle: str


@dataclass(frozen=True, slots=True)
class _Custom:
    """Names that go together."""

    families: tuple[str, ...]
    men: tuple[tuple[str, str, str], ...]
    women: tuple[str, ...]


def _custom(families: str, fathers: str, women: str) -> _Custom:
    men = tuple(tuple(row.split()) for row in fathers.strip().splitlines())
    return _Custom(tuple(families.split()), men, tuple(women.split()))  # type: ignore[arg-type]


_CUSTOMS = (
    _custom(_RUSSIAN_FAMILIES, _FATHERS, _RUSSIAN_WOMEN),
    _custom(_TATAR_FAMILIES, _TATAR_FATHERS, _TATAR_WOMEN),
    _custom(_KAZAKH_FAMILIES, _KAZAKH_FATHERS, _KAZAKH_WOMEN),
)
_SHARES = (78, 14, 8)


def some_name(chance: random.Random, sex: AdministrativeGender) -> Name:
    """A family name, given name and patronymic that agree with each other and with the sex."""
    custom = chance.choices(_CUSTOMS, _SHARES)[0]
    family = chance.choice(custom.families)
    _, son_of, daughter_of = chance.choice(custom.men)
    if sex is FEMALE:
        return Name(feminine(family), chance.choice(custom.women), daughter_of)
    return Name(family, chance.choice(custom.men)[0], son_of)


def feminine(family: str) -> str:
    """The family name as a woman bears it: -ова, -ина, -ская; names in -ко stay as they are."""
    if family.endswith("ий") or family.endswith(("ой", "ый")):
        return family[:-2] + "ая"
    if family.endswith(("ов", "ев", "ёв", "ин")):
        return family + "а"
    return family
