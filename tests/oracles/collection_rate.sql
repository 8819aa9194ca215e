-- collection_rate 回款率
-- metrics.md: "collection_rate"; sales_orders has `amount, […] collected`: collected ÷ amount of the orders taken in the
-- month (ordered_on).
WITH counted AS (
    SELECT store, salesperson AS person, coalesce(collected, 0) AS numerator, coalesce(amount, 0) AS denominator
    FROM sales_orders
    WHERE ordered_on >= getvariable('month_first') AND ordered_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
