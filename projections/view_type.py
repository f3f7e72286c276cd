"""What the API answers from views: camelCase where people and systems see it."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class ViewType(BaseModel):
    """A row of a view as its readers get it."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)
