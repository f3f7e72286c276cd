"""Makes the schemas of views."""

import hashlib
from collections.abc import Sequence
from typing import Final

import psycopg

from ledger.postgresql.kinds import MIGRATE
from ledger.postgresql.lost import translated
from ledger.postgresql.migrate import serialised
from ledger.postgresql.session import Session, open_session
from ledger.refusals import AwayError
from projections.folds import ALL_VIEWS
from projections.view import View

# A view's position is in the view's own schema, so that a swap of schemas swaps rows and position together.
_TRACKING = """
CREATE TABLE tracking (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint  NOT NULL, -- everything up to it is folded
    stopped  text,             -- why no more is folded; NULL: it goes on
    made_by  text    NOT NULL  -- which tables and fold: see made_by()
) WITH (fillfactor = 10);
"""
_MADE_BY: Final = 'SELECT made_by FROM "{}".tracking'


def migrate_views(owner_url: str, views: Sequence[View] = ALL_VIEWS) -> list[str]:
    """Make the missing tables of views; return the names of what was made."""
    made = []
    with serialised(owner_url) as owner:
        for view in views:
            if owner.execute("SELECT to_regnamespace(%s)", [f'"{view.name}"']).fetchone() == (None,):
                with owner.transaction():
                    owner.execute(schema_of(view, view.name).encode())
                made.append(f"view/{view.name}")
    return made


def outdated_views(url: str, views: Sequence[View] = ALL_VIEWS) -> list[View]:
    """Return the views whose tables were made by another version of this program and must be rebuilt."""
    with translated(AwayError), open_session(url, MIGRATE) as session:
        return [view for view in views if _maker(session, view) != made_by(view)]


def made_by(view: View) -> str:
    """Return the version of a view's fold, with a digest of its tables."""
    return f"{view.version}/{hashlib.sha256((_TRACKING + view.schema_sql).encode()).hexdigest()[:16]}"


def tables_of(view: View, schema: str) -> str:
    """Return the statements that make a view's empty tables in a new schema of that name, in one transaction."""
    return f"""
CREATE SCHEMA "{schema}";
SET LOCAL search_path = "{schema}";
{_TRACKING}
INSERT INTO tracking (position, made_by) VALUES (0, '{made_by(view)}');
{view.schema_sql}
"""  # noqa: S608 - our own names


def schema_of(view: View, schema: str) -> str:
    """Return the same statements, and those that grant rights to the projector and the readers."""
    return f"""
{tables_of(view, schema)}
GRANT USAGE ON SCHEMA "{schema}" TO pencere_projector, pencere_reader;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA "{schema}" TO pencere_projector;
GRANT SELECT ON ALL TABLES IN SCHEMA "{schema}" TO pencere_reader;
"""


def _maker(session: Session, view: View) -> object:
    try:
        row = session.execute(_MADE_BY.format(view.name).encode()).fetchone()
    except psycopg.errors.UndefinedColumn:  # made by a version that did not record this yet
        return None
    return row[0] if row else None
