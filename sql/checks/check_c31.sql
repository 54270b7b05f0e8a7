-- table:    check_c31
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody to whom unemployment benefit seems due and who draws none, and the rows by which
-- reads:    staged_employment_platform__spell, staged_social_insurance__participation, staged_social_insurance__benefit, core_person_row, core_unemployment_benefit, core_unit_contribution, core_person_measure, core_person_quarter, core_source_scope
-- quarters: this
-- rule:     失业金应发未发: a poor worker without work (M19), registered as unemployed and still so, for a reason that is not their own will (the contract was ended or dissolved, the unit closed), in unemployment insurance for at least a year (a parameter) before, as far as its dates tell; no benefit row since, no unit pays for them, no pension, not in prison, in the army or abroad; only where the delivery in force for the county has unemployment benefits; a rural contract worker's one-off aid cannot be seen
WITH registered AS (
    SELECT r.person_key, s.delivery_id, s.file_name, s.line_number, s.started_date
    FROM staged_employment_platform__spell AS s
    JOIN core_person_row AS r
        ON r.system = 'employment_platform' AND r.entity = 'spell'
        AND r.delivery_id = s.delivery_id AND r.file_name = s.file_name AND r.line_number = s.line_number
    WHERE s.registration_code = '2' AND s.started_date <= $last_day AND (s.ended_date IS NULL OR s.ended_date >= $last_day)
        AND NOT contains(s.unemployed_reason, '本人') AND NOT contains(s.unemployed_reason, '辞')
        AND (
            s.unemployed_reason = '20' OR contains(s.unemployed_reason, '终止') OR contains(s.unemployed_reason, '解除')
            OR contains(s.unemployed_reason, '裁') OR contains(s.unemployed_reason, '破产') OR contains(s.unemployed_reason, '关闭')
        )
),

insured AS (
    SELECT r.person_key, i.delivery_id, i.file_name, i.line_number, i.joined_date, i.end_date
    FROM staged_social_insurance__participation AS i
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'participation'
        AND r.delivery_id = i.delivery_id AND r.file_name = i.file_name AND r.line_number = i.line_number
    WHERE i.scheme_code = '210' AND i.participation_state_code IN ('1', '2', '4')
),

benefits_told AS (
    SELECT s.county_code
    FROM core_source_scope AS s
    WHERE s.system = 'social_insurance' AND s.has_data AND s.delivery_id IN (SELECT DISTINCT delivery_id FROM staged_social_insurance__benefit WHERE scheme_code = '210')
),

-- A row of this quarter speaks of the present spell even where nothing was paid; one of before only by the months paid.
drawn AS (
    SELECT g.person_key
    FROM registered AS g
    JOIN core_unemployment_benefit AS b ON b.person_key = g.person_key
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'benefit' AND r.person_key = b.person_key
        AND r.delivery_id = b.delivery_id AND r.file_name = b.file_name AND r.line_number = b.line_number
    UNION ALL
    SELECT g.person_key
    FROM registered AS g
    JOIN core_unemployment_benefit AS b ON b.person_key = g.person_key AND b.until_date >= g.started_date
),

due AS (
    SELECT DISTINCT g.person_key, g.delivery_id, g.file_name, g.line_number,
        i.delivery_id AS insured_delivery, i.file_name AS insured_file, i.line_number AS insured_line
    FROM registered AS g
    JOIN insured AS i ON i.person_key = g.person_key
    WHERE i.joined_date <= months_after(least(g.started_date, coalesce(i.end_date, g.started_date)), -$unemployment_paid_months)
),

evidence AS (
    SELECT DISTINCT person_key, 'employment_platform' AS system, 'spell' AS entity, delivery_id, file_name, line_number FROM due
    UNION ALL
    SELECT DISTINCT person_key, 'social_insurance', 'participation', insured_delivery, insured_file, insured_line FROM due
)

SELECT
    e.person_key AS subject_code, e.person_key, q.county_code, 'not_claimed' AS finding_code,
    e.system, e.entity, e.delivery_id, e.file_name, e.line_number, CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM evidence AS e
JOIN core_person_measure AS m ON m.person_key = e.person_key AND m.measure_code = 'M19' AND m.state_code = 'uncovered'
JOIN core_person_quarter AS q ON q.person_key = e.person_key
JOIN benefits_told AS c ON c.county_code = q.county_code
WHERE NOT q.is_imprisoned AND NOT q.is_in_army AND NOT q.is_emigrated AND NOT q.has_pension_benefit
    AND e.person_key NOT IN (SELECT person_key FROM drawn)
    AND e.person_key NOT IN (
        SELECT person_key FROM core_unit_contribution WHERE since_date = make_date(year($last_day), month($last_day), 1)
    )
