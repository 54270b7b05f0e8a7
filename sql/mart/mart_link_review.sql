-- table:    mart_link_review
-- grain:    one row per (quarter, system, record_number, person_key): a record that may be about a person, to be judged by an official
-- reads:    core_link_candidate, core_person_key, core_person_quarter, core_person, core_record, core_pension_participation, core_pension_payment, core_medical_participation
-- quarters: this
-- rule:     suggestions of the residual model that nothing accepted and nobody decided, as many as officials are asked about (parameter review_queue_per_mille), the most likely first; the evidence is levels of agreement, no name and no number of a person
WITH bindings AS (
    SELECT anchor, person_key, row_number() OVER (PARTITION BY anchor ORDER BY since_quarter DESC) AS position
    FROM core_person_key
),

places AS (
    SELECT system, 'record' AS entity, record_number, min(county_code) AS county_code FROM core_record GROUP BY system, record_number
    UNION ALL
    SELECT 'social_insurance', 'participation', record_number, min(county_code) FROM core_pension_participation GROUP BY record_number
    UNION ALL
    SELECT 'social_insurance', 'payment', record_number, min(county_code) FROM core_pension_payment GROUP BY record_number
    UNION ALL
    SELECT 'medical_insurance', 'participation', record_number, min(county_code) FROM core_medical_participation GROUP BY record_number
),

-- A record comes in several forms: two spellings, participation and payment; the strongest stands for all.
suggested AS (
    SELECT c.system, c.record_number, c.tier, c.points, c.match_weight, c.evidence, b.person_key, p.county_code AS record_county_code,
        row_number() OVER (
            PARTITION BY c.system, c.record_number, b.person_key
            ORDER BY c.points DESC, c.match_weight DESC, c.entity, c.name, coalesce(c.id_key, '')
        ) AS position
    FROM core_link_candidate AS c
    JOIN bindings AS b ON b.anchor = c.cluster AND b.position = 1
    LEFT JOIN places AS p ON p.system = c.system AND p.entity = c.entity AND p.record_number = c.record_number
    WHERE c.decision = 'review' AND c.is_queued
)

SELECT
    $quarter AS quarter, s.system, s.record_number, s.record_county_code, s.person_key, n.is_registered, q.county_code, q.town_code, q.village_code,
    s.tier, s.points, s.match_weight, s.evidence
FROM suggested AS s
JOIN core_person AS n ON n.person_key = s.person_key
JOIN core_person_quarter AS q ON q.person_key = s.person_key
WHERE s.position = 1
