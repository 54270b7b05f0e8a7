-- table:    check_c36
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody of the register who paid the resident medical premium, by the payments
-- reads:    core_person_quarter, core_person_row, staged_medical_insurance__premium
-- quarters: this
-- rule:     自缴医保费: a registered person's own payment of the resident premium (390, or where the file names no scheme) for this year or the next, not paid back
WITH paid AS (
    SELECT r.person_key, q.county_code, p.paid_amount, p.delivery_id, p.file_name, p.line_number,
        sum(p.paid_amount) OVER (PARTITION BY r.person_key, p.premium_year) AS yearly_amount
    FROM staged_medical_insurance__premium AS p
    JOIN core_person_row AS r
        ON r.system = 'medical_insurance' AND r.entity = 'premium'
        AND r.delivery_id = p.delivery_id AND r.file_name = p.file_name AND r.line_number = p.line_number
    JOIN core_person_quarter AS q ON q.person_key = r.person_key AND q.is_registered
    WHERE p.payer_code = '3' AND coalesce(p.scheme_code, '390') = '390' AND p.premium_year >= $premium_year
)

SELECT
    person_key AS subject_code, person_key, county_code, 'paid_by_person' AS finding_code,
    'medical_insurance' AS system, 'premium' AS entity, delivery_id, file_name, line_number,
    CAST(NULL AS BIGINT) AS n_months, paid_amount AS finding_amount
FROM paid
WHERE paid_amount > 0 AND yearly_amount > 0
