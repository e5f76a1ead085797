"""The CRMs the desk can work with."""
