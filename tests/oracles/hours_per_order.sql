-- hours_per_order 单台工时
-- metrics.md: "hours_per_order, […] ratios of sums": billed hours of jobs finished in the month ÷ orders finished in
-- it. A job's hours are shared by its technicians ("one technician's share").
WITH counted AS (
    SELECT store, billed_hours * coalesce(share, 1) AS numerator, 0 AS denominator
    FROM job_lines
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
    UNION ALL
    SELECT store, 0, 1
    FROM repair_orders
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
