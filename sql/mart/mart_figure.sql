-- table:    mart_figure
-- grain:    one row per (quarter, measure_code, figure_code, region_code, cut, group_code)
-- reads:    core_figure_people, core_figure_medical, core_figure_work, core_figure_placement, core_figure_record, core_figure_plan, core_figure_case, core_figure_source, core_source_scope, core_region, mart_figure_kind, mart_coverage
-- quarters: this
-- rule:     county figures add up to city and province; counties of which a needed system says nothing are left out above and say "no data" themselves, never 0; a figure with a target says when, at the pace since the plan began, it will be reached, where that lies within a hundred years; M41 holds the deep-poverty villages of a region against its others, measure by measure, and adds up nowhere
WITH told AS (
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base FROM core_figure_people
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base FROM core_figure_medical
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base FROM core_figure_work
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base FROM core_figure_placement
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base FROM core_figure_record
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base FROM core_figure_plan
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base FROM core_figure_case
),

counties AS (
    SELECT DISTINCT county_code FROM core_source_scope
),

-- A figure that needs no system, such as one about deliveries themselves, has data everywhere.
spoken AS (
    SELECT k.measure_code, k.figure_code, c.county_code, coalesce(bool_and(coalesce(s.has_data, n.system IS NULL)), TRUE) AS has_data
    FROM mart_figure_kind AS k
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
    SELECT measure_code, figure_code, left(region_code, 2) AS region_code, cut, group_code, figure_value, figure_base FROM heard
    UNION ALL
    SELECT measure_code, figure_code, left(region_code, 4), cut, group_code, figure_value, figure_base FROM heard WHERE length(region_code) >= 4
    UNION ALL
    SELECT measure_code, figure_code, region_code, cut, group_code, figure_value, figure_base FROM heard WHERE length(region_code) = 6
),

summed AS (
    SELECT measure_code, figure_code, region_code, cut, group_code, sum(figure_value) AS figure_value, sum(figure_base) AS figure_base
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
),

valued AS (
    SELECT c.measure_code, c.figure_code, c.region_code, c.cut, c.group_code,
        coalesce(m.has_data, FALSE) AS has_data,
        coalesce(m.n_counties_missing, 0) AS n_counties_missing,
        CASE WHEN m.has_data THEN coalesce(s.figure_value, 0) END AS figure_value,
        -- A target is not shared out: where none is set there is none, not one of 0.
        CASE WHEN m.has_data AND k.base_kind = 'part' THEN coalesce(s.figure_base, 0) WHEN m.has_data THEN s.figure_base END AS figure_base,
        k.base_kind
    FROM cells AS c
    JOIN mart_figure_kind AS k ON k.measure_code = c.measure_code AND k.figure_code = c.figure_code
    LEFT JOIN summed AS s
        ON s.measure_code = c.measure_code AND s.figure_code = c.figure_code AND s.region_code = c.region_code AND s.cut = c.cut AND s.group_code = c.group_code
    LEFT JOIN missing AS m ON m.measure_code = c.measure_code AND m.figure_code = c.figure_code AND m.region_code = c.region_code
),

paced AS (
    SELECT *,
        CASE WHEN base_kind = 'target' AND figure_value > 0 AND figure_value < figure_base
            THEN (to_integer(split_part(CAST(figure_base AS VARCHAR), '.', 1)) * (date_diff('day', $placement_start_date, $last_day) + 1))
                // nullif(to_integer(split_part(CAST(figure_value AS VARCHAR), '.', 1)), 0)
        END AS n_days_needed
    FROM valued
)

SELECT
    $quarter AS quarter, v.measure_code, v.figure_code, v.region_code, r.region_level, v.cut, v.group_code,
    v.figure_value, v.figure_base, quotient(v.figure_value, v.figure_base) AS figure_rate,
    CASE WHEN v.n_days_needed < 36525 THEN days_after($placement_start_date, v.n_days_needed) END AS reached_date,
    v.has_data, v.n_counties_missing
FROM paced AS v
JOIN core_region AS r ON r.region_code = v.region_code
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
