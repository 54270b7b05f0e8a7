-- table:    core_figure_people
-- grain:    one row per (measure_code, figure_code, region_code, cut, group_code): people of a county, and premiums paid for them
-- reads:    core_person_quarter, core_person_measure, core_person_work, core_person_study
-- quarters: this
-- rule:     for disclosure control each figure has the sum of the record keys of whom it counts, and the largest contribution of one of them (1 in a count); M01 registered and not dead, and their households; M02, M07, M18, M35 everybody who counts in M03, M08, M19, M36, whatever other systems say of them; M37 registered on a roll, also by school; M09 premiums of the year by the first label that holds: destitute, minimum allowance, not lifted, severely disabled
WITH registered AS (
    SELECT q.person_key, q.record_key, q.county_code, q.household_number, coalesce(q.poverty_status_code, 'none') AS status_group, q.is_on_roll,
        coalesce(s.school_code, 'unknown') AS school_code
    FROM core_person_quarter AS q
    LEFT JOIN core_person_study AS s ON s.person_key = q.person_key
    WHERE q.is_registered AND NOT q.is_dead
),

parts AS (
    SELECT 'M03' AS whole_code, 'M02' AS measure_code
    UNION ALL
    SELECT 'M08', 'M07'
    UNION ALL
    SELECT 'M19', 'M18'
    UNION ALL
    SELECT 'M36', 'M35'
),

due AS (
    SELECT p.measure_code, q.record_key, q.county_code, coalesce(q.poverty_status_code, 'none') AS status_group,
        m.measure_code = 'M36' AND coalesce(w.has_school_wish, FALSE) AS has_wish
    FROM core_person_measure AS m
    JOIN parts AS p ON p.whole_code = m.measure_code
    JOIN core_person_quarter AS q ON q.person_key = m.person_key
    LEFT JOIN core_person_work AS w ON w.person_key = m.person_key
    WHERE m.state_code <> 'excluded'
),

paid AS (
    SELECT county_code, record_key,
        CASE
            WHEN is_destitute THEN 'destitute'
            WHEN is_minimum_allowance THEN 'minimum_allowance'
            WHEN is_registered AND poverty_status_code IN ('0', '3') THEN 'not_lifted'
            WHEN is_severely_disabled THEN 'severely_disabled'
            ELSE 'other'
        END AS label_group,
        premium_subsidy_amount
    FROM core_person_quarter
    WHERE has_premium_subsidy
),

counted AS (
    SELECT 'M01' AS measure_code, 'people' AS figure_code, county_code, 'poverty_status' AS cut, status_group AS group_code, CAST(count(*) AS DECIMAL(18, 2)) AS figure_value,
        sum(record_key) AS figure_key, CAST(1 AS DECIMAL(18, 2)) AS figure_largest
    FROM registered GROUP BY county_code, status_group
    UNION ALL
    SELECT 'M01', 'people', county_code, 'total', 'all', CAST(count(*) AS DECIMAL(18, 2)), sum(record_key), 1 FROM registered GROUP BY county_code
    UNION ALL
    SELECT 'M01', 'households', county_code, 'poverty_status', status_group, CAST(count(DISTINCT household_number) AS DECIMAL(18, 2)),
        sum(DISTINCT record_key(household_number)), 1
    FROM registered GROUP BY county_code, status_group
    UNION ALL
    SELECT 'M01', 'households', county_code, 'total', 'all', CAST(count(DISTINCT household_number) AS DECIMAL(18, 2)),
        sum(DISTINCT record_key(household_number)), 1
    FROM registered GROUP BY county_code
    UNION ALL
    SELECT measure_code, 'people', county_code, 'poverty_status', status_group, CAST(count(*) AS DECIMAL(18, 2)), sum(record_key), 1 FROM due GROUP BY measure_code, county_code, status_group
    UNION ALL
    SELECT measure_code, 'people', county_code, 'total', 'all', CAST(count(*) AS DECIMAL(18, 2)), sum(record_key), 1 FROM due GROUP BY measure_code, county_code
    UNION ALL
    SELECT measure_code, 'wish', county_code, 'total', 'all', CAST(count(*) AS DECIMAL(18, 2)), sum(record_key), 1 FROM due WHERE has_wish GROUP BY measure_code, county_code
    UNION ALL
    SELECT 'M37', 'people', county_code, 'school', school_code, CAST(count(*) AS DECIMAL(18, 2)), sum(record_key), 1 FROM registered WHERE is_on_roll GROUP BY county_code, school_code
    UNION ALL
    SELECT 'M37', 'people', county_code, 'total', 'all', CAST(count(*) AS DECIMAL(18, 2)), sum(record_key), 1 FROM registered WHERE is_on_roll GROUP BY county_code
    UNION ALL
    SELECT 'M09', 'people', county_code, 'label', label_group, CAST(count(*) AS DECIMAL(18, 2)), sum(record_key), 1 FROM paid GROUP BY county_code, label_group
    UNION ALL
    SELECT 'M09', 'people', county_code, 'total', 'all', CAST(count(*) AS DECIMAL(18, 2)), sum(record_key), 1 FROM paid GROUP BY county_code
    UNION ALL
    SELECT 'M09', 'amount', county_code, 'label', label_group, CAST(sum(premium_subsidy_amount) AS DECIMAL(18, 2)), sum(record_key), max(premium_subsidy_amount)
    FROM paid GROUP BY county_code, label_group
    UNION ALL
    SELECT 'M09', 'amount', county_code, 'total', 'all', CAST(sum(premium_subsidy_amount) AS DECIMAL(18, 2)), sum(record_key), max(premium_subsidy_amount)
    FROM paid GROUP BY county_code
)

SELECT measure_code, figure_code, county_code AS region_code, cut, group_code, figure_value, CAST(NULL AS DECIMAL(18, 2)) AS figure_base,
    figure_key, figure_largest, CAST(NULL AS BIGINT) AS base_key, CAST(NULL AS DECIMAL(18, 2)) AS base_largest
FROM counted
WHERE county_code IS NOT NULL
