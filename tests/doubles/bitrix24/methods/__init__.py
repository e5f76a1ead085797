"""Importing this registers every method that the double serves."""

from tests.doubles.bitrix24.methods import (
    bots,
    custom_fields,
    duplicates,
    funnels,
    general,
    items,
    lists,
    old_family,
    people,
    product_rows,
    requisites,
    tasks,
    tasks_v3,
    timeline,
    types,
)

__all__ = [
    "bots",
    "custom_fields",
    "duplicates",
    "funnels",
    "general",
    "items",
    "lists",
    "old_family",
    "people",
    "product_rows",
    "requisites",
    "tasks",
    "tasks_v3",
    "timeline",
    "types",
]
