"""Whatever a template does, its child has narrow limits: it reads nothing of ours, fetches nothing, and is never waited for in vain."""

from datetime import UTC, datetime

import pytest

from foundation.errors import Busy
from foundation.paper import setting
from foundation.paper.setting import set_pdf

AT = datetime(2026, 3, 5, 14, 7, tzinfo=UTC)


def template(tmp_path, text):
    file = tmp_path / "template.typ"
    file.write_text(text)
    return file


def test_a_template_prints_its_words(tmp_path):
    pdf = set_pdf(template(tmp_path, "#json(bytes(sys.inputs.data)).name"), {"name": "Ждунова"}, at=AT)

    assert pdf.startswith(b"%PDF-")
    assert b"D:20260305140700" in pdf


@pytest.mark.parametrize(
    "reaching",
    [
        '#read("/etc/passwd")',
        '#read("../other.txt")',
        '#import "@preview/cetz:0.3.1": canvas',
        '#plugin("/lib/x.wasm")',
        # The limit of memory: a text of some gigabytes.
        '#let long = "x" * 900000000; #(long + long + long + long).len()',
    ],
)
def test_what_reaches_beyond_its_folder_or_its_memory_is_not_set(tmp_path, reaching):
    (tmp_path / "own").mkdir()
    (tmp_path / "other.txt").write_text("a secret")

    with pytest.raises(RuntimeError) as told:
        set_pdf(template(tmp_path / "own", reaching), {"name": "Ждунова"}, at=AT)

    assert "Ждунова" not in str(told.value)
    assert "secret" not in str(told.value)


def test_one_that_does_not_end_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(setting, "SET_WITHIN_S", 1.0)
    endless = (
        "#let f(n) = { let i = 0; while i < 9000 { let j = 0; while j < 9000 { j += 1 }; i += 1 } }\n#f(1)"
    )

    with pytest.raises(Busy):
        set_pdf(template(tmp_path, endless), {}, at=AT)


def test_whoever_would_wait_too_long_for_a_turn_is_told_so(tmp_path, monkeypatch):
    monkeypatch.setattr(setting, "WAIT_FOR_TURN_S", 0.01)
    turns = [setting._turns.acquire() for _ in range(setting.MOST_AT_ONCE)]
    try:
        with pytest.raises(Busy):
            set_pdf(template(tmp_path, "x"), {}, at=AT)
    finally:
        for _ in turns:
            setting._turns.release()
