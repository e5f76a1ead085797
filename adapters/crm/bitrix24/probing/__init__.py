"""`deal crm probe`: one thing of each kind is made in a trial portal, compared with what the adapter expects, and removed."""
