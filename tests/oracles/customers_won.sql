-- customers_won 新增客户数 (given as "customers_won/lost")
-- metrics.md: "customers_won/lost"; sales_leads has `won_on`: prospects won in the month.
WITH counted AS (
    SELECT store, salesperson AS person, 1 AS numerator
    FROM sales_leads
    WHERE won_on >= getvariable('month_first') AND won_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
