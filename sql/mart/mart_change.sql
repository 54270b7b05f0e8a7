-- table:    mart_change
-- grain:    one row per (quarter, measure_code, region_code, change_code, change_cause_code)
-- reads:    core_person_measure, core_person_quarter, core_person_change, core_region, mart_measure
-- quarters: this, previous
-- rule:     empty for the first quarter; else everyone in the denominator of either quarter is counted once per region level; who moved leaves one place and enters the other; only regions in force in their quarter count; everyone has the cause of core_person_change, who only has another place moved or region_changed, whoever is what they were none
WITH was AS (
    SELECT m.person_key, m.measure_code, m.state_code = 'covered' AS is_covered, q.record_key, q.county_code, q.town_code, q.village_code
    FROM previous.core_person_measure AS m
    JOIN previous.core_person_quarter AS q ON q.person_key = m.person_key
    WHERE m.state_code IN ('covered', 'uncovered')
),

now_is AS (
    SELECT m.person_key, m.measure_code, m.state_code = 'covered' AS is_covered, q.record_key, q.county_code, q.town_code, q.village_code
    FROM core_person_measure AS m
    JOIN core_person_quarter AS q ON q.person_key = m.person_key
    WHERE m.state_code IN ('covered', 'uncovered')
),

moves AS (
    SELECT coalesce(n.measure_code, w.measure_code) AS measure_code,
        w.is_covered AS was_covered, n.is_covered AS now_covered,
        w.county_code AS was_county, w.town_code AS was_town, w.village_code AS was_village,
        n.county_code AS now_county, n.town_code AS now_town, n.village_code AS now_village,
        coalesce(c.change_cause_code, 'unexplained') AS change_cause_code,
        count(*) AS n_people, sum(coalesce(n.record_key, w.record_key)) AS people_key
    FROM was AS w
    FULL JOIN now_is AS n ON n.person_key = w.person_key AND n.measure_code = w.measure_code
    LEFT JOIN core_person_change AS c
        ON c.person_key = coalesce(n.person_key, w.person_key) AND c.measure_code = coalesce(n.measure_code, w.measure_code)
    GROUP BY ALL
),

by_level AS (
    SELECT measure_code, was_covered, now_covered, change_cause_code, n_people, people_key,
        CASE WHEN was_covered IS NOT NULL THEN '36' END AS was_region, CASE WHEN now_covered IS NOT NULL THEN '36' END AS now_region
    FROM moves
    UNION ALL
    SELECT measure_code, was_covered, now_covered, change_cause_code, n_people, people_key, substr(was_county, 1, 4), substr(now_county, 1, 4) FROM moves
    UNION ALL
    SELECT measure_code, was_covered, now_covered, change_cause_code, n_people, people_key, was_county, now_county FROM moves
    UNION ALL
    SELECT measure_code, was_covered, now_covered, change_cause_code, n_people, people_key, was_town, now_town FROM moves
    UNION ALL
    SELECT measure_code, was_covered, now_covered, change_cause_code, n_people, people_key, was_village, now_village FROM moves
    WHERE measure_code IN (SELECT measure_code FROM mart_measure WHERE is_headline)
),

-- A code that was in force in one quarter only is entered or left, as mart_coverage counts it.
placed AS (
    SELECT b.measure_code, b.was_covered, b.now_covered, b.n_people, b.people_key, w.region_code AS was_region, n.region_code AS now_region,
        CASE
            WHEN b.was_covered IS NULL OR b.now_covered IS NULL THEN b.change_cause_code
            WHEN b.was_region IS NOT NULL AND o.region_code IS NULL THEN 'region_changed'
            WHEN b.now_region IS NOT NULL AND f.region_code IS NULL THEN 'region_changed'
            ELSE 'moved'
        END AS place_cause,
        CASE WHEN b.was_covered = b.now_covered THEN 'none' ELSE b.change_cause_code END AS cover_cause
    FROM by_level AS b
    LEFT JOIN previous.core_region AS w ON w.region_code = b.was_region
    LEFT JOIN core_region AS n ON n.region_code = b.now_region
    LEFT JOIN core_region AS o ON o.region_code = b.was_region
    LEFT JOIN previous.core_region AS f ON f.region_code = b.now_region
),

changes AS (
    SELECT measure_code, now_region AS region_code, n_people, people_key,
        CASE
            WHEN was_covered AND now_covered THEN 'still_covered'
            WHEN was_covered THEN 'lapsed'
            WHEN now_covered THEN 'newly_covered'
            ELSE 'still_uncovered'
        END AS change_code,
        cover_cause AS change_cause_code
    FROM placed
    WHERE was_region = now_region
    UNION ALL
    SELECT measure_code, now_region, n_people, people_key, CASE WHEN now_covered THEN 'entered_covered' ELSE 'entered_uncovered' END, place_cause
    FROM placed
    WHERE now_region IS NOT NULL AND (was_region IS NULL OR was_region <> now_region)
    UNION ALL
    SELECT measure_code, was_region, n_people, people_key, CASE WHEN was_covered THEN 'left_covered' ELSE 'left_uncovered' END, place_cause
    FROM placed
    WHERE was_region IS NOT NULL AND (now_region IS NULL OR was_region <> now_region)
)

SELECT
    $quarter AS quarter, c.measure_code, c.region_code,
    CASE length(c.region_code) WHEN 2 THEN 'province' WHEN 4 THEN 'city' WHEN 6 THEN 'county' WHEN 9 THEN 'town' ELSE 'village' END AS region_level,
    c.change_code, c.change_cause_code, sum(c.n_people) AS n_people, sum(c.people_key) AS people_key
FROM changes AS c
WHERE $has_previous
GROUP BY c.measure_code, c.region_code, c.change_code, c.change_cause_code
