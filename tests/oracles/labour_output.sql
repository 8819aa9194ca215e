-- labour_output 工时产值 (not in the table of metrics.md)
-- metrics.md: "output 产值, […] sums"; job_lines: "one technician's share", `labour_amount`. The labour amount of jobs
-- finished in the month, each technician's share of it.
-- Of customers alone: a job is internal where it or its order says so; a job without an order goes by its own mark.
WITH counted AS (
    SELECT
        line.store,
        line.technician AS person,
        coalesce(line.labour_amount * coalesce(line.share, 1), 0) AS numerator
    FROM job_lines AS line
    LEFT JOIN repair_orders AS visit ON visit.store = line.store AND visit.ro_no = line.ro_no
    WHERE
        line.finished_at >= getvariable('utc_begin')
        AND line.finished_at < getvariable('utc_end')
        AND NOT (coalesce(line.internal, FALSE) OR coalesce(visit.kind, '') = 'internal')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
