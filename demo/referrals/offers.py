"""Which facility offers which service, and the complaints with which patients are sent there."""

from dataclasses import dataclass

from demo.devices import make_devices
from demo.facilities import DemoFacility
from demo.region import Region
from foundation.language.bilingual import BilingualText

_LARGE = ("Orenburg Regional Hospital", "Orenburg City Hospital No. 1", "Orsk City Hospital No. 1")
_CITIES = (*_LARGE, "Buzuluk City Hospital", "Buguruslan City Hospital", "Novotroitsk City Hospital")
_TESTS = ("Orenburg Diagnostic Centre", "Orsk Diagnostic Centre", "Buzuluk City Hospital")
_ALSO = ("Orenburg City Hospital No. 4", "Orsk City Hospital No. 2")

# Service code: where, and the short name of doctor, room or device.
_OFFERED = {
    "C-CARD": ((*_CITIES, "Orenburg Diagnostic Centre"), BilingualText("Cardiologist", "Кардиолог")),
    "C-NEUR": ((*_CITIES, *_ALSO), BilingualText("Neurologist", "Невролог")),
    "C-ENDO": (
        ("Orenburg Regional Hospital", "Orenburg Polyclinic No. 1", "Orsk Polyclinic No. 1"),
        BilingualText("Endocrinologist", "Эндокринолог"),
    ),
    "C-SURG": (_CITIES, BilingualText("Surgeon", "Хирург")),
    "C-OPHT": (
        ("Orenburg Regional Hospital", "Orsk City Hospital No. 1"),
        BilingualText("Ophthalmologist", "Офтальмолог"),
    ),
    "C-ORTH": ((*_LARGE, *_ALSO), BilingualText("Orthopaedic surgeon", "Травматолог-ортопед")),
    "C-ONCO": (
        ("Orenburg Oncology Centre", "Orsk City Hospital No. 1"),
        BilingualText("Oncologist", "Онколог"),
    ),
    "C-PULM": ((*_LARGE, "Buzuluk City Hospital"), BilingualText("Pulmonologist", "Пульмонолог")),
    "C-NEPH": (("Orenburg Regional Hospital",), BilingualText("Nephrologist", "Нефролог")),
    "C-PAED": (
        ("Orenburg Regional Children’s Hospital", "Orsk City Hospital No. 2"),
        BilingualText("Paediatric specialist", "Детский специалист"),
    ),
    "T-ECHO": (_TESTS, BilingualText("Ultrasound of the heart", "ЭхоКГ")),
    "T-ABDO": ((*_TESTS, "Buguruslan City Hospital"), BilingualText("Ultrasound", "УЗИ")),
    "T-HOLT": (_TESTS, BilingualText("24-hour ECG", "Суточное ЭКГ")),
    "T-ENDS": ((*_TESTS, "Novotroitsk City Hospital"), BilingualText("Endoscopy", "Эндоскопия")),
    "T-EEG": (("Orenburg Diagnostic Centre", "Orsk Diagnostic Centre"), BilingualText("EEG", "ЭЭГ")),
    "I-ANGIO": (("Orenburg Regional Hospital",), BilingualText("Angiography", "Ангиография")),
    "B-THER": ((*_LARGE, "Buzuluk City Hospital"), BilingualText("Bed, internal medicine", "Койка, терапия")),
    "B-CARD": (
        ("Orenburg Regional Hospital", "Orsk City Hospital No. 1"),
        BilingualText("Bed, cardiology", "Койка, кардиология"),
    ),
    "B-SURG": ((*_LARGE, "Buguruslan City Hospital"), BilingualText("Bed, surgery", "Койка, хирургия")),
}
# Imaging is offered where the device stands.
_DEVICES = {"T-XRAY": "DX", "I-CT": "CT", "I-MRI": "MR"}
_ROOMS = 40

# How often each service is asked for, of a hundred or so.
HOW_OFTEN = {
    "C-CARD": 14,
    "C-NEUR": 13,
    "C-ENDO": 9,
    "C-SURG": 7,
    "C-OPHT": 7,
    "C-ORTH": 6,
    "C-ONCO": 4,
    "C-PULM": 4,
    "C-NEPH": 2,
    "C-PAED": 6,
    "T-ECHO": 5,
    "T-ABDO": 5,
    "T-HOLT": 3,
    "T-ENDS": 3,
    "T-EEG": 1,
    "T-XRAY": 3,
    "I-CT": 4,
    "I-MRI": 4,
    "I-ANGIO": 1,
    "B-THER": 2,
    "B-CARD": 2,
    "B-SURG": 2,
}
# Diagnosis codes and the reasons that go with them.
REASONS: dict[str, tuple[tuple[str, str], ...]] = {
    "C-CARD": (
        ("I10", "Повышенное артериальное давление, подбор терапии"),
        ("I20.8", "Боли за грудиной при нагрузке"),
    ),
    "C-NEUR": (
        ("G43.9", "Частые головные боли"),
        ("M54.4", "Боль в пояснице с иррадиацией в ногу"),
    ),
    "C-ENDO": (
        ("E11.9", "Сахарный диабет 2 типа, коррекция лечения"),
        ("E04.1", "Узел щитовидной железы"),
    ),
    "C-SURG": (
        ("K40.9", "Паховая грыжа, решить вопрос об операции"),
        ("K80.2", "Камни желчного пузыря"),
    ),
    "C-OPHT": (
        ("H25.9", "Снижение зрения, катаракта"),
        ("H40.1", "Повышенное внутриглазное давление"),
    ),
    "C-ORTH": (
        ("M17.1", "Артроз коленного сустава"),
        ("S52.5", "Контроль после перелома"),
    ),
    "C-ONCO": (
        ("D48.6", "Образование молочной железы"),
        ("D12.6", "Полип толстой кишки"),
    ),
    "C-PULM": (
        ("J44.9", "ХОБЛ, участились обострения"),
        ("J45.9", "Бронхиальная астма, подбор терапии"),
    ),
    "C-NEPH": (("N18.9", "Снижение функции почек"),),
    "C-PAED": (
        ("R62.8", "Оценка роста и развития"),
        ("J45.0", "Частые бронхиты с обструкцией"),
    ),
    "T-ECHO": (("I50.9", "Одышка, отёки"),),
    "T-ABDO": (("R10.4", "Боли в животе"),),
    "T-HOLT": (("I49.9", "Перебои в работе сердца"),),
    "T-ENDS": (("K29.5", "Хронический гастрит, обострение"),),
    "T-EEG": (("R55", "Обмороки"),),
    "T-XRAY": (("M25.5", "Боль в суставе"),),
    "I-CT": (
        ("R91", "Изменения на рентгенограмме лёгких"),
        ("R51", "Головная боль, исключить объёмный процесс"),
    ),
    "I-MRI": (
        ("G35", "Подозрение на демиелинизирующее заболевание"),
        ("M51.1", "Грыжа межпозвонкового диска"),
    ),
    "I-ANGIO": (("I70.2", "Атеросклероз артерий ног"),),
    "B-THER": (("J18.9", "Пневмония"),),
    "B-CARD": (("I50.0", "Декомпенсация сердечной недостаточности"),),
    "B-SURG": (("K80.2", "Плановая холецистэктомия"),),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A service at a facility, by one doctor, room or device."""

    service_code: str
    facility: DemoFacility
    resource: BilingualText


def offers_of(region: Region) -> dict[str, list[Offer]]:
    """Everything on offer, by service."""
    found: dict[str, list[Offer]] = {}
    room = 0
    for code, (places, called) in _OFFERED.items():
        for place in places:
            room = room % _ROOMS + 1
            resource = BilingualText(f"{called.en}, room {room}", f"{called.ru}, каб. {room}")
            found.setdefault(code, []).append(Offer(code, region.facility_named[place], resource))
    for code, modality in _DEVICES.items():
        for device in make_devices(region.facilities):
            if device.modality == modality:
                room = room % _ROOMS + 1
                called = device.model
                resource = BilingualText(f"{called.en}, room {room}", f"{called.ru}, каб. {room}")
                found.setdefault(code, []).append(Offer(code, device.facility, resource))
    return found
