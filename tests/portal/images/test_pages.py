"""A person's images."""

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
