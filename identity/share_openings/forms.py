"""What somebody types who was given a link and a code."""

from wtforms import StringField
from wtforms.validators import DataRequired, InputRequired, Length

from foundation.language.translation import lazy
from foundation.web.forms import BaseForm
from identity.shares.rules import LONGEST_LINK, SelfTold, ShareKey

LONGEST_NAME = 120
TOO_LONG = lazy("Say it in fewer than 120 characters.")


class OpenShareForm(BaseForm):
    """The link is filled in by a script from the address, whose last part no browser sends to anybody."""

    link = StringField(
        lazy("Link"),
        description=lazy("The whole link that you were given"),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
        validators=[
            InputRequired(lazy("Give the whole link that you were given.")),
            Length(max=LONGEST_LINK, message=lazy("This is longer than any link of ours.")),
        ],
    )
    code = StringField(
        lazy("Code"),
        description=lazy("Ten digits, which the patient tells you"),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
        validators=[
            InputRequired(lazy("Type the code that the patient told you.")),
            Length(max=40, message=lazy("The code has ten digits.")),
        ],
    )
    name = StringField(
        lazy("Your name"),
        description=lazy("The patient reads it. We do not check it."),
        render_kw={"autocomplete": "name"},
        validators=[
            DataRequired(lazy("Say who you are.")),
            Length(max=LONGEST_NAME, message=TOO_LONG),
        ],
    )
    workplace = StringField(
        lazy("Where you work"),
        description=lazy("The name of the clinic and its town"),
        render_kw={"autocomplete": "organization"},
        validators=[
            DataRequired(lazy("Say where you work.")),
            Length(max=LONGEST_NAME, message=TOO_LONG),
        ],
    )

    @property
    def key(self) -> ShareKey:
        return ShareKey.typed(self.link.data or "", self.code.data or "")

    @property
    def told(self) -> SelfTold:
        return SelfTold((self.name.data or "").strip(), (self.workplace.data or "").strip())
