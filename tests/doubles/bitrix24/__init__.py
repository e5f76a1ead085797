"""A Bitrix24 portal true to the wire, in memory, with faults switched on by tests. Built from the documentation."""

from tests.doubles.bitrix24.hands import Hands
from tests.doubles.bitrix24.limits import Limits
from tests.doubles.bitrix24.portal import Portal
from tests.doubles.bitrix24.server import Double, double
from tests.doubles.bitrix24.state import COMPANY, CONTACT, DEAL, LEAD

__all__ = ["COMPANY", "CONTACT", "DEAL", "LEAD", "Double", "Hands", "Limits", "Portal", "double"]
