-- bay_utilisation 工位利用率
-- metrics.md: "bay_utilisation 工位利用率, […] clocked ÷ available hours". Clocked hours of jobs finished in the month,
-- available hours from store_month (bay_hours_available).
WITH counted AS (
    SELECT store, coalesce(clocked_hours * coalesce(share, 1), 0) AS numerator, 0 AS denominator
    FROM job_lines
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
    UNION ALL
    SELECT store, 0, coalesce(bay_hours_available, 0)
    FROM store_month
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
