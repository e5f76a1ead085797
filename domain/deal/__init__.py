"""A deal at work: its memory, what is open, who may do what, its papers and its money."""
