"""What answers: servers, the embedded model, scripts; each implements the port `Backend`."""
