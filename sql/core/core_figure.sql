-- table:    core_figure
-- grain:    one row per (measure_code, figure_code, region_code, cut, group_code)
-- reads:    core_figure_people, core_figure_medical, core_figure_work, core_figure_training, core_figure_labour, core_figure_help, core_figure_insurance, core_figure_school, core_figure_placement, core_figure_record, core_figure_plan, core_figure_case, core_figure_source, core_source_scope, core_region, core_target, core_figure_kind
-- quarters: this
-- rule:     county figures add up to city and province; counties of which a needed system says nothing are left out above and say "no data" themselves, never 0; a target is set for a region and never added up or shared out: a city or county without one of its own has none; the keys are sums of record keys, so that the key of what is put together is the sum of theirs
WITH told AS (
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest FROM core_figure_people
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest FROM core_figure_medical
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest FROM core_figure_work
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest FROM core_figure_training
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest FROM core_figure_labour
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest FROM core_figure_help
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest FROM core_figure_insurance
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest FROM core_figure_school
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest FROM core_figure_placement
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest FROM core_figure_record
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest FROM core_figure_plan
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest FROM core_figure_case
),

counties AS (
    SELECT DISTINCT county_code FROM core_source_scope
),

-- A figure that needs no system, such as one about deliveries themselves, has data everywhere.
spoken AS (
    SELECT k.measure_code, k.figure_code, c.county_code, coalesce(bool_and(coalesce(s.has_data, n.system IS NULL)), TRUE) AS has_data
    FROM core_figure_kind AS k
    CROSS JOIN counties AS c
    LEFT JOIN core_figure_source AS n ON n.measure_code = k.measure_code AND n.figure_code = k.figure_code
    LEFT JOIN core_source_scope AS s ON s.system = n.system AND s.county_code = c.county_code
    GROUP BY k.measure_code, k.figure_code, c.county_code
),

-- What a city or the province reports of itself needs no county to have spoken.
heard AS (
    SELECT t.*
    FROM told AS t
    LEFT JOIN spoken AS p ON p.measure_code = t.measure_code AND p.figure_code = t.figure_code AND p.county_code = t.region_code
    WHERE length(t.region_code) < 6 OR p.has_data
),

by_region AS (
    SELECT measure_code, figure_code, left(region_code, 2) AS region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest FROM heard
    UNION ALL
    SELECT measure_code, figure_code, left(region_code, 4), cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest FROM heard WHERE length(region_code) >= 4
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest FROM heard WHERE length(region_code) = 6
),

summed AS (
    SELECT measure_code, figure_code, region_code, cut, group_code, sum(figure_value) AS figure_value, sum(figure_base) AS figure_base,
        sum(figure_key) AS figure_key, max(figure_largest) AS figure_largest, sum(base_key) AS base_key, max(base_largest) AS base_largest
    FROM by_region
    GROUP BY measure_code, figure_code, region_code, cut, group_code
),

missing AS (
    SELECT p.measure_code, p.figure_code, r.region_code,
        sum(CASE WHEN p.has_data THEN 0 ELSE 1 END) AS n_counties_missing,
        bool_or(p.has_data) AS has_data
    FROM spoken AS p
    JOIN core_region AS r
        ON (r.region_level = 'province')
        OR (r.region_level = 'city' AND r.region_code = substr(p.county_code, 1, 4))
        OR (r.region_level = 'county' AND r.region_code = p.county_code)
    GROUP BY p.measure_code, p.figure_code, r.region_code
),

-- Every region has its total, also where nothing was counted; items of the checklist and measures have no common unit and none.
cells AS (
    SELECT measure_code, figure_code, region_code, cut, group_code FROM summed
    UNION
    SELECT measure_code, figure_code, region_code, 'total', 'all' FROM missing WHERE figure_code NOT IN ('items', 'gap')
)

SELECT
    c.measure_code, c.figure_code, c.region_code, r.region_level, c.cut, c.group_code, k.base_kind, k.disclosure_code,
    CASE WHEN m.has_data THEN coalesce(s.figure_value, 0) END AS figure_value,
    CASE
        WHEN m.has_data AND k.base_kind = 'part' THEN coalesce(s.figure_base, 0)
        WHEN m.has_data AND k.base_kind = 'target' THEN CAST(t.n_target AS DECIMAL(18, 2))
        WHEN m.has_data THEN s.figure_base
    END AS figure_base,
    s.figure_key, s.figure_largest, s.base_key, s.base_largest,
    coalesce(m.has_data, FALSE) AS has_data,
    coalesce(m.n_counties_missing, 0) AS n_counties_missing
FROM cells AS c
JOIN core_figure_kind AS k ON k.measure_code = c.measure_code AND k.figure_code = c.figure_code
JOIN core_region AS r ON r.region_code = c.region_code
LEFT JOIN summed AS s
    ON s.measure_code = c.measure_code AND s.figure_code = c.figure_code AND s.region_code = c.region_code AND s.cut = c.cut AND s.group_code = c.group_code
LEFT JOIN missing AS m ON m.measure_code = c.measure_code AND m.figure_code = c.figure_code AND m.region_code = c.region_code
LEFT JOIN core_target AS t ON t.measure_code = c.measure_code AND t.region_code = c.region_code AND c.cut = 'total'
