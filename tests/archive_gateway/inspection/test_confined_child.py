"""What a child writes is an answer to what it was asked, or nothing: never the answer to the next question."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from archive_gateway.inspection import confined_child
from archive_gateway.inspection.confined_child import Child
from archive_gateway.rendering.renderer import FrameToDecode, Renderer, Verdict

WITHIN_S = 20.0
MOST_BYTES = 8


@pytest.fixture
def child_that() -> Iterator[Callable[[str], Child]]:
    """A child that does this for each line that it is asked."""
    begun: list[Child] = []

    def begin(does: str) -> Child:
        program = f"import os, sys\nfor line in sys.stdin.buffer:\n    {does}\n"
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "bufsize": 0}
        begun.append(subprocess.Popen([sys.executable, "-c", program], **pipes))  # type: ignore[call-overload]
        return begun[-1]

    yield begin
    for each in begun:
        confined_child.end(each)


@pytest.mark.parametrize(
    "written",
    [
        r"a decoder complains\n",
        r"{\"verdict\": \"good\"}\n",
        r"{\"length\": 0}\n",
        r"[]\n",
        r"{\"verdict\": \"good\", \"length\": -1}\n",
        r"{\"verdict\": \"good\", \"length\": \"many\"}\n",
        r"{\"verdict\": \"good\", \"length\": 9}\n123456789",
        r"{\"verdict\": \"good\", \"length\": 2}\n123",
    ],
)
def test_what_is_no_answer_is_the_end_of_the_child(child_that, written):
    child = child_that(f'os.write(1, b"{written}")')

    with pytest.raises(EOFError):
        confined_child.ask(child, {}, within_s=WITHIN_S, most_bytes=MOST_BYTES)


def test_an_answer_is_read_with_what_belongs_to_it(child_that):
    child = child_that(r'os.write(1, b"{\"verdict\": \"good\", \"length\": 3}\n123")')

    answer, content = confined_child.ask(child, {}, within_s=WITHIN_S, most_bytes=MOST_BYTES)

    assert (answer["verdict"], content) == ("good", b"123")


def test_the_renderer_keeps_no_child_that_wrote_what_is_no_answer(child_that, monkeypatch):
    child = child_that(r'os.write(1, b"complaint\n" + b"{\"verdict\": \"good\", \"length\": 1}\n?")')
    monkeypatch.setattr(confined_child, "start", lambda _module: child)

    with Renderer() as renderer:
        answered = renderer.picture(FrameToDecode({}, "1.2.840.10008.1.2.1", b""))

    assert answered == (Verdict.NOT_DRAWN, b"")
    assert child.poll() is not None


def test_what_a_library_prints_stands_in_no_answer():
    program = (
        "import os\n"
        "from archive_gateway.inspection.confined_child import own_answers\n"
        "answers = own_answers()\n"
        "os.write(1, b'a decoder complains')\n"
        "answers.write(b'answer')\n"
        "answers.flush()\n"
    )

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=os.getcwd())

    assert told.stdout == b"answer"
