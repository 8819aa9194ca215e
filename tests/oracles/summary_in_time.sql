-- summary_in_time 月度总结按时提交率 (not in the table of metrics.md)
-- rulebook.md §3 "monthly/quarterly summary handed in on time"; docs/coaching.md "of those to hand in, how many came by
-- their day; one that is missing is not in time". A row without days late says nothing of them: not in time.
WITH counted AS (
    SELECT store, employee_id AS person,
           CASE WHEN handed_in_on IS NOT NULL AND coalesce(late_days, -1) = 0 THEN 1 ELSE 0 END AS in_time
    FROM monthly_summaries
    WHERE month = strftime(getvariable('month_first'), '%Y-%m')
)
SELECT level, subject, sum(in_time) AS numerator, count(*) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, in_time FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, in_time FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
