"""What the person at the keyboard is told."""

import contextlib
import sys
import time

from foundation.settings import Profile, Settings


def say(sentence: str) -> None:
    """Print; a closed terminal must not stop the orderly end."""
    with contextlib.suppress(OSError):
        print(sentence, flush=True)


class Stages:
    """What is being done: on a terminal with the seconds that it takes, live; elsewhere a plain line for each stage."""

    def __init__(self) -> None:
        self._sentence = ""
        self._began = 0.0
        self._shown = ""
        self._live = sys.stdout.isatty()

    def begin(self, sentence: str) -> None:
        """The next stage; the one before is over."""
        self.end()
        self._sentence, self._began = sentence, time.monotonic()
        if self._live:
            self.go_on()
        else:
            say(sentence)

    def go_on(self) -> None:
        """It takes a little longer; to be called again and again."""
        line = f"{self._sentence} {time.monotonic() - self._began:.1f} s"
        if self._live and self._sentence and line != self._shown:
            self._shown = line
            with contextlib.suppress(OSError):
                print(f"\r\033[K{line}", end="", flush=True)

    def end(self) -> None:
        """All stages are over: from here on whole lines are said."""
        if self._live and self._sentence:
            self.go_on()
            say("")
        self._sentence = self._shown = ""


def say_addresses(settings: Settings, people: str) -> None:
    """Where everything is, and who can sign in to try it."""
    say(f"\nThe Dispatching Center is running. Its data is in {settings.data_dir}.\n")
    say(f"  Citizens        {settings.public_url}/")
    say(f"  Staff           {settings.public_url}/staff/sign-in")
    if settings.profile is Profile.DEMO:
        say(f"  Demo provider   http://127.0.0.1:{settings.provider_port}/")
    say(f"  Image devices   {settings.dicom_ae_title} at 127.0.0.1:{settings.dicom_port}\n")
    if people:
        say(f"{people}\n")
