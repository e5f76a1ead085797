"""The questions that signed links lead to, a module for each kind: may it be answered, which message answers it, what the page shows."""
