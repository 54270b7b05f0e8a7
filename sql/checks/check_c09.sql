-- table:    check_c09
-- grain:    one row per (subject_code, finding_code, system, entity, delivery_id, file_name, line_number): somebody to whom a pension was paid for months served inside, the sentence and the payments
-- reads:    core_person_quarter, core_person_row, staged_prison__sentence, staged_social_insurance__benefit
-- quarters: this
-- rule:     服刑期间领取待遇: a pension paid for a month that lies wholly within a sentence served inside (缓刑, 监外执行, 假释 and 管制 are not), until the release where there was one; a row that stands alone in its quarter covers the months it says were paid, three at most; months and amount stand on the payments
WITH sentences AS (
    SELECT r.person_key, s.started_date, coalesce(days_after(s.released_date, -1), s.ended_date, DATE '9999-12-31') AS last_date,
        s.delivery_id, s.file_name, s.line_number
    FROM staged_prison__sentence AS s
    JOIN core_person_row AS r
        ON r.system = 'prison' AND r.entity = 'sentence'
        AND r.delivery_id = s.delivery_id AND r.file_name = s.file_name AND r.line_number = s.line_number
    WHERE s.execution_code IN ('1', '2') AND s.started_date IS NOT NULL
),

-- Months are counted from the year 0; the first and the last one only where they are whole.
inside AS (
    SELECT person_key, delivery_id, file_name, line_number,
        year(started_date) * 12 + month(started_date) + CASE WHEN day(started_date) > 1 THEN 1 ELSE 0 END AS first_month,
        year(last_date) * 12 + month(last_date) - CASE WHEN last_date < last_day(last_date) THEN 1 ELSE 0 END AS last_month
    FROM sentences
),

paid AS (
    SELECT r.person_key, b.benefit_amount, b.delivery_id, b.file_name, b.line_number,
        to_integer(substr(b.benefit_month, 1, 4)) * 12 + to_integer(substr(b.benefit_month, 5, 2)) AS paid_month,
        CASE
            WHEN count(*) OVER (PARTITION BY r.person_key, b.person_number, b.scheme_code) = 1 THEN least(greatest(coalesce(b.months_paid, 1), 1), 3)
            ELSE 1
        END AS n_paid
    FROM staged_social_insurance__benefit AS b
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'benefit'
        AND r.delivery_id = b.delivery_id AND r.file_name = b.file_name AND r.line_number = b.line_number
    WHERE b.scheme_code IN ('110', '120', '170') AND coalesce(b.benefit_amount, 1) > 0
        AND (b.pay_mark_code = '40' OR (b.pay_mark_code IS NULL AND b.benefit_state_code = '1')) AND r.person_key IN (SELECT person_key FROM inside)
),

pairs AS (
    SELECT i.person_key, i.delivery_id AS sentence_delivery_id, i.file_name AS sentence_file_name, i.line_number AS sentence_line_number,
        p.delivery_id, p.file_name, p.line_number, p.benefit_amount,
        least(p.paid_month, i.last_month) - greatest(p.paid_month - p.n_paid + 1, i.first_month) + 1 AS n_months
    FROM inside AS i
    JOIN paid AS p ON p.person_key = i.person_key
),

found AS (
    SELECT * FROM pairs WHERE n_months > 0
),

-- One sentence may stand in two rows: its months count once.
payments AS (
    SELECT person_key, delivery_id, file_name, line_number, benefit_amount, max(n_months) AS n_months
    FROM found
    GROUP BY person_key, delivery_id, file_name, line_number, benefit_amount
),

evidence AS (
    SELECT DISTINCT person_key, 'prison' AS system, 'sentence' AS entity, sentence_delivery_id AS delivery_id, sentence_file_name AS file_name,
        sentence_line_number AS line_number, CAST(NULL AS BIGINT) AS n_months, CAST(NULL AS DECIMAL(18, 2)) AS finding_amount
    FROM found
    UNION ALL
    SELECT person_key, 'social_insurance', 'benefit', delivery_id, file_name, line_number,
        CAST(n_months AS BIGINT), CAST(benefit_amount * n_months AS DECIMAL(18, 2))
    FROM payments
)

SELECT
    e.person_key AS subject_code, e.person_key, q.county_code, 'paid_in_prison' AS finding_code,
    e.system, e.entity, e.delivery_id, e.file_name, e.line_number, e.n_months, e.finding_amount
FROM evidence AS e
JOIN core_person_quarter AS q ON q.person_key = e.person_key
