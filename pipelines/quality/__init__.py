"""Runs one Great Expectations suite over the typed rows of a table and gives a verdict.

Import from the modules: `rules` (what a rule is), `validate` (runs a suite), `verdict` (what came of it).
Great Expectations, DuckDB and SQLAlchemy are imported only when a suite runs.
"""
