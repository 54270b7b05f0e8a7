-- table:    core_person
-- grain:    one row per (person_key): everyone of the universe in this quarter
-- reads:    core_link, core_person_key
-- quarters: this
-- rule:     the universe is everyone named by the register, civil affairs, the employment platform, technical schools or Yulu, or as severely disabled by the federation
WITH bindings AS (
    SELECT anchor, person_key, row_number() OVER (PARTITION BY anchor ORDER BY since_quarter DESC) AS position
    FROM core_person_key
),

-- The number of a person whose own records have none usable is that of what evidence linked to them, where it is one.
numbers AS (
    SELECT cluster, CASE WHEN min(id_key) = max(id_key) THEN min(id_key) END AS id_key
    FROM core_link
    WHERE cluster IS NOT NULL AND tier IN ('T1', 'T2', 'T3', 'T5', 'T6', 'official') AND coalesce(id_tier, tier) <> 'T4'
    GROUP BY cluster
),

clusters AS (
    SELECT l.cluster, l.system, l.record_number, l.name, l.id_class,
        CASE WHEN l.id_tier = 'T4' AND l.tier <> 'T4' THEN n.id_key ELSE coalesce(l.id_key, n.id_key) END AS id_key,
        row_number() OVER (PARTITION BY l.cluster ORDER BY l.system_rank, l.record_number) AS position,
        max(CASE WHEN l.system = 'poverty_register' THEN 1 ELSE 0 END) OVER (PARTITION BY l.cluster) AS n_register
    FROM core_link AS l
    LEFT JOIN numbers AS n ON n.cluster = l.cluster
    WHERE l.entity = 'record'
)

SELECT
    b.person_key, c.cluster, c.id_key, c.id_class, c.name, c.n_register = 1 AS is_registered,
    CASE WHEN c.n_register = 1 AND c.system = 'poverty_register' THEN c.record_number END AS register_number,
    CASE WHEN c.id_key IS NOT NULL
        THEN make_date(to_integer(substr(c.id_key, 7, 4)), to_integer(substr(c.id_key, 11, 2)), to_integer(substr(c.id_key, 13, 2)))
    END AS birth_date,
    CASE
        WHEN c.id_key IS NULL THEN NULL
        WHEN to_integer(substr(c.id_key, 17, 1)) % 2 = 1 THEN '1'
        ELSE '2'
    END AS sex_code
FROM clusters AS c
JOIN bindings AS b
    ON b.position = 1
    AND b.anchor = c.cluster
WHERE c.position = 1
