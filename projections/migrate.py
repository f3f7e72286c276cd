"""Makes the schemas of views."""

from collections.abc import Sequence

from ledger.migrate import apply
from projections.folds import ALL_VIEWS
from projections.view import View

# A view's position stands in the view's own schema: whoever swaps the schema swaps rows and position together.
_TRACKING = """
CREATE TABLE tracking (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint  NOT NULL, -- everything up to it is folded
    stopped  text              -- why no more is folded; NULL: it goes on
) WITH (fillfactor = 10);
INSERT INTO tracking (position) VALUES (0);
"""


def migrate_views(owner_url: str, views: Sequence[View] = ALL_VIEWS) -> list[str]:
    """Make the tables of views that are missing; return what was applied."""
    return apply(owner_url, [(f"view/{view.name}/1", schema_of(view, view.name)) for view in views])


def schema_of(view: View, schema: str) -> str:
    """Return the statements that make a view's tables, empty, in a new schema of that name, for one transaction."""
    return f"""
CREATE SCHEMA "{schema}";
SET LOCAL search_path = "{schema}";
{_TRACKING}
{view.schema_sql}
GRANT USAGE ON SCHEMA "{schema}" TO pencere_projector, pencere_reader;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA "{schema}" TO pencere_projector;
GRANT SELECT ON ALL TABLES IN SCHEMA "{schema}" TO pencere_reader;
"""
