"""The embedded model: its file, its process, and the backend made of them."""
