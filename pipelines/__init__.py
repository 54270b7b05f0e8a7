"""Plain Python of Bidui: every step of the comparison, free of Airflow; each is also a `bidui` command."""
