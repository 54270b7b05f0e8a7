-- table:    check_c08
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody to whom a pension was paid for months after that of death, the row that tells of the death and the payments
-- reads:    core_exclusion, core_person_quarter, core_person_row, staged_social_insurance__benefit
-- quarters: this
-- rule:     死亡后仍发放: a pension paid for a month later than that of the death by the lists (of several days the earliest); a row that stands alone in its quarter covers the months it says were paid, three at most, of which those after the death count; months and amount stand on the payments
WITH dead AS (
    SELECT person_key, since_date, system, CASE WHEN system = 'deaths' THEN 'death' ELSE 'move' END AS entity, delivery_id, file_name, line_number
    FROM core_exclusion
    WHERE reason_code = 'dead' AND since_date IS NOT NULL
),

paid AS (
    SELECT r.person_key, b.benefit_amount, b.delivery_id, b.file_name, b.line_number, d.since_date,
        make_date(to_integer(substr(b.benefit_month, 1, 4)), to_integer(substr(b.benefit_month, 5, 2)), 1) AS paid_month_date,
        CASE
            WHEN count(*) OVER (PARTITION BY r.person_key, b.person_number, b.scheme_code) = 1 THEN least(greatest(coalesce(b.months_paid, 1), 1), 3)
            ELSE 1
        END AS n_paid
    FROM staged_social_insurance__benefit AS b
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'benefit'
        AND r.delivery_id = b.delivery_id AND r.file_name = b.file_name AND r.line_number = b.line_number
    JOIN dead AS d ON d.person_key = r.person_key
    WHERE b.scheme_code IN ('110', '120', '170') AND b.benefit_month IS NOT NULL AND coalesce(b.benefit_amount, 1) > 0
        AND (b.pay_mark_code = '40' OR (b.pay_mark_code IS NULL AND b.benefit_state_code = '1'))
),

after AS (
    SELECT person_key, benefit_amount, delivery_id, file_name, line_number, least(n_paid, months_between(since_date, paid_month_date)) AS n_months
    FROM paid
    WHERE months_between(since_date, paid_month_date) > 0
),

evidence AS (
    SELECT d.person_key, d.system, d.entity, d.delivery_id, d.file_name, d.line_number,
        CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
    FROM dead AS d
    WHERE d.person_key IN (SELECT person_key FROM after)
    UNION ALL
    SELECT person_key, 'social_insurance', 'benefit', delivery_id, file_name, line_number,
        CAST(n_months AS BIGINT), CAST(benefit_amount * n_months AS DECIMAL(18, 2))
    FROM after
)

SELECT
    e.person_key AS subject_code, e.person_key, q.county_code, 'paid_after_death' AS finding_code,
    e.system, e.entity, e.delivery_id, e.file_name, e.line_number, e.n_months, e.finding_amount
FROM evidence AS e
JOIN core_person_quarter AS q ON q.person_key = e.person_key
