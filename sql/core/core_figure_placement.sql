-- table:    core_figure_placement
-- grain:    one row per (measure_code, figure_code, region_code, cut, group_code): people placed since 2018, by the county of their placement
-- reads:    core_placement, core_target
-- quarters: this
-- rule:     M20 everybody of core_placement, M21 those of them placed through one of the four channels, each against the target of the province and, where it has one of its own, of the city; M23 of those placed at least six or twelve months ago, who was in employment then
WITH counted AS (
    SELECT 'M20' AS measure_code, 'placed' AS figure_code, county_code, 'total' AS cut, 'all' AS group_code,
        CAST(count(*) AS DECIMAL(18, 2)) AS figure_value, CAST(NULL AS DECIMAL(18, 2)) AS figure_base
    FROM core_placement GROUP BY county_code
    UNION ALL
    SELECT 'M21', 'placed', county_code, 'total', 'all', CAST(count(*) AS DECIMAL(18, 2)), NULL
    FROM core_placement WHERE channel_code IS NOT NULL GROUP BY county_code
    UNION ALL
    SELECT 'M21', 'placed', county_code, 'channel', channel_code, CAST(count(*) AS DECIMAL(18, 2)), NULL
    FROM core_placement WHERE channel_code IS NOT NULL GROUP BY county_code, channel_code
    UNION ALL
    SELECT 'M23', 'half_year', county_code, 'total', 'all', CAST(count(*) FILTER (WHERE has_held_half_year) AS DECIMAL(18, 2)), CAST(count(*) AS DECIMAL(18, 2))
    FROM core_placement WHERE has_held_half_year IS NOT NULL GROUP BY county_code
    UNION ALL
    SELECT 'M23', 'year', county_code, 'total', 'all', CAST(count(*) FILTER (WHERE has_held_year) AS DECIMAL(18, 2)), CAST(count(*) AS DECIMAL(18, 2))
    FROM core_placement WHERE has_held_year IS NOT NULL GROUP BY county_code
    UNION ALL
    SELECT measure_code, 'placed', region_code, 'total', 'all', CAST(0 AS DECIMAL(18, 2)), CAST(n_target AS DECIMAL(18, 2)) FROM core_target
)

SELECT measure_code, figure_code, county_code AS region_code, cut, group_code, sum(figure_value) AS figure_value, sum(figure_base) AS figure_base
FROM counted
WHERE county_code IS NOT NULL
GROUP BY measure_code, figure_code, county_code, cut, group_code
