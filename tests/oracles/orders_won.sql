-- orders_won 订单数 (not in the table of metrics.md)
-- metrics.md: "sales_orders | one order | order_no; store, salesperson, ordered_on": orders taken in the month.
WITH counted AS (
    SELECT store, salesperson AS person, 1 AS numerator
    FROM sales_orders
    WHERE ordered_on >= getvariable('month_first') AND ordered_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
