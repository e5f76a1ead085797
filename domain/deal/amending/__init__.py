"""Amendments: what may change once the contract is agreed, who must agree, and what follows from it. Pure: `deal amend --preview` and the
deal itself come to the same."""
