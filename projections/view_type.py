"""The form in which the API answers rows of views: camelCase JSON."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class ViewType(BaseModel):
    """A row of a view as its readers receive it."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


def written_as(row: ViewType) -> bytes:
    """Return a row as the API answers it: camelCase JSON."""
    return row.model_dump_json(by_alias=True).encode()
