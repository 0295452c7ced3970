"""A person's images."""

from datetime import date

from tests.archive_gateway.studies.factories import study_of
from tests.pages import read


def test_images_are_listed_and_open_in_the_viewer(somebody, as_loader):
    study = study_of(as_loader, somebody.patient.id)

    listed = somebody.browser.get("/my/images")
    viewer = somebody.browser.get(f"/my/images/{study}")

    assert "Chest" in read(listed)
    assert "5 March 2026" in read(listed)
    assert f'data-study="{study}"' in viewer.get_data(as_text=True)
    assert 'data-archive="/archive"' in viewer.get_data(as_text=True)
    assert "wasm-unsafe-eval" in viewer.headers["Content-Security-Policy"]
    assert "wasm-unsafe-eval" not in listed.headers["Content-Security-Policy"]


def test_two_images_of_one_day_are_told_apart_by_their_time(somebody, as_loader):
    for hour in ("093000", "104500", ""):
        study = study_of(as_loader, somebody.patient.id, taken_on=date(2026, 3, 6), taken_at=hour)
    alone = study_of(as_loader, somebody.patient.id, taken_on=date(2026, 3, 7), taken_at="120000")

    listed = read(somebody.browser.get("/my/images"))

    assert listed.index("6 March 2026, 10:45") < listed.index("6 March 2026, 09:30")
    assert listed.count("6 March 2026") == 3
    assert "7 March 2026" in listed
    assert "12:00" not in listed
    assert "07/03/2026, 12:00" in read(somebody.browser.get(f"/my/images/{alone}"))
    assert "06/03/2026" in read(somebody.browser.get(f"/my/images/{study}"))
