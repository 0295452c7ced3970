"""Which pictures were taken of whom, when and where: the record tells of them, the archive holds them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from demo.chance import numbered_id
from demo.citizens import Citizen
from demo.region import Region
from demo.story_lines import HEADLINES

UUID_ROOT = "2.25"  # DICOM PS3.5 B.2: a UUID as a decimal number


@dataclass(frozen=True, slots=True)
class PictureStudy:
    """One study of one series.

    Attributes:
        drawing: a name of demo.pictures.drawings, or a file that comes with pydicom.
        title: what was done, a phrase that the record room says in both languages; `site` likewise.
        said: the conclusion, in Russian.
    """

    number: int
    citizen: Citizen
    day: date
    hour: int
    facility: str
    specialty: str
    modality: str
    drawing: str
    title: str
    site: str
    said: str
    images: int

    @property
    def id(self) -> UUID:
        return numbered_id("study", self.number)

    @property
    def study_instance_uid(self) -> str:
        return f"{UUID_ROOT}.{self.id.int}"


_REGIONAL, _ONCOLOGY, _ORSK = (
    "Orenburg Regional Hospital",
    "Orenburg Oncology Centre",
    "Orsk City Hospital No. 1",
)
_DIAGNOSTIC, _BUZULUK, _SARAKTASH = (
    "Orenburg Diagnostic Centre",
    "Buzuluk City Hospital",
    "Saraktash District Hospital",
)
_CITY = "Orenburg City Hospital No. 1"

# Family name, day, hour, facility, specialty, modality, drawing, title, site, conclusion, images.
_TAKEN: tuple[tuple[Any, ...], ...] = (
    ("Мельников", date(2023, 2, 11), 11, _SARAKTASH, "radiologist", "DX", "wrist broken", "Wrist X-ray", "Wrist",
     "Перелом дистального метаэпифиза левой лучевой кости с тыльным смещением отломка.", 1),
    ("Мельников", date(2023, 2, 11), 15, _SARAKTASH, "radiologist", "DX", "wrist set", "Wrist X-ray", "Wrist",
     "Состояние после репозиции: ось восстановлена, стояние отломков удовлетворительное. Гипсовая повязка.", 1),
    ("Мельников", date(2023, 3, 27), 10, _SARAKTASH, "radiologist", "DX", "wrist healed", "Wrist X-ray", "Wrist",
     "Костная мозоль, линия перелома почти не прослеживается. Консолидация.", 1),
    ("Воронцова", date(2021, 10, 5), 10, _DIAGNOSTIC, "radiologist", "MG", "breast with node", "Mammography", "Breast",
     "Узел со спикулами в верхне-наружном квадранте левой молочной железы, 14 мм. BI-RADS 4.", 2),
    ("Воронцова", date(2021, 10, 20), 9, _ONCOLOGY, "radiologist", "CT", "chest", "CT of the chest", "Chest",
     "Очаговых изменений в лёгких, увеличенных лимфоузлов средостения не выявлено.", 24),
    ("Воронцова", date(2021, 10, 26), 9, _ONCOLOGY, "radiologist", "MR", "head", "MRI of the head", "Head",
     "Данных за метастатическое поражение головного мозга не получено.", 20),
    ("Воронцова", date(2023, 4, 12), 9, _DIAGNOSTIC, "radiologist", "MG", "breast", "Mammography", "Breast",
     "Состояние после операции. Признаков рецидива нет. BI-RADS 2.", 2),
    ("Захаров", date(2019, 11, 14), 9, _BUZULUK, "radiologist", "CT", "chest with emphysema", "CT of the chest", "Chest",
     "Центрилобулярная эмфизема, признаки хронического бронхита. Очагов нет.", 24),
    ("Захаров", date(2024, 3, 5), 10, _BUZULUK, "radiologist", "CT", "chest with emphysema", "CT of the chest", "Chest",
     "Эмфизема, по сравнению с 2019 годом умеренная отрицательная динамика.", 24),
    ("Жумабаев", date(2022, 6, 3), 10, _REGIONAL, "radiologist", "MR", "head with stroke", "MRI of the head", "Head",
     "Зона острой ишемии в бассейне левой средней мозговой артерии.", 20),
    ("Жумабаев", date(2022, 12, 6), 10, _REGIONAL, "radiologist", "MR", "head", "MRI of the head", "Head",
     "Кистозно-глиозные изменения минимальны. Свежих очагов нет.", 20),
    ("Ахметова", date(2024, 3, 12), 11, _ORSK, "obstetrician", "US", "fetus", "Pregnancy ultrasound", "Uterus and fetus",
     "Плод один, головное предлежание. Размеры соответствуют 21 неделе. Сердцебиение 146 в минуту.", 1),
    ("Королёва", date(2019, 8, 12), 10, _CITY, "radiologist", "CT", "CT_small.dcm", "CT of the abdomen", "Abdomen",
     "Признаков острой патологии органов брюшной полости нет.", 1),
    ("Карпова", date(2020, 10, 7), 10, _REGIONAL, "radiologist", "MR", "examples_overlay.dcm", "MRI of the abdomen",
     "Abdomen", "Диффузные изменения печени по типу жирового гепатоза.", 1),
    ("Громов", date(2018, 5, 15), 10, _REGIONAL, "radiologist", "US", "examples_rgb_color.dcm", "Ultrasound", "Abdomen",
     "Кровоток не нарушен.", 1),
)  # fmt: skip


def pictures_of(region: Region) -> tuple[PictureStudy, ...]:
    """Every study that has pictures, of the people known by name."""
    known = {each.name.family: each for each in region.citizens[: len(HEADLINES)]}
    return tuple(PictureStudy(number, known[family], *rest) for number, (family, *rest) in enumerate(_TAKEN))
