"""A server that speaks OpenAI's protocol, asked through the `openai` package."""
