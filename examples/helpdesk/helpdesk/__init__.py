"""A helpdesk: what people write on a page or by mail becomes a ticket."""
