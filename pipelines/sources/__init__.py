"""What every system sends, one module per system: files, columns, types, code lists, owners, cadence."""

from pipelines.sources import (
    army,
    civil_affairs,
    deaths,
    disabled_federation,
    employment_platform,
    exam,
    guaranteed_loan,
    hukou_move,
    medical_insurance,
    national_student_roll,
    poverty_register,
    prison,
    programme,
    social_insurance,
    technical_registration,
    technical_school,
    verification_feedback,
    yulu,
)
from pipelines.sources.base import Source, SourceTable

SOURCES: dict[str, Source] = {
    module.SOURCE.name: module.SOURCE
    for module in (
        poverty_register,
        employment_platform,
        technical_school,
        technical_registration,
        yulu,
        social_insurance,
        medical_insurance,
        civil_affairs,
        disabled_federation,
        deaths,
        prison,
        army,
        national_student_roll,
        hukou_move,
        exam,
        guaranteed_loan,
        programme,
        verification_feedback,
    )
}
STAGED: dict[str, SourceTable] = {table.name: table for source in SOURCES.values() for table in source.tables}
