-- table:    mart_figure
-- grain:    one row per (quarter, measure_code, figure_code, region_code, cut, group_code)
-- reads:    core_figure, mart_coverage
-- quarters: this
-- rule:     the figures with their rates; one with a target says when, at the pace since the plan began, it will be reached, where that lies within a hundred years; M41 holds the deep-poverty villages of a region against its others, measure by measure, and adds up nowhere
SELECT
    $quarter AS quarter, f.measure_code, f.figure_code, f.region_code, f.region_level, f.cut, f.group_code,
    f.figure_value, f.figure_base, quotient(f.figure_value, f.figure_base) AS figure_rate,
    CASE WHEN f.base_kind = 'target' THEN day_reached(f.figure_value, f.figure_base, $placement_start_date, $last_day) END AS reached_date,
    f.has_data, f.n_counties_missing
FROM core_figure AS f
UNION ALL
SELECT
    $quarter AS quarter, 'M41' AS measure_code, 'gap' AS figure_code, d.region_code, d.region_level, 'measure' AS cut, d.measure_code AS group_code,
    CAST((d.coverage_rate - o.coverage_rate) * 100 AS DECIMAL(18, 2)), CAST(NULL AS DECIMAL(18, 2)), CAST(NULL AS DECIMAL(9, 6)),
    CAST(NULL AS DATE), TRUE, d.n_counties_missing
FROM mart_coverage AS d
JOIN mart_coverage AS o
    ON o.measure_code = d.measure_code AND o.region_code = d.region_code AND o.cut = d.cut AND o.group_code = 'other'
WHERE d.cut = 'deep_poverty_village' AND d.group_code = 'deep' AND d.region_level IN ('province', 'city', 'county')
    AND d.coverage_rate IS NOT NULL AND o.coverage_rate IS NOT NULL
