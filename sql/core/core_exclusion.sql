-- table:    core_exclusion
-- grain:    one row per (person_key, reason_code): what another department's list says of a person on the quarter's last day, by the row that says it
-- reads:    core_listed_row, core_name, core_person
-- quarters: this
-- rule:     a row is about who bears its ID number under its name; where the name is only alike, no other person bears the number and the sex agrees with it; of several rows the one that says it since longest ago, then the first by list, delivery and line; nobody is left out after until_date
WITH about AS (
    SELECT r.system, r.delivery_id, r.file_name, r.line_number, r.reason_code, r.since_date, r.until_date, p.person_key,
        r.sex_code IS NULL OR r.sex_code NOT IN ('1', '2') OR r.sex_code = id_sex_code(r.id_key) AS is_sex_of_number,
        name_level(n, m) AS name_level,
        count(*) OVER (PARTITION BY r.system, r.delivery_id, r.file_name, r.line_number) AS n_bearers
    FROM core_listed_row AS r
    JOIN core_person AS p ON p.id_key = r.id_key
    JOIN core_name AS n ON n.name = r.name
    JOIN core_name AS m ON m.name = p.name
    WHERE (r.since_date IS NULL OR r.since_date <= $last_day) AND (r.until_date IS NULL OR r.until_date >= $last_day)
),

chosen AS (
    SELECT *,
        row_number() OVER (
            PARTITION BY person_key, reason_code
            ORDER BY coalesce(since_date, DATE '9999-12-31'), system, delivery_id, file_name, line_number
        ) AS position
    FROM about
    WHERE name_level IN ('equal', 'variant') OR (name_level NOT IN ('different', 'missing') AND n_bearers = 1 AND is_sex_of_number)
)

SELECT person_key, reason_code, system, delivery_id, file_name, line_number, name_level, since_date, until_date
FROM chosen
WHERE position = 1
