-- table:    check_c19
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody whom the roll marks otherwise than the register, and the rows by which
-- reads:    core_person_quarter, core_source_scope, core_person_row, staged_technical_school__roll
-- quarters: this
-- rule:     学籍标注不符: the mark_without_register and register_without_mark of mart_school_yulu: an active entry marked 建档立卡 of somebody who is in no register; somebody of the register whose active entries name no hardship at all (a single-valued code: 低保 hides 建档立卡); who has the hukou in another province is in no county of the register and not listed
WITH spoken AS (
    SELECT county_code
    FROM core_source_scope
    WHERE system IN ('poverty_register', 'technical_school') AND has_data
    GROUP BY county_code
    HAVING count(*) = 2
),

found AS (
    SELECT q.person_key, q.county_code,
        CASE WHEN q.is_registered THEN 'register_without_mark' ELSE 'mark_without_register' END AS finding_code
    FROM core_person_quarter AS q
    JOIN spoken AS s ON s.county_code = q.county_code
    WHERE q.is_on_roll AND ((q.has_roll_poor_mark AND NOT q.is_registered) OR (q.is_registered AND NOT q.has_roll_hardship))
)

SELECT
    f.person_key AS subject_code, f.person_key, f.county_code, f.finding_code,
    r.system, r.entity, r.delivery_id, r.file_name, r.line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM found AS f
JOIN core_person_row AS r ON r.person_key = f.person_key AND r.system = 'technical_school' AND r.entity = 'roll'
JOIN staged_technical_school__roll AS s ON s.delivery_id = r.delivery_id AND s.file_name = r.file_name AND s.line_number = r.line_number
WHERE s.roll_state_code = '1' AND (f.finding_code = 'register_without_mark' OR s.hardship_code = '2')
UNION ALL
SELECT f.person_key, f.person_key, f.county_code, f.finding_code, r.system, r.entity, r.delivery_id, r.file_name, r.line_number, NULL, NULL
FROM found AS f
JOIN core_person_row AS r ON r.person_key = f.person_key AND r.system = 'poverty_register'
