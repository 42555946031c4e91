"""`echoline demo`: a whole Echoline in a temporary folder, an example shop that is used, and what was seen of it."""
