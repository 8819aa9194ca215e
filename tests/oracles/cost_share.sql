-- cost_share 费用占销售额比
-- metrics.md: "cost_share"; rulebook.md: "cost share of sales": cost of the month's visits ÷ amount of the month's orders
-- (S1 ❹ 五: a salesperson's costs as a part of their sales).
WITH counted AS (
    SELECT store, salesperson AS person, coalesce(cost, 0) AS numerator, 0 AS denominator
    FROM visits
    WHERE visited_on >= getvariable('month_first') AND visited_on < getvariable('next_month_first')
    UNION ALL
    SELECT store, salesperson, 0, coalesce(amount, 0)
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
