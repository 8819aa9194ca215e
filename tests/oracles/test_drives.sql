-- test_drives 试驾数
-- metrics.md: "test_drives"; sales_leads has `test_drive`: prospects who came in the month and drove.
WITH counted AS (
    SELECT store, salesperson AS person, CASE WHEN test_drive THEN 1 ELSE 0 END AS numerator
    FROM sales_leads
    WHERE came_on >= getvariable('month_first') AND came_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
