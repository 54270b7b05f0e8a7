"""Any delivered file as line-numbered UTF-8 CSV, read by declared headers: CSV in any usual encoding, and workbooks."""

from pipelines.deliveries.readers.reading import Reading, read

__all__ = ["Reading", "read"]
