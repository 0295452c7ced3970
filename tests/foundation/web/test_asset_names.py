"""Names of files that nobody could have built: not there, like any other."""

import pytest


@pytest.mark.parametrize(
    "name",
    ["built/" + "a" * 300, "a" * 300, "built/" + "a" * 250 + ".js", "built/%00", "built/" + "a/" * 3000],
)
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_name_that_no_file_can_have_is_not_found(client, name, encoding):
    assert client.get(f"/static/{name}", headers={"Accept-Encoding": encoding}).status_code == 404
