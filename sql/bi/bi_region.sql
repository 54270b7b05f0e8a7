-- table:    bi_region
-- grain:    one row per (quarter, region_code)
-- reads:    core_region
-- quarters: this
-- rule:     the province, cities and counties in force on the quarter's last day by name, with the number of deep-poverty villages within; a code means what it meant in its quarter
WITH villages AS (
    SELECT substr(region_code, 1, 6) AS county_code, count(*) AS n_villages FROM core_region
    WHERE region_level = 'village' AND is_deep_poverty_village
    GROUP BY substr(region_code, 1, 6)
),

within_region AS (
    SELECT '36' AS region_code, sum(n_villages) AS n_villages FROM villages
    UNION ALL
    SELECT substr(county_code, 1, 4), sum(n_villages) FROM villages GROUP BY substr(county_code, 1, 4)
    UNION ALL
    SELECT county_code, n_villages FROM villages
)

SELECT $quarter AS quarter, r.region_code, r.region_level, r.region_name, r.parent_code, r.is_poor_county, coalesce(v.n_villages, 0) AS n_deep_poverty_villages
FROM core_region AS r
LEFT JOIN within_region AS v ON v.region_code = r.region_code
WHERE r.region_level IN ('province', 'city', 'county')
