-- table:    core_link
-- grain:    one row per (system, entity, record_number, name, id_key): a record as it was delivered, and the person it was linked to
-- reads:    core_id_link, core_link_candidate
-- quarters: this
-- rule:     by ID number (T1 to T3), else by accepted evidence (T5 an ID one step away, T6 none) or by an official's decision (official, whatever the number said: id_tier); T4 is nobody's, nor is what an official kept apart; insured rows about nobody of the universe are left out
SELECT
    e.system, e.entity, e.system_rank, e.record_number, e.name, e.name_key, e.id_key, e.id_class,
    e.name_level, e.tier AS id_tier, coalesce(c.tier, e.tier) AS tier,
    CASE WHEN c.tier IS NOT NULL THEN c.decision WHEN e.tier IN ('T1', 'T2', 'T3') THEN 'auto' END AS decision,
    c.evidence,
    CASE WHEN c.tier IS NOT NULL THEN c.linked_cluster ELSE e.cluster END AS cluster
FROM core_id_link AS e
LEFT JOIN core_link_candidate AS c
    ON c.decision <> 'review'
    AND c.system = e.system AND c.entity = e.entity AND c.record_number = e.record_number AND c.name = e.name
    AND coalesce(c.id_key, '') = coalesce(e.id_key, '')
WHERE e.entity = 'record' OR c.tier IS NOT NULL OR e.tier IN ('T1', 'T2', 'T3', 'T4')
