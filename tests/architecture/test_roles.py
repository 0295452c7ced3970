"""What a person may be to the service is said by `Role` alone, so that a misspelt role cannot pass in silence."""

import ast
from collections.abc import Iterator

import pytest

from identity.roles import Role
from tests.architecture.house import HOUSE, ROOMS, nodes_of, python_files, tree_of

WORDS = frozenset(role.value for role in Role)
AT_HOME = "identity/roles.py"
# What is said of the thing and not of the visitor: the kind of an audited object, the name of a table.
OF_THINGS = {"object_kind", "__tablename__"}
# The same word in another language: a name in the database's context, an element of FHIR, an argument of a command, a
# position in the demo region, a part of what a page reads at once.
OTHER_LANGUAGES = {
    "foundation/database/transactions.py": {"patient"},
    "emr/fhir_import/validation/references.py": {"patient"},
    "emr/details/rules/untold.py": {"patient"},
    "archive_gateway/studies/commands.py": {"patient"},
    "demo/record.py": {"patient"},
    "dispatch_backend/bookings/queries/referral_cards.py": {"patient"},
    "dispatch_backend/routing/queries/offers.py": {"patient"},
    "dispatch_backend/routing/queries/places.py": {"patient"},
    "emr/chart/queries/chart_page.py": {"patient"},
    # Whom a booking occupies, and what a slot is of.
    "dispatch_backend/capacity/queries.py": {"patient"},
    "dispatch_backend/capacity/enumerations.py": {"doctor"},
    "demo/specialties.py": {"administrator", "dispatcher", "radiologist", "registrar", "triager"},
    "demo/pictures/plan.py": {"radiologist"},
    # A code of HL7's list of practitioner roles.
    "emr/exports/rules/people.py": {"doctor"},
}
PLANTED = {
    "a comparison": "if actor.role == 'doctor': pass",
    "a member of a list": "ALLOWED = ('dispatcher', 'other')",
    "an argument": "Actor(kind, role='patient')",
    "a default": "def f(role='doctor'): ...",
    "one of several cases": "match role:\n    case 'dispatcher': pass",
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_offence_is_found(kind):
    assert len(list(_bare(ast.parse(PLANTED[kind])))) == 1


@pytest.mark.parametrize(
    "thing", ["record(object_kind='patient')", "class T:\n    __tablename__ = 'patient'"]
)
def test_a_thing_may_have_the_name_of_a_role(thing):
    assert list(_bare(ast.parse(thing))) == []


def test_no_role_is_named_by_a_bare_word():
    files = {
        file.relative_to(HOUSE).as_posix(): set(_bare(tree_of(file)))
        for file in [
            *python_files("foundation", *ROOMS, "demo"),
            HOUSE / "app_factory.py",
            HOUSE / "wsgi.py",
        ]
    }
    found = {name: words for name, words in files.items() if words}

    assert len(files) > 300
    assert found.pop(AT_HOME) == WORDS
    assert found == OTHER_LANGUAGES


def _bare(tree: ast.Module) -> Iterator[str]:
    """Every constant that is a role's word, where it does not name a thing."""
    things = {
        id(value) for node in nodes_of(tree) for name, value in _named_values(node) if name in OF_THINGS
    }
    for node in nodes_of(tree):
        if isinstance(node, ast.Constant) and node.value in WORDS and id(node) not in things:
            yield str(node.value)


def _named_values(node: ast.AST) -> Iterator[tuple[str | None, ast.AST]]:
    if isinstance(node, ast.keyword):
        yield node.arg, node.value
    elif isinstance(node, ast.Assign):
        yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
