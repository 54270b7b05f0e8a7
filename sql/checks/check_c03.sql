-- table:    check_c03
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody whose premium of the closed year was due from government and is not paid, and the rows by which
-- reads:    core_person_measure, core_person_quarter, core_case, core_pension_payment, core_person_row, core_pension_participation, core_source_scope
-- quarters: this, previous
-- rule:     应代缴未代缴: in the first quarter, when last year's premiums close, whoever M08 of the fourth quarter leaves uncovered; in the others whoever is still open; less those for whom a payment of item 11 for that year has come, and the dead; the finding is that of the year's end; only where social insurance has spoken of the county; the evidence is the rows of register, civil affairs and pension schemes
WITH candidates AS (
    SELECT m.person_key, CASE WHEN q.has_resident_pension THEN 'insured_not_paid' ELSE 'not_insured' END AS finding_code
    FROM previous.core_person_measure AS m
    JOIN previous.core_person_quarter AS q ON q.person_key = m.person_key
    WHERE month($last_day) = 3 AND m.measure_code = 'M08' AND m.state_code = 'uncovered'
    UNION ALL
    SELECT person_key, finding_code
    FROM previous.core_case
    WHERE month($last_day) <> 3 AND check_code = 'C03' AND case_state_code IN ('new', 'carried', 'reopened', 'not_checked')
),

paid AS (
    SELECT DISTINCT r.person_key
    FROM core_pension_payment AS p
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'payment'
        AND r.delivery_id = p.delivery_id AND r.file_name = p.file_name AND r.line_number = p.line_number
    WHERE p.payment_item_code = '11' AND p.premium_year = $premium_year - 1
),

found AS (
    SELECT c.person_key, q.county_code, c.finding_code
    FROM candidates AS c
    JOIN core_person_quarter AS q ON q.person_key = c.person_key
    JOIN core_source_scope AS s ON s.system = 'social_insurance' AND s.county_code = q.county_code AND s.has_data
    LEFT JOIN paid AS p ON p.person_key = c.person_key
    WHERE p.person_key IS NULL AND NOT q.is_dead
),

evidence AS (
    SELECT person_key, system, entity, delivery_id, file_name, line_number
    FROM core_person_row
    WHERE system IN ('poverty_register', 'civil_affairs')
    UNION ALL
    SELECT r.person_key, r.system, r.entity, r.delivery_id, r.file_name, r.line_number
    FROM core_person_row AS r
    JOIN core_pension_participation AS p
        ON r.system = 'social_insurance' AND r.entity = 'participation'
        AND p.delivery_id = r.delivery_id AND p.file_name = r.file_name AND p.line_number = r.line_number
)

SELECT
    f.person_key AS subject_code, f.person_key, f.county_code, f.finding_code,
    e.system, e.entity, e.delivery_id, e.file_name, e.line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM found AS f
JOIN evidence AS e ON e.person_key = f.person_key
