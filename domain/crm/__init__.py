"""What people did in the CRM, in the desk's words. Pure: whatever CRM it is."""
