"""The proxy's example in docs/operation.md, tried as it stands: TLS, pages, a form, the live board's stream."""

import contextlib
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from flask import Flask
from sqlalchemy import create_engine

from foundation.actor import Actor
from foundation.database import process_engines, transactions
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import LOADER
from foundation.settings import load_settings
from identity.authorization import session_cookie
from tests.people import People
from tests.ports import free_ports
from tests.provider_file import one_provider
from tests.runtime.watching import PROJECT, Run
from tests.signing_in import sign_in
from tests.waiting import eventually

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="nginx is not here (apt-get install nginx-light)"),
    pytest.mark.timeout(400),
]


@pytest.fixture(scope="module")
def ports() -> tuple[int, int]:
    """Of the service, and of the proxy: without and with TLS."""
    return free_ports(), free_ports()


@pytest.fixture(scope="module")
def address(ports: tuple[int, int]) -> str:
    return f"https://localhost:{ports[1] + 1}"


def environment(data_dir: Path, public_url: str) -> dict[str, str]:
    return {
        "PROFILE": "production",
        "SECRET_KEY": "a secret of more than thirty-two characters",
        "PUBLIC_URL": public_url,
        "DATABASE_URL": "embedded",
        "IDENTITY_PROVIDERS_FILE": str(data_dir / "providers.toml"),
    }


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, ports: tuple[int, int], address: str) -> Iterator[Run]:
    data_dir = tmp_path_factory.mktemp("production")
    (data_dir / "providers.toml").write_text(one_provider())
    run = Run(
        "runtime.supervisor",
        data_dir=data_dir,
        port=ports[0],
        **environment(data_dir, address),
    )
    try:
        run.wait_for("Everything is up.")
        yield run
    finally:
        run.end_surely()


@pytest.fixture(scope="module")
def site(
    service: Run, tmp_path_factory: pytest.TempPathFactory, ports: tuple[int, int]
) -> Iterator[requests.Session]:
    folder = tmp_path_factory.mktemp("proxy")
    make_certificate(folder)
    (folder / "nginx.conf").write_text(configuration(folder, *ports))
    proxy = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"])
    try:
        eventually(lambda: proxy.poll() is None and reachable(ports[1] + 1), within_s=30)
        with requests.Session() as visitor:
            visitor.verify = str(folder / "certificate.pem")
            visitor.trust_env = False
            yield visitor
    finally:
        proxy.terminate()
        proxy.wait()


def reachable(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def configuration(folder: Path, port: int, proxy_port: int) -> str:
    example = (PROJECT / "docs" / "operation.md").read_text().split("```nginx\n")[1].split("```")[0]
    changed = {
        "listen 80 default_server;": f"listen 127.0.0.1:{proxy_port} default_server;",
        "listen 443 ssl default_server;": f"listen 127.0.0.1:{proxy_port + 1} ssl default_server;",
        "listen 80;": f"listen 127.0.0.1:{proxy_port};",
        "listen 443 ssl;": f"listen 127.0.0.1:{proxy_port + 1} ssl;",
        "/etc/ssl/health.example.pem": str(folder / "certificate.pem"),
        "/etc/ssl/health.example.key": str(folder / "key.pem"),
        "health.example": "localhost",
        "127.0.0.1:8000": f"127.0.0.1:{port}",
        "127.0.0.1:8002": f"127.0.0.1:{port + 2}",
    }
    for written, here in changed.items():
        assert written in example
        example = example.replace(written, here)
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off;\nworker_processes 1;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{paths}{example}\n}}\n"
    )


def make_certificate(folder: Path) -> None:
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-keyout", folder / "key.pem", "-out", folder / "certificate.pem", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
        ],
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def dispatchers_cookies(app: Flask, service: Run, address: str) -> dict[str, str]:
    """What the browser of a dispatcher who has signed in holds."""
    browser_of = Flask(__name__)
    browser_of.extensions["settings"] = load_settings(environment(service.data_dir, address))
    with running(service.data_dir) as server, browser_of.app_context():
        loader = process_engines.make_engine(server.url(LOADER), pool_size=1)
        administrator = create_engine(server.url("postgres"))
        as_loader = lambda: transactions.transaction(Actor.system("loader"), on=loader)  # noqa: E731
        dispatcher = People(as_loader).dispatcher()
        token = sign_in(browser_of.test_client(), dispatcher.actor, administrator)
        loader.dispose()
        administrator.dispose()
        return {session_cookie(staff=True): token}


def test_plain_http_is_sent_to_tls(site, ports):
    answer = site.get(f"http://localhost:{ports[1]}/sign-in", allow_redirects=False)

    assert (answer.status_code, answer.headers["Location"]) == (301, "https://localhost/sign-in")


def test_the_sign_in_page_comes_through(site, address):
    answer = site.get(f"{address}/sign-in")

    assert answer.status_code == 200
    assert "Государственный ЭИ" in answer.text
    assert f"connect-src 'self' {address}" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Strict-Transport-Security"]


def test_a_form_of_our_own_comes_through_and_another_sites_does_not(site, address):
    def choose_russian(origin: str) -> requests.Response:
        return site.post(
            f"{address}/language",
            data={"language": "ru", "next": "/sign-in"},
            headers={"Origin": origin},
            allow_redirects=False,
        )

    assert choose_russian("https://elsewhere.example").status_code == 403
    answer = choose_russian(address)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_a_form_larger_than_any_of_ours_is_refused(site, address):
    assert site.post(f"{address}/language", data={"next": "x" * 3_000_000}).status_code == 413


def test_the_live_board_hears_at_once(site, service, address, dispatchers_cookies):
    with site.get(
        f"{address}/dispatch/events", cookies=dispatchers_cookies, stream=True, timeout=30
    ) as answer:
        lines = answer.iter_lines(chunk_size=1)
        assert answer.status_code == 200
        assert next(line for line in lines if line.startswith(b":")) == b": listening"
        assert next(line for line in lines if line.startswith(b":")) == b": still here"


def test_a_stranger_does_not_hear_it(site, address):
    assert site.get(f"{address}/dispatch/events").status_code in (401, 403)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", ""])
def test_another_name_than_ours_is_not_answered(site, ports, host):
    with socket.create_connection(("127.0.0.1", ports[1]), timeout=10) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        connection.settimeout(10)
        answer = connection.recv(1000)

    assert b"localhost" not in answer
    assert answer == b"" or b" 400 " in answer
