"""From the durable inbox to the deals: each event to the right one, in order, once."""
