"""Cancer of the breast: screening, diagnosis, staging, operation, and the years after it."""

from datetime import date

from demo.stories.scene import Scene

CENTRE = "Orenburg Oncology Centre"


def write_history(scene: Scene) -> None:
    record, oncologist = scene.record, scene.doctor(CENTRE, "oncologist")
    record.visit(scene.home_doctor, record.at(date(2021, 9, 28)), "Encounter for check up")
    record.note(scene.home_doctor, record.at(date(2021, 10, 7)), REFERRING_NOTE)
    record.visit(oncologist, record.at(date(2021, 10, 12)), "Consultation for treatment")
    record.procedure(oncologist, record.at(date(2021, 10, 12), 11), "Core biopsy of the breast")
    record.report(oncologist, record.at(date(2021, 10, 18), 11), "Histology", HISTOLOGY)
    record.diagnosis(oncologist, record.at(date(2021, 10, 18), 12), "C50.4", "Malignant neoplasm of breast")
    record.note(oncologist, record.at(date(2021, 10, 28), 12), COUNCIL_NOTE)
    surgeon = scene.doctor("Orenburg Regional Hospital", "surgeon")
    record.visit(oncologist, record.at(date(2021, 11, 15), 8), "Inpatient stay", setting="IMP", days=9)
    record.procedure(
        oncologist,
        record.at(date(2021, 11, 16), 10),
        "Breast-conserving operation",
        why="Malignant neoplasm of breast",
    )
    record.note(oncologist, record.at(date(2021, 11, 24), 12), DISCHARGE_NOTE)
    record.note(surgeon, record.at(date(2021, 12, 20), 12), SURGEON_NOTE)
    record.procedure(oncologist, record.at(date(2022, 1, 17), 9), "Radiotherapy course")
    record.medicine(oncologist, record.at(date(2022, 3, 14), 11), "Letrozole", "2.5 mg", 1)
    for year in (2022, 2023, 2024, 2025):
        day = scene.working_day(date(year, 4, 14))
        visit = record.visit(oncologist, record.at(day), "Follow-up encounter")
        record.result(
            oncologist,
            record.at(day, 8),
            "718-7",
            str(scene.chance.randint(118, 136)),
            "g/L",
            usual=("120", "150"),
            of=visit,
        )
    record.note(oncologist, record.at(date(2025, 4, 14), 11), LATEST_NOTE)


HISTOLOGY = "Инвазивная карцинома молочной железы неспецифического типа, G2. ЭР 8, ПР 6, HER2 0, Ki-67 18 %."
REFERRING_NOTE = {
    "complaints": "Жалоб нет. По маммографии от 05.10.2021 — узел верхне-наружного квадранта левой железы, BI-RADS 4.",
    "examination": "Пальпируется плотный узел до 1,5 см. Подмышечные лимфоузлы не увеличены.",
    "code": "D48.6",
    "diagnosis": "Образование левой молочной железы, подозрение на злокачественное",
    "plan": "Направление к онкологу в онкологический центр, срочно: срок три рабочих дня.",
}
COUNCIL_NOTE = {
    "complaints": "Результаты обследования: КТ грудной клетки и МРТ головы без метастазов.",
    "code": "C50.4",
    "diagnosis": "Рак левой молочной железы T1cN0M0, стадия IA, люминальный A",
    "plan": "Консилиум: органосохраняющая операция, лучевая терапия, затем ингибитор ароматазы 5 лет.",
}
DISCHARGE_NOTE = {
    "complaints": "Умеренная болезненность в области шва.",
    "history": "16.11.2021 — лампэктомия, биопсия сторожевых лимфоузлов (0 из 3).",
    "examination": "Шов без признаков воспаления, дренаж удалён на третьи сутки.",
    "code": "C50.4",
    "diagnosis": "Рак левой молочной железы pT1cN0(sn)M0, после операции",
    "plan": "Выписана. Перевязки у хирурга по месту жительства. Лучевая терапия с января.",
}
SURGEON_NOTE = {
    "complaints": "Небольшая отёчность под швом.",
    "examination": "Серома до 15 мл, пунктирована. Заживление первичным натяжением.",
    "code": "Z48.8",
    "diagnosis": "Наблюдение после операции на молочной железе",
    "plan": "Компрессионное бельё. Повторный осмотр через 10 дней.",
}
LATEST_NOTE = {
    "complaints": "Жалоб нет. Летрозол переносит хорошо.",
    "examination": "Рубец без особенностей. Лимфоузлы не увеличены. Маммография без признаков рецидива.",
    "code": "Z08.8",
    "diagnosis": "Рак левой молочной железы, ремиссия четвёртый год",
    "plan": "Летрозол до марта 2027 года. Денситометрия. Контроль через 12 месяцев.",
}
