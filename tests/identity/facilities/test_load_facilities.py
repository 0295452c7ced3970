"""`load-facilities`: an operator fills the register of facilities from a table."""

import pytest
from sqlalchemy import select, text

from foundation.identifiers import new_id
from identity.facilities.enumerations import CENTER_CODE, FacilityKind
from identity.facilities.tables import Facility
from tests.registers import Loading, counts, faults


@pytest.fixture
def load(command, tmp_path):
    return Loading(command, tmp_path)


def clinic(**changes):
    return {
        "code": f"T-{new_id()}",
        "kind": "polyclinic",
        "name_en": "Polyclinic No. 7",
        "name_ru": "Поликлиника № 7",
        "settlement_en": "Orsk",
        "settlement_ru": "Орск",
        **changes,
    }


@pytest.fixture
def known(as_administrator):
    def found(code):
        with as_administrator() as connection:
            return connection.execute(select(Facility.__table__).where(Facility.code == code)).one_or_none()

    return found


@pytest.fixture
def acts(as_administrator):
    """What the audit tells of an object, the oldest first."""

    def told(object_id):
        asked = text(
            "SELECT act, actor_kind, role FROM foundation.audit_event WHERE object_id = :id ORDER BY id"
        )
        with as_administrator() as connection:
            return [tuple(row) for row in connection.execute(asked, {"id": object_id})]

    return told


def test_what_is_new_is_entered_and_twice_is_as_once(load, known, acts):
    full = clinic(
        address_en="1 Lenin Street", address_ru="ул. Ленина, д. 1", telephone="+7 000 000-00-01",
        latitude="51,2", longitude="58.5", connected="нет",
    )  # fmt: skip

    assert counts(load("load-facilities", full)) == (1, 0, 0, 0)
    assert counts(load("load-facilities", full)) == (0, 0, 1, 0)

    row = known(full["code"])
    assert (row.kind, row.name_ru, row.latitude, row.connected) == (
        FacilityKind.POLYCLINIC,
        "Поликлиника № 7",
        51.2,
        False,
    )
    assert acts(row.id) == [("facility.registered", "system", "operator")]


def test_what_is_told_otherwise_is_changed_and_what_is_not_told_stays(load, known, acts):
    full = clinic(telephone="+7 000 000-00-01", connected="yes")
    load("load-facilities", full)
    newer = {name: full[name] for name in clinic()} | {"name_en": "Polyclinic No. 8"}

    assert counts(load("load-facilities", newer)) == (0, 1, 0, 0)

    row = known(full["code"])
    assert (row.name_en, row.telephone) == ("Polyclinic No. 8", "+7 000 000-00-01")
    assert [act for act, *_ in acts(row.id)] == ["facility.registered", "facility.changed"]


def test_one_fault_leaves_everything_as_it_was(load, known):
    good, bad = clinic(), clinic(kind="clinic")

    account = load("load-facilities", good, bad)

    assert counts(account) == (0, 0, 0, 1)
    assert account["lines"] == 2
    assert load.exit_code == 3
    (fault,) = faults(account)
    assert fault[0] == 3
    assert fault[1].startswith("kind: “clinic” is none of dispatching_center, regional_hospital, ")
    assert known(good["code"]) is None


def test_a_dry_run_changes_nothing_and_tells_what_would_be(load, known):
    new = clinic()

    account = load("load-facilities", new, dry=True)

    assert (account["dry_run"], counts(account), load.exit_code) == (True, (1, 0, 0, 0), 0)
    assert known(new["code"]) is None


def test_a_dry_run_names_the_faults_of_cells_and_of_lines_together(load):
    account = load(
        "load-facilities",
        clinic(kind="clinic"),
        clinic(kind="dispatching_center"),
        clinic(),
        dry=True,
    )

    assert [line for line, _ in faults(account)] == [2, 3]
    assert load.exit_code == 3


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": "dispatching_center"}, f"code: the Dispatching Center has the code {CENTER_CODE}, and there is one"),
        ({"code": CENTER_CODE}, f"kind: {CENTER_CODE} is the code of the Dispatching Center, whose kind is dispatching_center"),
        ({"latitude": "51", "longitude": ""}, "latitude and longitude: both are given or neither"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_is_right(load, changes, why):
    account = load("load-facilities", clinic(**changes))

    assert faults(account) == [(2, why)]
    assert load.exit_code == 1


def test_a_file_that_is_not_there_is_told_of(command, tmp_path):
    result = command("load-facilities", tmp_path / "nothing.csv")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "does not exist" in result.stderr
