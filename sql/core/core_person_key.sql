-- table:    core_person_key
-- grain:    one row per (anchor, since_quarter): which person an anchor named from that quarter on
-- reads:    core_link, core_person_key
-- quarters: this, previous
-- rule:     append-only: last quarter's rows stand unchanged; an anchor that is new or names another person gets one more row
WITH anchors AS (
    SELECT cluster, 'poverty_register:' || record_number AS anchor, 1 AS anchor_rank
    FROM core_link
    WHERE system = 'poverty_register' AND cluster IS NOT NULL
    UNION
    SELECT cluster, cluster AS anchor, CASE WHEN starts_with(cluster, 'id:') THEN 2 ELSE 3 END
    FROM core_link
    WHERE cluster IS NOT NULL AND entity = 'record' AND NOT starts_with(cluster, 'poverty_register:')
),

remembered AS (
    SELECT anchor, person_key, first_quarter, since_quarter,
        row_number() OVER (PARTITION BY anchor ORDER BY since_quarter DESC) AS position
    FROM previous.core_person_key
),

-- Keys a cluster may claim, the oldest first; each key goes to the claimant with the strongest anchor.
claims AS (
    SELECT a.cluster, m.person_key, m.first_quarter, min(a.anchor_rank) AS anchor_rank
    FROM anchors AS a
    JOIN remembered AS m ON m.anchor = a.anchor AND m.position = 1
    GROUP BY a.cluster, m.person_key, m.first_quarter
),

granted AS (
    SELECT cluster, person_key, first_quarter, anchor_rank,
        row_number() OVER (PARTITION BY person_key ORDER BY anchor_rank, cluster) AS claimant
    FROM claims
),

kept AS (
    SELECT cluster, person_key, first_quarter,
        row_number() OVER (PARTITION BY cluster ORDER BY first_quarter, anchor_rank, person_key) AS position
    FROM granted
    WHERE claimant = 1
),

best AS (
    SELECT cluster, anchor, row_number() OVER (PARTITION BY cluster ORDER BY anchor_rank, anchor) AS position
    FROM anchors
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
    WHERE b.position = 1
)

SELECT anchor, person_key, first_quarter, since_quarter FROM previous.core_person_key
UNION ALL
SELECT a.anchor, k.person_key, k.first_quarter, $quarter AS since_quarter
FROM anchors AS a
JOIN keyed AS k ON k.cluster = a.cluster
LEFT JOIN remembered AS m ON m.anchor = a.anchor AND m.position = 1
WHERE m.anchor IS NULL OR m.person_key <> k.person_key
