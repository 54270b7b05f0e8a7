-- table:    check_c18
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody paid Yulu for a technical school and not on its roll, and the rows by which
-- reads:    core_person_quarter, core_source_scope, core_person_row, staged_yulu__payment
-- quarters: this
-- rule:     享雨露不在籍: paid this term for a technical school, no active entry on a technical-school roll: the yulu_without_roll of mart_school_yulu; the evidence is the payment, and the entries of the roll that are not active
WITH spoken AS (
    SELECT county_code
    FROM core_source_scope
    WHERE system IN ('poverty_register', 'technical_school', 'yulu') AND has_data
    GROUP BY county_code
    HAVING count(*) = 3
),

found AS (
    SELECT q.person_key, q.county_code
    FROM core_person_quarter AS q
    JOIN spoken AS s ON s.county_code = q.county_code
    WHERE q.has_technical_yulu AND NOT q.is_on_roll
)

SELECT
    f.person_key AS subject_code, f.person_key, f.county_code, 'not_on_roll' AS finding_code,
    r.system, r.entity, r.delivery_id, r.file_name, r.line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(y.paid_amount AS DECIMAL(18, 2)) AS finding_amount
FROM found AS f
JOIN core_person_row AS r ON r.person_key = f.person_key AND r.system = 'yulu' AND r.entity = 'payment'
JOIN staged_yulu__payment AS y ON y.delivery_id = r.delivery_id AND y.file_name = r.file_name AND y.line_number = r.line_number
WHERE y.school_year = $school_year AND y.term_code = $term_code AND y.state_code = '3' AND y.school_type_code = '1'
UNION ALL
SELECT f.person_key, f.person_key, f.county_code, 'not_on_roll', r.system, r.entity, r.delivery_id, r.file_name, r.line_number, NULL, NULL
FROM found AS f
JOIN core_person_row AS r ON r.person_key = f.person_key AND r.system = 'technical_school' AND r.entity = 'roll'
