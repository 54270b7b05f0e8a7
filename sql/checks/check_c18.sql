-- table:    check_c18
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody paid Yulu for a technical school and not on its roll, and the rows by which
-- reads:    core_person_quarter, core_source_scope, core_exclusion, core_person_row, staged_yulu__payment, staged_national_student_roll__student
-- quarters: this
-- rule:     享雨露不在籍: paid this term for a technical school, no active entry on a technical-school roll and not graduated from it in the term: the yulu_without_roll of mart_school_yulu (not_on_roll); paid for another school, on no roll at all, in a county for which the education department has sent its roll (not_on_other_roll), unless that roll names them with a graduation in the term; the evidence is the payment, and the entries of the technical-school roll that are not active
WITH spoken AS (
    SELECT county_code, bool_or(system = 'national_student_roll') AS has_education
    FROM core_source_scope
    WHERE system IN ('poverty_register', 'technical_school', 'yulu', 'national_student_roll') AND has_data
    GROUP BY county_code
    HAVING count(CASE WHEN system <> 'national_student_roll' THEN 1 END) = 3
),

-- Whom the education department's roll still names, as graduates of this term.
graduated AS (
    SELECT DISTINCT r.person_key
    FROM staged_national_student_roll__student AS s
    JOIN core_person_row AS r
        ON r.system = 'national_student_roll' AND r.entity = 'student'
        AND r.delivery_id = s.delivery_id AND r.file_name = s.file_name AND r.line_number = s.line_number
    WHERE s.state_code IN ('3', '4') AND s.due_graduation_month >= strftime($term_start, '%Y%m') AND coalesce(s.study_form_code, '1') = '1'
),

paid AS (
    SELECT r.person_key, q.county_code, r.system, r.entity, r.delivery_id, r.file_name, r.line_number,
        CASE WHEN y.school_type_code = '1' THEN 'not_on_roll' ELSE 'not_on_other_roll' END AS finding_code,
        CAST(y.paid_amount AS DECIMAL(18, 2)) AS paid_amount
    FROM staged_yulu__payment AS y
    JOIN core_person_row AS r
        ON r.system = 'yulu' AND r.entity = 'payment'
        AND r.delivery_id = y.delivery_id AND r.file_name = y.file_name AND r.line_number = y.line_number
    JOIN core_person_quarter AS q ON q.person_key = r.person_key
    JOIN spoken AS s ON s.county_code = q.county_code
    WHERE y.school_year = $school_year AND y.term_code = $term_code AND y.state_code = '3' AND NOT q.is_on_roll
        AND (
            (y.school_type_code = '1' AND q.has_technical_yulu AND NOT q.has_graduated_in_term)
            OR (
                y.school_type_code <> '1' AND s.has_education
                AND r.person_key NOT IN (SELECT person_key FROM core_exclusion WHERE reason_code = 'in_school')
                AND r.person_key NOT IN (SELECT person_key FROM graduated)
            )
        )
)

SELECT
    p.person_key AS subject_code, p.person_key, p.county_code, p.finding_code,
    p.system, p.entity, p.delivery_id, p.file_name, p.line_number,
    CAST(NULL AS BIGINT) AS n_months, p.paid_amount AS finding_amount
FROM paid AS p
UNION ALL
SELECT p.person_key, p.person_key, p.county_code, p.finding_code, r.system, r.entity, r.delivery_id, r.file_name, r.line_number, NULL, NULL
FROM (SELECT DISTINCT person_key, county_code, finding_code FROM paid) AS p
JOIN core_person_row AS r ON r.person_key = p.person_key AND r.system = 'technical_school' AND r.entity = 'roll'
