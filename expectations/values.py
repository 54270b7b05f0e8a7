"""Rules about values that several tables share, worded for the column they are asked for."""

from __future__ import annotations

from pipelines.deliveries.cells import is_fallible, quoted
from pipelines.quality.rules import Rule
from pipelines.sources.base import SourceTable


def negative(table: SourceTable, name: str) -> Rule:
    """An amount below zero."""
    column = table.column(name)
    return Rule(
        f"{name}_negative",
        f"{quoted(name)} < 0",
        "critical",
        "one negative amount lowers a sum without anybody seeing it; corrections come as a new delivery",
        f"“{column.header}”({column.zh})是负数,请填实际金额;冲正请重新报送整批数据",
        f"'{column.header}' ({column.en}) is negative; write the true amount, corrections as a new delivery",
    )


def negative_count(table: SourceTable, name: str) -> Rule:
    """A number of people or things below zero."""
    column = table.column(name)
    return Rule(
        f"{name}_negative",
        f"{quoted(name)} < 0",
        "critical",
        "one negative figure lowers a sum without anybody seeing it; corrections come as a new delivery",
        f"“{column.header}”({column.zh})是负数,请填实际数量",
        f"'{column.header}' ({column.en}) is negative; write the true number",
    )


def after_cut_date(table: SourceTable, name: str) -> Rule:
    """A date that lies after the day for which the delivery speaks."""
    column = table.column(name)
    return Rule(
        f"{name}_later",
        f"{quoted(name)} > delivery_cut_date",
        "warning",
        "what begins after the cut date is not yet true in this quarter",
        f"“{column.header}”({column.zh})晚于数据截止日,请核对日期",
        f"'{column.header}' ({column.en}) lies after the cut date; check the date",
    )


def name_missing(table: SourceTable, name: str = "name") -> Rule:
    """A person without a name."""
    column = table.column(name)
    return Rule(
        f"{name}_missing",
        f"NOT is_misshapen AND {quoted(name)} IS NULL",
        "warning",
        "a number alone never makes a match: without a name the person cannot be linked",
        f"“{column.header}”({column.zh})为空,请补填",
        f"'{column.header}' ({column.en}) is empty; fill it in",
    )


def out_of_order(table: SourceTable, earlier: str, later: str) -> Rule:
    """Two days or months of one row of which the second lies before the first."""
    first, second = table.column(earlier), table.column(later)
    return Rule(
        f"{later}_before_{earlier}",
        f"{quoted(later)} < {quoted(earlier)}",
        "warning",
        "a span that ends before it begins covers no day",
        f"“{second.header}”({second.zh})早于“{first.header}”({first.zh}),请核对",
        f"'{second.header}' ({second.en}) lies before '{first.header}' ({first.en}); check both",
    )


def out_of_range(table: SourceTable, name: str, low: int, high: int, why: str) -> Rule:
    """A whole number that cannot be; `why` says what depends on it."""
    column = table.column(name)
    return Rule(
        f"{name}_range",
        f"{quoted(name)} NOT BETWEEN {low} AND {high}",
        "warning",
        why,
        f"“{column.header}”({column.zh})应在{low}到{high}之间,请核对",
        f"'{column.header}' ({column.en}) must lie between {low} and {high}",
    )


def missing(table: SourceTable, name: str, why: str) -> Rule:
    """An empty cell in a column that the table lives by; `why` says what is lost."""
    column = table.column(name)
    absent = f"{quoted(name)} IS NULL"
    if is_fallible(column):
        absent += f" AND unread.{quoted(name)} IS NULL"
    return Rule(
        f"{name}_missing",
        f"NOT is_misshapen AND {absent}",
        "warning",
        why,
        f"“{column.header}”({column.zh})为空,请补填",
        f"'{column.header}' ({column.en}) is empty; fill it in",
    )


def sex_differs(table: SourceTable) -> Rule:
    """A sex that is not the one the ID number tells."""
    column = table.column("sex_code")
    return Rule(
        "sex_differs_from_id",
        # CASE: where few rows say their sex, the ID number of the others is not even read.
        "CASE WHEN sex_code IN ('1', '2') AND id_key IS NOT NULL"
        " THEN sex_code <> CASE WHEN CAST(substr(id_key, 17, 1) AS INTEGER) % 2 = 1 THEN '1' ELSE '2' END ELSE false END",
        "warning",
        "sex and ID number of different people stand in one row, or one of them is wrong",
        f"“{column.header}”({column.zh})与证件号码第17位不一致,请对照证件核对",
        f"'{column.header}' ({column.en}) differs from the 17th digit of the ID number; compare both with the document",
    )


def birth_date_differs(table: SourceTable) -> Rule:
    """A birth date that is not the one in the ID number."""
    column = table.column("birth_date")
    return Rule(
        "birth_date_differs_from_id",
        "CASE WHEN birth_date IS NOT NULL THEN strftime(birth_date, '%Y%m%d') <> substr(id_key, 7, 8) ELSE false END",
        "warning",
        "age decides who should be insured; one of the two dates is another person's or wrong",
        f"“{column.header}”({column.zh})与证件号码中的出生日期不一致,请对照证件核对",
        f"'{column.header}' ({column.en}) differs from the birth date in the ID number; compare both with the document",
    )


def numbers_differ(table: SourceTable) -> Rule:
    """A social security number that is another valid ID number than the certificate's."""
    column, certificate = table.column("social_security_number"), table.column("id_number")
    return Rule(
        "numbers_differ",
        "CASE WHEN social_security_number IS NOT NULL"
        " THEN regexp_full_match(upper(social_security_number), '[0-9]{17}[0-9X]')"
        " AND upper(social_security_number) <> id_key ELSE false END",
        "warning",
        "for a citizen both are one number; which of the two is the certificate's differs between deployments (AAC002, AAC147)",
        f"“{column.header}”({column.zh})与“{certificate.header}”({certificate.zh})不是同一个号码,请核对哪一个是本人证件号码",
        f"'{column.header}' ({column.en}) and '{certificate.header}' ({certificate.en}) are two numbers; which is the person's?",
    )
