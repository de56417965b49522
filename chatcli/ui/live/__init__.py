"""The chat as it runs: lines, keys, events, from its start to its end."""
