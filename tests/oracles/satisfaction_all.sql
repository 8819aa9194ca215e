-- satisfaction_all 客户满意度（全员）
-- metrics.md, satisfaction: "satisfied ÷ asked (all)": satisfied ÷ everybody asked in the month.
WITH counted AS (
    SELECT store, advisor AS person, CASE WHEN satisfied THEN 1 ELSE 0 END AS numerator, 1 AS denominator
    FROM surveys
    WHERE asked_on >= getvariable('month_first') AND asked_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
