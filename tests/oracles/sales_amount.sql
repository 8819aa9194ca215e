-- sales_amount 销售额 (not in the table of metrics.md)
-- rulebook.md 2: "sales: amount, collection, profit, customers"; amount of the orders taken in the month.
WITH counted AS (
    SELECT store, salesperson AS person, coalesce(amount, 0) AS numerator
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
