-- table:    mart_person_key_event
-- grain:    one row per (quarter, event_code, person_key, other_person_key)
-- reads:    core_link, core_person, core_person_quarter
-- quarters: this, previous
-- rule:     records that other_person_key named last quarter are person_key's now: split where other_person_key goes on, merged where it has ended and
--           person_key was a person of its own, else replaced; who only enters or leaves makes no event, nor does a number that another person's record takes over
WITH was AS (
    SELECT p.person_key, l.system, l.record_number, l.name_key, l.id_key, l.cluster, l.decision, l.tier
    FROM previous.core_link AS l
    JOIN previous.core_person AS p ON p.cluster = l.cluster
    WHERE l.entity = 'record'
),

now_is AS (
    SELECT p.person_key, l.system, l.record_number, l.name_key, l.id_key, l.cluster, l.decision, l.tier
    FROM core_link AS l
    JOIN core_person AS p ON p.cluster = l.cluster
    WHERE l.entity = 'record'
),

-- A record is the same while its name or its ID is: places in a family are given anew when someone leaves.
records AS (
    SELECT w.person_key AS was_key, n.person_key AS now_key, w.cluster <> n.cluster AS is_relinked,
        coalesce(w.decision, '') <> coalesce(n.decision, '')
        AND (w.decision IN ('must_link', 'never_link') OR n.decision IN ('must_link', 'never_link')) AS is_official,
        w.tier IN ('T5', 'T6') OR n.tier IN ('T5', 'T6') AS is_evidence
    FROM was AS w
    JOIN now_is AS n
        ON n.system = w.system AND n.record_number = w.record_number AND (n.name_key = w.name_key OR n.id_key = w.id_key)
),

moved AS (
    SELECT was_key, now_key, count(*) AS n_records
    FROM records
    WHERE was_key <> now_key
    GROUP BY was_key, now_key
),

-- Which of two keys goes on says nothing of which records were linked anew: those of both people are asked. What was linked
-- by evidence or decision before goes along when the number of its person changes, and is no cause of that.
sides AS (
    SELECT was_key, now_key, was_key AS person_key FROM moved
    UNION ALL
    SELECT was_key, now_key, now_key FROM moved
),

causes AS (
    SELECT s.was_key, s.now_key, bool_or(r.is_official) AS is_official, bool_and(r.is_evidence) AS is_evidence
    FROM sides AS s
    JOIN records AS r ON r.now_key = s.person_key AND r.was_key IN (s.was_key, s.now_key)
    WHERE r.is_relinked
    GROUP BY s.was_key, s.now_key
)

SELECT
    $quarter AS quarter,
    CASE WHEN g.person_key IS NOT NULL THEN 'split' WHEN b.person_key IS NOT NULL THEN 'merged' ELSE 'replaced' END AS event_code,
    m.now_key AS person_key, m.was_key AS other_person_key,
    CASE WHEN c.is_official THEN 'official' WHEN c.is_evidence THEN 'evidence' ELSE 'id_number' END AS cause_code,
    m.n_records, q.is_registered, q.county_code
FROM moved AS m
LEFT JOIN core_person AS g ON g.person_key = m.was_key
LEFT JOIN previous.core_person AS b ON b.person_key = m.now_key
LEFT JOIN core_person_quarter AS q ON q.person_key = m.now_key
LEFT JOIN causes AS c ON c.was_key = m.was_key AND c.now_key = m.now_key
