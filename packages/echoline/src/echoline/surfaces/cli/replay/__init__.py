"""Sends recorded OTLP to a receiver, moved in time if wanted, as a patient exporter would."""
