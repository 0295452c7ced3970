"""`load-devices`: an operator says which devices send pictures, where they stand and how they write."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from archive_gateway.devices.queries import device_named
from tests.registers import Loading, counts, faults


@pytest.fixture
def load(command, tmp_path):
    return Loading(command, tmp_path)


@pytest.fixture
def device(people, as_administrator):
    """A line of the table; the device and its facility are the test's own."""
    facility_id = people.facility()
    with as_administrator() as connection:
        asked = text("SELECT code FROM identity.facility WHERE id = :id")
        code = connection.execute(asked, {"id": facility_id}).scalar_one()

    def told(**changes):
        return {"ae_title": f"T{uuid4().hex[:12].upper()}", "facility": code, **changes}

    return told


def test_devices_are_entered_once_changed_and_audited(load, device, as_loader, as_administrator):
    full = device(
        called_ae_title="DISPATCH",
        storage_classes="1.2.840.113619.4.26 1.2.840.10008.5.1.4.1.1.2",
        default_character_set="Windows-1251",
    )

    assert counts(load("load-devices", full, dry=True)) == (1, 0, 0, 0)
    assert counts(load("load-devices", full)) == (1, 0, 0, 0)
    assert counts(load("load-devices", full)) == (0, 0, 1, 0)
    assert counts(load("load-devices", {**full, "default_character_set": "ISO_IR 144"})) == (0, 1, 0, 0)

    with as_loader() as session:
        known = device_named(session, full["ae_title"])
    assert known.storage_classes == ("1.2.840.10008.5.1.4.1.1.2", "1.2.840.113619.4.26")
    assert (known.called_ae_title, known.default_character_set) == ("DISPATCH", "ISO_IR 144")
    asked = text(
        "SELECT a.act FROM archive.device d JOIN foundation.audit_event a ON a.object_id = d.id "
        "WHERE d.ae_title = :title ORDER BY a.id"
    )
    with as_administrator() as connection:
        acts = connection.execute(asked, {"title": full["ae_title"]}).scalars().all()
    assert acts == ["device.registered", "device.changed"]


def test_each_fault_is_named_by_its_line_and_nothing_is_entered(load, device, as_loader):
    good = device()
    wrong = [
        device(ae_title="A TITLE OF SEVENTEEN"),
        device(ae_title=r"BACK\SLASH"),
        device(facility="NOWHERE"),
        device(storage_classes="1.2.3 CT"),
        device(default_character_set="cyrillic of ours"),
    ]
    columns = dict.fromkeys(["ae_title", "facility", "storage_classes", "default_character_set"], "")

    account = load("load-devices", *({**columns, **line} for line in [good, *wrong]))

    assert [line for line, _ in sorted(faults(account))] == [3, 4, 5, 6, 7]
    told = dict(faults(account))
    assert "no AE title" in told[3]
    assert "NOWHERE" in told[5]
    assert "no list of UIDs" in told[6]
    assert "no character set" in told[7]
    with as_loader() as session:
        assert device_named(session, good["ae_title"]) is None
