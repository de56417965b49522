"""Who answers: servers, the embedded model, scripts; each behind the port `Backend`."""
