"""The durable store: sessions and turns in one SQLite file."""
