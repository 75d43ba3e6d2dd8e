"""What tests stand on: a real PostgreSQL, the real servers, a real browser, and actors who tell stories."""
