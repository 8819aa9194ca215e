-- attendance_rate 出勤率
-- metrics.md: "attendance_rate […] 98 %"; "scheduled_hours, attended_hours": attended ÷ scheduled hours.
WITH counted AS (
    SELECT
        store,
        employee_id AS person,
        coalesce(attended_hours, 0) AS numerator,
        coalesce(scheduled_hours, 0) AS denominator
    FROM attendance
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
