-- table:    core_figure_help
-- grain:    one row per (measure_code, figure_code, region_code, cut, group_code): services for the poor labour force of a county, and subsidies paid there
-- reads:    core_person_measure, core_person_quarter, core_person_row, core_person_work, staged_employment_platform__service, staged_employment_platform__subsidy
-- quarters: this
-- rule:     for disclosure control each figure has the sum of the record keys of whom it counts, and the largest contribution of one of them (1 in a count), of subsidies who is paid; M22C services of the quarter to those who count in M19: people once in each group, person-times every time; at the destination: of those at work out of their county; M29A subsidies paid since the year began, by the county that paid, to people on a list or not and to organisations
WITH labour AS (
    SELECT m.person_key, q.record_key, q.county_code, coalesce(w.is_employed_away, FALSE) AS is_away
    FROM core_person_measure AS m
    JOIN core_person_quarter AS q ON q.person_key = m.person_key
    LEFT JOIN core_person_work AS w ON w.person_key = m.person_key
    WHERE m.measure_code = 'M19' AND m.state_code <> 'excluded'
),

services AS (
    SELECT l.person_key, l.record_key, l.county_code, coalesce(s.service_code, 'unknown') AS service_group, coalesce(s.campaign_code, 'unknown') AS campaign_group,
        coalesce(s.is_at_destination, FALSE) AS is_at_destination, coalesce(s.has_led_to_work, FALSE) AS has_led
    FROM core_person_row AS r
    JOIN labour AS l ON l.person_key = r.person_key
    JOIN staged_employment_platform__service AS s
        ON r.system = 'employment_platform' AND r.entity = 'service'
        AND s.delivery_id = r.delivery_id AND s.file_name = r.file_name AND s.line_number = r.line_number
    WHERE s.served_date >= $first_day AND s.served_date <= $last_day
),

served AS (
    SELECT county_code, person_key, record_key, has_led, 'total' AS cut, 'all' AS group_code FROM services
    UNION ALL
    SELECT county_code, person_key, record_key, has_led, 'service', service_group FROM services
    UNION ALL
    SELECT county_code, person_key, record_key, has_led, 'campaign', campaign_group FROM services
),

by_person AS (
    SELECT county_code, cut, group_code, record_key, CAST(count(*) AS DECIMAL(18, 2)) AS n_services, CAST(count(*) FILTER (WHERE has_led) AS DECIMAL(18, 2)) AS n_led
    FROM served
    GROUP BY county_code, cut, group_code, person_key, record_key
),

away AS (
    SELECT l.county_code, l.record_key, s.person_key IS NOT NULL AS is_served_there
    FROM labour AS l
    LEFT JOIN (SELECT DISTINCT person_key FROM services WHERE is_at_destination) AS s ON s.person_key = l.person_key
    WHERE l.is_away
),

receivers AS (
    SELECT delivery_id, file_name, line_number, min(person_key) AS person_key
    FROM core_person_row
    WHERE system = 'employment_platform' AND entity = 'subsidy'
    GROUP BY delivery_id, file_name, line_number
),

payments AS (
    SELECT s.county_code, s.subsidy_code, coalesce(s.fund_code, 'unknown') AS fund_group, CASE WHEN s.name IS NULL THEN 'organisation' ELSE 'person' END AS receiver_group,
        s.paid_amount, coalesce(r.person_key, s.organisation_code, s.organisation_name, s.carrier_number, s.subsidy_number) AS receiver
    FROM staged_employment_platform__subsidy AS s
    LEFT JOIN receivers AS r ON r.delivery_id = s.delivery_id AND r.file_name = s.file_name AND r.line_number = s.line_number
    WHERE s.state_code = '3' AND s.paid_date >= $first_day_of_year AND s.paid_date <= $last_day
),

paid AS (
    SELECT county_code, receiver, paid_amount, 'total' AS cut, 'all' AS group_code FROM payments
    UNION ALL
    SELECT county_code, receiver, paid_amount, 'subsidy', subsidy_code FROM payments
    UNION ALL
    SELECT county_code, receiver, paid_amount, 'fund', fund_group FROM payments
    UNION ALL
    SELECT county_code, receiver, paid_amount, 'receiver', receiver_group FROM payments
    UNION ALL
    SELECT county_code, receiver, paid_amount, 'subsidy_by_fund', subsidy_code || ':' || fund_group FROM payments
    UNION ALL
    SELECT county_code, receiver, paid_amount, 'subsidy_by_receiver', subsidy_code || ':' || receiver_group FROM payments
),

by_receiver AS (
    SELECT county_code, cut, group_code, record_key(receiver) AS receiver_key, CAST(count(*) AS DECIMAL(18, 2)) AS n_payments, CAST(sum(paid_amount) AS DECIMAL(18, 2)) AS sum_amount
    FROM paid
    GROUP BY county_code, cut, group_code, receiver
),

counted AS (
    SELECT 'M22C' AS measure_code, 'people' AS figure_code, county_code, cut, group_code,
        CAST(count(*) AS DECIMAL(18, 2)) AS figure_value, CAST(NULL AS DECIMAL(18, 2)) AS figure_base,
        sum(record_key) AS figure_key, CAST(1 AS DECIMAL(18, 2)) AS figure_largest, CAST(NULL AS BIGINT) AS base_key, CAST(NULL AS DECIMAL(18, 2)) AS base_largest
    FROM by_person GROUP BY county_code, cut, group_code
    UNION ALL
    SELECT 'M22C', 'led_to_work', county_code, cut, group_code, CAST(sum(n_led) AS DECIMAL(18, 2)), CAST(sum(n_services) AS DECIMAL(18, 2)),
        sum(CASE WHEN n_led > 0 THEN record_key ELSE 0 END), max(n_led), sum(record_key), max(n_services)
    FROM by_person GROUP BY county_code, cut, group_code
    UNION ALL
    SELECT 'M22C', 'at_destination', county_code, 'total', 'all', CAST(count(*) FILTER (WHERE is_served_there) AS DECIMAL(18, 2)), CAST(count(*) AS DECIMAL(18, 2)),
        sum(CASE WHEN is_served_there THEN record_key ELSE 0 END), 1, sum(record_key), 1
    FROM away GROUP BY county_code
    UNION ALL
    SELECT 'M29A', 'payments', county_code, cut, group_code, CAST(sum(n_payments) AS DECIMAL(18, 2)), NULL, sum(receiver_key), max(n_payments), NULL, NULL
    FROM by_receiver GROUP BY county_code, cut, group_code
    UNION ALL
    SELECT 'M29A', 'amount', county_code, cut, group_code, CAST(sum(sum_amount) AS DECIMAL(18, 2)), NULL, sum(receiver_key), max(sum_amount), NULL, NULL
    FROM by_receiver GROUP BY county_code, cut, group_code
)

SELECT measure_code, figure_code, county_code AS region_code, cut, group_code, figure_value, figure_base, figure_key, figure_largest, base_key, base_largest
FROM counted
WHERE county_code IS NOT NULL
