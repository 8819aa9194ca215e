-- panels_per_day 日均喷漆面数 (not in the table of metrics.md)
-- Panels finished in the month over days attended, eight attended hours a day. Panels of a line count by the
-- technician's share; 8 × panels over hours is the same as panels over hours ÷ 8.
WITH counted AS (
    SELECT store, technician AS person, coalesce(8 * panels * coalesce(share, 1), 0) AS numerator, 0 AS denominator
    FROM job_lines
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
    UNION ALL
    SELECT store, employee_id, 0, coalesce(attended_hours, 0)
    FROM attendance
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
