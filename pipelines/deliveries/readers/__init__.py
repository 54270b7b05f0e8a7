"""Any delivered file as line-numbered UTF-8 CSV, read by declared headers: text, workbooks, Parquet, archives of them."""

from pipelines.deliveries.readers.parts import Reading, Take
from pipelines.deliveries.readers.reading import read

__all__ = ["Reading", "Take", "read"]
