"""What both receivers of OTLP share: screening, answers, authorisation and counts."""
