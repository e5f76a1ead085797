"""The two shapes every model of the desk has, values that never change and state that does; and numbers with bounds."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

import domain

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""How many, how often, which version: what every integer column of the records takes."""

MAX_LINE_NUMBER = 9999
LineNumber = Annotated[int, Field(ge=1, le=MAX_LINE_NUMBER)]


class Value(BaseModel):
    """A value: frozen, compared by content. Unknown fields are ignored, so that old and new workers can talk."""

    model_config = ConfigDict(frozen=True, defer_build=domain.BUILD_LATE)


class State(BaseModel):
    """A part of a workflow's memory: changed in place, and carried whole into the next run."""

    model_config = ConfigDict(defer_build=domain.BUILD_LATE)
