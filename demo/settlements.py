"""Sixty settlements of the Orenburg region with their places on the map: public geography, rounded to a kilometre."""

from dataclasses import dataclass
from enum import StrEnum

from foundation.language.bilingual import BilingualText


class Rank(StrEnum):
    CAPITAL = "capital"
    CITY = "city"
    DISTRICT_CENTER = "district center"
    VILLAGE = "village"


@dataclass(frozen=True, slots=True)
class Settlement:
    """`adjective` is the Russian feminine, as in the name of a hospital; degrees are WGS 84."""

    name: BilingualText
    adjective: str
    rank: Rank
    latitude: float
    longitude: float


_ROWS = {
    Rank.CAPITAL: """
        Orenburg|Оренбург|Оренбургская|51.77|55.10
    """,
    Rank.CITY: """
        Orsk|Орск|Орская|51.23|58.49
        Novotroitsk|Новотроицк|Новотроицкая|51.20|58.31
        Buzuluk|Бузулук|Бузулукская|52.78|52.26
        Buguruslan|Бугуруслан|Бугурусланская|53.66|52.44
        Gay|Гай|Гайская|51.47|58.45
        Sorochinsk|Сорочинск|Сорочинская|52.43|53.15
        Mednogorsk|Медногорск|Медногорская|51.41|57.59
        Kuvandyk|Кувандык|Кувандыкская|51.48|57.36
        Sol-Iletsk|Соль-Илецк|Соль-Илецкая|51.16|54.99
        Abdulino|Абдулино|Абдулинская|53.68|53.65
        Yasny|Ясный|Ясненская|51.04|59.87
    """,
    Rank.DISTRICT_CENTER: """
        Saraktash|Саракташ|Саракташская|51.79|56.36
        Novosergiyevka|Новосергиевка|Новосергиевская|52.09|53.65
        Totskoye|Тоцкое|Тоцкая|52.53|52.75
        Ilek|Илек|Илекская|51.53|53.38
        Perevolotsky|Переволоцкий|Переволоцкая|51.88|54.19
        Sharlyk|Шарлык|Шарлыкская|52.93|54.74
        Adamovka|Адамовка|Адамовская|51.52|59.94
        Novoorsk|Новоорск|Новоорская|51.38|58.98
        Tyulgan|Тюльган|Тюльганская|52.34|56.16
        Dombarovsky|Домбаровский|Домбаровская|50.76|59.54
        Svetly|Светлый|Светлинская|50.82|60.85
        Tashla|Ташла|Ташлинская|51.77|52.74
        Asekeyevo|Асекеево|Асекеевская|53.58|52.82
        Belyayevka|Беляевка|Беляевская|51.40|56.41
        Severnoye|Северное|Северная|54.09|52.54
        Sakmara|Сакмара|Сакмарская|51.98|55.33
        Kurmanayevka|Курманаевка|Курманаевская|52.51|52.07
        Kvarkeno|Кваркено|Кваркенская|52.08|59.73
        Pleshanovo|Плешаново|Плешановская|52.85|53.49
        Ponomaryovka|Пономарёвка|Пономарёвская|53.32|54.12
        Pervomaysky|Первомайский|Первомайская|51.91|51.65
        Oktyabrskoye|Октябрьское|Октябрьская|52.35|55.50
        Matveyevka|Матвеевка|Матвеевская|53.51|53.48
        Grachyovka|Грачёвка|Грачёвская|52.92|52.87
        Alexandrovka|Александровка|Александровская|52.68|54.41
        Akbulak|Акбулак|Акбулакская|51.00|55.62
    """,
    Rank.VILLAGE: """
        Nezhinka|Нежинка|Нежинская|51.77|55.37
        Podgorodnyaya Pokrovka|Подгородняя Покровка|Подгородне-Покровская|51.83|54.99
        Krasnokholm|Краснохолм|Краснохолмская|51.60|54.16
        Kardailovo|Кардаилово|Кардаиловская|51.54|53.90
        Nizhnyaya Pavlovka|Нижняя Павловка|Нижнепавловская|51.71|54.80
        Prigorodny|Пригородный|Пригородная|51.77|55.27
        Tatarskaya Kargala|Татарская Каргала|Каргалинская|51.95|55.17
        Krasny Kommunar|Красный Коммунар|Краснокоммунарская|51.96|55.37
        Energetik|Энергетик|Энергетикская|51.75|58.79
        Koltubanovsky|Колтубановский|Колтубановская|52.94|52.03
        Krasnogvardeyets|Красногвардеец|Красногвардейская|52.68|52.36
        Cherkassy|Черкассы|Черкасская|51.81|56.34
        Shilda|Шильда|Шильдинская|51.81|59.77
        Novorudny|Новорудный|Новорудная|51.50|58.19
        Yelizavetinka|Елизаветинка|Елизаветинская|51.77|59.74
        Alandskoye|Аландское|Аландская|52.23|59.79
        Akkermanovka|Аккермановка|Аккермановская|51.25|58.24
        Dubensky|Дубенский|Дубенская|51.46|56.63
        Primorsk|Приморск|Приморская|51.89|58.89
        Komarovsky|Комаровский|Комаровская|51.03|59.87
        Krasnoyarsky|Красноярский|Красноярская|51.97|59.90
        Krasnaya Glinka|Красная Глинка|Красноглинская|53.74|52.94
    """,
}


def _read() -> dict[str, Settlement]:
    found = {}
    for rank, rows in _ROWS.items():
        for row in rows.split("\n"):
            if not row.strip():
                continue
            name_en, name_ru, adjective, latitude, longitude = row.strip().split("|")
            name = BilingualText(name_en, name_ru)
            found[name_en] = Settlement(name, adjective, rank, float(latitude), float(longitude))
    return found


SETTLEMENTS = _read()
