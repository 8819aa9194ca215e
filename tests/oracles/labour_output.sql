-- labour_output 工时产值 (not in the table of metrics.md)
-- metrics.md: "output 产值, […] sums"; job_lines: "one technician's share", `labour_amount`. The labour amount of jobs
-- finished in the month, each technician's share of it.
WITH counted AS (
    SELECT store, technician AS person, coalesce(labour_amount * coalesce(share, 1), 0) AS numerator
    FROM job_lines
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
