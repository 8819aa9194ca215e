-- rework_rate 返修率
-- metrics.md: "comebacks credited to the first job's technician ÷ repair jobs".
-- architecture.md: "numerator: {source: job_lines, value: count, where: repeat_within_30d, credit: original_technician,
-- date: finished_at}, denominator: {source: job_lines, value: count, credit: technician, date: finished_at}";
-- Comebacks: "same vehicle (whole group, any store), same known fault system, opened after the first was delivered,
-- within 30 days; credited to the technician of the job just before. An empty fault system never matches."
-- A returning visit counts once a fault system, on its first line, in that line's store. The job just before the return
-- is the one delivered last before it; where several technicians did it, the one with the largest share (null: whole).
WITH jobs AS (
    SELECT line.*, visit.vin, visit.delivered_at
    FROM job_lines AS line
    LEFT JOIN repair_orders AS visit ON visit.store = line.store AND visit.ro_no = line.ro_no
),
first_lines AS (
    SELECT store, ro_no, vin, fault_system, opened_at, finished_at
    FROM jobs
    WHERE vin <> '' AND fault_system <> ''
    QUALIFY row_number() OVER (
        PARTITION BY store, ro_no, vin, fault_system ORDER BY opened_at, line, technician NULLS LAST
    ) = 1
),
largest_shares AS (
    SELECT store, ro_no, vin, fault_system, opened_at, delivered_at, technician
    FROM jobs
    WHERE vin <> '' AND fault_system <> ''
    QUALIFY row_number() OVER (
        PARTITION BY store, ro_no, vin, fault_system ORDER BY coalesce(share, 1) DESC, line, technician NULLS LAST
    ) = 1
),
comebacks AS (
    SELECT again.store, again.finished_at, before.technician
    FROM first_lines AS again
    JOIN largest_shares AS before
        ON before.vin = again.vin
        AND before.fault_system = again.fault_system
        AND (before.store <> again.store OR before.ro_no <> again.ro_no)
        AND again.opened_at > before.delivered_at
        AND again.opened_at <= before.delivered_at + INTERVAL 30 DAY
    QUALIFY row_number() OVER (
        PARTITION BY again.store, again.ro_no, again.vin, again.fault_system
        ORDER BY before.delivered_at DESC, before.opened_at DESC, before.store DESC, before.ro_no DESC
    ) = 1
),
counted AS (
    SELECT store, technician AS person, 1 AS numerator, 0 AS denominator
    FROM comebacks
    WHERE finished_at >= getvariable('utc_begin') AND finished_at < getvariable('utc_end')
    UNION ALL
    SELECT store, technician, 0, 1
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
