"""The two shapes every model of the desk has: values that never change, and state that does."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A value: frozen, compared by content. Unknown fields are ignored, so that old and new workers can talk."""

    model_config = ConfigDict(frozen=True)


class State(BaseModel):
    """A part of a workflow's memory: changed in place, and carried whole into the next run."""
