-- parts_margin 配件毛利率
-- metrics.md: "labour and parts margins, […] ratios of sums": (parts amount − parts cost) ÷ parts amount of the orders
-- finished in the month.
WITH counted AS (
    SELECT
        store,
        advisor AS person,
        coalesce(parts_amount, 0) - coalesce(parts_cost, 0) AS numerator,
        coalesce(parts_amount, 0) AS denominator
    FROM repair_orders
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
