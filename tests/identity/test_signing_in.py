"""The whole way of a citizen, against the demo provider as a process of its own."""

from tests.identity.provider_process import (
    sign_in_with_card,
)

CITIZEN_COOKIE = "session_of_citizen"


def card_of(provider, patient, **more):
    return provider.know(
        sub=f"sub-{patient.id}", snils=patient.snils, birth_date=patient.birth_date.isoformat(), **more
    )


def test_a_citizen_signs_in_with_a_card(client, people, provider):
    patient = people.patient()

    answer = sign_in_with_card(client, card_of(provider, patient))

    assert answer.status_code == 303
    assert client.get_cookie(CITIZEN_COOKIE) is not None
    assert b"Sign out" in client.get("/sign-in", headers={"Accept-Language": "en"}).data
