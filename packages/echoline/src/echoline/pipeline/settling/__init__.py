"""What no single span knows, computed over whole traces: columns in, columns out, no Python per span."""
