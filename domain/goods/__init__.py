"""What is sold: the register of goods, and the certificates that medical devices have."""
