-- revenue_per_bay 单工位产值
-- metrics.md gives the name only: output of the orders finished in the month ÷ bays.
WITH counted AS (
    SELECT store, coalesce(labour_amount, 0) + coalesce(parts_amount, 0) AS numerator, 0 AS denominator
    FROM repair_orders
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
    UNION ALL
    SELECT store, 0, coalesce(bays, 0)
    FROM store_month
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
