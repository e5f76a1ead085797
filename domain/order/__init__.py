"""What is sold: the order as it comes in, and the offer that is agreed."""
