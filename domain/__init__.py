"""What is allowed: the business itself, pure. No Temporal, no I/O, no clock."""
