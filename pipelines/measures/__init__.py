"""What is counted: eligibility, measures, coverage and what changed between quarters."""
