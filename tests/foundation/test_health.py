"""Alive and ready."""


def test_the_service_says_that_it_is_alive(client):
    assert client.get("/healthz").json == {"status": "ok"}


def test_the_service_is_ready_when_the_database_answers(client):
    assert client.get("/readyz").json["status"] == "ok"
