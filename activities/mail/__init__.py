"""Mail: rendering, delivery, and where it goes."""
