"""A fresh clone with an empty environment, as the account of the tests and, where that is root, as an ordinary one.

Both commands of the first document, every command of the service on a folder in which nothing has run yet, and every
target of the Makefile. It fetches and builds everything, for the better part of an hour, so it has to be asked for:

    FRESH_CLONE=1 make tests TESTS=tests/runtime/test_fresh_clone.py
"""

import contextlib
import os
import pwd
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.architecture.house import HOUSE
from tests.ports import free_ports
from tests.runtime.watching import answers, processes_of
from tests.waiting import eventually

pytestmark = [
    pytest.mark.timeout(7200),
    pytest.mark.skipif(not os.environ.get("FRESH_CLONE"), reason="it is long: FRESH_CLONE=1 asks for it"),
]

NEWCOMER = "center-newcomer"
# Everything is fetched and built by the first start.
FIRST_START_S = 1200
EVERYTHING = "Everything is up."
# Flask's own.
OTHERS = {"run", "shell", "routes"}
# What each is given, and how it ends. `run` has a test of its own; `lock` needs what is not on this PATH.
TARGETS: dict[str, tuple[tuple[str, ...], int]] = {
    "help": ((), 0),
    "install": ((), 0),
    "environment": ((), 0),
    "assets": ((), 0),
    "develop": ((), 0),
    "check": ((), 0),
    "bench": ((), 0),
    "routes": ((), 0),
    "translations": ((), 0),
    "lock": ((), 2),
    "peers": ((), 0),
    "mutants": ((), 0),
    "test": (("TESTS=tests/identity/people",), 0),
    "tests": (("TESTS=tests/foundation/test_hash_chain.py",), 0),
    "screenshots": ((), 0),
    "clean": ((), 0),
}


@dataclass(frozen=True)
class Clone:
    """The project as somebody has just fetched it, and who that is."""

    folder: Path
    account: pwd.struct_passwd

    def begin(
        self, *words: str, said: int = subprocess.PIPE, data_dir: Path | None = None
    ) -> subprocess.Popen[str]:
        whose = {}
        if self.account.pw_uid != os.geteuid():
            whose = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return subprocess.Popen(
            words,
            cwd=self.folder,
            env={
                "HOME": self.account.pw_dir,
                "PATH": "/usr/local/bin:/usr/bin:/bin",
                "LANG": "C.UTF-8",
                **({"DATA_DIR": str(data_dir)} if data_dir else {}),
            },
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **whose,  # type: ignore[call-overload]
        )

    def run(self, *words: str, data_dir: Path | None = None) -> tuple[int, str]:
        """How it ends, and all that it says."""
        process = self.begin(*words, data_dir=data_dir)
        said, _ = process.communicate()
        return process.returncode, said


@pytest.fixture(scope="module", params=["own account", "ordinary account"])
def clone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    with contextlib.ExitStack() as ended:
        if request.param == "own account":
            account, folder = pwd.getpwuid(os.geteuid()), tmp_path_factory.mktemp("clone") / "center"
        else:
            if os.geteuid() != 0:
                pytest.skip("only root can make another account")
            subprocess.run(["/usr/sbin/useradd", "--create-home", NEWCOMER], check=True)
            ended.callback(subprocess.run, ["/usr/sbin/userdel", "--remove", NEWCOMER], capture_output=True)
            account = pwd.getpwnam(NEWCOMER)
            folder = Path(account.pw_dir) / "center"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(HOUSE), str(folder)], check=True)
        if account.pw_uid != os.geteuid():
            owner = f"{account.pw_uid}:{account.pw_gid}"
            subprocess.run(["chown", "--recursive", owner, str(folder)], check=True)
        yield Clone(folder, account)


def started_and_ended(clone: Clone, data_dir: Path) -> str:
    """What a start says; everything that it names answers, and Ctrl-C ends all of it."""
    port, heard = free_ports(), os.memfd_create("heard")

    def said() -> str:
        return os.pread(heard, 1_000_000, 0).decode()

    process = clone.begin("make", "run", f"PORT={port}", f"DATA_DIR={data_dir}", said=heard)
    try:
        eventually(lambda: EVERYTHING in said() or process.poll() is not None, within_s=FIRST_START_S)
        assert EVERYTHING in said(), said()
        for address in re.findall(rf"http://127\.0\.0\.1:{port}\S*", said()):
            assert requests.get(address, timeout=30).status_code == 200, address
        assert answers(port, "/readyz") and answers(port + 1)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
        assert not processes_of(data_dir)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return said()


def test_the_first_command_starts_everything_and_the_next_start_keeps_it(clone):
    data_dir = clone.folder.parent / "region"

    first, second = (started_and_ended(clone, data_dir) for _ in range(2))

    assert "Making the demo region" in first
    assert "Making the demo region" not in second


def test_every_command_works_on_a_fresh_folder_or_says_what_comes_first(clone):
    assert clone.run("make", "install")[0] == 0
    flask = (".venv/bin/flask", "--app", "wsgi")
    told = clone.run(*flask, "--help")[1].partition("Commands:")[2]
    names = sorted(
        set(re.findall(r"^  ([a-z-]+)", told, re.MULTILINE)) - OTHERS, key=lambda each: each == "migrate"
    )

    ended = {
        name: clone.run(*flask, name, data_dir=clone.folder.parent / "fresh")
        for name in [*names, "verify-record"]
    }

    assert len(names) > 20
    wrong = {name: said for name, (code, said) in ended.items() if code not in (0, 2) or "Traceback" in said}
    assert not wrong
    assert [name for name, (_, said) in ended.items() if not said.strip()] == []
    assert (ended["migrate"][0], ended["verify-record"][0]) == (0, 0), ended["verify-record"][1]


def test_every_target_of_the_makefile_does_what_it_says(clone):
    listed = set(re.findall(r"^  make ([a-z]+) ", clone.run("make")[1], re.MULTILINE))
    assert listed == {"run", *TARGETS}

    for name, (words, code) in TARGETS.items():
        ended, said = clone.run("make", name, *words)
        assert (ended, "Traceback" in said) == (code, False), f"make {name}: {said[-2000:]}"

    assert clone.run("git", "status", "--porcelain") == (0, "")
