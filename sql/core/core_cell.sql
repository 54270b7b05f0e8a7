-- table:    core_cell
-- grain:    one row per (measure_code, county_code, cut, group_code, state_code, reason_code)
-- reads:    core_person_measure, core_person_quarter
-- quarters: this
-- rule:     the groups of mart_coverage by county, each person once per measure and cut; the keys are sums of record keys, so that the key of people put together is the sum of theirs
WITH measured AS (
    SELECT m.measure_code, q.county_code, m.state_code, m.reason_code,
        coalesce(q.poverty_status_code, 'none') AS status_group,
        CASE WHEN q.is_deep_poverty_village THEN 'deep' ELSE 'other' END AS village_group,
        coalesce(q.sex_code, 'unknown') AS sex_group, q.age_band AS age_group, q.nation_group,
        count(*) AS n_people, sum(q.record_key) AS people_key,
        sum(CASE WHEN m.is_sure THEN 1 ELSE 0 END) AS n_sure, sum(CASE WHEN m.is_sure THEN q.record_key ELSE 0 END) AS sure_key,
        sum(CASE WHEN m.is_possible THEN 1 ELSE 0 END) AS n_possible, sum(CASE WHEN m.is_possible THEN q.record_key ELSE 0 END) AS possible_key
    FROM core_person_measure AS m
    JOIN core_person_quarter AS q ON q.person_key = m.person_key
    GROUP BY ALL
),

by_cut AS (
    SELECT measure_code, county_code, state_code, reason_code, 'total' AS cut, 'all' AS group_code,
        n_people, people_key, n_sure, sure_key, n_possible, possible_key
    FROM measured
    UNION ALL
    SELECT measure_code, county_code, state_code, reason_code, 'poverty_status', status_group, n_people, people_key, n_sure, sure_key, n_possible, possible_key
    FROM measured
    UNION ALL
    SELECT measure_code, county_code, state_code, reason_code, 'deep_poverty_village', village_group, n_people, people_key, n_sure, sure_key, n_possible, possible_key
    FROM measured
    UNION ALL
    SELECT measure_code, county_code, state_code, reason_code, 'sex', sex_group, n_people, people_key, n_sure, sure_key, n_possible, possible_key
    FROM measured
    UNION ALL
    SELECT measure_code, county_code, state_code, reason_code, 'age_band', age_group, n_people, people_key, n_sure, sure_key, n_possible, possible_key
    FROM measured
    UNION ALL
    SELECT measure_code, county_code, state_code, reason_code, 'nation', nation_group, n_people, people_key, n_sure, sure_key, n_possible, possible_key
    FROM measured
    UNION ALL
    SELECT measure_code, county_code, state_code, reason_code, 'poverty_status_by_village', status_group || ':' || village_group,
        n_people, people_key, n_sure, sure_key, n_possible, possible_key
    FROM measured
)

SELECT
    measure_code, county_code, cut, group_code, state_code, reason_code,
    sum(n_people) AS n_people, sum(people_key) AS people_key, sum(n_sure) AS n_sure, sum(sure_key) AS sure_key,
    sum(n_possible) AS n_possible, sum(possible_key) AS possible_key
FROM by_cut
GROUP BY measure_code, county_code, cut, group_code, state_code, reason_code
