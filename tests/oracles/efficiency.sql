-- efficiency 工时效率
-- metrics.md: "efficiency 工时效率 = billed ÷ clocked". Hours of jobs finished in the month; a row's part of its job is
-- `share` ("one technician's share").
WITH counted AS (
    SELECT
        store,
        technician AS person,
        coalesce(billed_hours * coalesce(share, 1), 0) AS numerator,
        coalesce(clocked_hours * coalesce(share, 1), 0) AS denominator
    FROM job_lines
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
