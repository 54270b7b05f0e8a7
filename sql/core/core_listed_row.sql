-- table:    core_listed_row
-- grain:    one row per (system, delivery_id, file_name, line_number): a row of another department's list by which somebody of the universe may be left out
-- reads:    staged_deaths__death, staged_prison__sentence, staged_army__service, staged_hukou_move__move, staged_national_student_roll__student, core_visit, core_record, core_person, core_listed_row
-- quarters: this, previous
-- rule:     dead from the day of death, or the day the hukou was cancelled for it; imprisoned while a sentence is served inside (缓刑, 监外执行, 假释 and 管制 are not); in_army until discharged, or from a hukou cancelled for it; emigrated and hukou_cancelled from the day of the cancellation (that of a double hukou says nothing of the person) and moved_out by a move out of the province, unless a move in came after; in_school on a full-time roll; what a visit found holds from the day of the visit for $finding_months months, a death for ever, and is kept until a later visit says otherwise: N01, N02 dead, N03 to N08 as above, N10 to N13 other_scheme, N14 and N15 found_insured (both count as insured, nobody is left out by them); since and until are the first and last day on which it holds, empty where nobody says; only rows are read whose ID number a record of the universe bears, or somebody of last quarter's universe
WITH came AS (
    SELECT id_key, max(changed_date) AS came_date FROM staged_hukou_move__move WHERE kind_code = '1' AND id_key IS NOT NULL GROUP BY id_key
),

found AS (
    SELECT delivery_id, file_name, line_number, id_key, name, death_month, found_date,
        CASE
            WHEN category_code IN ('N01', 'N02') THEN 'dead'
            WHEN category_code = 'N03' THEN 'moved_out'
            WHEN category_code = 'N04' THEN 'hukou_cancelled'
            WHEN category_code = 'N05' THEN 'imprisoned'
            WHEN category_code = 'N06' THEN 'in_army'
            WHEN category_code = 'N07' THEN 'in_school'
            WHEN category_code = 'N08' THEN 'emigrated'
            WHEN category_code IN ('N10', 'N11', 'N12', 'N13') THEN 'other_scheme'
            WHEN category_code IN ('N14', 'N15') THEN 'found_insured'
        END AS reason_code
    FROM core_visit
),

facts AS (
    SELECT 'deaths' AS system, delivery_id, file_name, line_number, id_key, name, sex_code, 'dead' AS reason_code, death_date AS since_date, CAST(NULL AS DATE) AS until_date
    FROM staged_deaths__death
    UNION ALL
    SELECT 'prison', delivery_id, file_name, line_number, id_key, name, sex_code, 'imprisoned', started_date, coalesce(days_after(released_date, -1), ended_date)
    FROM staged_prison__sentence
    WHERE execution_code IN ('1', '2')
    UNION ALL
    SELECT 'army', delivery_id, file_name, line_number, id_key, name, sex_code, 'in_army', enlisted_date, days_after(discharged_date, -1)
    FROM staged_army__service
    WHERE state_code = '1'
    UNION ALL
    SELECT 'hukou_move', m.delivery_id, m.file_name, m.line_number, m.id_key, m.name, m.sex_code,
        CASE
            WHEN m.kind_code = '4' OR m.cancelled_for_code = '1' THEN 'dead'
            WHEN m.kind_code = '2' THEN 'moved_out'
            WHEN m.cancelled_for_code = '2' THEN 'emigrated'
            WHEN m.cancelled_for_code = '3' THEN 'in_army'
            ELSE 'hukou_cancelled'
        END,
        m.changed_date, NULL
    FROM staged_hukou_move__move AS m
    LEFT JOIN came AS c ON c.id_key = m.id_key
    WHERE m.kind_code = '4'
        OR (m.kind_code = '3' AND m.cancelled_for_code = '1')
        OR (
            (c.id_key IS NULL OR c.came_date < m.changed_date)
            AND (
                (m.kind_code = '3' AND coalesce(m.cancelled_for_code, '9') <> '4')
                OR (m.kind_code = '2' AND m.to_code IS NOT NULL AND NOT starts_with(m.to_code, '36'))
            )
        )
    UNION ALL
    SELECT 'national_student_roll', delivery_id, file_name, line_number, id_key, name, sex_code, 'in_school',
        make_date(to_integer(substr(enrolled_month, 1, 4)), to_integer(substr(enrolled_month, 5, 2)), 1),
        days_after(months_after(make_date(to_integer(substr(due_graduation_month, 1, 4)), to_integer(substr(due_graduation_month, 5, 2)), 1), 1), -1)
    FROM staged_national_student_roll__student
    WHERE state_code = '1' AND coalesce(study_form_code, '1') = '1'
    UNION ALL
    SELECT 'verification_feedback', delivery_id, file_name, line_number, id_key, name, NULL, reason_code,
        CASE
            WHEN reason_code = 'dead' AND death_month IS NOT NULL
                THEN make_date(to_integer(substr(death_month, 1, 4)), to_integer(substr(death_month, 5, 2)), 1)
            ELSE found_date
        END,
        CASE WHEN reason_code <> 'dead' THEN days_after(months_after(found_date, $finding_months), -1) END
    FROM found
    WHERE reason_code IS NOT NULL
    UNION ALL
    SELECT w.system, w.delivery_id, w.file_name, w.line_number, w.id_key, w.name, w.sex_code, w.reason_code, w.since_date, w.until_date
    FROM previous.core_listed_row AS w
    WHERE w.system = 'verification_feedback' AND (w.until_date IS NULL OR w.until_date >= $first_day)
        AND w.id_key NOT IN (SELECT id_key FROM core_visit WHERE id_key IS NOT NULL)
)

SELECT f.system, f.delivery_id, f.file_name, f.line_number, f.id_key, coalesce(f.name, '') AS name, f.sex_code, f.reason_code, f.since_date, f.until_date
FROM facts AS f
WHERE f.id_key IN (SELECT id_key FROM core_record WHERE id_key IS NOT NULL)
    OR f.id_key IN (SELECT id_key FROM previous.core_person WHERE id_key IS NOT NULL)
