-- table:    core_evidence
-- grain:    one row per (system, entity, record_number, name, id_key): a record whose ID number does not settle who it is, or a record of the universe it may belong with
-- reads:    core_id_link, core_record, core_pension_participation, core_pension_payment, core_medical_participation, core_name, core_namesake
-- quarters: this
-- rule:     who is too young for a pension scheme, or at school by the register, cannot be in one; employees' pensions are filed where the work is, so that having no namesake there says nothing; birth date and sex are the record's own, else those of its valid ID where no other name bears it; is_settled: its ID number says who it is (T1 to T3); a family of civil affairs has the household of the register in which all of its settled members stand
WITH open_insured AS (
    SELECT system, entity, record_number, name, coalesce(id_key, '') AS id_or_none
    FROM core_id_link
    WHERE entity <> 'record' AND tier NOT IN ('T1', 'T2', 'T3')
),

insured AS (
    SELECT 'social_insurance' AS system, 'participation' AS entity, record_number, name, coalesce(id_key, '') AS id_or_none, id_number, county_code,
        sex_code, birth_date, phone, social_security_number, scheme_code
    FROM core_pension_participation
    UNION ALL
    SELECT 'social_insurance', 'payment', record_number, name, coalesce(id_key, ''), id_number, county_code, NULL, NULL, NULL, social_security_number, NULL
    FROM core_pension_payment
    UNION ALL
    SELECT 'medical_insurance', 'participation', record_number, name, coalesce(id_key, ''), id_number, county_code, sex_code, birth_date, NULL,
        social_security_number, NULL
    FROM core_medical_participation
),

-- A person may stand in several rows of one number: what any of them says counts, and of two that differ the lesser.
told AS (
    SELECT i.system, i.entity, i.record_number, i.name, i.id_or_none, min(i.id_number) AS id_number, min(i.county_code) AS county_code,
        min(i.sex_code) AS sex_code, min(i.birth_date) AS birth_date, min(i.phone) AS phone, min(i.social_security_number) AS quoted_id,
        bool_or(coalesce(i.scheme_code IN ('110', '120'), FALSE)) AS is_employees
    FROM insured AS i
    JOIN open_insured AS o
        ON o.system = i.system AND o.entity = i.entity AND o.record_number = i.record_number AND o.name = i.name AND o.id_or_none = i.id_or_none
    GROUP BY i.system, i.entity, i.record_number, i.name, i.id_or_none
),

members AS (
    SELECT r.family_number, l.cluster
    FROM core_record AS r
    JOIN core_id_link AS l ON l.system = r.system AND l.entity = 'record' AND l.record_number = r.record_number
    WHERE r.family_number IS NOT NULL AND l.tier IN ('T1', 'T2', 'T3')
),

households AS (
    SELECT m.family_number, min(r.household_number) AS household_number
    FROM members AS m
    JOIN core_id_link AS l ON l.cluster = m.cluster AND l.system = 'poverty_register' AND l.tier IN ('T1', 'T2', 'T3')
    JOIN core_record AS r ON r.system = l.system AND r.record_number = l.record_number
    GROUP BY m.family_number
    HAVING min(r.household_number) = max(r.household_number)
),

evidence AS (
    SELECT l.*, r.id_number, r.county_code, r.region_code, r.household_number, r.phone, r.quoted_number, CAST(NULL AS VARCHAR) AS quoted_id,
        f.household_number AS kin_household_number, CAST(NULL AS BIGINT) AS namesakes, r.sex_code AS told_sex_code, r.birth_date AS told_birth_date,
        r.student_status_code
    FROM core_record AS r
    JOIN core_id_link AS l ON l.system = r.system AND l.entity = 'record' AND l.record_number = r.record_number
    LEFT JOIN households AS f ON f.family_number = r.family_number
    UNION ALL
    -- Of the namesakes the row itself is one, where its number is usable.
    SELECT l.*, t.id_number, t.county_code, t.county_code, NULL, t.phone, NULL, t.quoted_id,
        NULL, CASE WHEN l.entity = 'participation' AND NOT t.is_employees THEN k.n_people - CASE WHEN l.id_key IS NULL THEN 0 ELSE 1 END END, t.sex_code, t.birth_date,
        NULL
    FROM told AS t
    JOIN core_id_link AS l
        ON l.system = t.system AND l.entity = t.entity AND l.record_number = t.record_number AND l.name = t.name AND coalesce(l.id_key, '') = t.id_or_none
    LEFT JOIN core_namesake AS k ON k.system = t.system AND k.name = t.name AND k.county_code = t.county_code
)

SELECT
    t.system, t.entity, t.system_rank, t.record_number, t.name, t.id_key, t.id_class, t.tier, t.cluster, t.is_settled,
    t.name_key, t.name_pinyin, t.has_gap, t.id_number, t.county_code, t.region_code, t.household_number, t.phone, t.quoted_number, t.quoted_id,
    t.kin_household_number, t.namesakes, t.sex_code, t.birth_date,
    coalesce(t.student_status_code <> '1', FALSE) OR coalesce(age_on(t.birth_date, $last_day) < 16, FALSE) AS is_barred_from_pension
FROM (
    SELECT e.*, n.name_pinyin, n.has_gap, e.tier IN ('T1', 'T2', 'T3') AS is_settled,
        CASE WHEN e.told_sex_code IN ('1', '2') THEN e.told_sex_code
            WHEN e.tier IN ('T1', 'T2', 'T3', 'not_found') THEN id_sex_code(e.id_key)
        END AS sex_code,
        CASE WHEN e.told_birth_date IS NOT NULL THEN e.told_birth_date
            WHEN e.tier IN ('T1', 'T2', 'T3', 'not_found') THEN id_birth_date(e.id_key)
        END AS birth_date
    FROM evidence AS e
    JOIN core_name AS n ON n.name = e.name
) AS t
