"""When things run, never how: every step is a function of pipelines and a command of its own."""
