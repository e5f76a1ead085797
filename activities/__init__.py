"""Everything that touches the world: the CRM, mail, the records, the playbook file."""
