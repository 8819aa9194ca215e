-- maintenance_success 定期保养成功率
-- metrics.md: "due vehicles maintained […]; ÷ reminded"; rulebook.md: "定期保养成功率 (came when reminded)". Only reminded
-- vehicles count, above and below. A vehicle was reminded when the reminder's day or person is known.
WITH counted AS (
    SELECT
        store,
        reminded_by AS person,
        CASE WHEN done_ro_no <> '' THEN 1 ELSE 0 END AS numerator,
        1 AS denominator
    FROM maintenance_due
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
        AND (reminded_on IS NOT NULL OR reminded_by IS NOT NULL)
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
