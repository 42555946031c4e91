"""What travels through Echoline, and the answers that its surfaces share."""
