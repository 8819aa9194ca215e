-- registration_rate 留档率
-- metrics.md: "registration_rate"; rulebook.md: "visitors registered with contact data ≥ 70 %": registered ÷ prospects
-- who came in the month.
WITH counted AS (
    SELECT store, salesperson AS person, CASE WHEN registered THEN 1 ELSE 0 END AS numerator, 1 AS denominator
    FROM sales_leads
    WHERE came_on >= getvariable('month_first') AND came_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
