"""Drops indexes while a table is filled and makes them again afterwards, which takes a fraction of the time."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import psycopg
from psycopg.rows import TupleRow

_INDEXES = """
SELECT c.relname, t.relname, pg_get_indexdef(i.indexrelid), k.conname, pg_get_constraintdef(k.oid)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
  JOIN pg_namespace n ON n.oid = t.relnamespace
  LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
 WHERE n.nspname = %s AND t.relname <> 'tracking' ORDER BY c.relname
"""
_SETTINGS = ("maintenance_work_mem = '256MB'", "max_parallel_maintenance_workers = 2")


class DeferredIndexes(NamedTuple):
    """The statements that make a schema's indexes again."""

    connection: psycopg.Connection[TupleRow]
    statements: Sequence[str]
    schema: str

    @classmethod
    def drop(cls, connection: psycopg.Connection[TupleRow], schema: str, appended: Sequence[str]) -> Self:
        """Drop the indexes of a schema, except the keys that find and replace rows.

        Args:
            connection: a session of the schema's owner.
            schema: the schema with the indexes.
            appended: the tables whose rows are only added; their keys are dropped too.
        """
        statements = []
        for index, table, definition, constraint, its_definition in connection.execute(_INDEXES, [schema]).fetchall():
            if constraint is None:
                connection.execute(f'DROP INDEX "{schema}"."{index}"'.encode())
                statements.append(definition)
            elif table in appended:
                connection.execute(f'ALTER TABLE "{schema}"."{table}" DROP CONSTRAINT "{constraint}"'.encode())
                statements.append(f'ALTER TABLE "{schema}"."{table}" ADD CONSTRAINT "{constraint}" {its_definition}')
        return cls(connection, statements, schema)

    def create(self) -> None:
        """Make the indexes again, and update the planner's statistics.

        Raises:
            psycopg.errors.UniqueViolation: a row exists twice, which no fold may cause.
        """
        for setting in _SETTINGS:
            self.connection.execute(f"SET {setting}".encode())
        for statement in self.statements:
            self.connection.execute(statement.encode())
        tables = self.connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [self.schema])
        for (table,) in tables.fetchall():
            self.connection.execute(f'ANALYZE "{self.schema}"."{table}"'.encode())
