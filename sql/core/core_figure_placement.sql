-- table:    core_figure_placement
-- grain:    one row per (measure_code, figure_code, region_code, cut, group_code): people placed since 2018, by the county of their placement
-- reads:    core_placement
-- quarters: this
-- rule:     for disclosure control each figure has the sum of the record keys of whom it counts, and the largest contribution of one of them (1 in a count); M20 everybody of core_placement, M21 those of them placed through one of the four channels; M23 of those placed at least six or twelve months ago, who was in employment then
WITH counted AS (
    SELECT 'M20' AS measure_code, 'placed' AS figure_code, county_code, 'total' AS cut, 'all' AS group_code,
        CAST(count(*) AS DECIMAL(18, 2)) AS figure_value, CAST(NULL AS DECIMAL(18, 2)) AS figure_base,
        sum(record_key(person_key)) AS figure_key, CAST(NULL AS BIGINT) AS base_key
    FROM core_placement GROUP BY county_code
    UNION ALL
    SELECT 'M21', 'placed', county_code, 'total', 'all', CAST(count(*) AS DECIMAL(18, 2)), NULL, sum(record_key(person_key)), NULL
    FROM core_placement WHERE channel_code IS NOT NULL GROUP BY county_code
    UNION ALL
    SELECT 'M21', 'placed', county_code, 'channel', channel_code, CAST(count(*) AS DECIMAL(18, 2)), NULL, sum(record_key(person_key)), NULL
    FROM core_placement WHERE channel_code IS NOT NULL GROUP BY county_code, channel_code
    UNION ALL
    SELECT 'M23', 'half_year', county_code, 'total', 'all', CAST(count(*) FILTER (WHERE has_held_half_year) AS DECIMAL(18, 2)), CAST(count(*) AS DECIMAL(18, 2)),
        sum(CASE WHEN has_held_half_year THEN record_key(person_key) ELSE 0 END), sum(record_key(person_key))
    FROM core_placement WHERE has_held_half_year IS NOT NULL GROUP BY county_code
    UNION ALL
    SELECT 'M23', 'year', county_code, 'total', 'all', CAST(count(*) FILTER (WHERE has_held_year) AS DECIMAL(18, 2)), CAST(count(*) AS DECIMAL(18, 2)),
        sum(CASE WHEN has_held_year THEN record_key(person_key) ELSE 0 END), sum(record_key(person_key))
    FROM core_placement WHERE has_held_year IS NOT NULL GROUP BY county_code
)

SELECT measure_code, figure_code, county_code AS region_code, cut, group_code, figure_value, figure_base,
    figure_key, CAST(1 AS DECIMAL(18, 2)) AS figure_largest, base_key, CASE WHEN figure_base IS NOT NULL THEN CAST(1 AS DECIMAL(18, 2)) END AS base_largest
FROM counted
WHERE county_code IS NOT NULL
