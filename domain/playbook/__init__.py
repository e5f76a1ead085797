"""What a company works by: its reference books, the forms and questions in them, and its people."""
