-- summary_late_days 月度总结迟交天数 (not in the table of metrics.md)
-- docs/coaching.md "working days late, added up; one that is missing has none".
SELECT level, subject, sum(late_days) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, employee_id AS subject, late_days FROM monthly_summaries
    WHERE month = strftime(getvariable('month_first'), '%Y-%m') AND late_days IS NOT NULL AND employee_id IS NOT NULL
    UNION ALL
    SELECT 'store', store, late_days FROM monthly_summaries
    WHERE month = strftime(getvariable('month_first'), '%Y-%m') AND late_days IS NOT NULL
)
GROUP BY level, subject
ORDER BY level, subject;
