"""Files for the browser: hashed names, packed copies, how long they may be kept."""

import pytest

from foundation.web.assets import AssetsNotBuilt, address_of, asset


def test_a_built_file_is_named_by_its_content_and_kept_for_ever(app, client):
    with app.test_request_context():
        address = asset("style.css")

    with client.get(address) as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "text/css"
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_browser_that_takes_gzip_gets_fewer_bytes_of_the_same_file(app, client):
    with app.test_request_context():
        address = asset("viewer.js")

    with client.get(address, headers={"Accept-Encoding": "gzip"}) as packed, client.get(address) as plain:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.mimetype == plain.mimetype
        assert len(packed.data) < len(plain.data) / 2
        assert "Accept-Encoding" in packed.headers["Vary"]


def test_a_written_script_is_asked_for_again_each_time(app, client):
    with app.test_request_context():
        address = asset("scripts/start.js")

    assert address == "/static/scripts/start.js"
    with client.get(address) as answer:
        assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_a_file_that_nobody_built_is_told_of(app):
    with app.test_request_context(), pytest.raises(AssetsNotBuilt, match="make assets"):
        asset("nothing.css")


def test_no_file_outside_the_folder_is_served(client):
    assert client.get("/static/built/../../app_factory.py").status_code == 404
    assert client.get("/static/..%2fapp_factory.py").status_code == 404


def test_a_room_that_is_not_there_has_no_address(app):
    with app.test_request_context():
        assert address_of("bakery.ovens.show") == ""
        assert address_of("foundation.language.update") == "/language"
