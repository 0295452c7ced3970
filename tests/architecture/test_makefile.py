"""The daily commands: each is listed with its sentence, names a module that stands, and a benchmark is found by its name."""

import re
import subprocess
from importlib.util import find_spec

import pytest

from benchmarks.listing import questions
from tests.architecture.house import HOUSE, python_files, tree_of

MAKEFILE = (HOUSE / "Makefile").read_text()
# What is run by `python -m`; a benchmark's name is put in by whoever asks.
MODULE_RUN = re.compile(r"-m ([a-z_.]+)(?<!\.)")


def make(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *words], cwd=HOUSE, capture_output=True, text=True)


def test_every_command_is_listed_with_its_sentence():
    commands = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[0].split()

    listed = make().stdout

    assert len(commands) > 12
    assert [each for each in commands if not re.search(rf"^  make {each} +[A-Z].*\.$", listed, re.M)] == []


def test_the_first_document_names_every_command():
    commands = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[0].split()
    document = (HOUSE / "README.md").read_text(encoding="utf-8")

    assert [each for each in commands if not re.search(rf"`make {each}`", document)] == []


def test_every_module_that_a_command_runs_stands():
    modules = set(MODULE_RUN.findall(MAKEFILE)) - {"benchmarks"}

    assert {"runtime.supervisor", "runtime.asset_build"} <= modules
    assert [each for each in modules if not find_spec(each)] == []


def test_what_the_tests_leave_out_is_checked_before_them():
    left_out = re.findall(r"--ignore=([\w/]+)", MAKEFILE)
    recipe = MAKEFILE.partition("\ntest: ")[2].partition("\n\n")[0]
    checking = MAKEFILE.partition("\ncheck: ")[2].partition("\n\n")[0]

    assert left_out == [each for each in left_out if re.search(rf"pytest .* {each}$", checking, re.MULTILINE)]
    assert recipe.index("$(MAKE) check") < recipe.index("$(MAKE) tests")
    assert len(left_out) == 1


def test_bench_without_a_name_lists_the_benchmarks_alone():
    answer = make("bench")

    assert answer.returncode == 0
    assert re.findall(r"^  ([\w-]+) ", answer.stdout, re.MULTILINE) == list(questions())


def test_a_benchmark_is_what_asks_a_question_and_ends_with_a_line_of_json():
    ending = {
        file.stem.replace("_", "-")
        for file in python_files("benchmarks")
        if '"bench": ' in file.read_text()
        and any(getattr(each, "name", "") == "main" for each in tree_of(file).body)
    }

    assert {"start", "timeline", "pages", "sign-in-counts"} <= ending
    assert questions().keys() == ending


@pytest.mark.parametrize("name", ["nothing", "load_client", "__init__", "smallest-service"])
def test_a_name_that_is_no_benchmark_gets_one_sentence(name):
    answer = make("bench", f"NAME={name}")

    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.splitlines()[0] == f"There is no benchmark {name}; make bench lists them."


@pytest.mark.parametrize("name", ["sign-in-counts", "sign_in_counts"])
def test_a_name_may_hold_hyphens(name):
    planned = make("--dry-run", "bench", f"NAME={name}").stdout

    assert planned.rstrip().endswith("-m benchmarks.sign_in_counts")
