"""The step `measure`: what each person of the universe is in every measure, and what that adds up to."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.columns import COLUMNS
from pipelines.deliveries.ledger import Partition
from pipelines.engines.arrow_parts import arrow_type
from pipelines.engines.base import Engine
from pipelines.lake import Lake, columns_of
from pipelines.measures import parameters
from pipelines.measures.catalogue import MEASURES
from pipelines.measures.checks import BUILT
from pipelines.measures.figures import FIGURES, TARGETS
from pipelines.measures.groups import ITSELF, cuts
from pipelines.periods import Quarter
from pipelines.releases import PLANNED, Release, all_releases, latest
from pipelines.steps import Built

if TYPE_CHECKING:
    import pyarrow as pa


def measure(quarter: str) -> Built:
    """Make the measure tables of the quarter's planned release. Skipped where it is not linked yet or done already."""
    release = latest(all_releases(), Quarter.parse(quarter))
    lake = Lake()
    if release is None or release.state != PLANNED or not lake.is_made("link", release):
        return Built(
            quarter, release.release if release else None, skipped=True, note="nothing is linked and unmeasured"
        )
    made = make(lake, release)
    lagging = _lagging(lake, release)
    remarks = (f"WARNING linkage lags in {lagging:,} groups: mart.mart_linkage, is_lagging",) if lagging else ()
    rows = {name: part.n_rows for name, part in made.items()}
    return Built(quarter, release.release, rows, facts={"lagging_groups": lagging}, remarks=remarks)


def _lagging(lake: Lake, release: Release) -> int:
    """How many groups of people or regions are linked clearly less often than the others."""
    import pyarrow.dataset as ds

    linkage = ds.dataset(str(lake.files_of(release, "mart_linkage")), format="parquet")
    return int(linkage.count_rows(filter=ds.field("is_lagging")))


def make(lake: Lake, release: Release) -> dict[str, Partition]:
    """The measure tables of a release."""
    producers = {
        "core_parameter": _parameters,
        "mart_measure": _measures,
        "core_measure_source": _sources,
        "mart_check": _checks,
        "core_check_source": _check_sources,
        "mart_figure_kind": _figures,
        "core_figure_kind": _figure_kinds,
        "core_target": _targets,
        "core_figure_source": _figure_sources,
        "core_group": _groups,
    }
    return lake.build("measure", release, parameters.planned(release.inputs).of(release.quarter), producers)


def _parameters(release: Release, _engine: Engine) -> pa.Table:
    import pyarrow as pa

    columns = parameters.planned(release.inputs).by_county(release.quarter)
    types = {name: arrow_type(COLUMNS[name].type) for name in columns}
    return pa.table({name: pa.array(values, types[name]) for name, values in columns.items()})


def _measures(release: Release, _engine: Engine) -> pa.Table:
    import pyarrow as pa

    known = parameters.planned(release.inputs)
    columns = columns_of("mart_measure")
    return pa.Table.from_pylist(
        [
            {
                "measure_code": measure.code,
                "measure_name": measure.zh,
                "measure_name_en": measure.en,
                "numerator_text": measure.numerator,
                "denominator_text": measure.denominator,
                "clause": measure.clause,
                "office": measure.office,
                "is_headline": measure.is_headline,
                "time_text": measure.time,
                "target_rate": known.value(measure.target, Decimal, release.quarter) if measure.target else None,
            }
            for measure in MEASURES
        ],
        schema=pa.schema([(name, arrow_type(kind)) for name, kind in columns.items()]),
    )


def _sources(_release: Release, _engine: Engine) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist(
        [{"measure_code": measure.code, "system": system} for measure in MEASURES for system in measure.systems]
    )


def _figures(_release: Release, _engine: Engine) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist(
        [
            {
                "measure_code": figure.code,
                "figure_code": figure.figure,
                "measure_name": figure.zh,
                "measure_name_en": figure.en,
                "figure_name": figure.figure_zh,
                "figure_name_en": figure.figure_en,
                "numerator_text": figure.numerator,
                "denominator_text": figure.denominator,
                "base_kind": figure.base,
                "unit_text": figure.unit,
                "time_text": figure.time,
                "grain_text": figure.grain,
                "clause": figure.clause,
                "office": figure.office,
            }
            for figure in FIGURES
        ]
    )


def _figure_kinds(_release: Release, _engine: Engine) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist(
        [
            {
                "measure_code": figure.code,
                "figure_code": figure.figure,
                "base_kind": figure.base,
                "disclosure_code": figure.disclosure,
            }
            for figure in FIGURES
        ]
    )


def _targets(release: Release, _engine: Engine) -> pa.Table:
    import pyarrow as pa

    known = parameters.planned(release.inputs)
    return pa.Table.from_pylist(
        [
            {"measure_code": code, "region_code": region, "n_target": target}
            for code, name in TARGETS.items()
            for region, target in known.totals(name, release.quarter).items()
        ]
    )


def _figure_sources(_release: Release, _engine: Engine) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist(
        [
            {"measure_code": figure.code, "figure_code": figure.figure, "system": system}
            for figure in FIGURES
            for system in figure.systems
        ]
    )


def _checks(_release: Release, _engine: Engine) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist(
        [
            {
                "check_code": check.code,
                "check_name": check.zh,
                "check_name_en": check.en,
                "finding_code": finding,
                "finding_text": text,
                "rule_text": check.rule,
                "action_text": check.action,
                "clause": check.clause,
                "office": check.office,
                "subject_kind": check.subject,
            }
            for check in BUILT
            for finding, text in check.findings.items()
        ]
    )


def _check_sources(_release: Release, _engine: Engine) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist(
        [
            {"check_code": check.code, "finding_code": finding, "system": system}
            for check in BUILT
            for finding in check.findings
            for system in check.systems_of(finding)
        ]
    )


def _groups(_release: Release, _engine: Engine) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist(
        [
            {"cut": cut.code, "group_code": code, "cut_name": cut.zh, "cut_name_en": cut.en, "group_name": name}
            for cut in cuts()
            for code, name in {ITSELF: cut.zh, **cut.groups}.items()
        ]
    )
