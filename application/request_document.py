"""What people and systems send, as the door takes it in: camelCase JSON, nothing unknown, bounded sizes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from domain.values import LARGEST_NUMBER, Line, Number, Prose

# The domain's own texts, but for the white space around them, which nobody means.
TrimmedProse = Annotated[Prose, StringConstraints(strip_whitespace=True, min_length=1)]
TrimmedLine = Annotated[Line, StringConstraints(strip_whitespace=True, min_length=1)]
# Numbers too, of which JSON's readers tell all apart.
VersionNumber = Annotated[Number, Field(le=LARGEST_NUMBER)]
SequenceNumber = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]


class RequestDocument(BaseModel):
    """A request's body: camelCase, unknown members are refused by name."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)
