"""Makes the environment in .venv from a lock file, and does nothing while the lock is unchanged.

Runs before the environment exists: standard library only. `python3 requirements/install.py run|develop`
"""

import fcntl
import hashlib
import os
import pwd
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ENVIRONMENT = PROJECT / ".venv"
OLDEST_PYTHON = (3, 11)


def main(lock_name: str) -> None:
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(
            f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Name another with PYTHON=..."
        )
    lock = PROJECT / "requirements" / f"{lock_name}.txt"
    stamp = ENVIRONMENT / f"installed-{lock_name}"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    folder = os.open(PROJECT, os.O_RDONLY)
    try:
        # Two starts from one clone must not install over each other.
        fcntl.flock(folder, fcntl.LOCK_EX)
        if _text(stamp) == wanted and _works():
            return
        if why := _not_ours():
            sys.exit(why)
        _make_environment()
        _install(lock)
        stamp.write_text(wanted)
    finally:
        os.close(folder)


def _not_ours() -> str:
    """Why this account cannot make or renew the environment; "" where it can."""
    place = ENVIRONMENT if ENVIRONMENT.exists() else PROJECT
    if os.access(place, os.W_OK):
        return ""
    owner = _name(place.stat().st_uid)
    return (
        f"{place} belongs to {owner} and cannot be written by {_name(os.geteuid())}. "
        f"Run it as {owner}, or work in a copy of the project of your own."
    )


def _name(user_id: int) -> str:
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return f"the account {user_id}"


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _works() -> bool:
    """An environment stops working when the Python it was made from is gone."""
    try:
        return subprocess.run([ENVIRONMENT / "bin" / "python", "-c", ""], capture_output=True).returncode == 0
    except OSError:
        return False


def _make_environment() -> None:
    if _works() and (ENVIRONMENT / "bin" / "pip").exists():
        return
    print("Making the environment in .venv.", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT])
    if made.returncode != 0:
        sys.exit("The environment could not be made; on Debian, the package python3-venv is missing.")


def _install(lock: Path) -> None:
    print(f"Installing what {lock.relative_to(PROJECT)} names; this takes a minute or two.", flush=True)
    pip = [
        ENVIRONMENT / "bin" / "python",
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--quiet",
        "--no-input",
    ]
    done = subprocess.run([*pip, "install", "--require-hashes", "--requirement", lock])
    if done.returncode != 0:
        sys.exit("The packages could not be installed; the lines above say why.")


if __name__ == "__main__":
    main(sys.argv[1])
