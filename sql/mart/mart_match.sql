-- table:    mart_match
-- grain:    one row per (quarter, person_key)
-- reads:    core_person, core_person_quarter, core_person_key, core_link, core_source_scope
-- quarters: this
-- rule:     in each system the best tier that links the person, or why there is none: no_usable_id, name_conflict, no_data, not_found
WITH bindings AS (
    SELECT anchor, person_key, row_number() OVER (PARTITION BY anchor ORDER BY since_quarter DESC) AS position
    FROM core_person_key
),

links AS (
    SELECT b.person_key, l.system, min(l.tier) AS tier
    FROM core_link AS l
    JOIN bindings AS b ON b.anchor = l.cluster AND b.position = 1
    WHERE l.tier IN ('T1', 'T2', 'T3', 'T5', 'T6', 'official')
    GROUP BY b.person_key, l.system
),

conflicts AS (
    SELECT DISTINCT id_key, system FROM core_link WHERE tier = 'T4'
),

systems AS (
    SELECT DISTINCT system FROM core_source_scope
),

outcomes AS (
    SELECT p.person_key, n.system,
        CASE
            WHEN l.tier IS NOT NULL THEN l.tier
            WHEN p.id_key IS NULL THEN 'no_usable_id'
            WHEN c.id_key IS NOT NULL THEN 'name_conflict'
            WHEN NOT coalesce(s.has_data, FALSE) THEN 'no_data'
            ELSE 'not_found'
        END AS outcome
    FROM core_person AS p
    JOIN core_person_quarter AS q ON q.person_key = p.person_key
    CROSS JOIN systems AS n
    LEFT JOIN links AS l ON l.person_key = p.person_key AND l.system = n.system
    LEFT JOIN conflicts AS c ON c.id_key = p.id_key AND c.system = n.system
    LEFT JOIN core_source_scope AS s ON s.county_code = q.county_code AND s.system = n.system
),

by_person AS (
    SELECT person_key,
        max(CASE WHEN system = 'poverty_register' THEN outcome END) AS match_poverty_register,
        max(CASE WHEN system = 'civil_affairs' THEN outcome END) AS match_civil_affairs,
        max(CASE WHEN system = 'employment_platform' THEN outcome END) AS match_employment_platform,
        max(CASE WHEN system = 'technical_school' THEN outcome END) AS match_technical_school,
        max(CASE WHEN system = 'yulu' THEN outcome END) AS match_yulu,
        max(CASE WHEN system = 'disabled_federation' THEN outcome END) AS match_disabled_federation,
        max(CASE WHEN system = 'social_insurance' THEN outcome END) AS match_social_insurance,
        max(CASE WHEN system = 'medical_insurance' THEN outcome END) AS match_medical_insurance
    FROM outcomes
    GROUP BY person_key
)

SELECT
    $quarter AS quarter, p.person_key, p.is_registered, q.county_code, q.town_code, q.village_code, p.id_class,
    o.match_poverty_register,
    o.match_civil_affairs,
    o.match_employment_platform,
    o.match_technical_school,
    o.match_yulu,
    o.match_disabled_federation,
    o.match_social_insurance,
    o.match_medical_insurance
FROM core_person AS p
JOIN core_person_quarter AS q ON q.person_key = p.person_key
JOIN by_person AS o ON o.person_key = p.person_key
