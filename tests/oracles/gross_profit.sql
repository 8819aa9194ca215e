-- gross_profit 毛利
-- metrics.md: "gross_profit, […] sums" over labour_amount, parts_amount, labour_cost, parts_cost of the orders that
-- make the month's output (finished in it). Each column is summed by itself.
WITH counted AS (
    SELECT
        store,
        technician AS person,
        coalesce(labour_amount, 0) + coalesce(parts_amount, 0)
            - coalesce(labour_cost, 0) - coalesce(parts_cost, 0) AS numerator
    FROM repair_orders
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
