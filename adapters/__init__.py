"""The clients behind the activities' ports: CRMs and mail."""
