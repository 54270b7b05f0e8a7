-- table:    core_figure_labour
-- grain:    one row per (measure_code, figure_code, region_code, cut, group_code): what the poor labour force of a county wishes for, and its jobs
-- reads:    core_person_measure, core_person_quarter, core_person_row, staged_employment_platform__worker, staged_employment_platform__wish
-- quarters: this
-- rule:     for disclosure control each figure has the sum of the record keys of whom it counts, and the largest contribution of one of them (1 in a count), of employers the employer; M18A of everybody who counts in M19: on the platform's form, and what the list of wishes says as last recorded; M19A those at work in M19 by what their form says of the job held on the last day, unknown where it says nothing; domestic: a trade in whose name 家政 is; a contract is asked of those employed by a unit, wages of everybody of whom any is told; an employer counts once in a county, by its code or else its name
WITH labour AS (
    SELECT m.person_key, q.record_key, q.county_code, m.state_code = 'covered' AS is_employed
    FROM core_person_measure AS m
    JOIN core_person_quarter AS q ON q.person_key = m.person_key
    WHERE m.measure_code = 'M19' AND m.state_code <> 'excluded'
),

platform_rows AS (
    SELECT r.person_key, r.entity, r.delivery_id, r.file_name, r.line_number
    FROM core_person_row AS r
    JOIN labour AS l ON l.person_key = r.person_key
    WHERE r.system = 'employment_platform' AND r.entity IN ('worker', 'wish')
),

wishes AS (
    SELECT r.person_key, bool_or(coalesce(w.wants_work, FALSE)) AS wants_work, bool_or(coalesce(w.wants_to_leave, FALSE)) AS wants_to_leave,
        bool_or(coalesce(w.wants_startup, FALSE)) AS wants_startup
    FROM platform_rows AS r
    JOIN staged_employment_platform__wish AS w
        ON r.entity = 'wish' AND w.delivery_id = r.delivery_id AND w.file_name = r.file_name AND w.line_number = r.line_number
    GROUP BY r.person_key
),

workers AS (
    SELECT r.person_key, w.employment_form_code, w.channel_code, w.trade, w.is_home_worker, w.has_contract, w.wage_amount, coalesce(w.employer_code, w.employer_name) AS employer,
        w.employment_status_code = '1' AND (w.started_date IS NULL OR w.started_date <= $last_day) AND (w.ended_date IS NULL OR w.ended_date >= $last_day) AS is_at_work
    FROM platform_rows AS r
    JOIN staged_employment_platform__worker AS w
        ON r.entity = 'worker' AND w.delivery_id = r.delivery_id AND w.file_name = r.file_name AND w.line_number = r.line_number
),

jobs AS (
    SELECT person_key, min(employment_form_code) AS employment_form_code, min(channel_code) AS channel_code, min(employer) AS employer,
        bool_or(coalesce(contains(trade, '家政'), FALSE)) AS is_domestic, bool_or(coalesce(is_home_worker, FALSE)) AS is_home_worker,
        bool_or(coalesce(employment_form_code = '02', FALSE)) AS is_unit_employed,
        bool_or(coalesce(employment_form_code = '02' AND has_contract, FALSE)) AS has_contract,
        max(wage_amount) AS wage_amount
    FROM workers
    WHERE is_at_work
    GROUP BY person_key
),

told AS (
    SELECT l.record_key, l.county_code, l.is_employed, p.person_key IS NOT NULL AS is_on_platform,
        coalesce(w.wants_work, FALSE) AS wants_work, coalesce(w.wants_to_leave, FALSE) AS wants_to_leave, coalesce(w.wants_startup, FALSE) AS wants_startup,
        coalesce(j.employment_form_code, 'unknown') AS form_group, coalesce(j.channel_code, 'unknown') AS channel_group, j.employer,
        CASE WHEN j.is_domestic THEN 'domestic' ELSE 'other' END AS trade_group, CASE WHEN j.is_home_worker THEN 'yes' ELSE 'no' END AS home_group,
        coalesce(j.is_unit_employed, FALSE) AS is_unit_employed, coalesce(j.has_contract, FALSE) AS has_contract, j.wage_amount
    FROM labour AS l
    LEFT JOIN (SELECT DISTINCT person_key FROM workers) AS p ON p.person_key = l.person_key
    LEFT JOIN wishes AS w ON w.person_key = l.person_key
    LEFT JOIN jobs AS j ON j.person_key = l.person_key
),

employed AS (
    SELECT county_code, record_key, 'total' AS cut, 'all' AS group_code FROM told WHERE is_employed
    UNION ALL
    SELECT county_code, record_key, 'employment_form', form_group FROM told WHERE is_employed
    UNION ALL
    SELECT county_code, record_key, 'channel', channel_group FROM told WHERE is_employed
    UNION ALL
    SELECT county_code, record_key, 'trade', trade_group FROM told WHERE is_employed
    UNION ALL
    SELECT county_code, record_key, 'home_worker', home_group FROM told WHERE is_employed
),

parts AS (
    SELECT 'M18A' AS measure_code, 'on_platform' AS figure_code, county_code, record_key, is_on_platform AS is_part FROM told
    UNION ALL
    SELECT 'M18A', 'work', county_code, record_key, wants_work FROM told
    UNION ALL
    SELECT 'M18A', 'leave', county_code, record_key, wants_to_leave FROM told
    UNION ALL
    SELECT 'M18A', 'startup', county_code, record_key, wants_startup FROM told
    UNION ALL
    SELECT 'M19A', 'contract', county_code, record_key, has_contract FROM told WHERE is_employed AND is_unit_employed
),

counted AS (
    SELECT measure_code, figure_code, county_code, 'total' AS cut, 'all' AS group_code,
        CAST(count(*) FILTER (WHERE is_part) AS DECIMAL(18, 2)) AS figure_value, CAST(count(*) AS DECIMAL(18, 2)) AS figure_base,
        sum(CASE WHEN is_part THEN record_key ELSE 0 END) AS figure_key, CAST(1 AS DECIMAL(18, 2)) AS figure_largest,
        sum(record_key) AS base_key, CAST(1 AS DECIMAL(18, 2)) AS base_largest
    FROM parts GROUP BY measure_code, figure_code, county_code
    UNION ALL
    SELECT 'M19A', 'people', county_code, cut, group_code, CAST(count(*) AS DECIMAL(18, 2)), NULL, sum(record_key), 1, NULL, NULL
    FROM employed GROUP BY county_code, cut, group_code
    UNION ALL
    SELECT 'M19A', 'employers', county_code, 'total', 'all', CAST(count(DISTINCT employer) AS DECIMAL(18, 2)), NULL, sum(DISTINCT record_key(employer)), 1, NULL, NULL
    FROM told WHERE is_employed AND employer IS NOT NULL GROUP BY county_code
    UNION ALL
    SELECT 'M19A', 'paid', county_code, 'total', 'all', CAST(count(*) AS DECIMAL(18, 2)), NULL, sum(record_key), 1, NULL, NULL
    FROM told WHERE is_employed AND wage_amount > 0 GROUP BY county_code
    UNION ALL
    SELECT 'M19A', 'wage', county_code, 'total', 'all', CAST(sum(wage_amount) AS DECIMAL(18, 2)), NULL, sum(record_key), max(wage_amount), NULL, NULL
    FROM told WHERE is_employed AND wage_amount > 0 GROUP BY county_code
)

SELECT measure_code, figure_code, county_code AS region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest
FROM counted
WHERE county_code IS NOT NULL
