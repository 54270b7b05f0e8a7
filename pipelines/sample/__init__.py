"""The seeded province: deliveries as messy as real ones, and the truth, kept apart from what the pipeline reads."""

from pipelines.sample.province import Summary, make_province

__all__ = ["Summary", "make_province"]
