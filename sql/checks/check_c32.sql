-- table:    check_c32
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): a workshop whose mark in the ledger and subsidy do not go together, and the rows by which
-- reads:    core_carrier, staged_employment_platform__carrier, core_subsidy, core_source_scope
-- quarters: this
-- rule:     车间补贴: an open workshop, recognised longer ago than a subsidy's period (a parameter), that the ledger says qualifies was paid none within it, where payments are known for so long; a workshop that the ledger says does not qualify was paid this year; a subsidy is a workshop's by its number, else by its credit code
WITH workshops AS (
    SELECT c.carrier_number, c.carrier_code, c.county_code, c.delivery_id, c.file_name, c.line_number, c.opened_date, c.is_subsidy_qualified,
        months_after($last_day, -$workshop_subsidy_months) AS period_day
    FROM staged_employment_platform__carrier AS c
    JOIN core_source_scope AS s ON s.system = 'employment_platform' AND s.county_code = c.county_code AND s.has_data
    WHERE c.carrier_type_code = 'WORKSHOP'
),

payments AS (
    SELECT w.carrier_number, w.county_code, p.delivery_id, p.file_name, p.line_number, p.paid_date, p.paid_amount
    FROM core_subsidy AS p
    JOIN workshops AS w ON w.carrier_number = p.carrier_number
    WHERE p.subsidy_code = 'WORKSHOP'
    UNION ALL
    SELECT w.carrier_number, w.county_code, p.delivery_id, p.file_name, p.line_number, p.paid_date, p.paid_amount
    FROM core_subsidy AS p
    JOIN workshops AS w ON w.carrier_code = p.organisation_code
    WHERE p.subsidy_code = 'WORKSHOP' AND p.carrier_number IS NULL
),

last_paid AS (
    SELECT carrier_number, county_code, max(paid_date) AS paid_date FROM payments GROUP BY carrier_number, county_code
),

undue AS (
    SELECT w.carrier_number, w.county_code, w.delivery_id, w.file_name, w.line_number
    FROM workshops AS w
    JOIN last_paid AS p ON p.carrier_number = w.carrier_number AND p.county_code = w.county_code
    WHERE NOT w.is_subsidy_qualified AND year(p.paid_date) = year($last_day)
),

findings AS (
    SELECT w.carrier_number, w.county_code, 'qualified_not_paid' AS finding_code, 'carrier' AS entity, w.delivery_id, w.file_name, w.line_number,
        CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
    FROM workshops AS w
    JOIN core_carrier AS c ON c.carrier_number = w.carrier_number AND c.county_code = w.county_code
    LEFT JOIN last_paid AS p ON p.carrier_number = w.carrier_number AND p.county_code = w.county_code
    WHERE w.is_subsidy_qualified AND w.opened_date <= w.period_day
        AND make_date(to_integer(left(c.first_quarter, 4)), 1, 1) <= days_after(w.period_day, 1)
        AND (p.paid_date IS NULL OR p.paid_date <= w.period_day)
    UNION ALL
    SELECT carrier_number, county_code, 'paid_not_qualified' AS finding_code, 'carrier', delivery_id, file_name, line_number, NULL
    FROM undue
    UNION ALL
    SELECT p.carrier_number, p.county_code, 'paid_not_qualified' AS finding_code, 'subsidy', p.delivery_id, p.file_name, p.line_number, p.paid_amount
    FROM payments AS p
    JOIN undue AS u ON u.carrier_number = p.carrier_number AND u.county_code = p.county_code
    WHERE year(p.paid_date) = year($last_day)
)

SELECT
    carrier_number AS subject_code, CAST(NULL AS VARCHAR) AS person_key, county_code, finding_code, 'employment_platform' AS system,
    entity, delivery_id, file_name, line_number, CAST(NULL AS BIGINT) AS n_months, finding_amount
FROM findings
