-- table:    check_c26
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody of the register whose stay in a hospital of the county was not settled in one stop, and the settlements of the stay
-- reads:    core_person_quarter, core_person_row, staged_medical_insurance__settlement
-- quarters: this
-- rule:     一站式: a stay in hospital, treated in the person's own county, of which a settlement of the quarter was made by hand or afterwards (补充报销); a layer that is zero in a single online settlement is none; all settlements of the stay are shown, the amount is what funds paid on those by hand
WITH stays AS (
    SELECT q.person_key, q.county_code, s.visit_number, s.delivery_id, s.file_name, s.line_number,
        coalesce(s.settlement_kind_code IN ('1', '3'), FALSE) AS is_by_hand,
        coalesce(starts_with(s.treated_place_code, q.county_code), FALSE) AS is_in_county,
        coalesce(s.pooled_amount, 0) + coalesce(s.severe_illness_amount, 0) + coalesce(s.commercial_amount, 0) + coalesce(s.assistance_amount, 0) AS funds_amount
    FROM staged_medical_insurance__settlement AS s
    JOIN core_person_row AS r
        ON r.system = 'medical_insurance' AND r.entity = 'settlement'
        AND r.delivery_id = s.delivery_id AND r.file_name = s.file_name AND r.line_number = s.line_number
    JOIN core_person_quarter AS q ON q.person_key = r.person_key AND q.is_registered
    WHERE s.medical_type_code IN ('21', '22', '23', '24', '52', '92')
),

found AS (
    SELECT person_key, visit_number
    FROM stays
    GROUP BY person_key, visit_number
    HAVING bool_or(is_by_hand) AND bool_or(is_in_county)
)

SELECT
    s.person_key AS subject_code, s.person_key, s.county_code, 'settled_by_hand' AS finding_code,
    'medical_insurance' AS system, 'settlement' AS entity, s.delivery_id, s.file_name, s.line_number,
    CAST(NULL AS BIGINT) AS n_months, CASE WHEN s.is_by_hand THEN CAST(s.funds_amount AS DECIMAL(18, 2)) END AS finding_amount
FROM found AS f
JOIN stays AS s ON s.person_key = f.person_key AND s.visit_number = f.visit_number
