-- table:    mart_match
-- grain:    one row per (quarter, person_key)
-- reads:    core_person, core_person_quarter, core_person_key, core_link, core_source_scope
-- quarters: this
-- rule:     in each system the best tier that links the person, or why there is none: no_usable_id, name_conflict, no_data, not_found
WITH bindings AS (
    SELECT anchor, person_key, row_number() OVER (PARTITION BY anchor ORDER BY since_quarter DESC) AS position
    FROM core_person_key
),

tiers AS (
    SELECT b.person_key,
        min(CASE WHEN l.system = 'poverty_register' THEN l.tier END) AS poverty_register,
        min(CASE WHEN l.system = 'civil_affairs' THEN l.tier END) AS civil_affairs,
        min(CASE WHEN l.system = 'employment_platform' THEN l.tier END) AS employment_platform,
        min(CASE WHEN l.system = 'technical_school' THEN l.tier END) AS technical_school,
        min(CASE WHEN l.system = 'yulu' THEN l.tier END) AS yulu,
        min(CASE WHEN l.system = 'social_insurance' THEN l.tier END) AS social_insurance,
        min(CASE WHEN l.system = 'medical_insurance' THEN l.tier END) AS medical_insurance
    FROM core_link AS l
    JOIN bindings AS b ON b.anchor = l.cluster AND b.position = 1
    GROUP BY b.person_key
),

conflicts AS (
    SELECT id_key,
        bool_or(system = 'poverty_register') AS poverty_register,
        bool_or(system = 'civil_affairs') AS civil_affairs,
        bool_or(system = 'employment_platform') AS employment_platform,
        bool_or(system = 'technical_school') AS technical_school,
        bool_or(system = 'yulu') AS yulu,
        bool_or(system = 'social_insurance') AS social_insurance,
        bool_or(system = 'medical_insurance') AS medical_insurance
    FROM core_link
    WHERE tier = 'T4'
    GROUP BY id_key
),

scope AS (
    SELECT county_code,
        bool_or(system = 'poverty_register' AND has_data) AS poverty_register,
        bool_or(system = 'civil_affairs' AND has_data) AS civil_affairs,
        bool_or(system = 'employment_platform' AND has_data) AS employment_platform,
        bool_or(system = 'technical_school' AND has_data) AS technical_school,
        bool_or(system = 'yulu' AND has_data) AS yulu,
        bool_or(system = 'social_insurance' AND has_data) AS social_insurance,
        bool_or(system = 'medical_insurance' AND has_data) AS medical_insurance
    FROM core_source_scope
    GROUP BY county_code
)

SELECT
    $quarter AS quarter, p.person_key, p.is_registered, q.county_code, q.town_code, q.village_code, p.id_class,
    coalesce(CASE WHEN t.poverty_register <= 'T3' THEN t.poverty_register END, CASE WHEN p.id_key IS NULL THEN 'no_usable_id' WHEN coalesce(c.poverty_register, FALSE) THEN 'name_conflict' WHEN NOT coalesce(s.poverty_register, FALSE) THEN 'no_data' ELSE 'not_found' END) AS match_poverty_register,
    coalesce(CASE WHEN t.civil_affairs <= 'T3' THEN t.civil_affairs END, CASE WHEN p.id_key IS NULL THEN 'no_usable_id' WHEN coalesce(c.civil_affairs, FALSE) THEN 'name_conflict' WHEN NOT coalesce(s.civil_affairs, FALSE) THEN 'no_data' ELSE 'not_found' END) AS match_civil_affairs,
    coalesce(CASE WHEN t.employment_platform <= 'T3' THEN t.employment_platform END, CASE WHEN p.id_key IS NULL THEN 'no_usable_id' WHEN coalesce(c.employment_platform, FALSE) THEN 'name_conflict' WHEN NOT coalesce(s.employment_platform, FALSE) THEN 'no_data' ELSE 'not_found' END) AS match_employment_platform,
    coalesce(CASE WHEN t.technical_school <= 'T3' THEN t.technical_school END, CASE WHEN p.id_key IS NULL THEN 'no_usable_id' WHEN coalesce(c.technical_school, FALSE) THEN 'name_conflict' WHEN NOT coalesce(s.technical_school, FALSE) THEN 'no_data' ELSE 'not_found' END) AS match_technical_school,
    coalesce(CASE WHEN t.yulu <= 'T3' THEN t.yulu END, CASE WHEN p.id_key IS NULL THEN 'no_usable_id' WHEN coalesce(c.yulu, FALSE) THEN 'name_conflict' WHEN NOT coalesce(s.yulu, FALSE) THEN 'no_data' ELSE 'not_found' END) AS match_yulu,
    coalesce(CASE WHEN t.social_insurance <= 'T3' THEN t.social_insurance END, CASE WHEN p.id_key IS NULL THEN 'no_usable_id' WHEN coalesce(c.social_insurance, FALSE) THEN 'name_conflict' WHEN NOT coalesce(s.social_insurance, FALSE) THEN 'no_data' ELSE 'not_found' END) AS match_social_insurance,
    coalesce(CASE WHEN t.medical_insurance <= 'T3' THEN t.medical_insurance END, CASE WHEN p.id_key IS NULL THEN 'no_usable_id' WHEN coalesce(c.medical_insurance, FALSE) THEN 'name_conflict' WHEN NOT coalesce(s.medical_insurance, FALSE) THEN 'no_data' ELSE 'not_found' END) AS match_medical_insurance
FROM core_person AS p
JOIN core_person_quarter AS q ON q.person_key = p.person_key
LEFT JOIN tiers AS t ON t.person_key = p.person_key
LEFT JOIN conflicts AS c ON c.id_key = p.id_key
LEFT JOIN scope AS s ON s.county_code = q.county_code
