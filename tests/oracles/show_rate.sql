-- show_rate 履约率
-- metrics.md gives the name only; "appointments | […] booked_for, made_by, showed": showed ÷ bookings for the month.
WITH counted AS (
    SELECT store, made_by AS person, CASE WHEN showed THEN 1 ELSE 0 END AS numerator, 1 AS denominator
    FROM appointments
    WHERE booked_for >= getvariable('utc_begin') AND booked_for < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
