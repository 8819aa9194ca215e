-- rework_hours 返修扣减工时
-- commission.md: "billed hours of jobs for which the same car had been in for the same fault system within 30
-- days", for the "technician of the job before", in the month of "finishing the second job"; "hours […] count by
-- the technician's share". Every job of the second visit with that fault system counts, whoever did a share of it
-- and whatever its side: the words leave none out. What is a comeback is taken from rework_rate, the words being
-- short: another order, in any store, opened after the one before was delivered, at most 30 days; an empty vehicle
-- or fault system never matches; the job before is the one delivered last before the return, and its technician
-- the one with the largest share (null: the whole).
WITH jobs AS (
    SELECT line.*, visit.vin, visit.delivered_at
    FROM job_lines AS line
    LEFT JOIN repair_orders AS visit ON visit.store = line.store AND visit.ro_no = line.ro_no
    WHERE visit.vin <> '' AND line.fault_system <> ''
),
visits AS (
    SELECT DISTINCT store, ro_no, vin, fault_system, opened_at
    FROM jobs
),
largest_shares AS (
    SELECT store, ro_no, vin, fault_system, opened_at, delivered_at, technician
    FROM jobs
    QUALIFY row_number() OVER (
        PARTITION BY store, ro_no, vin, fault_system ORDER BY coalesce(share, 1) DESC, line, technician NULLS LAST
    ) = 1
),
comebacks AS (
    SELECT again.store, again.ro_no, again.vin, again.fault_system, before.technician AS technician_before
    FROM visits AS again
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
    SELECT
        second.store,
        comebacks.technician_before AS person,
        coalesce(second.billed_hours * coalesce(second.share, 1), 0) AS numerator
    FROM jobs AS second
    JOIN comebacks USING (store, ro_no, vin, fault_system)
    WHERE second.finished_at >= getvariable('utc_begin') AND second.finished_at < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
