-- panels 喷漆面数
-- commission.md: "panels of jobs that are not internal", of whichever other side. "Hours and panels count by the
-- technician's share (none said is the whole), in the month in which the job was finished." A mark that is empty
-- marks nothing; a line whose order is not there has no kind.
WITH sides AS (
    SELECT
        line.*,
        CASE
            WHEN line.internal OR visit.kind = 'internal' THEN 'internal'
            WHEN line.claim OR visit.kind = 'warranty' THEN 'warranty'
            WHEN visit.kind = 'body' THEN 'insurance'
            ELSE 'outside'
        END AS side
    FROM job_lines AS line
    LEFT JOIN repair_orders AS visit ON visit.store = line.store AND visit.ro_no = line.ro_no
),
counted AS (
    SELECT store, technician AS person, coalesce(panels * coalesce(share, 1), 0) AS numerator
    FROM sides
    WHERE side <> 'internal'
        AND finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
