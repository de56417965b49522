"""SessionManager: owns the sessions and the replies being written."""
