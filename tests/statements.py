"""Parses SQL with the parser of PostgreSQL, and finds tables whose organization is not fixed.

The organization of a table is fixed if its `organization_id` equals a constant, a parameter, or a
column that is fixed itself, in the same query or in one that encloses it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pglast import ast, enums, parse_sql

COLUMN = "organization_id"

Place = tuple[str, str]  # alias of a table, name of a column
Equality = tuple[ast.Node, ast.Node]


@dataclass
class Scope:
    """The tables of one query by alias, its equalities, and the fixed columns of outer queries."""

    tables: dict[str, str] = field(default_factory=dict)
    equalities: list[Equality] = field(default_factory=list)
    # Conditions of an outer join that restrict one side only.
    one_sided: list[tuple[Equality, set[str]]] = field(default_factory=list)
    held: set[Place] = field(default_factory=set)


def loose_tables(sql: str, tables: Iterable[str]) -> list[str]:
    """The aliases, with their tables, of `tables` in `sql` whose organization is not fixed.

    Parameters are written `$1`. Raises `pglast.parser.ParseError`.
    """
    found: list[str] = []
    reader = _Reader(frozenset(tables), found)
    for statement in parse_sql(sql):
        reader.read(statement.stmt, set(), frozenset())
    return found


@dataclass
class _Reader:
    watched: frozenset[str]
    found: list[str]

    def read(self, node: ast.Node, around: set[Place], named: frozenset[str]) -> None:
        """Read one statement or subquery. `named` are the queries of WITH, by name."""
        if isinstance(node, ast.CopyStmt):
            self._read_copy(node, named)
            return
        if not isinstance(node, ast.SelectStmt | ast.InsertStmt | ast.UpdateStmt | ast.DeleteStmt):
            return
        for query in node.withClause.ctes if node.withClause else ():
            self.read(query.ctequery, around, named)
            named |= {query.ctename}
        if isinstance(node, ast.SelectStmt) and node.op != enums.SetOperation.SETOP_NONE:
            self.read(node.larg, around, named)
            self.read(node.rarg, around, named)
            return
        scope = Scope()
        self._collect(node, scope, named)
        # An alias hides the same alias of an outer query.
        scope.held |= {place for place in around if place[0] not in scope.tables}
        _close(scope)
        for alias, table in scope.tables.items():
            if table in self.watched and (alias, COLUMN) not in scope.held:
                self.found.append(f"{table} {alias}")
        for subquery in _subqueries(node):
            self.read(subquery, scope.held, named)

    def _collect(self, node: ast.Node, scope: Scope, named: frozenset[str]) -> None:
        if isinstance(node, ast.SelectStmt):
            sources = node.fromClause or ()
        else:
            sources = (node.relation, *(getattr(node, "fromClause", None) or ()))
            sources += getattr(node, "usingClause", None) or ()
        if isinstance(node, ast.InsertStmt):
            self._read_insert(node, scope)
        else:
            scope.equalities += _conjuncts(node.whereClause)
        for source in sources:
            _add_source(source, scope, named)

    def _read_insert(self, node: ast.InsertStmt, scope: Scope) -> None:
        """Inserted values contain their organization. Rows from a query must be of one log."""
        names = [column.name for column in node.cols or ()]
        if COLUMN not in names:
            return
        query, place = node.selectStmt, names.index(COLUMN)
        alias = _alias(node.relation)
        if query.valuesLists or _is_of_arrays(query) or _is_constant(query.targetList[place].val):
            scope.held.add((alias, COLUMN))
            return
        inner = Scope()
        self._collect(query, inner, frozenset())
        _close(inner)
        if _place(query.targetList[place].val, inner) in inner.held:
            scope.held.add((alias, COLUMN))

    def _read_copy(self, node: ast.CopyStmt, named: frozenset[str]) -> None:
        if node.query is not None:
            self.read(node.query, set(), named)
            return
        columns = [column.sval for column in node.attlist or ()]
        table = node.relation.relname
        if table in self.watched and not (node.is_from and COLUMN in columns):
            self.found.append(f"{table} {table}")


def _add_source(source: ast.Node, scope: Scope, named: frozenset[str]) -> None:
    if isinstance(source, ast.RangeVar):
        is_query = source.relname in named and source.schemaname is None
        scope.tables[_alias(source)] = "" if is_query else source.relname
    elif isinstance(source, ast.JoinExpr):
        _add_source(source.larg, scope, named)
        left = set(scope.tables)
        _add_source(source.rarg, scope, named)
        sides = {
            enums.JoinType.JOIN_LEFT: scope.tables.keys() - left,
            enums.JoinType.JOIN_RIGHT: left,
            enums.JoinType.JOIN_FULL: set(),
        }
        equalities = _conjuncts(source.quals)
        if source.jointype == enums.JoinType.JOIN_INNER:
            scope.equalities += equalities
        else:
            scope.one_sided += [(pair, set(sides[source.jointype])) for pair in equalities]
    elif getattr(source, "alias", None):
        scope.tables[source.alias.aliasname] = ""


def _alias(table: ast.RangeVar) -> str:
    return str(table.alias.aliasname if table.alias else table.relname)


def _conjuncts(condition: ast.Node | None) -> list[Equality]:
    """The conditions that are joined by AND."""
    if isinstance(condition, ast.BoolExpr) and condition.boolop == enums.BoolExprType.AND_EXPR:
        return [pair for part in condition.args for pair in _conjuncts(part)]
    if (
        isinstance(condition, ast.A_Expr)
        and condition.kind == enums.A_Expr_Kind.AEXPR_OP
        and [name.sval for name in condition.name] == ["="]
    ):
        return [(condition.lexpr, condition.rexpr)]
    return []


def _close(scope: Scope) -> None:
    """Add the columns that equal fixed columns, until there are no more."""
    everywhere = set(scope.tables)
    pairs = [(pair, everywhere) for pair in scope.equalities] + scope.one_sided
    size = -1
    while size < len(scope.held):
        size = len(scope.held)
        for (left, right), sides in pairs:
            for one, other in ((left, right), (right, left)):
                place = _place(one, scope)
                is_held = _is_constant(other) or _place(other, scope) in scope.held
                if place and place[0] in sides and is_held:
                    scope.held.add(place)


def _place(node: ast.Node, scope: Scope) -> Place | None:
    if not isinstance(node, ast.ColumnRef):
        return None
    names = [part.sval for part in node.fields if isinstance(part, ast.String)]
    if len(names) == 1 and len(scope.tables) == 1:
        return (next(iter(scope.tables)), names[0])
    return (names[-2], names[-1]) if len(names) > 1 else None


def _is_of_arrays(query: ast.SelectStmt) -> bool:
    """Whether it is `SELECT * FROM unnest(...)`: rows from parameters, like VALUES."""
    return all(isinstance(source, ast.RangeFunction) for source in query.fromClause or [None])


def _is_constant(node: ast.Node) -> bool:
    if isinstance(node, ast.TypeCast):
        return _is_constant(node.arg)
    return isinstance(node, ast.A_Const | ast.ParamRef)


def _subqueries(node: ast.Node) -> Iterator[ast.Node]:
    """The direct subqueries of `node`, except those of WITH."""
    for name in node:
        if name != "withClause":
            yield from _within(getattr(node, name))


def _within(value: object) -> Iterator[ast.Node]:
    if isinstance(value, ast.SelectStmt):
        if not value.valuesLists:
            yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _within(item)
    elif isinstance(value, ast.Node):
        yield from _subqueries(value)
