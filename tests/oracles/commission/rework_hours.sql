-- rework_hours 返修扣回工时
-- commission.md: "one's own billed hours of jobs after whose delivery the car came back within 30 days for the same fault
-- system (as in 一次修复率)", in the month of "the 30th day after delivery"; "hours […] count by the technician's share". What a
-- return is stands in one_time_fix_rate: another order, in any store, opened after the delivery, at most 30 days later; an
-- empty vehicle or fault system never matches.
WITH jobs AS (
    SELECT
        line.store, line.ro_no, line.technician, line.opened_at, line.fault_system, line.billed_hours, line.share,
        visit.vin, visit.delivered_at
    FROM job_lines AS line
    LEFT JOIN repair_orders AS visit ON visit.store = line.store AND visit.ro_no = line.ro_no
),
counted AS (
    SELECT
        job.store,
        job.technician AS person,
        coalesce(job.billed_hours * coalesce(job.share, 1), 0) AS numerator
    FROM jobs AS job
    WHERE job.delivered_at + INTERVAL 30 DAY >= getvariable('utc_begin')
        AND job.delivered_at + INTERVAL 30 DAY < getvariable('utc_end')
        AND EXISTS (
            SELECT 1
            FROM jobs AS later
            WHERE later.vin = job.vin
                AND later.fault_system = job.fault_system
                AND later.fault_system <> ''
                AND later.vin <> ''
                AND (later.store <> job.store OR later.ro_no <> job.ro_no)
                AND later.opened_at > job.delivered_at
                AND later.opened_at <= job.delivered_at + INTERVAL 30 DAY
        )
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
