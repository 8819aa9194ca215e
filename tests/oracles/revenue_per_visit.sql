-- revenue_per_visit 次均拜访收入 (given in prose)
-- metrics.md: "minutes/revenue/cost per visit": amount of the orders that the visits brought ÷ visits of the month.
WITH counted AS (
    SELECT
        visit.store,
        visit.salesperson AS person,
        coalesce(won.amount, 0) AS numerator,
        1 AS denominator
    FROM visits AS visit
    LEFT JOIN sales_orders AS won ON won.store = visit.store AND won.order_no = visit.order_no
    WHERE visit.visited_on >= getvariable('month_first') AND visit.visited_on < getvariable('next_month_first')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
