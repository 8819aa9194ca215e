-- one_time_fix_rate 一次修复率
-- metrics.md: "repair jobs maturing in the month without a return for the same fault system ÷ repair jobs maturing in
-- the month (whole 30-day windows only, so late jobs are not flattered)"; "`matures_on` = delivered_at + 30 days".
-- architecture.md, Comebacks: "same vehicle (whole group, any store), same known fault system, opened after the first
-- was delivered, within 30 days […] An empty fault system never matches."
-- A job is one row of job_lines, credited to its technician; its vehicle and delivery are those of its order.
WITH jobs AS (
    SELECT line.store, line.ro_no, line.technician, line.opened_at, line.fault_system, visit.vin, visit.delivered_at
    FROM job_lines AS line
    LEFT JOIN repair_orders AS visit ON visit.store = line.store AND visit.ro_no = line.ro_no
),
counted AS (
    SELECT
        job.store,
        job.technician AS person,
        CASE WHEN EXISTS (
            SELECT 1
            FROM jobs AS later
            WHERE later.vin = job.vin
                AND later.fault_system = job.fault_system
                AND later.fault_system <> ''
                AND later.vin <> ''
                AND (later.store <> job.store OR later.ro_no <> job.ro_no)
                AND later.opened_at > job.delivered_at
                AND later.opened_at <= job.delivered_at + INTERVAL 30 DAY
        ) THEN 0 ELSE 1 END AS numerator,
        1 AS denominator
    FROM jobs AS job
    WHERE job.delivered_at + INTERVAL 30 DAY >= getvariable('utc_begin')
        AND job.delivered_at + INTERVAL 30 DAY < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
