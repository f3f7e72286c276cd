"""What people and systems send, as the door takes it in: camelCase JSON, nothing unknown, bounded sizes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

from domain.values import Line, Prose

# The domain's own texts, but for the white space around them, which nobody means.
TrimmedProse = Annotated[Prose, StringConstraints(strip_whitespace=True, min_length=1)]
TrimmedLine = Annotated[Line, StringConstraints(strip_whitespace=True, min_length=1)]


class RequestDocument(BaseModel):
    """A request's body: camelCase, unknown members are refused by name."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)
