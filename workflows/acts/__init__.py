"""What people and programs do to a deal, a module each: who may, what is checked, what it changes."""
