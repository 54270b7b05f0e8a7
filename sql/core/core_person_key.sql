-- table:    core_person_key
-- grain:    one row per (anchor, since_quarter): which person an anchor named from that quarter on
-- reads:    core_link, core_person_key
-- quarters: this, previous
-- rule:     append-only: last quarter's rows stand unchanged; an anchor that is new or names another person gets one more row;
--           an ID number names its bearer together with the name, and alone only where nobody claims more strongly
WITH clusters AS (
    SELECT DISTINCT cluster, 'id:' || split_part(cluster, ':', 2) AS number_alone
    FROM core_link
    WHERE cluster IS NOT NULL AND entity = 'record'
),

-- A name that stands as a cluster of its own under the number is that cluster's, whoever else is written so.
bearers AS (
    SELECT DISTINCT l.cluster, l.cluster || ':' || l.name_key AS anchor
    FROM core_link AS l
    JOIN clusters AS c ON c.cluster = l.cluster AND c.cluster = c.number_alone
    WHERE l.entity = 'record' AND l.name_key <> ''
),

anchors AS (
    SELECT cluster, 'poverty_register:' || record_number AS anchor, '1' AS anchor_rank
    FROM core_link
    WHERE system = 'poverty_register' AND cluster IS NOT NULL
    UNION ALL
    SELECT b.cluster, b.anchor, '2'
    FROM bearers AS b
    ANTI JOIN clusters AS c ON c.cluster = b.anchor
    UNION ALL
    SELECT cluster, cluster, CASE WHEN cluster = number_alone THEN '4' WHEN starts_with(cluster, 'id:') THEN '2' ELSE '3' END
    FROM clusters
    WHERE NOT starts_with(cluster, 'poverty_register:')
),

remembered AS (
    SELECT anchor, person_key, first_quarter, since_quarter,
        row_number() OVER (PARTITION BY anchor ORDER BY since_quarter DESC) AS position
    FROM previous.core_person_key
),

-- What speaks for a cluster's claim to a key: the rank of its strongest anchor, then since when that names the person.
claims AS (
    SELECT a.cluster, m.person_key, m.first_quarter, min(a.anchor_rank || m.since_quarter) AS ground
    FROM anchors AS a
    JOIN remembered AS m ON m.anchor = a.anchor AND m.position = 1
    GROUP BY a.cluster, m.person_key, m.first_quarter
),

granted AS (
    SELECT cluster, person_key, first_quarter, ground,
        row_number() OVER (PARTITION BY person_key ORDER BY ground, cluster) AS claimant
    FROM claims
),

-- Of several keys the one first seen earliest stays; one that only the number alone gives may be somebody else's.
kept AS (
    SELECT cluster, person_key, first_quarter,
        row_number() OVER (PARTITION BY cluster ORDER BY starts_with(ground, '4'), first_quarter, ground, person_key) AS position
    FROM granted
    WHERE claimant = 1
),

-- How a name is written does not go into a key, unless the name is all that tells a cluster from another.
best AS (
    SELECT cluster, coalesce(min(CASE WHEN anchor_rank = '1' THEN anchor END), cluster) AS anchor
    FROM anchors
    GROUP BY cluster
),

-- A cluster that could keep no key gets a new one. An anchor known from before but lost to another cluster cannot give
-- the digest it gave then, so the quarter goes into the new one.
keyed AS (
    SELECT b.cluster,
        coalesce(k.person_key, substr(sha256(b.anchor || CASE WHEN m.anchor IS NULL THEN '' ELSE '@' || $quarter END), 1, 24)) AS person_key,
        coalesce(k.first_quarter, $quarter) AS first_quarter
    FROM best AS b
    LEFT JOIN kept AS k ON k.cluster = b.cluster AND k.position = 1
    LEFT JOIN remembered AS m ON m.anchor = b.anchor AND m.position = 1
)

SELECT anchor, person_key, first_quarter, since_quarter FROM previous.core_person_key
UNION ALL
SELECT a.anchor, k.person_key, k.first_quarter, $quarter AS since_quarter
FROM anchors AS a
JOIN keyed AS k ON k.cluster = a.cluster
LEFT JOIN remembered AS m ON m.anchor = a.anchor AND m.position = 1
WHERE m.anchor IS NULL OR m.person_key <> k.person_key
