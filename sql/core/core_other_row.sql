-- table:    core_other_row
-- grain:    one row per (system, entity, delivery_id, file_name, line_number): a row of a list or an event that may be about somebody of the universe
-- reads:    staged_deaths__death, staged_prison__sentence, staged_national_student_roll__student, staged_disabled_federation__holder, staged_exam__candidate, staged_guaranteed_loan__loan, staged_verification_feedback__finding, staged_employment_platform__spell, staged_employment_platform__wish, staged_employment_platform__service, staged_employment_platform__training, staged_employment_platform__subsidy, staged_employment_platform__post, staged_technical_school__change, staged_technical_school__fee_waiver, staged_technical_school__grant, staged_technical_school__graduate_employment, staged_technical_school__certificate, staged_technical_registration__registration, staged_yulu__application, staged_social_insurance__participation, staged_social_insurance__contribution, staged_social_insurance__benefit, staged_medical_insurance__identity, staged_medical_insurance__settlement, staged_medical_insurance__premium, staged_medical_insurance__filing, core_record
-- quarters: this
-- rule:     everything that systems say of people beside the records that are put together: events, payments, lists of other departments, and insurance that is no pension; read are rows whose ID number a record of the universe bears, or without a usable one whose number in the platform, school or Yulu system is that of such a record
WITH rows_told AS (
    SELECT 'deaths' AS system, 'death' AS entity, delivery_id, file_name, line_number, id_key, coalesce(name, '') AS name, CAST(NULL AS VARCHAR) AS person_system, CAST(NULL AS VARCHAR) AS record_number
    FROM staged_deaths__death
    UNION ALL
    SELECT 'prison', 'sentence', delivery_id, file_name, line_number, id_key, coalesce(name, ''), NULL, NULL
    FROM staged_prison__sentence
    UNION ALL
    SELECT 'national_student_roll', 'student', delivery_id, file_name, line_number, id_key, coalesce(name, ''), NULL, NULL
    FROM staged_national_student_roll__student
    UNION ALL
    SELECT 'disabled_federation', 'holder', delivery_id, file_name, line_number, id_key, coalesce(name, ''), NULL, NULL
    FROM staged_disabled_federation__holder
    WHERE certificate_key(certificate_number) NOT IN (SELECT record_number FROM core_record WHERE system = 'disabled_federation')
    UNION ALL
    SELECT 'exam', 'candidate', delivery_id, file_name, line_number, id_key, coalesce(name, ''), NULL, NULL
    FROM staged_exam__candidate
    UNION ALL
    SELECT 'guaranteed_loan', 'loan', delivery_id, file_name, line_number, id_key, coalesce(name, ''), NULL, NULL
    FROM staged_guaranteed_loan__loan
    UNION ALL
    SELECT 'verification_feedback', 'finding', delivery_id, file_name, line_number, id_key, coalesce(name, ''), NULL, NULL
    FROM staged_verification_feedback__finding
    UNION ALL
    SELECT 'employment_platform', 'spell', delivery_id, file_name, line_number, id_key, coalesce(name, ''), 'employment_platform', record_number
    FROM staged_employment_platform__spell
    UNION ALL
    SELECT 'employment_platform', 'wish', delivery_id, file_name, line_number, id_key, coalesce(name, ''), 'employment_platform', record_number
    FROM staged_employment_platform__wish
    UNION ALL
    SELECT 'employment_platform', 'service', delivery_id, file_name, line_number, id_key, coalesce(name, ''), 'employment_platform', record_number
    FROM staged_employment_platform__service
    UNION ALL
    SELECT 'employment_platform', 'training', delivery_id, file_name, line_number, id_key, coalesce(name, ''), 'employment_platform', record_number
    FROM staged_employment_platform__training
    UNION ALL
    SELECT 'employment_platform', 'subsidy', delivery_id, file_name, line_number, id_key, coalesce(name, ''), 'employment_platform', record_number
    FROM staged_employment_platform__subsidy
    UNION ALL
    SELECT 'employment_platform', 'post', delivery_id, file_name, line_number, id_key, coalesce(name, ''), 'employment_platform', record_number
    FROM staged_employment_platform__post
    UNION ALL
    SELECT 'technical_school', 'change', delivery_id, file_name, line_number, id_key, coalesce(name, ''), 'technical_school', roll_number
    FROM staged_technical_school__change
    UNION ALL
    SELECT 'technical_school', 'fee_waiver', delivery_id, file_name, line_number, id_key, coalesce(name, ''), 'technical_school', roll_number
    FROM staged_technical_school__fee_waiver
    UNION ALL
    SELECT 'technical_school', 'grant', delivery_id, file_name, line_number, id_key, coalesce(name, ''), 'technical_school', roll_number
    FROM staged_technical_school__grant
    UNION ALL
    SELECT 'technical_school', 'graduate_employment', delivery_id, file_name, line_number, id_key, coalesce(name, ''), 'technical_school', roll_number
    FROM staged_technical_school__graduate_employment
    UNION ALL
    SELECT 'technical_school', 'certificate', delivery_id, file_name, line_number, id_key, coalesce(name, ''), 'technical_school', roll_number
    FROM staged_technical_school__certificate
    UNION ALL
    SELECT 'technical_registration', 'registration', delivery_id, file_name, line_number, id_key, coalesce(name, ''), 'technical_school', roll_number
    FROM staged_technical_registration__registration
    UNION ALL
    SELECT 'yulu', 'application', delivery_id, file_name, line_number, id_key, coalesce(name, ''), 'yulu', application_number
    FROM staged_yulu__application
    UNION ALL
    SELECT 'social_insurance', 'participation', delivery_id, file_name, line_number, id_key, coalesce(name, ''), NULL, NULL
    FROM staged_social_insurance__participation
    WHERE scheme_code NOT IN ('110', '120', '170')
    UNION ALL
    SELECT 'social_insurance', 'contribution', delivery_id, file_name, line_number, id_key, coalesce(name, ''), NULL, NULL
    FROM staged_social_insurance__contribution
    UNION ALL
    SELECT 'social_insurance', 'benefit', delivery_id, file_name, line_number, id_key, coalesce(name, ''), NULL, NULL
    FROM staged_social_insurance__benefit
    UNION ALL
    SELECT 'medical_insurance', 'identity', delivery_id, file_name, line_number, id_key, coalesce(name, ''), NULL, NULL
    FROM staged_medical_insurance__identity
    UNION ALL
    SELECT 'medical_insurance', 'settlement', delivery_id, file_name, line_number, id_key, coalesce(name, ''), NULL, NULL
    FROM staged_medical_insurance__settlement
    UNION ALL
    SELECT 'medical_insurance', 'premium', delivery_id, file_name, line_number, id_key, coalesce(name, ''), NULL, NULL
    FROM staged_medical_insurance__premium
    UNION ALL
    SELECT 'medical_insurance', 'filing', delivery_id, file_name, line_number, id_key, coalesce(name, ''), NULL, NULL
    FROM staged_medical_insurance__filing
),

-- The number of a record tells only whose row it is where the row bears no usable ID number.
told AS (
    SELECT t.system, t.entity, t.delivery_id, t.file_name, t.line_number, t.id_key, t.name,
        CASE WHEN t.id_key IS NULL THEN t.person_system END AS person_system,
        CASE WHEN t.id_key IS NULL THEN t.record_number END AS record_number
    FROM rows_told AS t
)

-- Each way by itself: rows of events are many, and two sets of keys at once would not fit where one does.
SELECT t.system, t.entity, t.delivery_id, t.file_name, t.line_number, t.id_key, t.name, t.person_system, t.record_number
FROM told AS t
SEMI JOIN core_record AS r ON r.id_key = t.id_key
UNION ALL
SELECT t.system, t.entity, t.delivery_id, t.file_name, t.line_number, t.id_key, t.name, t.person_system, t.record_number
FROM told AS t
SEMI JOIN core_record AS r ON r.system = t.person_system AND r.record_number = t.record_number
