-- attendance_rate_sick_excused 出勤率（病假不计缺勤）
-- "statutory leave never lowers score, pool share or pay", and sick leave where the store says so: neither was due.
-- What was protected is never more than what is lacking: hours attended are no leave.
-- Refused, withdrawn and pending leave is none yet, and leave outside the month is none of it.
WITH excused AS (
    SELECT employee_id, month, sum(hours) AS hours
    FROM leave
    WHERE kind NOT IN ('personal', 'overtime')
        AND coalesce(approval, 'approved') = 'approved'
        AND coalesce(approval_state, 'approved') = 'approved'
        AND strftime(timezone(getvariable('time_zone'), begins_at), '%Y-%m') <= month
        AND strftime(timezone(getvariable('time_zone'), ends_at), '%Y-%m') >= month
    GROUP BY employee_id, month
),
counted AS (
    SELECT
        a.store,
        a.employee_id AS person,
        coalesce(a.attended_hours, 0) AS numerator,
        coalesce(a.scheduled_hours, 0) AS due,
        coalesce(e.hours, 0) AS excused
    FROM attendance a
    LEFT JOIN excused e ON e.employee_id = a.employee_id AND e.month = a.month
    WHERE a.month = strftime(getvariable('month_first'), '%Y-%m')
),
less AS (
    SELECT
        store,
        person,
        numerator,
        CASE
            WHEN numerator >= due THEN due
            WHEN numerator + excused > due THEN numerator
            ELSE due - excused
        END AS denominator
    FROM counted
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM less WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM less
)
GROUP BY level, subject
ORDER BY level, subject;
