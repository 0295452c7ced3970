"""Where on a page a template prints a value: between tags, where an element may stand around it, or where none may.

Known when a template is compiled, so that it costs a page nothing.
"""

import re
from collections.abc import Iterable, Sequence

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

BETWEEN_TAGS, IN_A_TAG = "", ">"
# Elements in which everything is text; of an <option>, browsers leave nothing else.
TEXT_ALONE = ("<title", "<textarea", "<option", "<script", "<style")
# Blocks and macros that others print where no element may stand, which cannot be seen from where they are written.
PLACES_OF_PARTS = {
    "title": "<title",
    "page_class": '"',
    "error_prefix": "<title",
    "draft_address": '"',
    "keeping": IN_A_TAG,
}
# What ends each place.
_ENDS = {
    BETWEEN_TAGS: re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*|$|!)"),
    IN_A_TAG: re.compile("[\"'>]"),
    '"': re.compile('"'),
    "'": re.compile("'"),
    **{each: re.compile(each.replace("<", "</")) for each in TEXT_ALONE},
}


class Places:
    """Walks a template in the order in which it is printed, and marks the values around which no element may stand."""

    def __init__(self) -> None:
        self._begun = ""

    def visit(self, template: nodes.Template) -> nodes.Template:
        """Raises TemplateSyntaxError where a tag or a quotation is begun in a branch and not ended in it."""
        self._all(template.body, BETWEEN_TAGS)
        return template

    def _all(self, body: Iterable[nodes.Node], place: str) -> str:
        for node in body:
            place = self._after(node, place)
        return place

    def _after(self, node: nodes.Node, place: str) -> str:
        if isinstance(node, nodes.Output):
            return self._after_output(node, place)
        if isinstance(node, nodes.If | nodes.For):
            return _agreed([self._all(each, place) for each in _ways(node)], node)
        if isinstance(node, nodes.With | nodes.Scope | nodes.ScopedEvalContextModifier):
            return self._all(node.body, place)
        if isinstance(node, nodes.Block | nodes.Macro):
            around = place if isinstance(node, nodes.Block) else BETWEEN_TAGS
            self._all(node.body, around or PLACES_OF_PARTS.get(node.name, BETWEEN_TAGS))
        elif isinstance(node, nodes.CallBlock | nodes.AssignBlock | nodes.FilterBlock):
            self._all(node.body, BETWEEN_TAGS)
        return place

    def _after_output(self, node: nodes.Output, place: str) -> str:
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                place = self._after_text(child.data, place)
            elif place != BETWEEN_TAGS:
                child.stands_alone = True  # type: ignore[attr-defined] # our own mark
        return place

    def _after_text(self, text: str, place: str) -> str:
        at = 0
        while found := _ENDS[place].search(text, at):
            place, at = self._next(place, found), found.end()
        return place

    def _next(self, place: str, found: re.Match[str]) -> str:
        if place == BETWEEN_TAGS:
            self._begun = "" if found[1] else f"<{found[2].lower()}"
            return IN_A_TAG
        if place != IN_A_TAG:
            self._begun = self._begun if place in "\"'" else ""
            return IN_A_TAG
        if found[0] != ">":
            return found[0]
        return self._begun if self._begun in TEXT_ALONE else BETWEEN_TAGS


def _ways(node: nodes.If | nodes.For) -> Sequence[list[nodes.Node]]:
    """What is printed in each case, and where a loop has nothing to go through."""
    others = [each.body for each in node.elif_] if isinstance(node, nodes.If) else [[]]
    return [node.body, *others, node.else_]


def _agreed(ends: list[str], node: nodes.Node) -> str:
    """The place after a branch or a loop, which is one whichever way was taken."""
    if len(set(ends)) > 1:
        raise TemplateSyntaxError("A tag or a quotation begins here and ends elsewhere.", node.lineno)
    return ends[0]
