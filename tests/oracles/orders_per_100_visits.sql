-- orders_per_100_visits 每百次拜访订单数
-- metrics.md: "orders_per_100_visits"; "visits | one customer visit | […] order_no": 100 × visits that brought an order
-- ÷ visits of the month.
WITH counted AS (
    SELECT store, salesperson AS person, CASE WHEN order_no <> '' THEN 100 ELSE 0 END AS numerator, 1 AS denominator
    FROM visits
    WHERE visited_on >= getvariable('month_first') AND visited_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
