"""What stands in the letters: never a name, and nothing of anybody's health.

Whoever reads somebody's mail, and every server on the way, learns that there is an account here and no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from foundation.language.bilingual import BilingualText, bilingual
from foundation.language.translation import day_time
from foundation.mail import Letter
from identity.sessions.rules.browsers import Browser


@dataclass(frozen=True, slots=True)
class ToldSignIn:
    """A sign-in as its letter tells it. `provider`: its title as people read it, "" where it is not known any more."""

    at: datetime
    provider: BilingualText | str
    browser: Browser


def confirmation_letter(recipient: str, *, number: str, at: datetime, language: str, link: str) -> Letter:
    """With the link by which its reader confirms that the address is theirs.

    Args:
        recipient: in plain letters.
        number: of the link, the same however often the letter is sent.
    """
    return _letter(
        recipient,
        f"contact-link.{number}",
        at,
        language,
        bilingual("Confirm your e-mail address"),
        [
            bilingual(
                "Somebody has entered this address at the Dispatching Center as theirs. If it was you, open this page and confirm it:"
            ),
            link,
            bilingual("The link is good for 24 hours and for one use."),
            bilingual("If it was not you, do nothing: then nothing more is sent here."),
        ],
    )


def sign_in_letter(
    recipient: str, *, number: str, told: ToldSignIn, language: str, devices: str, choices: str
) -> Letter:
    """That somebody has signed in, and where that is ended.

    Args:
        devices: the address of the page where one signs out everywhere; `choices` of that where the letters are chosen.
    """
    family = told.browser.family or bilingual("Unknown browser")
    facts = [
        bilingual("When: %(moment)s", moment=day_time(told.at, locale=language)),
        bilingual("Browser: %(browser)s", browser=family),
        *([bilingual("System: %(system)s", system=told.browser.system)] if told.browser.system else []),
        *([bilingual("Signed in with: %(provider)s", provider=told.provider)] if told.provider else []),
    ]
    return _letter(
        recipient,
        f"sign-in.{number}",
        told.at,
        language,
        bilingual("Sign-in at the Dispatching Center"),
        [
            bilingual("Somebody has signed in to your account at the Dispatching Center."),
            "\n".join(_said(each, language) for each in facts),
            bilingual(
                "Was it not you? Sign out there or everywhere on this page: %(address)s", address=devices
            ),
            bilingual("If you cannot sign in any more, turn to the service with which you sign in."),
            bilingual(
                "You receive this letter because you chose it. Here you choose that none is sent any more: %(address)s",
                address=choices,
            ),
        ],
    )


def _letter(
    recipient: str,
    number: str,
    at: datetime,
    language: str,
    subject: BilingualText,
    paragraphs: Sequence[BilingualText | str],
) -> Letter:
    return Letter(
        recipient=recipient,
        number=number,
        at=at,
        language=language,
        subject=_said(subject, language),
        body="\n\n".join(_said(each, language) for each in paragraphs) + "\n",
    )


def _said(words: BilingualText | str, language: str) -> str:
    if isinstance(words, str):
        return words
    return words.ru if language == "ru" else words.en
