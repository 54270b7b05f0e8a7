-- table:    mart_coverage_comparable
-- grain:    one row per (quarter, measure_code, region_code)
-- reads:    core_person_measure, core_person_quarter, core_region, core_region_succession, mart_coverage
-- quarters: this, previous
-- rule:     empty for the first quarter; last quarter's people stand where their village, else town, else county is today: between the two figures only people differ; what several places came of is where the person is now if that is one of them, else the main one; only changes of this quarter count, county and above, total
WITH changes AS (
    SELECT was_region_code, region_code, is_main FROM core_region_succession WHERE since_date >= $first_day
),

-- What each place of last quarter is today; most are what they were.
became AS (
    SELECT was_region_code, region_code, is_main FROM changes
    UNION ALL
    SELECT r.region_code, r.region_code, TRUE
    FROM core_region AS r
    LEFT JOIN changes AS c ON c.was_region_code = r.region_code
    WHERE c.was_region_code IS NULL
),

people AS (
    SELECT m.measure_code, m.state_code, w.county_code, w.town_code, w.village_code,
        n.county_code AS now_county, n.town_code AS now_town, n.village_code AS now_village,
        count(*) AS n_people
    FROM previous.core_person_measure AS m
    JOIN previous.core_person_quarter AS w ON w.person_key = m.person_key
    LEFT JOIN core_person_quarter AS n ON n.person_key = m.person_key
    WHERE m.state_code IN ('covered', 'uncovered', 'no_data')
    GROUP BY ALL
),

possible AS (
    SELECT p.*, b.region_code, b.is_main, coalesce(b.region_code = p.now_village, FALSE) AS is_present, 3 AS how_near
    FROM people AS p
    JOIN became AS b ON b.was_region_code = p.village_code
    UNION ALL
    SELECT p.*, b.region_code, b.is_main, coalesce(b.region_code = p.now_town, FALSE), 2
    FROM people AS p
    JOIN became AS b ON b.was_region_code = p.town_code
    UNION ALL
    SELECT p.*, b.region_code, b.is_main, coalesce(b.region_code = p.now_county, FALSE), 1
    FROM people AS p
    JOIN became AS b ON b.was_region_code = p.county_code
),

ranked AS (
    SELECT measure_code, state_code, substr(region_code, 1, 6) AS today_code, n_people,
        row_number() OVER (
            PARTITION BY measure_code, state_code, county_code, town_code, village_code, now_county, now_town, now_village
            ORDER BY how_near DESC, is_present DESC, is_main DESC, region_code
        ) AS position
    FROM possible
),

by_region AS (
    SELECT measure_code, '36' AS region_code, state_code, n_people FROM people
    UNION ALL
    SELECT measure_code, substr(today_code, 1, 4), state_code, n_people FROM ranked WHERE position = 1
    UNION ALL
    SELECT measure_code, today_code, state_code, n_people FROM ranked WHERE position = 1
),

before AS (
    SELECT measure_code, region_code,
        sum(CASE WHEN state_code = 'no_data' THEN 0 ELSE n_people END) AS n_denominator,
        sum(CASE WHEN state_code = 'covered' THEN n_people ELSE 0 END) AS n_numerator,
        sum(CASE WHEN state_code = 'no_data' THEN n_people ELSE 0 END) AS n_no_data
    FROM by_region
    GROUP BY measure_code, region_code
),

moved AS (
    SELECT was_region_code AS region_code FROM changes
    UNION
    SELECT region_code FROM changes
)

SELECT
    $quarter AS quarter, c.measure_code, c.region_code, c.region_level, c.n_denominator, c.n_numerator, c.coverage_rate,
    CASE WHEN coalesce(b.n_denominator, 0) > 0 OR coalesce(b.n_no_data, 0) = 0 THEN coalesce(b.n_denominator, 0) END AS n_denominator_before,
    CASE WHEN coalesce(b.n_denominator, 0) > 0 OR coalesce(b.n_no_data, 0) = 0 THEN coalesce(b.n_numerator, 0) END AS n_numerator_before,
    coalesce(b.n_no_data, 0) AS n_no_data_before,
    rate(b.n_numerator, b.n_denominator) AS coverage_before_rate,
    v.region_code IS NOT NULL AS is_region_changed
FROM mart_coverage AS c
LEFT JOIN before AS b ON b.measure_code = c.measure_code AND b.region_code = c.region_code
LEFT JOIN moved AS v ON v.region_code = c.region_code
WHERE $has_previous AND c.cut = 'total' AND c.region_level IN ('province', 'city', 'county')
