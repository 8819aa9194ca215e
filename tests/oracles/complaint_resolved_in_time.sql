-- complaint_resolved_in_time 投诉按期办结率
-- metrics.md gives the name only; its columns: "received_at, answered_at, due_at, closed_at": closed by due_at ÷
-- complaints due in the month.
WITH counted AS (
    SELECT
        store,
        handled_by AS person,
        CASE WHEN closed_at <= due_at THEN 1 ELSE 0 END AS numerator,
        1 AS denominator
    FROM complaints
    WHERE due_at >= getvariable('utc_begin') AND due_at < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
