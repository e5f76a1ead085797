"""Assignments and approvals that a playbook may word in its own way, and need not have: older ones know nothing of them."""

from domain.playbook.built_in.delivery import DELIVERY, DELIVERY_APPROVALS
from domain.playbook.built_in.money import MONEY, MONEY_APPROVALS
from domain.playbook.built_in.papers import PAPERS
from domain.playbook.built_in.people import PEOPLE

BUILT_IN = DELIVERY | PAPERS | MONEY | PEOPLE
BUILT_IN_APPROVALS = MONEY_APPROVALS | DELIVERY_APPROVALS
