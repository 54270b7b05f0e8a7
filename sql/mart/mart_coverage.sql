-- table:    mart_coverage
-- grain:    one row per (quarter, measure_code, region_code, cut, group_code)
-- reads:    core_person_measure, core_person_quarter, core_region, mart_measure, core_measure_source, core_source_scope
-- quarters: this
-- rule:     a person counts once per measure; villages only for headline measures; counties without data are left out above and say "no data" themselves, never 0; low and high: what links by evidence and suggestions that wait can change at most
WITH measured AS (
    SELECT m.measure_code, q.county_code, q.town_code, q.village_code, m.state_code,
        coalesce(q.poverty_status_code, 'none') AS status_group,
        CASE WHEN q.is_deep_poverty_village THEN 'deep' ELSE 'other' END AS village_group,
        coalesce(q.sex_code, 'unknown') AS sex_group, q.age_band AS age_group, q.nation_group,
        count(*) AS n_people, count(*) FILTER (WHERE m.is_sure) AS n_sure, count(*) FILTER (WHERE m.is_possible) AS n_possible
    FROM core_person_measure AS m
    JOIN core_person_quarter AS q ON q.person_key = m.person_key
    GROUP BY ALL
),

by_cut AS (
    SELECT measure_code, county_code, town_code, village_code, state_code, 'total' AS cut, 'all' AS group_code, sum(n_people) AS n_people,
        sum(n_sure) AS n_sure, sum(n_possible) AS n_possible
    FROM measured GROUP BY ALL
    UNION ALL
    SELECT measure_code, county_code, town_code, village_code, state_code, 'poverty_status', status_group, sum(n_people), sum(n_sure), sum(n_possible)
    FROM measured GROUP BY ALL
    UNION ALL
    SELECT measure_code, county_code, town_code, village_code, state_code, 'deep_poverty_village', village_group, sum(n_people), sum(n_sure), sum(n_possible)
    FROM measured GROUP BY ALL
    UNION ALL
    SELECT measure_code, county_code, town_code, village_code, state_code, 'sex', sex_group, sum(n_people), sum(n_sure), sum(n_possible)
    FROM measured GROUP BY ALL
    UNION ALL
    SELECT measure_code, county_code, town_code, village_code, state_code, 'age_band', age_group, sum(n_people), sum(n_sure), sum(n_possible)
    FROM measured GROUP BY ALL
    UNION ALL
    SELECT measure_code, county_code, town_code, village_code, state_code, 'nation', nation_group, sum(n_people), sum(n_sure), sum(n_possible)
    FROM measured GROUP BY ALL
    UNION ALL
    SELECT measure_code, county_code, town_code, village_code, state_code, 'poverty_status_by_village', status_group || ':' || village_group, sum(n_people), sum(n_sure), sum(n_possible)
    FROM measured GROUP BY ALL
),

by_region AS (
    SELECT measure_code, '36' AS region_code, state_code, cut, group_code, n_people, n_sure, n_possible FROM by_cut
    UNION ALL
    SELECT measure_code, substr(county_code, 1, 4), state_code, cut, group_code, n_people, n_sure, n_possible FROM by_cut
    UNION ALL
    SELECT measure_code, county_code, state_code, cut, group_code, n_people, n_sure, n_possible FROM by_cut
    UNION ALL
    SELECT measure_code, town_code, state_code, cut, group_code, n_people, n_sure, n_possible FROM by_cut WHERE town_code IS NOT NULL
    UNION ALL
    SELECT measure_code, village_code, state_code, cut, group_code, n_people, n_sure, n_possible FROM by_cut
    WHERE village_code IS NOT NULL AND measure_code IN (SELECT measure_code FROM mart_measure WHERE is_headline)
),

counted AS (
    SELECT measure_code, region_code, cut, group_code,
        sum(n_people) AS n_population,
        sum(CASE WHEN state_code = 'covered' THEN n_people ELSE 0 END) AS n_numerator,
        sum(n_sure) AS n_numerator_low,
        sum(n_possible) AS n_numerator_high,
        sum(CASE WHEN state_code IN ('covered', 'uncovered') THEN n_people ELSE 0 END) AS n_denominator,
        sum(CASE WHEN state_code = 'excluded' THEN n_people ELSE 0 END) AS n_excluded,
        sum(CASE WHEN state_code = 'no_data' THEN n_people ELSE 0 END) AS n_no_data
    FROM by_region
    GROUP BY measure_code, region_code, cut, group_code
),

-- A county has data for a measure when every system the measure needs has spoken of it.
spoken AS (
    SELECT n.measure_code, s.county_code, bool_and(s.has_data) AS has_data
    FROM core_measure_source AS n
    JOIN core_source_scope AS s ON s.system = n.system
    GROUP BY n.measure_code, s.county_code
),

missing AS (
    SELECT p.measure_code, r.region_code,
        sum(CASE WHEN p.has_data THEN 0 ELSE 1 END) AS n_counties_missing,
        bool_or(p.has_data) AS has_data
    FROM spoken AS p
    JOIN core_region AS r
        ON (r.region_level = 'province')
        OR (r.region_level = 'city' AND r.region_code = substr(p.county_code, 1, 4))
        OR (r.region_level IN ('county', 'town', 'village') AND substr(r.region_code, 1, 6) = p.county_code)
    GROUP BY p.measure_code, r.region_code
),

-- Every county and above has its total row, also where nobody was counted; below, only places with people.
cells AS (
    SELECT measure_code, region_code, cut, group_code FROM counted
    UNION
    SELECT m.measure_code, m.region_code, 'total', 'all'
    FROM missing AS m
    JOIN core_region AS r ON r.region_code = m.region_code AND r.region_level IN ('province', 'city', 'county')
)

SELECT
    $quarter AS quarter, c.measure_code, c.region_code, r.region_level, c.cut, c.group_code,
    coalesce(k.n_population, 0) AS n_population,
    CASE WHEN m.has_data THEN coalesce(k.n_denominator, 0) END AS n_denominator,
    CASE WHEN m.has_data THEN coalesce(k.n_numerator, 0) END AS n_numerator,
    CASE WHEN m.has_data THEN coalesce(k.n_numerator_low, 0) END AS n_numerator_low,
    CASE WHEN m.has_data THEN coalesce(k.n_numerator_high, 0) END AS n_numerator_high,
    coalesce(k.n_excluded, 0) AS n_excluded,
    coalesce(k.n_no_data, 0) AS n_no_data,
    CASE WHEN m.has_data THEN rate(k.n_numerator, k.n_denominator) END AS coverage_rate,
    CASE WHEN m.has_data THEN rate(k.n_numerator_low, k.n_denominator) END AS coverage_low_rate,
    CASE WHEN m.has_data THEN rate(k.n_numerator_high, k.n_denominator) END AS coverage_high_rate,
    coalesce(m.has_data, FALSE) AS has_data,
    coalesce(m.n_counties_missing, 0) AS n_counties_missing
FROM cells AS c
JOIN core_region AS r ON r.region_code = c.region_code
LEFT JOIN counted AS k
    ON k.measure_code = c.measure_code AND k.region_code = c.region_code AND k.cut = c.cut AND k.group_code = c.group_code
LEFT JOIN missing AS m ON m.measure_code = c.measure_code AND m.region_code = c.region_code
