-- table:    bi_coverage_reason
-- grain:    one row per (quarter, measure_code, region_code, cut, group_code, reason_code)
-- reads:    core_cell, core_region
-- quarters: this
-- rule:     mart_coverage_reason of province, city and county, every count protected by itself; reasons with too few people to be shown have no row
WITH by_region AS (
    SELECT measure_code, '36' AS region_code, cut, group_code, reason_code, n_people, people_key FROM core_cell WHERE state_code = 'excluded'
    UNION ALL
    SELECT measure_code, substr(county_code, 1, 4), cut, group_code, reason_code, n_people, people_key FROM core_cell WHERE state_code = 'excluded'
    UNION ALL
    SELECT measure_code, county_code, cut, group_code, reason_code, n_people, people_key FROM core_cell WHERE state_code = 'excluded'
),

counted AS (
    SELECT measure_code, region_code, cut, group_code, reason_code, sum(n_people) AS n_people, sum(people_key) AS people_key
    FROM by_region
    GROUP BY measure_code, region_code, cut, group_code, reason_code
),

protected AS (
    SELECT measure_code, region_code, cut, group_code, reason_code,
        protected_count(n_people, people_key, $small_cell, $rounding_base) AS n_people
    FROM counted
)

SELECT $quarter AS quarter, p.measure_code, p.region_code, r.region_level, p.cut, p.group_code, p.reason_code, p.n_people
FROM protected AS p
JOIN core_region AS r ON r.region_code = p.region_code
WHERE p.n_people IS NOT NULL
