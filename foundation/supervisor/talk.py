"""What the person at the keyboard is told."""

import contextlib

from foundation.settings import Profile, Settings


def say(sentence: str) -> None:
    """Print; a closed terminal must not stop the orderly end."""
    with contextlib.suppress(OSError):
        print(sentence, flush=True)


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
