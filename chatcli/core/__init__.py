"""The domain: sessions, turns, events and the ports around them; no I/O, no asyncio."""
