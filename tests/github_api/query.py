"""Answers GraphQL over plain rows: parsed and validated by graphql-core, executed leanly.

graphql-core takes 15 microseconds a field, which on the machine of whoever is
measured would be most of the time. A query is compiled once: per type a list
of steps, each a key of the row or a function of the fields table.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_argument_values,
    get_variable_values,
    is_abstract_type,
    is_leaf_type,
    parse,
    validate,
)

from tests.github_api.rows import Row

MOST_NODES = 500_000
NONE: Row = {}
Resolver = Callable[[Any, Any, Mapping[str, Any]], Any]
Fields = Mapping[str, Mapping[str, str | Resolver]]


class Missing(Exception):
    """A field cannot be answered; what is around it still is."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(eq=False, slots=True)
class Step:
    """One field of a selection: how to get it, and what of it is wanted."""

    key: str
    get: str | Resolver
    node: FieldNode
    definition: Any
    is_list: bool = False
    is_required: bool = False
    is_plain: bool = False
    has_arguments: bool = False
    nodes: list[SelectionSetNode] = field(default_factory=list)  # none: a leaf
    type: Any = None
    plans: dict[str, list["Step"]] = field(default_factory=dict)  # by the name of the type


@dataclass
class Run:
    """One answer in the making."""

    query: "Query"
    variables: Row
    errors: list[Row] = field(default_factory=list)
    path: list[str | int] = field(default_factory=list)  # of the field being read
    arguments: dict[Step, Row] = field(default_factory=dict)

    def given(self, step: Step) -> Row:
        """The arguments of a field; the same for every row."""
        if not step.has_arguments:
            return NONE
        if step not in self.arguments:
            found = get_argument_values(step.definition, step.node, self.variables)
            self.arguments[step] = found
        return self.arguments[step]


class Query:
    """A document that may be answered again and again with other variables."""

    def __init__(self, schema: GraphQLSchema, fields: Fields, text: str, flags: Row) -> None:
        self.schema, self.fields, self.flags = schema, fields, flags
        document = parse(text)
        self.problems = validate(schema, document)
        self.fragments: dict[str, FragmentDefinitionNode] = {}
        for one in document.definitions:
            if isinstance(one, FragmentDefinitionNode):
                self.fragments[one.name.value] = one
            elif isinstance(one, OperationDefinitionNode):
                self.operation = one
        if not self.problems:
            assert schema.query_type
            self.root = self.plan(schema.query_type, [self.operation.selection_set])

    def plan(self, kind: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> list[Step]:
        """The steps for rows of one type."""
        steps: dict[str, Step] = {}
        for one in sets:
            self._collect(kind, one, steps)
        return list(steps.values())

    def _collect(
        self, kind: GraphQLObjectType, chosen: SelectionSetNode, steps: dict[str, Step]
    ) -> None:
        for one in filter(self._is_wanted, chosen.selections):
            if isinstance(one, FieldNode):
                key = one.alias.value if one.alias else one.name.value
                step = steps.get(key) or self._step(kind, key, one)
                steps[key] = step
                if one.selection_set:
                    step.nodes.append(one.selection_set)
                continue
            if isinstance(one, FragmentSpreadNode):
                inner: Any = self.fragments[one.name.value]
            else:
                assert isinstance(one, InlineFragmentNode)
                inner = one
            if inner.type_condition is None or self._fits(kind, inner.type_condition.name.value):
                self._collect(kind, inner.selection_set, steps)

    def _is_wanted(self, one: Any) -> bool:
        """Whether no @include or @skip leaves it out."""
        for directive in one.directives or ():
            value = directive.arguments[0].value
            is_on = self.flags.get(value.name.value) if hasattr(value, "name") else value.value
            if is_on is not (directive.name.value == "include"):
                return False
        return True

    def _fits(self, kind: GraphQLObjectType, name: str) -> bool:
        wanted: Any = self.schema.type_map[name]
        return wanted is kind or (
            is_abstract_type(wanted) and self.schema.is_sub_type(wanted, kind)
        )

    def _step(self, kind: GraphQLObjectType, key: str, one: FieldNode) -> Step:
        name = one.name.value
        if name == "__typename":
            return Step(key, lambda *_: kind.name, one, None, is_required=True)
        definition = kind.fields[name]
        inner: Any = definition.type
        is_required = isinstance(inner, GraphQLNonNull)
        is_list = False
        while isinstance(inner, GraphQLNonNull | GraphQLList):
            is_list = is_list or isinstance(inner, GraphQLList)
            inner = inner.of_type
        step = Step(key, self.fields[kind.name][name], one, definition, is_list, is_required)
        step.type = None if is_leaf_type(inner) else inner
        step.is_plain = step.type is None and isinstance(step.get, str)
        step.has_arguments = bool(definition.args)
        return step

    def steps_of(self, step: Step, name: str) -> list[Step]:
        """What is wanted of a row of this type, compiled when first met."""
        if name not in step.plans:
            kind = self.schema.type_map[name]
            assert isinstance(kind, GraphQLObjectType)
            step.plans[name] = self.plan(kind, step.nodes)
        return step.plans[name]


@lru_cache(maxsize=500)
def compiled(schema: GraphQLSchema, text: str, flags: frozenset[tuple[str, bool]]) -> Query:
    """The query of a text with its switches; the fields table is the schema's own."""
    return Query(schema, schema.extensions["fields"], text, dict(flags))


def answer(
    schema: GraphQLSchema,
    text: str,
    variables: Row,
    root: Any,
    bill: Callable[[int, int], None],
) -> Row:
    """The data and the errors; `bill` is told points and nodes before anything is read."""
    flags = frozenset((name, one) for name, one in variables.items() if isinstance(one, bool))
    try:
        query = compiled(schema, text, flags)
    except GraphQLError as error:
        return {"errors": [error.formatted]}
    if query.problems:
        return {"errors": [one.formatted for one in query.problems]}
    definitions = list(query.operation.variable_definitions or ())
    coerced = get_variable_values(schema, definitions, variables)
    if isinstance(coerced, list):
        return {"errors": [one.formatted for one in coerced]}
    run = Run(query, coerced)
    calls, nodes = weight(run, query.root, 1)
    bill(max(1, round(calls / 100)), nodes)
    if nodes > MOST_NODES:
        message = f"This query requests up to {nodes:,} possible nodes which exceeds the maximum"
        return {"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": message}]}
    try:
        data = read(run, query.root, root, root)
    except Missing as problem:
        note(run, problem)
        data = None
    return {"data": data, "errors": run.errors} if run.errors else {"data": data}


def weight(run: Run, steps: list[Step], times: int) -> tuple[int, int]:
    """Calls and nodes as GitHub reckons them: each connection asked once for each parent."""
    calls = nodes = 0
    for step in steps:
        if step.type is None:
            continue
        rows = times
        if step.type.name.endswith("Connection"):
            first = run.given(step).get("first")
            calls, rows = calls + times, times * (first or 0)
            nodes += rows
        kinds = (
            run.query.schema.get_possible_types(step.type)
            if is_abstract_type(step.type)
            else [step.type]
        )
        below = [
            weight(run, run.query.steps_of(step, kind.name), rows) for kind in kinds if step.nodes
        ]
        calls += max(one[0] for one in below)
        nodes += max(one[1] for one in below)
    return calls, nodes


def read(run: Run, steps: list[Step], graph: Any, row: Any) -> Row:
    """One row as it was asked for. Raises `Missing` when a required field is."""
    found: Row = {}
    path = run.path
    depth = len(path)
    for step in steps:
        get = step.get
        if step.is_plain:
            found[step.key] = row[get]
            continue
        path.append(step.key)
        try:
            value = get(graph, row, run.given(step)) if callable(get) else row[get]
            if step.type is not None and value is not None:
                value = below(run, step, graph, value)
            if value is None and step.is_required:
                raise Missing("INTERNAL", f"Cannot return null for {step.key}")
        except Missing as problem:
            if step.is_required:
                raise
            note(run, problem)
            value = None
        del path[depth:]
        found[step.key] = value
    return found


def below(run: Run, step: Step, graph: Any, value: Any) -> Any:
    """The rows under a field."""
    if not step.is_list:
        return read_one(run, step, graph, value)
    path, found = run.path, []
    depth = len(path)
    for place, one in enumerate(value):
        path.append(place)
        if isinstance(one, Missing):
            note(run, one)
            found.append(None)
        else:
            found.append(read_one(run, step, graph, one))
        del path[depth:]
    return found


def read_one(run: Run, step: Step, graph: Any, value: Any) -> Row:
    """A row that may say what it is and where it belongs; a repository is a graph of its own."""
    kind = step.type.name
    if isinstance(value, tuple):
        kind, graph, value = value
    elif kind == "Repository":
        graph = value
    elif is_abstract_type(step.type):
        kind = value["type"]
    return read(run, run.query.steps_of(step, kind), graph, value)


def note(run: Run, problem: Missing) -> None:
    """Tell of it beside the data, as GitHub does."""
    said = {"type": problem.kind, "path": [*run.path], "message": str(problem)}
    run.errors.append(said)
