"""Pages are compiled once for each language: what is the same for all readers of one language is written in, not looked up.

A page says some hundred sentences of ours, a hundred times a second. In the templates of one language each is plain text
already; what a sentence is told (a day, a number) is printed between its parts.
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial
from keyword import iskeyword
from typing import Any, TypeGuard, cast
from uuid import UUID

from flask import Flask
from flask.templating import Environment
from flask_babel.speaklater import LazyString
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from foundation.clock import now
from foundation.language.bilingual import BilingualText
from foundation.language.latin_letters import LATIN_LETTERS, PrintedName, original
from foundation.language.marks import ACTING, RIGHT_TO_LEFT, with_marks_shown, with_numbers_held
from foundation.language.other_language import TELLING, foreign_language, marking, own_words
from foundation.language.places import Places
from foundation.language.translation import (
    FILTERS,
    LANGUAGES,
    filters_in,
    reader_locale,
    translated,
    translated_count,
)

SAYS = ("_", "gettext")
# What is written otherwise than it is kept.
SPECIAL = f"[&<>'\"{ACTING}{RIGHT_TO_LEFT}]"
# What never holds any of it.
PLAIN = (UUID, int)
# Of texts that are written otherwise than they are kept, so many short ones are kept as written.
MOST_TEXTS, LONGEST_TEXT = 8192, 100
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class PageEnvironment(Environment):
    """Flask's environment; it gives each reader the templates of their language."""

    language: str | None = None
    # Between tags, and where no element may stand: in an attribute, in a title, in an option.
    write: Callable[[object], str]
    write_alone: Callable[[object], str]

    def of_language(self, language: str) -> "PageEnvironment":
        """The environment whose templates speak this language; made when its first reader comes."""
        made: dict[str, PageEnvironment] = self.__dict__.setdefault("_made", {})
        if language not in made:
            speaking: PageEnvironment = self.overlay()
            speaking.language = language
            speaking.code_generator_class = _PlainCallGenerator
            speaking.write = _writer_between_tags(language)
            speaking.write_alone = _value_writer(language, lambda text: str(escape(text)), SPECIAL)
            letters = LATIN_LETTERS if language == "en" else {}
            speaking.globals = {**self.globals, "ngettext": _counting(language), "latin_letters": letters}
            speaking.filters = {**self.filters, **filters_in(language), **_readings_in(language)}
            made.setdefault(language, speaking)
        return made[language]

    def make_globals(self, d: Any) -> Any:
        """One plain mapping: jinja asks at every import which names are new, and of a chain it asks each link for each name."""
        return {**self.globals, **(d or {})}

    def _load_template(self, name: str, globals: Any) -> Template:
        if self.language is None:
            return self.of_language(reader_locale())._load_template(name, globals)
        return super()._load_template(name, globals)

    def _generate(self, source: nodes.Template, *args: Any, **keywords: Any) -> str:
        if self.language is not None:
            if not self.auto_reload:
                source = _IncludeInliner(self).visit(source)
            source = Places().visit(_TranslationInliner(self.language).visit(source))
        return super()._generate(source, *args, **keywords)


class _PlainCallGenerator(CodeGenerator):
    """Has a page's values written by its language's environment, and what it calls called at once."""

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802 - as jinja names it
        """jinja asks of each call whether the function wants to know the page, and of nearly none of ours it does."""
        given: list[nodes.Node] = [*node.args, *node.kwargs]
        if not self._is_plain(node) or frame.eval_ctx.volatile:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for at, each in enumerate(given):
            self.write(", " if at else "")
            self.visit(each, frame)
        if forward_caller:
            self.write(f"{', ' if given else ''}caller=caller")
        self.write(")")

    def _is_plain(self, node: nodes.Call) -> bool:
        """Whether something by a name is called with values that are written out, and takes nothing else."""
        if not isinstance(node.node, nodes.Name) or node.dyn_args or node.dyn_kwargs:
            return False
        known = self.environment.globals.get(node.node.name)
        return not hasattr(known, "jinja_pass_arg") and not any(iskeyword(each.key) for each in node.kwargs)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.write_alone(" if hasattr(node, "stands_alone") else "environment.write(")


def _writer_between_tags(language: str) -> Callable[[object], str]:
    """What stands in lines that a browser breaks, and may have an element around it that says its language."""
    marked = marking(language)
    special = f"{SPECIAL}|{TELLING[language]}"
    return _value_writer(language, lambda text: marked(with_numbers_held(text)), special, held=True)


def _value_writer(
    language: str, written: Callable[[str], str], special: str, *, held: bool = False
) -> Callable[[object], str]:
    """What `escape` does, for text that is put into a page at once: no mark that it is safe, no question who reads it.

    Characters that would act on the page are shown as what they are, and names in the reader's letters.

    Args:
        written: how a text is escaped that holds something `special`; the same places, posts and services come again on every page.
        held: whether numbers are held to the signs before them.
    """
    at = BilingualText._fields.index(language)
    # Asked of every value of every page.
    special_in = re.compile(special).search
    written_special = _special_writer(written)

    def write(value: Any) -> str:
        kind = type(value)
        if kind is BilingualText:
            value = value[at]
            kind = type(value)
        if kind is PrintedName:
            value, kind = value.latin if language == "en" else str(value), str
        if kind is Markup:
            safe: str = value
            return safe
        if kind is not str:
            return str(value) if kind in PLAIN else _other(value, written_special)
        text: str = value
        if special_in(text) is not None:
            return written_special(text)
        return with_numbers_held(text) if held and ("№ " in text or "No. " in text) else text

    return write


def _special_writer(written: Callable[[str], str]) -> Callable[[str], str]:
    """What writes a text with its marks shown; a short one that comes again is written once."""

    def shown(text: str) -> str:
        return written(with_marks_shown(text))

    shown_once = lru_cache(MOST_TEXTS)(shown)
    return lambda text: shown_once(text) if len(text) <= LONGEST_TEXT else shown(text)


def _other(value: Any, written: Callable[[str], str]) -> str:
    """What is neither text nor markup nor a number: written as it says itself, or as its text is."""
    # A sentence that is said later calls itself safe, whatever values it was told.
    if hasattr(value, "__html__") and not isinstance(value, LazyString):
        return escape(value)
    return written(str(value))


def _readings_in(language: str) -> dict[str, Callable[..., object]]:
    """Filters that tell how something is written; templates that belong to no language do not need them."""
    return {each.__name__: partial(each, locale=language) for each in (foreign_language, original, own_words)}


def _counting(language: str) -> Callable[..., Markup]:
    """`ngettext` of one language, for templates; the same few numbers come again on every page."""

    @lru_cache(maxsize=4096)
    def said(singular: str, plural: str, number: int) -> Markup:
        return Markup(translated_count(language, singular, plural, number)) % {"num": number}  # noqa: S704 - a sentence of our catalogues; numbers and values are escaped

    # What counts something in the other language stands between tags alone, where an element can say so.
    write = _writer_between_tags(language)

    def ngettext(singular: str, plural: str, number: int, **values: object) -> Markup:
        if values:
            sentence = translated_count(language, singular, plural, number)
            shown = {name: Markup(write(value)) for name, value in values.items()}  # noqa: S704 - `write` escapes
            return Markup(sentence) % {"num": number, **shown}  # noqa: S704 - as above
        return said(singular, plural, number)

    return ngettext


class _IncludeInliner(NodeTransformer):
    """Puts the parts that a page includes into it: to look one up for each reader costs as much as to print it."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802 - as jinja names it
        if not isinstance(node.template, nodes.Const) or not node.with_context or node.ignore_missing:
            return node
        name, loader = node.template.value, self._environment.loader
        if loader is None:
            return node
        source, filename, _ = loader.get_source(self._environment, name)
        part = self._environment._parse(source, name, filename)
        if part.find(nodes.Extends) or part.find(nodes.Block):
            return node
        # What a part calls something, its page does not.
        return nodes.Scope(self.visit(part).body, lineno=node.lineno)


class _TranslationInliner(NodeTransformer):
    """Puts the words of one language where a template asks for them."""

    def __init__(self, language: str) -> None:
        self._language = language

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 - as jinja names it
        """What is printed: a sentence with values becomes its parts, and the values between them."""
        node.nodes = [part for child in node.nodes for part in self._parts(child)]
        return self.generic_visit(node)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - as jinja names it
        """What is used in an expression: a sentence without values."""
        if isinstance(node.node, nodes.Name) and node.node.name == "reader_locale":
            return nodes.Const(self._language, lineno=node.lineno)
        if not node.kwargs and len(parts := self._parts(node)) == 1 and parts[0] is not node:
            return parts[0]
        return self.generic_visit(node)

    def _parts(self, node: nodes.Expr) -> list[nodes.Expr]:
        """The parts of a sentence that stands in the template; anything else is its own only part."""
        if not _is_sentence(node):
            return [node]
        values = {each.key: each.value for each in node.kwargs}
        # Texts stand at the even places, names of values at the odd.
        said = PLACEHOLDER.split(translated(self._language, cast(nodes.Const, node.args[0]).value))
        return [
            values[part] if at % 2 else nodes.TemplateData(part.replace("%%", "%"), lineno=node.lineno)
            for at, part in enumerate(said)
            if part or len(said) == 1
        ]


def _is_sentence(node: nodes.Node) -> TypeGuard[nodes.Call]:
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name in SAYS
        and len(node.args) == 1
        and isinstance(node.args[0], nodes.Const)
        and node.dyn_args is None
        and node.dyn_kwargs is None
    )


def init_app(app: Flask) -> None:
    """Have an application's pages speak the reader's language; before anybody asks for its templates."""
    app.jinja_environment = PageEnvironment
    environment = app.jinja_env
    if not isinstance(environment, PageEnvironment):
        raise TypeError("The application's templates are made already, in no language.")
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda sentence: translated(reader_locale(), sentence),
        lambda singular, plural, number: translated_count(reader_locale(), singular, plural, number),
        newstyle=True,
    )
    environment.filters.update(FILTERS)
    environment.globals.update(languages=LANGUAGES, reader_locale=reader_locale, moment_now=now)
