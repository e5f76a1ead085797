"""Serial numbers as they are compared."""

import pytest

from domain.serials import folded, twice


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("SN-001", "sn 001", True),
        ("АВ-12", "AB12", True),
        ("ав—12", "AB12", True),
        ("SN_1", "SN1", True),
        ("０１２", "012", True),
        ("001", "01", False),
        ("SN-1", "SN-2", False),
        ("O1", "01", False),
    ],
)
def test_how_they_are_compared(one: str, other: str, same: bool) -> None:
    assert (folded(one) == folded(other)) is same


def test_those_that_stand_there_before() -> None:
    assert twice(["A1", "A2", "a-1", "А1"]) == ["a-1", "А1"]
    assert twice(["A1", "A1"]) == ["A1"]
