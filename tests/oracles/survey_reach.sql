-- survey_reach 回访率
-- metrics.md: "survey_reach 回访率 (within 3 days)". `due_on` is the day by which the customer was to be called (the third
-- day): reached, and asked no later than due ÷ due in the month. Credited to the caller.
WITH counted AS (
    SELECT
        store,
        asked_by AS person,
        CASE WHEN reached AND asked_on <= due_on THEN 1 ELSE 0 END AS numerator,
        1 AS denominator
    FROM surveys
    WHERE due_on >= getvariable('month_first') AND due_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
