-- table:    core_evidence
-- grain:    one row per (system, entity, record_number, name, id_key): a record whose ID number does not settle who it is, or a record of the universe it may belong with
-- reads:    core_id_link, core_record, core_pension_participation, core_pension_payment, core_medical_participation, core_name, core_namesake
-- quarters: this
-- rule:     birth date and sex are the record's own, else those of its valid ID; is_settled: its ID number says who it is (T1 to T3); a family of civil affairs has the household of the register in which all of its settled members stand
WITH said AS (
    SELECT system, 'record' AS entity, record_number, name, id_key, id_number, county_code, sex_code, birth_date, region_code,
        household_number, phone, quoted_number, CAST(NULL AS VARCHAR) AS quoted_id, family_number
    FROM core_record
    UNION ALL
    SELECT 'social_insurance', 'participation', record_number, name, id_key, id_number, county_code, sex_code, birth_date, county_code,
        NULL, phone, NULL, social_security_number, NULL
    FROM core_pension_participation
    UNION ALL
    SELECT 'social_insurance', 'payment', record_number, name, id_key, id_number, county_code, NULL, NULL, county_code, NULL, NULL, NULL, social_security_number, NULL
    FROM core_pension_payment
    UNION ALL
    SELECT 'medical_insurance', 'participation', record_number, name, id_key, id_number, county_code, sex_code, birth_date, county_code,
        NULL, NULL, NULL, social_security_number, NULL
    FROM core_medical_participation
),

-- A person may stand in several rows of one number: what any of them says counts, and of two that differ the lesser.
told AS (
    SELECT system, entity, record_number, name, coalesce(id_key, '') AS id_or_none, min(id_number) AS id_number, min(county_code) AS county_code,
        min(sex_code) AS sex_code, min(birth_date) AS birth_date, max(region_code) AS region_code, min(household_number) AS household_number,
        min(phone) AS phone, min(quoted_number) AS quoted_number, min(quoted_id) AS quoted_id, min(family_number) AS family_number
    FROM said
    GROUP BY system, entity, record_number, name, coalesce(id_key, '')
),

records AS (
    SELECT *, coalesce(tier IN ('T1', 'T2', 'T3'), FALSE) AS is_settled
    FROM core_id_link
    WHERE entity = 'record' OR tier NOT IN ('T1', 'T2', 'T3')
),

households AS (
    SELECT t.family_number, min(h.household_number) AS household_number
    FROM told AS t
    JOIN records AS m
        ON m.is_settled AND m.system = t.system AND m.entity = t.entity AND m.record_number = t.record_number AND m.name = t.name
        AND m.id_key = t.id_or_none
    JOIN records AS r ON r.is_settled AND r.system = 'poverty_register' AND r.cluster = m.cluster
    JOIN told AS h
        ON h.system = r.system AND h.entity = r.entity AND h.record_number = r.record_number AND h.name = r.name AND h.id_or_none = r.id_key
    WHERE t.family_number IS NOT NULL
    GROUP BY t.family_number
    HAVING min(h.household_number) = max(h.household_number)
)

SELECT
    r.system, r.entity, r.system_rank, r.record_number, r.name, r.id_key, r.id_class, r.tier, r.cluster, r.is_settled,
    n.name_key, n.name_pinyin, n.has_gap, t.id_number, t.county_code, t.region_code, t.household_number, t.phone, t.quoted_number, t.quoted_id,
    f.household_number AS kin_household_number,
    -- The row itself is one of those counted where its number is usable.
    CASE WHEN r.entity = 'participation' AND NOT r.is_settled THEN k.n_people - CASE WHEN r.id_key IS NULL THEN 0 ELSE 1 END END AS namesakes,
    CASE WHEN t.sex_code IN ('1', '2') THEN t.sex_code
        WHEN r.is_settled THEN id_sex_code(r.id_key)
    END AS sex_code,
    CASE WHEN t.birth_date IS NOT NULL THEN t.birth_date
        WHEN r.is_settled THEN id_birth_date(r.id_key)
    END AS birth_date
FROM records AS r
JOIN core_name AS n ON n.name = r.name
JOIN told AS t
    ON t.system = r.system AND t.entity = r.entity AND t.record_number = r.record_number AND t.name = r.name AND t.id_or_none = coalesce(r.id_key, '')
LEFT JOIN core_namesake AS k ON k.system = r.system AND k.name = r.name AND k.county_code = t.county_code
LEFT JOIN households AS f ON f.family_number = t.family_number
