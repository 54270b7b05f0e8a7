-- table:    core_person_quarter
-- grain:    one row per (person_key): everyone of the universe with every flag that this quarter's measures need
-- reads:    core_person, core_exclusion, core_record, core_link, core_link_candidate, core_person_key, core_region, core_parameter, core_pension_participation, core_pension_payment, core_medical_participation, staged_poverty_register__person, staged_civil_affairs__family, staged_employment_platform__worker, staged_technical_school__roll, staged_yulu__payment
-- quarters: this
-- rule:     a person stands where the register, else civil affairs, the platform, the school roll, Yulu or the federation of the disabled says; only links by ID (T1 to T3), by accepted evidence (T5, T6) or by an official's decision count; what a measure counts stands three times: as it is, _sure without links by evidence, _possible with every suggestion that waits; whether a paused account is insured is the county's parameter, else the province's
WITH bindings AS (
    SELECT anchor, person_key, row_number() OVER (PARTITION BY anchor ORDER BY since_quarter DESC) AS position
    FROM core_person_key
),

-- Who is registered by evidence only is covered by evidence only, however sure the others are of each other.
registered_by_evidence AS (
    SELECT cluster FROM core_link WHERE system = 'poverty_register' GROUP BY cluster HAVING bool_and(tier IN ('T5', 'T6'))
),

suggested AS (
    SELECT system, entity, record_number, name, coalesce(id_key, '') AS id_or_none, cluster
    FROM core_link_candidate
    WHERE decision = 'review'
),

-- A suggestion gives the record to the person, and whatever the person has to whom the record is now.
stands AS (
    SELECT l.system, l.entity, l.record_number, l.name, l.id_key, l.system_rank, l.cluster,
        CASE WHEN l.tier IN ('T5', 'T6') OR e.cluster IS NOT NULL THEN 1 ELSE 2 END AS certainty
    FROM core_link AS l
    LEFT JOIN registered_by_evidence AS e ON e.cluster = l.cluster
    UNION ALL
    SELECT system, entity, record_number, name, nullif(id_or_none, ''), 9, cluster, 0 FROM suggested
    UNION ALL
    SELECT l.system, l.entity, l.record_number, l.name, l.id_key, 9, o.cluster, 0
    FROM suggested AS s
    JOIN core_link AS o
        ON o.system = s.system AND o.entity = s.entity AND o.record_number = s.record_number AND o.name = s.name AND coalesce(o.id_key, '') = s.id_or_none
    JOIN core_link AS l ON l.cluster = s.cluster
),

links AS (
    SELECT s.system, s.entity, s.record_number, s.name, s.id_key, s.system_rank, s.certainty, b.person_key
    FROM stands AS s
    JOIN bindings AS b ON b.anchor = s.cluster AND b.position = 1
),

-- The county tells apart two rows of one number: core_record chose one.
told_or_suggested AS (
    SELECT l.person_key, l.system, l.system_rank, l.record_number, l.certainty, r.county_code
    FROM links AS l
    JOIN core_record AS r ON l.entity = 'record' AND r.system = l.system AND r.record_number = l.record_number
),

told AS (
    SELECT * FROM told_or_suggested WHERE certainty > 0
),

registered AS (
    SELECT
        p.person_key, r.county_code, r.village_code, r.household_number, r.relation_code, r.nation, r.education_code, r.student_status_code,
        r.health_code, r.labour_skill_code, r.poverty_status_code, r.household_attribute_code, r.is_pension_claimed, r.sex_code
    FROM core_person AS p
    JOIN core_record AS c ON c.system = 'poverty_register' AND c.record_number = p.register_number
    JOIN staged_poverty_register__person AS r ON r.person_number = c.record_number AND r.county_code = c.county_code
),

positions AS (
    SELECT '1' AS position UNION ALL SELECT '2' UNION ALL SELECT '3' UNION ALL SELECT '4' UNION ALL SELECT '5' UNION ALL SELECT '6'
),

-- Every place a family row has for a member; only the named ones are linked.
assisted AS (
    SELECT f.family_number || '-' || n.position AS record_number, f.county_code, f.town_code, f.assistance_code
    FROM staged_civil_affairs__family AS f
    CROSS JOIN positions AS n
),

-- Where someone outside the register belongs: the longest code of the first system that names the person.
places AS (
    SELECT person_key, county_code, region_code,
        row_number() OVER (PARTITION BY person_key ORDER BY system_rank, length(region_code) DESC, record_number) AS position
    FROM (
        SELECT l.person_key, l.system_rank, l.record_number, l.county_code, f.town_code AS region_code
        FROM told AS l
        JOIN assisted AS f ON l.system = 'civil_affairs' AND f.record_number = l.record_number AND f.county_code = l.county_code
        UNION ALL
        SELECT l.person_key, l.system_rank, l.record_number, l.county_code, w.hukou_code
        FROM told AS l
        JOIN staged_employment_platform__worker AS w
            ON l.system = 'employment_platform' AND w.record_number = l.record_number AND w.county_code = l.county_code
        UNION ALL
        SELECT l.person_key, l.system_rank, l.record_number, l.county_code, s.hukou_code
        FROM told AS l
        JOIN staged_technical_school__roll AS s
            ON l.system = 'technical_school' AND s.roll_number = l.record_number AND s.county_code = l.county_code
        UNION ALL
        SELECT l.person_key, l.system_rank, l.record_number, l.county_code, y.hukou_code
        FROM told AS l
        JOIN staged_yulu__payment AS y
            ON l.system = 'yulu' AND y.application_number = l.record_number AND y.county_code = l.county_code
        UNION ALL
        SELECT l.person_key, l.system_rank, l.record_number, l.county_code, r.region_code
        FROM told AS l
        JOIN core_record AS r ON l.system = 'disabled_federation' AND r.system = l.system AND r.record_number = l.record_number
    ) AS told_places
),

assistance AS (
    SELECT l.person_key,
        bool_or(f.assistance_code IN ('01', '02')) AS is_minimum_allowance,
        bool_or(f.assistance_code = '03') AS is_destitute
    FROM told AS l
    JOIN assisted AS f ON l.system = 'civil_affairs' AND f.record_number = l.record_number AND f.county_code = l.county_code
    GROUP BY l.person_key
),

work AS (
    SELECT person_key, bool_or(is_active AND certainty > 0) AS is_employed, bool_or(is_active AND certainty = 2) AS is_employed_sure,
        bool_or(is_active) AS is_employed_possible, min(CASE WHEN is_active AND certainty > 0 THEN channel_code END) AS channel_code
    FROM (
        SELECT l.person_key, l.certainty, w.channel_code,
            w.employment_status_code = '1'
            AND (w.started_date IS NULL OR w.started_date <= $last_day)
            AND (w.ended_date IS NULL OR w.ended_date >= $last_day) AS is_active
        FROM told_or_suggested AS l
        JOIN staged_employment_platform__worker AS w
            ON l.system = 'employment_platform' AND w.record_number = l.record_number AND w.county_code = l.county_code
    ) AS jobs
    GROUP BY person_key
),

school AS (
    SELECT l.person_key,
        bool_or(s.roll_state_code = '1' AND l.certainty > 0) AS is_on_roll,
        bool_or(s.roll_state_code = '1' AND l.certainty = 2) AS is_on_roll_sure,
        bool_or(s.roll_state_code = '1') AS is_on_roll_possible,
        bool_or(s.roll_state_code = '1' AND s.study_form_code = '1' AND l.certainty > 0) AS is_full_time_student,
        -- Who enrolled for the next term is due nothing for this one; who graduated in its last summer or winter was due all of it.
        bool_or(s.roll_state_code = '1' AND s.study_form_code = '1' AND coalesce(s.enrolled_date < $next_term_start, TRUE) AND l.certainty > 0) AS is_full_time_in_term,
        bool_or(
            s.roll_state_code = '3' AND s.leaving_code IN ('1', '2') AND s.study_form_code = '1'
            AND coalesce(s.completed_date, s.due_graduation_date) >= $term_start AND l.certainty > 0
        ) AS has_graduated_in_term,
        bool_or(s.roll_state_code = '1' AND s.hardship_code = '2' AND l.certainty > 0) AS has_roll_poor_mark,
        bool_or(s.roll_state_code = '1' AND coalesce(s.hardship_code, '0') <> '0' AND l.certainty > 0) AS has_roll_hardship
    FROM told_or_suggested AS l
    JOIN staged_technical_school__roll AS s
        ON l.system = 'technical_school' AND s.roll_number = l.record_number AND s.county_code = l.county_code
    GROUP BY l.person_key
),

aid AS (
    SELECT l.person_key,
        bool_or(y.state_code = '3' AND l.certainty > 0) AS has_yulu,
        bool_or(y.state_code = '3' AND l.certainty = 2) AS has_yulu_sure,
        bool_or(y.state_code = '3') AS has_yulu_possible,
        bool_or(y.state_code IN ('1', '2') AND l.certainty > 0) AS has_yulu_pending,
        bool_or(y.state_code = '3' AND y.school_type_code = '1' AND l.certainty > 0) AS has_technical_yulu
    FROM told_or_suggested AS l
    JOIN staged_yulu__payment AS y
        ON l.system = 'yulu' AND y.application_number = l.record_number AND y.county_code = l.county_code
    WHERE y.school_year = $school_year AND y.term_code = $term_code
    GROUP BY l.person_key
),

-- (participation, payment): (1,1) paying, (2,2) paused, (1,3) on benefit, (2,3) benefit paused; (4,·) and 0 are not insured.
pension AS (
    SELECT person_key,
        bool_or(is_insured AND certainty > 0) AS has_pension,
        bool_or(is_insured AND certainty = 2) AS has_pension_sure,
        bool_or(is_insured) AS has_pension_possible,
        bool_or(is_active AND certainty > 0) AS has_active_pension,
        bool_or(is_active AND certainty = 2) AS has_active_pension_sure,
        bool_or(is_active) AS has_active_pension_possible,
        bool_or(is_on_benefit AND certainty > 0) AS has_pension_benefit,
        bool_or(is_on_benefit AND certainty = 2) AS has_pension_benefit_sure,
        bool_or(is_on_benefit) AS has_pension_benefit_possible,
        bool_or(scheme_code IN ('110', '120') AND participation_state_code = '1' AND certainty > 0) AS has_other_pension,
        bool_or(scheme_code = '170' AND is_insured AND certainty > 0) AS has_resident_pension
    FROM (
        SELECT l.person_key, l.certainty, i.scheme_code, i.participation_state_code,
            i.participation_state_code IN ('1', '2') AND i.payment_state_code IN ('1', '2', '3') AS is_insured,
            i.participation_state_code = '1' AND i.payment_state_code IN ('1', '2', '3') AS is_active,
            i.participation_state_code = '1' AND i.payment_state_code = '3' AS is_on_benefit
        FROM links AS l
        JOIN core_pension_participation AS i
            ON l.system = 'social_insurance' AND l.entity = 'participation'
            AND i.record_number = l.record_number AND coalesce(i.id_key, '') = coalesce(l.id_key, '') AND i.name = l.name
    ) AS states
    GROUP BY person_key
),

premium AS (
    SELECT l.person_key,
        bool_or(p.payment_item_code = '11' AND p.premium_year = $premium_year AND l.certainty > 0) AS has_premium_subsidy,
        bool_or(p.payment_item_code = '11' AND p.premium_year = $premium_year AND l.certainty = 2) AS has_premium_subsidy_sure,
        bool_or(p.payment_item_code = '11' AND p.premium_year = $premium_year) AS has_premium_subsidy_possible,
        sum(CASE WHEN p.payment_item_code = '11' AND p.premium_year = $premium_year AND l.certainty > 0 THEN p.paid_amount END) AS premium_subsidy_amount
    FROM links AS l
    JOIN core_pension_payment AS p
        ON l.system = 'social_insurance' AND l.entity = 'payment'
        AND p.record_number = l.record_number AND coalesce(p.id_key, '') = coalesce(l.id_key, '') AND p.name = l.name
    GROUP BY l.person_key
),

medical AS (
    SELECT l.person_key,
        bool_or(m.state_code = '1' AND l.certainty > 0) AS has_medical,
        bool_or(m.state_code = '1' AND l.certainty = 2) AS has_medical_sure,
        bool_or(m.state_code = '1') AS has_medical_possible,
        bool_or(m.state_code = '1' AND m.has_poor_mark AND l.certainty > 0) AS has_medical_poor_mark
    FROM links AS l
    JOIN core_medical_participation AS m
        ON l.system = 'medical_insurance' AND m.record_number = l.record_number AND coalesce(m.id_key, '') = coalesce(l.id_key, '') AND m.name = l.name
    GROUP BY l.person_key
),

left_out AS (
    SELECT person_key,
        bool_or(reason_code = 'dead') AS is_dead,
        bool_or(reason_code = 'imprisoned') AS is_imprisoned,
        bool_or(reason_code = 'in_army') AS is_in_army,
        bool_or(reason_code = 'emigrated') AS is_emigrated,
        bool_or(reason_code IN ('moved_out', 'hukou_cancelled')) AS is_hukou_gone,
        bool_or(reason_code = 'in_school') AS is_on_national_roll,
        bool_or(reason_code IN ('other_scheme', 'found_insured')) AS is_found_covered,
        bool_or(reason_code = 'other_scheme') AS is_found_in_other_scheme
    FROM core_exclusion
    GROUP BY person_key
),

disabled AS (
    SELECT DISTINCT person_key FROM told WHERE system = 'disabled_federation'
),

-- A 功能区 that sends by itself lies in one county or in several: the place says in which, else its code begins with the first.
people AS (
    SELECT
        p.person_key, p.is_registered, p.birth_date,
        coalesce(r.sex_code, p.sex_code) AS sex_code,
        age_on(p.birth_date, $last_day) AS age,
        CASE
            WHEN length(coalesce(r.county_code, t.county_code)) = 6 THEN coalesce(r.county_code, t.county_code)
            ELSE coalesce(u.region_code, left(coalesce(r.county_code, t.county_code), 6))
        END AS county_code,
        coalesce(r.village_code, t.region_code) AS told_code,
        r.household_number, r.relation_code, r.nation, r.education_code, r.student_status_code, r.health_code, r.labour_skill_code,
        r.poverty_status_code, r.household_attribute_code, r.is_pension_claimed
    FROM core_person AS p
    LEFT JOIN registered AS r ON r.person_key = p.person_key
    LEFT JOIN places AS t ON t.person_key = p.person_key AND t.position = 1
    LEFT JOIN core_region AS u ON u.region_code = left(coalesce(r.village_code, t.region_code), 6)
),

-- The county is staging's, which knows former codes; a place written under another county's code says no more than that.
placed AS (
    SELECT *, CASE WHEN starts_with(told_code, county_code) THEN told_code ELSE county_code END AS region_code FROM people
)

SELECT
    q.person_key, record_key(q.person_key) AS record_key, q.is_registered, q.birth_date, q.age, q.sex_code,
    age_band(q.age) AS age_band,
    CASE WHEN q.nation IS NULL OR q.nation = '' THEN 'unknown' WHEN q.nation IN ('汉族', '汉', '01') THEN 'han' ELSE 'minority' END AS nation_group,
    q.county_code,
    CASE WHEN length(q.region_code) >= 9 THEN substr(q.region_code, 1, 9) END AS town_code,
    CASE WHEN length(q.region_code) = 12 THEN q.region_code END AS village_code,
    coalesce(v.is_deep_poverty_village, FALSE) AS is_deep_poverty_village,
    q.household_number, q.relation_code, q.education_code, q.student_status_code, q.health_code, q.labour_skill_code,
    q.poverty_status_code, q.household_attribute_code, q.is_pension_claimed,
    coalesce(a.is_minimum_allowance, FALSE) AS is_minimum_allowance,
    coalesce(a.is_destitute, FALSE) AS is_destitute,
    d.person_key IS NOT NULL AS is_severely_disabled,
    coalesce(w.is_employed, FALSE) AS is_employed,
    coalesce(w.is_employed_sure, FALSE) AS is_employed_sure,
    coalesce(w.is_employed_possible, FALSE) AS is_employed_possible,
    w.channel_code,
    coalesce(s.is_on_roll, FALSE) AS is_on_roll,
    coalesce(s.is_on_roll_sure, FALSE) AS is_on_roll_sure,
    coalesce(s.is_on_roll_possible, FALSE) AS is_on_roll_possible,
    coalesce(s.is_full_time_student, FALSE) AS is_full_time_student,
    coalesce(s.is_full_time_in_term, FALSE) AS is_full_time_in_term,
    coalesce(s.has_graduated_in_term, FALSE) AS has_graduated_in_term,
    coalesce(s.has_roll_poor_mark, FALSE) AS has_roll_poor_mark,
    coalesce(s.has_roll_hardship, FALSE) AS has_roll_hardship,
    coalesce(y.has_yulu, FALSE) AS has_yulu,
    coalesce(y.has_yulu_sure, FALSE) AS has_yulu_sure,
    coalesce(y.has_yulu_possible, FALSE) AS has_yulu_possible,
    coalesce(y.has_yulu_pending, FALSE) AS has_yulu_pending,
    coalesce(y.has_technical_yulu, FALSE) AS has_technical_yulu,
    coalesce(CASE WHEN p.is_paused_insured THEN i.has_pension ELSE i.has_active_pension END, FALSE) AS has_pension,
    coalesce(CASE WHEN p.is_paused_insured THEN i.has_pension_sure ELSE i.has_active_pension_sure END, FALSE) AS has_pension_sure,
    coalesce(CASE WHEN p.is_paused_insured THEN i.has_pension_possible ELSE i.has_active_pension_possible END, FALSE) AS has_pension_possible,
    coalesce(i.has_pension AND NOT i.has_active_pension, FALSE) AS is_pension_paused,
    coalesce(i.has_pension_benefit, FALSE) AS has_pension_benefit,
    coalesce(i.has_pension_benefit_sure, FALSE) AS has_pension_benefit_sure,
    coalesce(i.has_pension_benefit_possible, FALSE) AS has_pension_benefit_possible,
    coalesce(i.has_other_pension, FALSE) AS has_other_pension,
    coalesce(i.has_resident_pension, FALSE) AS has_resident_pension,
    coalesce(u.has_premium_subsidy, FALSE) AS has_premium_subsidy,
    coalesce(u.has_premium_subsidy_sure, FALSE) AS has_premium_subsidy_sure,
    coalesce(u.has_premium_subsidy_possible, FALSE) AS has_premium_subsidy_possible,
    u.premium_subsidy_amount,
    coalesce(m.has_medical, FALSE) AS has_medical,
    coalesce(m.has_medical_sure, FALSE) AS has_medical_sure,
    coalesce(m.has_medical_possible, FALSE) AS has_medical_possible,
    coalesce(m.has_medical_poor_mark, FALSE) AS has_medical_poor_mark,
    coalesce(q.student_status_code, '1') <> '1' OR coalesce(s.is_full_time_student, FALSE) OR coalesce(x.is_on_national_roll, FALSE) AS is_student,
    coalesce(x.is_dead, FALSE) AS is_dead,
    coalesce(x.is_imprisoned, FALSE) AS is_imprisoned,
    coalesce(x.is_in_army, FALSE) AS is_in_army,
    coalesce(x.is_emigrated, FALSE) AS is_emigrated,
    coalesce(x.is_hukou_gone, FALSE) AS is_hukou_gone,
    coalesce(x.is_found_covered, FALSE) AS is_found_covered,
    coalesce(x.is_found_in_other_scheme, FALSE) AS is_found_in_other_scheme
FROM placed AS q
LEFT JOIN core_parameter AS k ON k.region_code = q.county_code
LEFT JOIN core_parameter AS p ON p.region_code = coalesce(k.region_code, '36')
LEFT JOIN core_region AS v ON v.region_code = q.region_code AND v.region_level = 'village'
LEFT JOIN assistance AS a ON a.person_key = q.person_key
LEFT JOIN work AS w ON w.person_key = q.person_key
LEFT JOIN school AS s ON s.person_key = q.person_key
LEFT JOIN aid AS y ON y.person_key = q.person_key
LEFT JOIN pension AS i ON i.person_key = q.person_key
LEFT JOIN premium AS u ON u.person_key = q.person_key
LEFT JOIN medical AS m ON m.person_key = q.person_key
LEFT JOIN left_out AS x ON x.person_key = q.person_key
LEFT JOIN disabled AS d ON d.person_key = q.person_key
