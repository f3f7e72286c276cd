"""The form of all request bodies: camelCase JSON, no unknown members, bounded sizes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from domain.values import LARGEST_NUMBER, Line, Number, Prose

# The domain's own texts, without white space around them: nobody means that.
TrimmedProse = Annotated[Prose, StringConstraints(strip_whitespace=True, min_length=1)]
TrimmedLine = Annotated[Line, StringConstraints(strip_whitespace=True, min_length=1)]
# Numbers no larger than every JSON reader can hold exactly.
VersionNumber = Annotated[Number, Field(le=LARGEST_NUMBER)]
SequenceNumber = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]


class RequestDocument(BaseModel):
    """A request's body: camelCase, unknown members are refused by name. Only code builds it by snake_case."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)
