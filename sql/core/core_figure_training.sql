-- table:    core_figure_training
-- grain:    one row per (measure_code, figure_code, region_code, cut, group_code): courses finished by the registered of a county
-- reads:    core_person_row, core_person_quarter, staged_employment_platform__training
-- quarters: this
-- rule:     for disclosure control each figure has the sum of the record keys of whom it counts, and the largest contribution of one of them (1 in a count); courses of the year finished by the registered: people once in each group, person-times every time, never added; passed: those in which the special-ability assessment was passed; a course said to be for no priority trade is of none, nobody works at home who is not said to
WITH courses AS (
    SELECT q.county_code, q.person_key, q.record_key, coalesce(t.has_passed_assessment, FALSE) AS has_passed,
        coalesce(t.provider_code, t.provider_name, 'unknown') AS provider_group, coalesce(t.kind_code, 'unknown') AS kind_group,
        coalesce(t.mode_code, 'unknown') AS mode_group, coalesce(t.priority_trade_code, 'none') AS trade_group,
        CASE WHEN t.is_home_worker THEN 'yes' ELSE 'no' END AS home_group
    FROM core_person_row AS r
    JOIN core_person_quarter AS q ON q.person_key = r.person_key AND q.is_registered
    JOIN staged_employment_platform__training AS t
        ON r.system = 'employment_platform' AND r.entity = 'training'
        AND t.delivery_id = r.delivery_id AND t.file_name = r.file_name AND t.line_number = r.line_number
    WHERE t.has_finished AND t.started_date >= $first_day_of_year AND t.started_date <= $last_day
),

grouped AS (
    SELECT county_code, person_key, record_key, has_passed, 'total' AS cut, 'all' AS group_code FROM courses
    UNION ALL
    SELECT county_code, person_key, record_key, has_passed, 'provider', provider_group FROM courses
    UNION ALL
    SELECT county_code, person_key, record_key, has_passed, 'training_kind', kind_group FROM courses
    UNION ALL
    SELECT county_code, person_key, record_key, has_passed, 'training_mode', mode_group FROM courses
    UNION ALL
    SELECT county_code, person_key, record_key, has_passed, 'priority_trade', trade_group FROM courses
    UNION ALL
    SELECT county_code, person_key, record_key, has_passed, 'home_worker', home_group FROM courses
),

by_person AS (
    SELECT county_code, cut, group_code, record_key, CAST(count(*) AS DECIMAL(18, 2)) AS n_courses, CAST(count(*) FILTER (WHERE has_passed) AS DECIMAL(18, 2)) AS n_passed
    FROM grouped
    GROUP BY county_code, cut, group_code, person_key, record_key
),

counted AS (
    SELECT 'M32' AS measure_code, 'people' AS figure_code, county_code, cut, group_code,
        CAST(count(*) AS DECIMAL(18, 2)) AS figure_value, CAST(NULL AS DECIMAL(18, 2)) AS figure_base,
        sum(record_key) AS figure_key, CAST(1 AS DECIMAL(18, 2)) AS figure_largest, CAST(NULL AS BIGINT) AS base_key, CAST(NULL AS DECIMAL(18, 2)) AS base_largest
    FROM by_person GROUP BY county_code, cut, group_code
    UNION ALL
    SELECT 'M32', 'person_times', county_code, cut, group_code, CAST(sum(n_courses) AS DECIMAL(18, 2)), NULL, sum(record_key), max(n_courses), NULL, NULL
    FROM by_person GROUP BY county_code, cut, group_code
    UNION ALL
    SELECT 'M32', 'passed', county_code, cut, group_code, CAST(sum(n_passed) AS DECIMAL(18, 2)), CAST(sum(n_courses) AS DECIMAL(18, 2)),
        sum(CASE WHEN n_passed > 0 THEN record_key ELSE 0 END), max(n_passed), sum(record_key), max(n_courses)
    FROM by_person GROUP BY county_code, cut, group_code
)

SELECT measure_code, figure_code, county_code AS region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest
FROM counted
WHERE county_code IS NOT NULL
