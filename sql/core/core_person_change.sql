-- table:    core_person_change
-- grain:    one row per (person_key, measure_code): somebody who is not what they were last quarter in the measure, and the one cause of it
-- reads:    core_person_measure, core_person_quarter, core_person, core_listed_row, core_link, core_link_verdict, core_source_scope, core_parameter
-- quarters: this, previous
-- rule:     whoever came into the denominator, left it, gained or lost cover has one cause, the first that holds of: the register of the county came or is missing, the own number or an official's decision put records elsewhere, the parameters of last quarter would have it otherwise for the person as they are now, death, age, school, another exclusion, entering or leaving register or universe, another status of the person (in measures of the employed, the trained, students and graduates: that they became one or no longer are), cover that began or lapsed; unexplained where none holds, which stops the run
WITH changed AS (
    SELECT coalesce(n.person_key, w.person_key) AS person_key, coalesce(n.measure_code, w.measure_code) AS measure_code,
        w.state_code AS was_state_code, w.reason_code AS was_reason_code, n.state_code AS state_code, n.reason_code AS reason_code,
        coalesce(w.state_code IN ('covered', 'uncovered'), FALSE) AS was_counted,
        coalesce(n.state_code IN ('covered', 'uncovered'), FALSE) AS is_counted
    FROM previous.core_person_measure AS w
    FULL JOIN core_person_measure AS n ON n.person_key = w.person_key AND n.measure_code = w.measure_code
    WHERE coalesce(w.state_code, '') <> coalesce(n.state_code, '')
        AND (w.state_code IN ('covered', 'uncovered') OR n.state_code IN ('covered', 'uncovered'))
),

-- The number or the register's number is another key's now, or was before.
rekeyed AS (
    SELECT w.person_key AS was_key, n.person_key AS now_key
    FROM previous.core_person AS w
    JOIN core_person AS n ON n.id_key = w.id_key AND n.name = w.name AND n.person_key <> w.person_key
    UNION
    SELECT w.person_key, n.person_key
    FROM previous.core_person AS w
    JOIN core_person AS n ON n.register_number = w.register_number AND n.person_key <> w.person_key
),

elsewhere AS (
    SELECT was_key AS person_key FROM rekeyed
    UNION
    SELECT now_key FROM rekeyed
),

renumbered AS (
    SELECT n.person_key
    FROM core_person AS n
    JOIN previous.core_person AS w ON w.person_key = n.person_key
    WHERE coalesce(n.id_key, '') <> coalesce(w.id_key, '')
),

-- Decisions that are in force now and were not, or were and are not.
verdicts AS (
    SELECT system, record_number, person_system, person_record_number, outcome, TRUE AS is_now FROM core_link_verdict
    UNION ALL
    SELECT system, record_number, person_system, person_record_number, outcome, FALSE FROM previous.core_link_verdict
),

altered AS (
    SELECT system, record_number, person_system, person_record_number, outcome FROM verdicts
    GROUP BY system, record_number, person_system, person_record_number, outcome
    HAVING count(*) = 1
),

altered_records AS (
    SELECT system, record_number FROM altered
    UNION
    SELECT person_system, person_record_number FROM altered
),

decided AS (
    SELECT p.person_key
    FROM altered_records AS a
    JOIN core_link AS l ON l.system = a.system AND l.record_number = a.record_number
    JOIN core_person AS p ON p.cluster = l.cluster
    UNION
    SELECT p.person_key
    FROM altered_records AS a
    JOIN previous.core_link AS l ON l.system = a.system AND l.record_number = a.record_number
    JOIN previous.core_person AS p ON p.cluster = l.cluster
),

died AS (
    SELECT DISTINCT p.person_key
    FROM previous.core_person AS p
    JOIN core_listed_row AS r ON r.id_key = p.id_key AND r.name = p.name
    WHERE r.reason_code = 'dead' AND (r.since_date IS NULL OR r.since_date <= $last_day)
),

-- What the parameters of either quarter say of the person as they are now; a person's county has its own, else the province's hold.
ruled AS (
    SELECT c.person_key, c.measure_code, p.pension_from_age, p.pension_benefit_age, p.working_from_age, p.working_until_age,
        p.school_from_age, p.school_until_age, p.is_paused_insured, p.is_returned_not_lifted, p.is_pre_lifted_not_lifted
    FROM changed AS c
    JOIN core_person_quarter AS n ON n.person_key = c.person_key
    LEFT JOIN core_parameter AS k ON k.region_code = n.county_code
    JOIN core_parameter AS p ON p.region_code = coalesce(k.region_code, '36')
    UNION ALL
    SELECT c.person_key, c.measure_code, p.pension_from_age, p.pension_benefit_age, p.working_from_age, p.working_until_age,
        p.school_from_age, p.school_until_age, p.is_paused_insured, p.is_returned_not_lifted, p.is_pre_lifted_not_lifted
    FROM changed AS c
    JOIN previous.core_person_quarter AS w ON w.person_key = c.person_key
    LEFT JOIN previous.core_parameter AS k ON k.region_code = w.county_code
    JOIN previous.core_parameter AS p ON p.region_code = coalesce(k.region_code, '36')
),

judged AS (
    SELECT r.person_key, r.measure_code,
        coalesce(
            n.age >= CASE
                WHEN r.measure_code IN ('M03', 'M04', 'M08') THEN r.pension_from_age
                WHEN r.measure_code = 'M06' THEN r.pension_benefit_age
                WHEN r.measure_code IN ('M19', 'M22A', 'M22B', 'M24A', 'M24B', 'M24C', 'M29', 'M30') THEN r.working_from_age
                WHEN r.measure_code = 'M36' THEN r.school_from_age
            END,
            TRUE
        )
        AND coalesce(
            n.age < CASE
                WHEN r.measure_code = 'M08' THEN r.pension_benefit_age
                WHEN r.measure_code IN ('M19', 'M22A', 'M22B', 'M24A', 'M24B', 'M24C', 'M29', 'M30') THEN r.working_until_age
                WHEN r.measure_code = 'M36' THEN r.school_until_age
            END,
            TRUE
        )
        AND (
            r.measure_code <> 'M08' OR n.is_minimum_allowance OR n.is_destitute OR coalesce(n.is_severely_disabled, FALSE)
            OR CASE n.poverty_status_code WHEN '2' THEN r.is_pre_lifted_not_lifted WHEN '3' THEN r.is_returned_not_lifted ELSE TRUE END
        ) AS is_asked,
        coalesce(r.is_paused_insured OR NOT n.is_pension_paused OR coalesce(n.is_found_covered, FALSE) OR r.measure_code NOT IN ('M03', 'M04'), TRUE) AS is_insured
    FROM ruled AS r
    JOIN core_person_quarter AS n ON n.person_key = r.person_key
),

-- Who was registered as they are now: entering and leaving the register need no parameter.
by_parameter AS (
    SELECT j.person_key, j.measure_code, bool_and(j.is_asked) <> bool_or(j.is_asked) AS is_asked_otherwise,
        bool_and(j.is_insured) <> bool_or(j.is_insured) AS is_insured_otherwise
    FROM judged AS j
    JOIN previous.core_person_quarter AS w ON w.person_key = j.person_key
    JOIN core_person_quarter AS n ON n.person_key = j.person_key AND n.is_registered = w.is_registered
    GROUP BY j.person_key, j.measure_code
    HAVING count(*) = 2
),

-- Whether the register spoke of a county in each quarter.
register_now AS (
    SELECT county_code, has_data FROM core_source_scope WHERE system = 'poverty_register'
),

register_then AS (
    SELECT county_code, has_data FROM previous.core_source_scope WHERE system = 'poverty_register'
),

told AS (
    SELECT c.person_key, c.measure_code, c.was_state_code, c.was_reason_code, c.state_code, c.reason_code, c.was_counted, c.is_counted,
        w.person_key IS NOT NULL AS was_here, n.person_key IS NOT NULL AS is_here,
        coalesce(w.is_registered, FALSE) AS was_registered, coalesce(n.is_registered, FALSE) AS is_registered,
        w.age AS was_age, n.age AS age,
        coalesce(w.poverty_status_code, '') <> coalesce(n.poverty_status_code, '')
        OR coalesce(w.labour_skill_code, '') <> coalesce(n.labour_skill_code, '')
        OR coalesce(w.education_code, '') <> coalesce(n.education_code, '')
        OR coalesce(w.student_status_code, '') <> coalesce(n.student_status_code, '')
        OR w.is_full_time_student <> n.is_full_time_student
        OR coalesce(w.is_full_time_in_term, FALSE) <> coalesce(n.is_full_time_in_term, FALSE)
        OR (w.is_minimum_allowance OR w.is_destitute) <> (n.is_minimum_allowance OR n.is_destitute)
        OR coalesce(w.is_severely_disabled, FALSE) <> coalesce(n.is_severely_disabled, FALSE) AS has_other_status,
        e.person_key IS NOT NULL AS is_elsewhere, b.person_key IS NOT NULL AS is_renumbered, d.person_key IS NOT NULL AS is_decided,
        g.person_key IS NOT NULL AS has_died,
        -- What was begun, finished or recorded puts people of the register into these and takes them out again.
        c.measure_code IN ('M14', 'M22A', 'M22B', 'M24A', 'M24B', 'M24C', 'M29', 'M31', 'M33', 'M34', 'M36A', 'M39A', 'M39B', 'M40') AS is_of_events,
        coalesce(r.is_asked_otherwise, FALSE) AS is_asked_otherwise, coalesce(r.is_insured_otherwise, FALSE) AS is_insured_otherwise,
        p.school_from_age, p.school_until_age,
        coalesce(tn.has_data, TRUE) AS register_told, coalesce(fw.has_data, TRUE) AS register_tells
    FROM changed AS c
    LEFT JOIN previous.core_person_quarter AS w ON w.person_key = c.person_key
    LEFT JOIN core_person_quarter AS n ON n.person_key = c.person_key
    LEFT JOIN elsewhere AS e ON e.person_key = c.person_key
    LEFT JOIN renumbered AS b ON b.person_key = c.person_key
    LEFT JOIN decided AS d ON d.person_key = c.person_key
    LEFT JOIN died AS g ON g.person_key = c.person_key
    LEFT JOIN by_parameter AS r ON r.person_key = c.person_key AND r.measure_code = c.measure_code
    LEFT JOIN core_parameter AS k ON k.region_code = n.county_code
    LEFT JOIN core_parameter AS p ON p.region_code = coalesce(k.region_code, '36')
    LEFT JOIN register_then AS tn ON tn.county_code = n.county_code
    LEFT JOIN register_now AS fw ON fw.county_code = w.county_code
)

SELECT person_key, measure_code, was_state_code, was_reason_code, state_code, reason_code,
    CASE
        WHEN was_state_code = 'no_data' THEN 'source_arrived'
        WHEN state_code = 'no_data' THEN 'source_missing'
        WHEN is_decided THEN 'link_changed'
        WHEN is_elsewhere THEN 'link_changed'
        WHEN was_counted AND is_counted THEN
            CASE
                WHEN is_renumbered THEN 'id_corrected'
                WHEN is_insured_otherwise THEN 'parameter_changed'
                WHEN state_code = 'covered' THEN 'cover_began'
                ELSE 'cover_lapsed'
            END
        WHEN is_counted THEN
            CASE
                WHEN is_renumbered OR was_reason_code = 'age_unknown' THEN 'id_corrected'
                WHEN is_asked_otherwise THEN 'parameter_changed'
                WHEN was_reason_code = 'over_age' THEN 'id_corrected'
                WHEN was_reason_code = 'under_age' THEN 'aged_in'
                WHEN was_reason_code = 'in_school' THEN 'left_school'
                WHEN was_reason_code IS NOT NULL THEN 'exclusion_ended'
                WHEN is_registered AND NOT was_registered AND NOT register_told THEN 'source_arrived'
                WHEN is_registered AND NOT was_registered THEN 'entered_register'
                WHEN NOT was_here THEN 'entered_universe'
                WHEN measure_code = 'M36' AND was_age < school_from_age THEN 'aged_in'
                WHEN has_other_status OR is_of_events THEN 'status_changed'
                ELSE 'unexplained'
            END
        WHEN reason_code = 'dead' OR (has_died AND (is_of_events OR NOT is_here)) THEN 'died'
        WHEN is_renumbered OR reason_code = 'age_unknown' THEN 'id_corrected'
        WHEN is_asked_otherwise THEN 'parameter_changed'
        WHEN reason_code = 'under_age' THEN 'id_corrected'
        WHEN reason_code = 'over_age' THEN 'aged_out'
        WHEN reason_code = 'in_school' THEN 'enrolled'
        WHEN reason_code IS NOT NULL THEN 'exclusion_began'
        WHEN was_registered AND NOT is_registered AND NOT register_tells THEN 'source_missing'
        WHEN was_registered AND NOT is_registered THEN 'left_register'
        WHEN NOT is_here THEN 'left_universe'
        WHEN measure_code = 'M36' AND age >= school_until_age THEN 'aged_out'
        WHEN has_other_status OR is_of_events THEN 'status_changed'
        ELSE 'unexplained'
    END AS change_cause_code
FROM told
