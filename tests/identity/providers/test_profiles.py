"""A provider is connected by its description alone, and a description that is wrong stops the start."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from foundation.settings import Profile, SettingsRefused
from identity.people.rules.assurance import Assurance
from identity.providers.birth_dates import read_birth_date
from identity.providers.demo_profiles import demo_profiles
from identity.providers.person import authenticated_person
from identity.providers.profile import Audience, LogoutKind
from identity.providers.profile_faults import faults_of
from identity.providers.profile_file import read_profiles
from identity.providers.registry import connect_providers
from tests.identity.providers.tokens import PROFILE, SECONDS, good_claims
from tests.provider_file import one_provider

GOOD = one_provider("state", levels='high = "high", "urn:x:2" = "substantial"')
DOCUMENTS = [Path(__file__).parents[3] / "docs" / name for name in ("identity_providers.md", "keycloak.md")]


@pytest.fixture
def file(tmp_path):
    def written(text):
        made = tmp_path / "providers.toml"
        made.write_text(text)
        return made

    return written


def faults(file, *, production=False):
    with pytest.raises(SettingsRefused) as refusal:
        read_profiles(file, production=production)
    return "\n".join(refusal.value.faults)


def test_a_right_file_is_read(file):
    (profile,) = read_profiles(file(GOOD), production=True)

    assert (profile.name, profile.audience, profile.client.id) == ("state", Audience.CITIZENS, "health")
    assert profile.level_of("urn:x:2") is Assurance.SUBSTANTIAL
    assert profile.level_of("unheard-of") is Assurance.NONE
    assert profile.level_of(None) is Assurance.NONE


@pytest.mark.parametrize(
    ("addition", "place"),
    [
        ("colour = 'red'", "provider[1].colour is not known"),
        ("request = { scop = 'openid' }", "provider[1].request.scop is not known"),
        ("[provider.claims]\nnationalid = '/x'", "provider[1].claims.nationalid is not known"),
        ("[other]\nx = 1", "other is not known"),
        ("logout = 'front'", "provider[1].logout must be one of rp, none"),
        ("response = { max_age_s = '60' }", "provider[1].response.max_age_s must be of type int"),
        ("response = { max_age_s = true }", "provider[1].response.max_age_s must be of type int"),
        ("response = { id_token_alg = 'RS256' }", "provider[1].response.id_token_alg must be a list"),
        ("response = { id_token_alg = ['HS256'] }", "'HS256' is not one of"),
        ("response = { id_token_alg = ['none'] }", "'none' is not one of"),
        ("response = { id_token_alg = [] }", "id_token_alg is empty"),
        ("request = { scope = 'profile' }", "must hold openid"),
        ("request = { pkce = 'plain' }", "must be S256"),
        ("request = { level_param = 'none', levels = ['x'] }", "needs request.level_param"),
        ("request = { levels = ['high', 'urn:x:9'] }", "request.levels 'urn:x:9' stands in no levels"),
        ("response = { lowest_level = 'utmost' }", "provider[1].response.lowest_level must be one of"),
        ("response = { lowest_level = 3 }", "provider[1].response.lowest_level must be one of"),
        ("claims = { birthdate_format = 'MM-dd' }", "birthdate_format must be one of"),
        ("request = 7", "provider[1].request must be a table"),
        ("request = { extra = { prompt = 1 } }", "provider[1].request.extra must be a table of strings"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(file, addition, place):
    assert place in faults(file(GOOD + addition + "\n"))


@pytest.mark.parametrize(
    ("addition", "lowest"),
    [
        ("", Assurance.NONE),
        ("request = { levels = ['high', 'urn:x:2'] }", Assurance.SUBSTANTIAL),
        ("request = { levels = ['high'] }", Assurance.HIGH),
        ("response = { lowest_level = 'high' }\nrequest = { levels = ['high', 'urn:x:2'] }", Assurance.HIGH),
        ("response = { lowest_level = 'low' }\nrequest = { levels = ['urn:x:9'] }", Assurance.LOW),
    ],
)
def test_the_lowest_level_is_the_lowest_that_is_asked_unless_it_is_named(file, addition, lowest):
    (profile,) = read_profiles(file(GOOD + addition + "\n"), production=True)

    assert profile.lowest_level is lowest


def test_every_fault_is_named_together(file):
    said = faults(file("[[provider]]\nname = 'x'\ncolour = 'red'\n"))

    for missing in ("title", "audience", "issuer", "client"):
        assert f"provider[1].{missing} is missing" in said
    assert "colour is not known" in said


@pytest.mark.parametrize("text", ["", "provider = 7", "[[provider", "x = 1"])
def test_a_file_without_providers_is_refused(file, text):
    assert faults(file(text))


def test_a_missing_file_is_refused(tmp_path):
    assert "No such file" in faults(tmp_path / "absent.toml")


def test_two_providers_of_one_name_are_refused(file):
    assert "'state' is used twice" in faults(file(GOOD + GOOD))


def test_a_level_has_one_of_four_names(file):
    assert "levels.high must be one of" in faults(file(GOOD.replace('high = "high"', 'high = "very"')))


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("name", "State Provider", "name must be small letters"),
        ("issuer", "", "issuer is empty"),
        ("issuer", "eid.example", "is not a web address"),
        ("discovery", "", "without discovery"),
        ("discovery", "http://eid.example/x", "does not begin with https://"),
        ("demo", True, "a demo provider cannot be used in production"),
    ],
)
def test_production_is_strict(name, value, fault):
    assert fault in "\n".join(faults_of(replace(PROFILE, **{name: value}), production=True))


def test_a_key_file_must_hold_a_private_key(file, tmp_path):
    public = ECKey.generate_key("P-256").as_pem(private=False)
    (tmp_path / "public.pem").write_bytes(public)
    text = GOOD.replace(
        'auth = "client_secret_basic", secret = "s"',
        f'auth = "private_key_jwt", key_file = "{tmp_path}/public.pem"',
    )

    assert "holds no private key" in faults(file(text))


@pytest.mark.parametrize("form", ["pem", "jwk"])
def test_a_private_key_may_be_pem_or_jwk(file, tmp_path, form):
    key = ECKey.generate_key("P-256", {"kid": "k"})
    content = key.as_pem(private=True).decode() if form == "pem" else json.dumps(key.as_dict(private=True))
    (tmp_path / "key").write_text(content)
    text = GOOD.replace(
        'auth = "client_secret_basic", secret = "s"', f'auth = "private_key_jwt", key_file = "{tmp_path}/key"'
    )

    assert read_profiles(file(text), production=True)


def test_the_demo_profiles_are_right_and_refused_in_production(settings):
    for profile in demo_profiles(settings):
        assert faults_of(profile, production=False) == []
        assert any("demo provider" in fault for fault in faults_of(profile, production=True))


def test_production_does_not_start_with_a_demo_provider(settings, file):
    own = settings.model_copy(
        update={
            "profile": Profile.PRODUCTION,
            "identity_providers_file": str(file(GOOD + "demo = true\n")),
        }
    )

    with pytest.raises(SettingsRefused, match="demo provider"):
        connect_providers(own)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_the_example_of_the_documentation_is_right(file, tmp_path, document):
    key = tmp_path / "eid.jwk"
    key.write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    example = re.search(r"```toml\n(.*?)```", document.read_text(), re.DOTALL)[1]
    with_key = re.sub(r"/etc/center/\w+\.jwk", str(key), example)

    (profile,) = read_profiles(file(with_key), production=True)

    assert profile.logout is LogoutKind.RELYING_PARTY


def test_the_addresses_of_the_keycloak_recipe_are_ours(app):
    told = re.findall(r"`https://health\.example(/[^`*]+)`", DOCUMENTS[1].read_text())
    routes = app.url_map.bind("health.example")

    assert len(told) == 4
    for address in told:
        assert routes.test(address, "GET") or routes.test(address, "POST"), address


def test_details_are_read_by_pointers():
    claims = replace(
        PROFILE.claims,
        national_id="/person/ids/0~1a",
        national_id_strip="RU",
        birthdate="/person/born",
        birthdate_format="dd.MM.yyyy",
    )
    told = {"person": {"ids": {"0/a": "RU11223344595"}, "born": "14.03.1957"}, "family_name": "Соколова"}

    person = authenticated_person(replace(PROFILE, claims=claims), token=good_claims(), userinfo=told)

    assert person.national_id == "11223344595"
    assert person.birth_date.isoformat() == "1957-03-14"
    assert person.family_name == "Соколова"
    assert person.authenticated_at.timestamp() == SECONDS - 10


def test_userinfo_never_overrules_the_token():
    person = authenticated_person(
        PROFILE, token=good_claims(snils="1"), userinfo={"snils": "2", "acr": "high", "sub": "x"}
    )

    assert (person.national_id, person.subject) == ("1", "somebody")


@pytest.mark.parametrize(
    "told", [{"snils": 7}, {"snils": ["1"]}, {"snils": "x" * 500}, {"snils": "1\x00"}, {}]
)
def test_what_is_no_short_text_was_not_told(told):
    assert authenticated_person(PROFILE, token=good_claims(), userinfo=told).national_id == ""


@pytest.mark.parametrize(
    ("text", "written", "iso"),
    [
        ("1957-03-14", "yyyy-MM-dd", "1957-03-14"),
        ("14.03.1957", "dd.MM.yyyy", "1957-03-14"),
        ("14/03/1957", "dd/MM/yyyy", "1957-03-14"),
        ("19570314", "yyyyMMdd", "1957-03-14"),
        ("1957", "yyyy-MM-dd", None),
        ("1957-02-30", "yyyy-MM-dd", None),
        ("0000-03-14", "yyyy-MM-dd", None),
        (" 1957-03-14", "yyyy-MM-dd", None),
        ("١٩٥٧-٠٣-١٤", "yyyy-MM-dd", None),
        ("", "yyyy-MM-dd", None),
    ],
)
def test_a_birth_date_is_whole_or_absent(text, written, iso):
    read = read_birth_date(text, written)

    assert (read.isoformat() if read else None) == iso
