-- table:    mart_coverage_reason
-- grain:    one row per (quarter, measure_code, region_code, cut, group_code, reason_code)
-- reads:    core_person_measure, core_person_quarter, core_region, mart_measure
-- quarters: this
-- rule:     everyone left out of a measure's denominator, by the one reason each carries
WITH excluded AS (
    SELECT m.measure_code, q.county_code, q.town_code, q.village_code, m.reason_code,
        coalesce(q.poverty_status_code, 'none') AS status_group,
        CASE WHEN q.is_deep_poverty_village THEN 'deep' ELSE 'other' END AS village_group,
        coalesce(q.sex_code, 'unknown') AS sex_group, q.age_band AS age_group, q.nation_group,
        count(*) AS n_people
    FROM core_person_measure AS m
    JOIN core_person_quarter AS q ON q.person_key = m.person_key
    WHERE m.state_code = 'excluded'
    GROUP BY ALL
),

by_cut AS (
    SELECT measure_code, county_code, town_code, village_code, reason_code, 'total' AS cut, 'all' AS group_code, n_people FROM excluded
    UNION ALL
    SELECT measure_code, county_code, town_code, village_code, reason_code, 'poverty_status', status_group, n_people FROM excluded
    UNION ALL
    SELECT measure_code, county_code, town_code, village_code, reason_code, 'deep_poverty_village', village_group, n_people FROM excluded
    UNION ALL
    SELECT measure_code, county_code, town_code, village_code, reason_code, 'sex', sex_group, n_people FROM excluded
    UNION ALL
    SELECT measure_code, county_code, town_code, village_code, reason_code, 'age_band', age_group, n_people FROM excluded
    UNION ALL
    SELECT measure_code, county_code, town_code, village_code, reason_code, 'nation', nation_group, n_people FROM excluded
    UNION ALL
    SELECT measure_code, county_code, town_code, village_code, reason_code, 'poverty_status_by_village', status_group || ':' || village_group, n_people FROM excluded
),

by_region AS (
    SELECT measure_code, '36' AS region_code, cut, group_code, reason_code, n_people FROM by_cut
    UNION ALL
    SELECT measure_code, substr(county_code, 1, 4), cut, group_code, reason_code, n_people FROM by_cut
    UNION ALL
    SELECT measure_code, county_code, cut, group_code, reason_code, n_people FROM by_cut
    UNION ALL
    SELECT measure_code, town_code, cut, group_code, reason_code, n_people FROM by_cut WHERE town_code IS NOT NULL
    UNION ALL
    SELECT measure_code, village_code, cut, group_code, reason_code, n_people FROM by_cut
    WHERE village_code IS NOT NULL AND measure_code IN (SELECT measure_code FROM mart_measure WHERE is_headline)
)

SELECT
    $quarter AS quarter, b.measure_code, b.region_code, r.region_level, b.cut, b.group_code, b.reason_code,
    sum(b.n_people) AS n_people
FROM by_region AS b
JOIN core_region AS r ON r.region_code = b.region_code
GROUP BY b.measure_code, b.region_code, r.region_level, b.cut, b.group_code, b.reason_code
