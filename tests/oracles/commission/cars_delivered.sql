-- cars_delivered 交车台数
-- commission.md: "sales orders delivered", for the salesperson, in the month of "delivery".
WITH counted AS (
    SELECT store, salesperson AS person, 1 AS numerator
    FROM sales_orders
    WHERE delivered_on >= getvariable('month_first') AND delivered_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
