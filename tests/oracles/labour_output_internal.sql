-- labour_output_internal 内部工时产值 (not in the table of metrics.md)
-- What labour_output leaves out: jobs that are internal by their own mark or by their order, dated and credited as there.
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
        AND (coalesce(line.internal, FALSE) OR coalesce(visit.kind, '') = 'internal')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
