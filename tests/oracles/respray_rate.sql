-- respray_rate 返喷率 (not in the table of metrics.md)
-- Of the panels whose 30 days after delivery ran out in the month, the share of cars that came back for the same fault
-- system. What a return is stands in one_time_fix_rate: another order, in any store, opened after the delivery, at most
-- 30 days later; an empty vehicle or fault system never matches. Panels of a line count by the technician's share.
WITH jobs AS (
    SELECT
        line.store, line.ro_no, line.technician, line.fault_system, line.opened_at, visit.vin, visit.delivered_at,
        coalesce(line.panels * coalesce(line.share, 1), 0) AS painted
    FROM job_lines AS line
    LEFT JOIN repair_orders AS visit ON visit.store = line.store AND visit.ro_no = line.ro_no
),
matured AS (
    SELECT * FROM jobs
    WHERE delivered_at + INTERVAL 30 DAY >= getvariable('utc_begin')
        AND delivered_at + INTERVAL 30 DAY < getvariable('utc_end')
),
counted AS (
    SELECT store, technician AS person, painted AS numerator, 0 AS denominator
    FROM matured AS job
    WHERE EXISTS (
        SELECT 1
        FROM jobs AS later
        WHERE later.vin = job.vin
            AND later.vin <> ''
            AND later.fault_system = job.fault_system
            AND later.fault_system <> ''
            AND (later.store <> job.store OR later.ro_no <> job.ro_no)
            AND later.opened_at > job.delivered_at
            AND later.opened_at <= job.delivered_at + INTERVAL 30 DAY
    )
    UNION ALL
    SELECT store, technician, 0, painted
    FROM matured
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
