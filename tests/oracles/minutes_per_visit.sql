-- minutes_per_visit 次均拜访时长 (given in prose)
-- metrics.md: "minutes/revenue/cost per visit": minutes ÷ visits of the month whose length is known: every visit takes
-- time, so an empty length is missing, and nothing missing counts as zero.
WITH counted AS (
    SELECT store, salesperson AS person, minutes AS numerator, 1 AS denominator
    FROM visits
    WHERE visited_on >= getvariable('month_first') AND visited_on < getvariable('next_month_first')
        AND minutes IS NOT NULL
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
