"""What every system sends, one module per system: files, columns, types, code lists, owners, cadence."""

from pipelines.sources import (
    civil_affairs,
    employment_platform,
    medical_insurance,
    poverty_register,
    social_insurance,
    technical_school,
    yulu,
)
from pipelines.sources.base import Source, SourceTable

SOURCES: dict[str, Source] = {
    module.SOURCE.name: module.SOURCE
    for module in (
        poverty_register,
        employment_platform,
        technical_school,
        yulu,
        social_insurance,
        medical_insurance,
        civil_affairs,
    )
}
STAGED: dict[str, SourceTable] = {table.name: table for source in SOURCES.values() for table in source.tables}
