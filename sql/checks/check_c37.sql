-- table:    check_c37
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody of the register who can hardly move and for whom something is due, and the rows by which
-- reads:    core_person_quarter, core_person_measure, core_parameter, core_person_row, staged_disabled_federation__holder, staged_social_insurance__benefit
-- quarters: this
-- rule:     行动不便上门: registered, alive, and chronically ill, severely ill or disabled by the register, with a valid certificate of disability, or of high age (all stand for 行动不便, which no list tells); with enrolment due (M03 uncovered), else a pension due to somebody in the resident scheme (M06 uncovered past the months of grace, in no employee scheme), or a pension paused for want of a sign of life
WITH holders AS (
    SELECT DISTINCT r.person_key
    FROM staged_disabled_federation__holder AS h
    JOIN core_person_row AS r
        ON r.system = 'disabled_federation' AND r.entity = 'holder'
        AND r.delivery_id = h.delivery_id AND r.file_name = h.file_name AND r.line_number = h.line_number
    WHERE coalesce(h.state_code, '1') = '1'
),

immobile AS (
    SELECT q.person_key, q.county_code, q.has_resident_pension, q.has_other_pension,
        months_between(q.birth_date, $last_day) > 12 * p.pension_benefit_age + p.benefit_grace_months AS is_past_grace
    FROM core_person_quarter AS q
    LEFT JOIN core_parameter AS k ON k.region_code = q.county_code
    JOIN core_parameter AS p ON p.region_code = coalesce(k.region_code, '36')
    LEFT JOIN holders AS h ON h.person_key = q.person_key
    WHERE q.is_registered AND NOT q.is_dead
        AND (coalesce(q.health_code IN ('2', '3', '4'), FALSE) OR h.person_key IS NOT NULL OR coalesce(q.age >= $immobile_from_age, FALSE))
),

paused AS (
    SELECT r.person_key, r.system, r.entity, r.delivery_id, r.file_name, r.line_number
    FROM staged_social_insurance__benefit AS b
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'benefit'
        AND r.delivery_id = b.delivery_id AND r.file_name = b.file_name AND r.line_number = b.line_number
    WHERE b.scheme_code IN ('110', '120', '170') AND b.benefit_state_code = '2' AND b.paused_reason_code = '1201'
),

found AS (
    SELECT i.person_key, i.county_code, 'enrolment_due' AS finding_code
    FROM immobile AS i
    JOIN core_person_measure AS m ON m.person_key = i.person_key AND m.measure_code = 'M03' AND m.state_code = 'uncovered'
    UNION ALL
    SELECT i.person_key, i.county_code, 'benefit_due' AS finding_code
    FROM immobile AS i
    JOIN core_person_measure AS m ON m.person_key = i.person_key AND m.measure_code = 'M06' AND m.state_code = 'uncovered'
    WHERE i.has_resident_pension AND NOT i.has_other_pension AND i.is_past_grace
        AND i.person_key NOT IN (SELECT person_key FROM paused)
    UNION ALL
    SELECT person_key, county_code, 'certificate_due' AS finding_code
    FROM immobile
    WHERE person_key IN (SELECT person_key FROM paused)
),

evidence AS (
    SELECT f.person_key, f.county_code, f.finding_code, r.system, r.entity, r.delivery_id, r.file_name, r.line_number
    FROM found AS f
    JOIN core_person_row AS r ON r.person_key = f.person_key AND r.system = 'poverty_register'
    UNION ALL
    SELECT f.person_key, f.county_code, f.finding_code, p.system, p.entity, p.delivery_id, p.file_name, p.line_number
    FROM found AS f
    JOIN paused AS p ON p.person_key = f.person_key
    WHERE f.finding_code = 'certificate_due'
)

SELECT
    person_key AS subject_code, person_key, county_code, finding_code,
    system, entity, delivery_id, file_name, line_number,
    CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
FROM evidence
