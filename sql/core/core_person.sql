-- table:    core_person
-- grain:    one row per (person_key): everyone of the universe in this quarter
-- reads:    core_link, core_person_key
-- quarters: this
-- rule:     the universe is everyone named by the register, civil affairs, the employment platform, technical schools or Yulu
WITH bindings AS (
    SELECT anchor, person_key, row_number() OVER (PARTITION BY anchor ORDER BY since_quarter DESC) AS position
    FROM core_person_key
),

clusters AS (
    SELECT cluster, system, record_number, name, id_key, id_class,
        row_number() OVER (PARTITION BY cluster ORDER BY system_rank, record_number) AS position,
        max(CASE WHEN system = 'poverty_register' THEN 1 ELSE 0 END) OVER (PARTITION BY cluster) AS n_register
    FROM core_link
    WHERE entity = 'record'
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
