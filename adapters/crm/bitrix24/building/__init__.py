"""Building a portal for the desk, and checking that it still is as the desk needs it."""
