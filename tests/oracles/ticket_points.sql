-- ticket_points 奖惩得分
-- Words: "points of the month's rewards less those of its penalties"; a ticket without points says nothing here. The day
-- on the ticket decides the month; points are written as positive figures, so a penalty's are taken off.
WITH counted AS (
    SELECT store, employee_id AS person, CASE kind WHEN 'reward' THEN points WHEN 'penalty' THEN -points END AS numerator
    FROM tickets
    WHERE issued_on >= getvariable('month_first') AND issued_on < getvariable('next_month_first')
        AND points IS NOT NULL
)
SELECT level, subject, sum(numerator) AS numerator, NULL AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
