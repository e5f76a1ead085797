"""What follows from facts: writes to the CRM, and letters. Pure: run by activities, never in a workflow, so that a word or a field may
change while deals run."""
