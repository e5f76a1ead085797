"""The CRM behind one port, and its delivery."""
