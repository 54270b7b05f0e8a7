"""Rules that hold a delivery against what counted before. Source: domain.md §6.6, §6.7.

Which earlier delivery that is, pipelines.deliveries.gates decides. Without one every rule here passes. All of them look at
each county and at the whole of a delivery, so that a loss spread thinly over many counties is seen as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.quality.history import PREVIOUS, YEAR_AGO
from pipelines.quality.rules import HistoryRule
from pipelines.sources.base import SourceTable, TimeNature

# One part in so many; and the rows by which a number must differ at least, so that small counties do not trip.
POPULATION_PART, ADJUSTMENT_PART, INSURED_PART, REPEATED_PART, QUARANTINED_PART = 50, 10, 100, 100, 20
FLOOR, SMALL_FLOOR = 100, 20
# The register is adjusted from October to December, and January brings the new year's list (domain.md §5.6).
ADJUSTMENT_QUARTERS = "(4, 1)"
# What counted a year ago where there is such a quarter; else the quarter before, but not across the new year, when
# resident medical insurance begins again.
_SAME_YEAR = (
    f"(compared_with = '{YEAR_AGO}' OR compared_with = '{PREVIOUS}' AND quarter_number <> 1"
    f" AND unit NOT IN (SELECT unit FROM {{history}} WHERE compared_with = '{YEAR_AGO}'))"
)


def _rows(condition: str) -> str:
    """Units with a condition on their rows, repeated ones aside: a person who stands twice is still one."""
    return (
        "SELECT compared_with, unit, format('{:,}', before) AS before, format('{:,}', now) AS now FROM ("
        "SELECT *, before_rows - before_repeated AS before, n_rows - n_repeated AS now FROM {history})"
        f" WHERE {condition}"
    )


def _share(name: str, part: int) -> str:
    """Units whose share of some rows has grown by more than one in `part`, and by more than some rows."""
    now, before = f"n_{name}", f"before_{name}"
    return (
        f"SELECT compared_with, unit, round(100.0 * {before} / before_rows, 1) || '%' AS before,"
        f" round(100.0 * {now} / n_rows, 1) || '%' AS now FROM {{history}}"
        f" WHERE compared_with = '{PREVIOUS}' AND n_rows > 0 AND before_rows > 0"
        f" AND ({now} * before_rows - {before} * n_rows) * {part} > n_rows * before_rows"
        f" AND {now} * before_rows - {before} * n_rows > {SMALL_FLOOR} * before_rows"
    )


def _moved(part: int) -> str:
    return (
        f"compared_with = '{PREVIOUS}' AND now > 0 AND before > 0 AND abs(now - before) > {FLOOR}"
        f" AND abs(now - before) * {part} > before"
    )


POPULATION = (
    HistoryRule(
        "population_moved",
        _rows(f"{_moved(POPULATION_PART)} AND quarter_number NOT IN {ADJUSTMENT_QUARTERS}"),
        "critical",
        "the register hardly moves outside the annual adjustment: an export with the wrong filter would make people "
        "appear or vanish in every measure",
        "登记对象比上季度增减超过2%(动态调整的第四季度和新年度名单的第一季度除外),请核对导出条件和范围",
        "the registered differ from the quarter before by more than 2 %, outside the annual adjustment",
    ),
    HistoryRule(
        "population_moved_in_adjustment",
        _rows(f"{_moved(ADJUSTMENT_PART)} AND quarter_number IN {ADJUSTMENT_QUARTERS}"),
        "warning",
        "the annual adjustment and the new year's list move people, but rarely one in ten",
        "动态调整或新年度名单使登记对象比上季度增减超过10%,请留意核对",
        "the annual adjustment or the new year's list moved the registered by more than 10 %",
    ),
)  # fmt: skip


def _insured_fell(compared: str, zh: str, en: str) -> HistoryRule:
    return HistoryRule(
        "insured_fell",
        _rows(f"{compared} AND now > 0 AND before - now > {FLOOR} AND (before - now) * {INSURED_PART} > before"),
        "critical",
        "an incomplete file of the insured would show thousands as lapsed who are not",
        f"参保人数比{zh}减少超过1%,请核对导出是否完整",
        f"the insured are more than 1 % fewer than {en}",
    )


# Tables whose number of rows is itself a figure that is followed.
FOLLOWED: Mapping[str, tuple[HistoryRule, ...]] = {
    "staged_poverty_register__household": POPULATION,
    "staged_poverty_register__person": POPULATION,
    "staged_social_insurance__participation": (
        _insured_fell(f"compared_with = '{PREVIOUS}'", "上季度", "in the quarter before"),
    ),
    "staged_medical_insurance__participation": (
        _insured_fell(
            _SAME_YEAR, "上年同季度(没有的与上季度比,第一季度除外)", "in the same quarter of the year before"
        ),
    ),
}


def history_rules(table: SourceTable) -> tuple[HistoryRule, ...]:
    """The history rules of a staged table: those of every table, then its own."""
    found = []
    if table.time in (TimeNature.STATE, TimeNature.SINCE_2018):
        # What happened in a quarter or a year may well be nothing in some county.
        found.append(
            HistoryRule(
                "county_missing",
                _rows(f"compared_with = '{PREVIOUS}' AND now = 0 AND before > {SMALL_FLOOR}"),
                "critical",
                "everybody of a county that was forgotten in the export would count as uncovered",
                "范围内有县区本季度一行也没有,而上季度有;请核对是否漏导,或从清单的范围中去掉该县区",
                "a county of the scope has no row at all, though it had some in the quarter before",
            )
        )
    if table.unique:
        found.append(
            HistoryRule(
                "repeated_jump",
                _share("repeated", REPEATED_PART),
                "warning",
                "more repeated keys than usual: two exports may have been put together",
                "重复编号的比例比上季度高出1个百分点以上,请核对是否把两份数据合在了一起",
                "the share of repeated keys has grown by more than one percentage point",
            )
        )
    found.append(
        HistoryRule(
            "quarantined_jump",
            _share("quarantined", QUARANTINED_PART),
            "critical",
            "rows in quarantine are missing from every measure, as if the people had lapsed; so many new ones mean a "
            "changed export, not careless clerks",
            "不合要求的行所占比例比上季度高出5个百分点以上,多半是导出格式或代码有变,请核对",
            "the share of quarantined rows has grown by more than five percentage points: the export may have changed",
        )
    )
    return (*found, *FOLLOWED.get(table.name, ()))
