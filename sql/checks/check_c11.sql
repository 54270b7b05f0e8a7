-- table:    check_c11
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody who drew unemployment benefit for a month at work, and the rows by which
-- reads:    core_unemployment_benefit, core_unit_contribution, core_job, core_person_quarter
-- quarters: this
-- rule:     领取失业金×就业: of the quarter's months those for which unemployment benefit was paid and for which a unit paid employees' pension or unemployment insurance, or in the whole of which a registered job was held (farming is none); the months stand at the benefit
WITH quarter_months AS (
    SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2
),

benefits AS (
    SELECT b.person_key, b.delivery_id, b.file_name, b.line_number, months_after($first_day, m.n) AS month_day
    FROM core_unemployment_benefit AS b
    JOIN quarter_months AS m ON b.since_date <= months_after($first_day, m.n) AND b.until_date >= months_after($first_day, m.n)
),

work AS (
    SELECT b.person_key, b.month_day, 'social_insurance' AS system, 'contribution' AS entity, c.delivery_id, c.file_name, c.line_number
    FROM benefits AS b
    JOIN core_unit_contribution AS c ON c.person_key = b.person_key AND c.since_date = b.month_day
    WHERE c.scheme_code IN ('110', '120', '210')
    UNION ALL
    SELECT b.person_key, b.month_day, 'employment_platform', j.entity, j.delivery_id, j.file_name, j.line_number
    FROM benefits AS b
    JOIN core_job AS j
        ON j.person_key = b.person_key AND j.entity = 'spell' AND j.since_date <= b.month_day
        AND (j.until_date IS NULL OR j.until_date >= last_day(b.month_day))
    WHERE coalesce(j.employment_form_code, '') <> 'FARM'
),

evidence AS (
    SELECT b.person_key, 'social_insurance' AS system, 'benefit' AS entity, b.delivery_id, b.file_name, b.line_number, count(*) AS n_months
    FROM benefits AS b
    JOIN (SELECT DISTINCT person_key, month_day FROM work) AS w ON w.person_key = b.person_key AND w.month_day = b.month_day
    GROUP BY b.person_key, b.delivery_id, b.file_name, b.line_number
    UNION ALL
    SELECT DISTINCT person_key, system, entity, delivery_id, file_name, line_number, CAST(NULL AS BIGINT) FROM work
)

SELECT
    e.person_key AS subject_code, e.person_key, q.county_code, 'benefit_while_employed' AS finding_code,
    e.system, e.entity, e.delivery_id, e.file_name, e.line_number, e.n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM evidence AS e
JOIN core_person_quarter AS q ON q.person_key = e.person_key
