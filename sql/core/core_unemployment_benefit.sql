-- table:    core_unemployment_benefit
-- grain:    one row per (delivery_id, file_name, line_number, person_key): a row of unemployment benefit, of this quarter or before
-- reads:    staged_social_insurance__benefit, core_person_row, core_unemployment_benefit
-- quarters: this, previous
-- rule:     since and until are the first and last day of the months paid: those that end with the month named, or from the first to the last month named; empty where nothing was paid (paused, ended, or the payment came back)
WITH told AS (
    SELECT
        r.person_key, b.county_code, b.delivery_id, b.file_name, b.line_number,
        b.benefit_state_code = '1' AND coalesce(b.pay_mark_code, '40') = '40' AS is_paid,
        make_date(to_integer(substr(b.benefit_month, 1, 4)), to_integer(substr(b.benefit_month, 5, 2)), 1) AS named_day,
        make_date(to_integer(substr(b.start_month, 1, 4)), to_integer(substr(b.start_month, 5, 2)), 1) AS first_month_day,
        CASE
            WHEN b.end_month < '999900' THEN make_date(to_integer(substr(b.end_month, 1, 4)), to_integer(substr(b.end_month, 5, 2)), 1)
        END AS last_month_day,
        greatest(coalesce(b.months_paid, 1), 1) AS n_months
    FROM staged_social_insurance__benefit AS b
    JOIN core_person_row AS r
        ON r.system = 'social_insurance' AND r.entity = 'benefit'
        AND r.delivery_id = b.delivery_id AND r.file_name = b.file_name AND r.line_number = b.line_number
    WHERE b.scheme_code = '210'
),

months AS (
    SELECT person_key, county_code, delivery_id, file_name, line_number, is_paid,
        CASE
            WHEN named_day IS NULL THEN first_month_day
            ELSE greatest(months_after(named_day, 1 - n_months), coalesce(first_month_day, months_after(named_day, 1 - n_months)))
        END AS first_day_paid,
        coalesce(named_day, least(coalesce(last_month_day, $last_day), $last_day)) AS last_month_paid
    FROM told
)

SELECT
    person_key, county_code, delivery_id, file_name, line_number,
    CASE WHEN is_paid THEN first_day_paid END AS since_date,
    CASE WHEN is_paid AND first_day_paid IS NOT NULL THEN last_day(last_month_paid) END AS until_date
FROM months
UNION ALL
SELECT person_key, county_code, delivery_id, file_name, line_number, since_date, until_date
FROM previous.core_unemployment_benefit
