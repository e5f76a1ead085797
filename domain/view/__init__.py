"""What people are shown of a deal, in their language."""
