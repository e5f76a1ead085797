"""What is allowed: the business itself, pure. No Temporal, no I/O, no clock."""

BUILD_LATE = False
"""Whether a model is built when it is first used, and not at its import. For a process that uses few of them, in one thread:
whoever wants it sets it before anything here is imported."""
