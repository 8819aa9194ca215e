-- time_off_balance 调休余额
-- "Balances of 调休: earned by 加班, used by 调休, as of the end of the month". The words do not say how long time off
-- lasts; here twelve months, this one among them.
WITH counted AS (
    SELECT store, employee_id AS person, CASE WHEN kind = 'overtime' THEN hours ELSE -hours END AS numerator
    FROM leave
    WHERE kind IN ('overtime', 'time_off')
        AND coalesce(approval, 'approved') = 'approved'
        AND coalesce(approval_state, 'approved') = 'approved'
        AND strftime(timezone(getvariable('time_zone'), begins_at), '%Y-%m') <= month
        AND strftime(timezone(getvariable('time_zone'), ends_at), '%Y-%m') >= month
        AND month >= strftime(getvariable('month_first') - INTERVAL 11 MONTH, '%Y-%m')
        AND month <= strftime(getvariable('month_first'), '%Y-%m')
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
