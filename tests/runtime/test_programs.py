"""What the supervisor gives its children along."""

from foundation.settings import load_settings
from runtime.supervisor.processes import Process
from runtime.supervisor.programs import Programs

# What `flask` does before it looks for the application: read a file .env in the folder, or in one above it.
COMMAND = Process(
    "command",
    (
        "timeit",
        "-n1",
        "-r1",
        "import os\nfrom flask.cli import get_load_dotenv\n"
        "print('port', os.environ['PORT'], 'reads .env', get_load_dotenv())",
    ),
)


def test_no_process_reads_a_file_of_settings_that_the_others_do_not(tmp_path, monkeypatch):
    monkeypatch.delenv("FLASK_SKIP_DOTENV", raising=False)
    programs = Programs(load_settings({"PROFILE": "test", "PORT": "8100", "DATA_DIR": str(tmp_path)}))

    assert programs.start(COMMAND).wait(30) == 0
    assert "port 8100 reads .env False" in programs.output_of(COMMAND)
