-- table:    check_c22
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): a post whose holder is to be verified, and the rows by which
-- reads:    staged_employment_platform__post, core_person_row, core_person_quarter, core_parameter, core_exclusion, core_unit_contribution, core_source_scope
-- quarters: this
-- rule:     公益性岗位: of posts held today (neither vacant nor vacated) the holder is dead, over age (the county's parameter by sex), holds two, stays after the term (the last day told, else as many months as the county's parameter says), or a unit that is not the post's own paid employees' pension for the quarter's last month; the holder of a 专岗 is not in the register, where the register has spoken of the county
WITH held AS (
    SELECT s.delivery_id, s.file_name, s.line_number, s.post_number, s.county_code, s.employer_name, s.started_date, s.term_end_date, s.id_key, r.person_key,
        s.carrier_type_code = 'POST' OR s.channel_code = 'POST' AS is_dedicated
    FROM staged_employment_platform__post AS s
    LEFT JOIN core_person_row AS r
        ON r.system = 'employment_platform' AND r.entity = 'post'
        AND r.delivery_id = s.delivery_id AND r.file_name = s.file_name AND r.line_number = s.line_number
    WHERE coalesce(s.post_state_code, '1') = '1' AND (s.vacated_date IS NULL OR s.vacated_date > $last_day)
        AND (s.started_date IS NULL OR s.started_date <= $last_day)
),

held_by AS (
    SELECT h.*, q.county_code AS person_county, q.is_registered, q.is_dead,
        q.age >= CASE WHEN q.sex_code = '2' THEN p.post_until_age_women ELSE p.post_until_age END AS is_over_age,
        coalesce(h.term_end_date, months_after(h.started_date, p.post_term_months)) < $last_day AS is_over_term
    FROM held AS h
    JOIN core_person_quarter AS q ON q.person_key = h.person_key
    LEFT JOIN core_parameter AS k ON k.region_code = h.county_code
    JOIN core_parameter AS p ON p.region_code = coalesce(k.region_code, '36')
),

two_posts AS (
    SELECT person_key FROM held_by WHERE NOT is_dead GROUP BY person_key HAVING count(DISTINCT post_number) > 1
),

paid AS (
    SELECT h.person_key, h.delivery_id, h.file_name, h.line_number,
        c.delivery_id AS paid_delivery, c.file_name AS paid_file, c.line_number AS paid_line
    FROM held_by AS h
    JOIN core_unit_contribution AS c ON c.person_key = h.person_key
    WHERE c.scheme_code IN ('110', '120') AND c.since_date = make_date(year($last_day), month($last_day), 1)
        AND (c.employer_name IS NULL OR h.employer_name IS NULL OR c.employer_name <> h.employer_name)
),

registers AS (
    SELECT county_code FROM core_source_scope WHERE system = 'poverty_register' AND has_data
),

findings AS (
    SELECT h.person_key, 'dead' AS finding_code, 'employment_platform' AS system, 'post' AS entity, h.delivery_id, h.file_name, h.line_number
    FROM held_by AS h
    WHERE h.is_dead
    UNION ALL
    SELECT x.person_key, 'dead' AS finding_code, x.system, CASE x.system WHEN 'deaths' THEN 'death' WHEN 'verification_feedback' THEN 'finding' ELSE 'move' END, x.delivery_id, x.file_name, x.line_number
    FROM core_exclusion AS x
    WHERE x.reason_code = 'dead' AND x.person_key IN (SELECT person_key FROM held_by)
    UNION ALL
    SELECT person_key, 'over_age' AS finding_code, 'employment_platform', 'post', delivery_id, file_name, line_number
    FROM held_by
    WHERE NOT is_dead AND is_over_age
    UNION ALL
    SELECT h.person_key, 'two_posts' AS finding_code, 'employment_platform', 'post', h.delivery_id, h.file_name, h.line_number
    FROM held_by AS h
    WHERE h.person_key IN (SELECT person_key FROM two_posts)
    UNION ALL
    SELECT person_key, 'over_term' AS finding_code, 'employment_platform', 'post', delivery_id, file_name, line_number
    FROM held_by
    WHERE NOT is_dead AND is_over_term
    UNION ALL
    SELECT DISTINCT person_key, 'on_payroll' AS finding_code, 'employment_platform', 'post', delivery_id, file_name, line_number
    FROM paid
    UNION ALL
    SELECT DISTINCT person_key, 'on_payroll' AS finding_code, 'social_insurance', 'contribution', paid_delivery, paid_file, paid_line
    FROM paid
    UNION ALL
    SELECT h.person_key, 'not_registered' AS finding_code, 'employment_platform', 'post', h.delivery_id, h.file_name, h.line_number
    FROM held_by AS h
    JOIN registers AS g ON g.county_code = h.person_county
    WHERE h.is_dedicated AND NOT h.is_registered AND NOT h.is_dead
)

SELECT
    f.person_key AS subject_code, f.person_key, q.county_code, f.finding_code, f.system, f.entity, f.delivery_id, f.file_name, f.line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM findings AS f
JOIN core_person_quarter AS q ON q.person_key = f.person_key
UNION ALL
-- Nobody of the universe bears the holder's number: the case is the post's.
SELECT
    h.post_number, NULL, h.county_code, 'not_registered' AS finding_code, 'employment_platform', 'post', h.delivery_id, h.file_name, h.line_number,
    CAST(NULL AS BIGINT), CAST(NULL AS DECIMAL(18, 2))
FROM held AS h
JOIN registers AS g ON g.county_code = h.county_code
WHERE h.is_dedicated AND h.person_key IS NULL AND h.id_key IS NOT NULL
