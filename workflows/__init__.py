"""What happens next: the deal, its lines and the micro-processes they are made of. Durable and deterministic."""
