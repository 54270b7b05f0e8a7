-- table:    check_c17
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): a registered full-time student without Yulu aid this term, and the rows by which
-- reads:    core_person_measure, core_person_quarter, core_parameter, core_person_row, staged_technical_school__roll, staged_yulu__payment, staged_yulu__application
-- quarters: this
-- rule:     技工在校贫困生未享雨露: in the denominator of M38 and not in its numerator; the furthest that an application or payment of the term has come says which list: approved and not paid or sent back by the bank (approved_not_paid), waiting or to be completed (under_review), refused or ended (refused), none (not_applied); what is under way counts only yulu_payment_lag_months of the person's county after the term began; the evidence is the active full-time roll and the Yulu rows of the term
WITH students AS (
    SELECT m.person_key, q.county_code, p.yulu_payment_lag_months
    FROM core_person_measure AS m
    JOIN core_person_quarter AS q ON q.person_key = m.person_key
    LEFT JOIN core_parameter AS k ON k.region_code = q.county_code
    LEFT JOIN core_parameter AS p ON p.region_code = coalesce(k.region_code, '36')
    WHERE m.measure_code = 'M38' AND m.state_code = 'uncovered'
),

student_rows AS (
    SELECT s.person_key, s.county_code, r.system, r.entity, r.delivery_id, r.file_name, r.line_number
    FROM students AS s
    JOIN core_person_row AS r ON r.person_key = s.person_key AND r.system IN ('technical_school', 'yulu')
),

aid AS (
    SELECT r.person_key, r.county_code, r.system, r.entity, r.delivery_id, r.file_name, r.line_number,
        CASE
            WHEN y.state_code = '2' OR (y.state_code = '4' AND coalesce(y.review_state_code, '2') = '2') THEN 3
            WHEN y.state_code IN ('1', '4') THEN 2
            ELSE 1
        END AS step
    FROM student_rows AS r
    JOIN staged_yulu__payment AS y
        ON r.entity = 'payment' AND y.delivery_id = r.delivery_id AND y.file_name = r.file_name AND y.line_number = r.line_number
    WHERE r.system = 'yulu' AND y.school_year = $school_year AND y.term_code = $term_code
    UNION ALL
    SELECT r.person_key, r.county_code, r.system, r.entity, r.delivery_id, r.file_name, r.line_number,
        CASE y.review_state_code WHEN '2' THEN 3 WHEN '3' THEN 1 ELSE 2 END
    FROM student_rows AS r
    JOIN staged_yulu__application AS y
        ON r.entity = 'application' AND y.delivery_id = r.delivery_id AND y.file_name = r.file_name AND y.line_number = r.line_number
    WHERE r.system = 'yulu' AND y.school_year = $school_year AND y.term_code = $term_code
),

-- Where a payment is told of, it says more than the application.
steps AS (
    SELECT person_key, coalesce(max(CASE WHEN entity = 'payment' THEN step END), max(step)) AS step FROM aid GROUP BY person_key
),

found AS (
    SELECT s.person_key, s.county_code,
        CASE t.step WHEN 3 THEN 'approved_not_paid' WHEN 2 THEN 'under_review' WHEN 1 THEN 'refused' ELSE 'not_applied' END AS finding_code
    FROM students AS s
    LEFT JOIN steps AS t ON t.person_key = s.person_key
    WHERE coalesce(t.step, 0) < 2 OR months_between($term_start, $last_day) >= s.yulu_payment_lag_months
)

SELECT
    f.person_key AS subject_code, f.person_key, f.county_code, f.finding_code,
    r.system, r.entity, r.delivery_id, r.file_name, r.line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM found AS f
JOIN student_rows AS r ON r.person_key = f.person_key AND r.system = 'technical_school' AND r.entity = 'roll'
JOIN staged_technical_school__roll AS s ON s.delivery_id = r.delivery_id AND s.file_name = r.file_name AND s.line_number = r.line_number
WHERE s.roll_state_code = '1' AND s.study_form_code = '1'
UNION ALL
SELECT f.person_key, f.person_key, f.county_code, f.finding_code, a.system, a.entity, a.delivery_id, a.file_name, a.line_number, NULL, NULL
FROM found AS f
JOIN aid AS a ON a.person_key = f.person_key
