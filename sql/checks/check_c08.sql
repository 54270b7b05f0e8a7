-- table:    check_c08
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody to whom a pension was paid for months after that of death, the row that tells of the death and the payments
-- reads:    core_exclusion, core_listed_row, core_person, core_person_quarter, core_person_row, staged_social_insurance__benefit
-- quarters: this, previous
-- rule:     死亡后仍发放: a pension paid for a month later than that of the death by the lists (of several days the earliest), of people of this quarter, and of last quarter's who have left, found under their own number and name; a row that stands alone in its quarter covers the months it says were paid, three at most, of which those after the death count; months and amount stand on the payments
WITH here AS (
    SELECT x.person_key, q.county_code, x.since_date, x.system, x.delivery_id, x.file_name, x.line_number
    FROM core_exclusion AS x
    JOIN core_person_quarter AS q ON q.person_key = x.person_key
    WHERE x.reason_code = 'dead'
),

-- Most of the dead are struck off the lists that make the universe before their pension stops.
gone AS (
    SELECT p.person_key, w.county_code, p.id_key, p.name, l.since_date, l.system, l.delivery_id, l.file_name, l.line_number,
        row_number() OVER (PARTITION BY p.person_key ORDER BY l.since_date, l.system, l.delivery_id, l.file_name, l.line_number) AS position
    FROM core_listed_row AS l
    JOIN previous.core_person AS p ON p.id_key = l.id_key AND p.name = l.name
    JOIN previous.core_person_quarter AS w ON w.person_key = p.person_key
    LEFT JOIN core_person AS c ON c.person_key = p.person_key
    WHERE l.reason_code = 'dead' AND l.since_date <= $last_day AND c.person_key IS NULL
),

dead AS (
    SELECT person_key, county_code, since_date, system, delivery_id, file_name, line_number FROM here
    UNION ALL
    SELECT person_key, county_code, since_date, system, delivery_id, file_name, line_number FROM gone WHERE position = 1
),

benefits AS (
    SELECT d.person_key, d.since_date, r.delivery_id, r.file_name, r.line_number
    FROM here AS d
    JOIN core_person_row AS r ON r.person_key = d.person_key AND r.system = 'social_insurance' AND r.entity = 'benefit'
    UNION ALL
    SELECT d.person_key, d.since_date, b.delivery_id, b.file_name, b.line_number
    FROM gone AS d
    JOIN staged_social_insurance__benefit AS b ON b.id_key = d.id_key AND b.name = d.name
    WHERE d.position = 1
),

paid AS (
    SELECT r.person_key, b.benefit_amount, b.delivery_id, b.file_name, b.line_number,
        months_between(r.since_date, make_date(to_integer(substr(b.benefit_month, 1, 4)), to_integer(substr(b.benefit_month, 5, 2)), 1)) AS n_after,
        CASE
            WHEN count(*) OVER (PARTITION BY r.person_key, b.person_number, b.scheme_code) = 1 THEN least(greatest(coalesce(b.months_paid, 1), 1), 3)
            ELSE 1
        END AS n_paid
    FROM benefits AS r
    JOIN staged_social_insurance__benefit AS b
        ON b.delivery_id = r.delivery_id AND b.file_name = r.file_name AND b.line_number = r.line_number
    WHERE b.scheme_code IN ('110', '120', '170') AND coalesce(b.benefit_amount, 1) > 0
        AND (b.pay_mark_code = '40' OR (b.pay_mark_code IS NULL AND b.benefit_state_code = '1'))
),

late AS (
    SELECT person_key, benefit_amount, delivery_id, file_name, line_number, least(n_paid, n_after) AS n_months FROM paid WHERE n_after > 0
),

evidence AS (
    SELECT person_key, system, CASE system WHEN 'deaths' THEN 'death' WHEN 'verification_feedback' THEN 'finding' ELSE 'move' END AS entity, delivery_id, file_name, line_number,
        CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
    FROM dead
    WHERE person_key IN (SELECT person_key FROM late)
    UNION ALL
    SELECT person_key, 'social_insurance', 'benefit', delivery_id, file_name, line_number,
        CAST(n_months AS BIGINT), CAST(benefit_amount * n_months AS DECIMAL(18, 2))
    FROM late
)

SELECT
    e.person_key AS subject_code, e.person_key, d.county_code, 'paid_after_death' AS finding_code,
    e.system, e.entity, e.delivery_id, e.file_name, e.line_number, e.n_months, e.finding_amount
FROM evidence AS e
JOIN dead AS d ON d.person_key = e.person_key
