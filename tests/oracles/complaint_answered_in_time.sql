-- complaint_answered_in_time 投诉及时答复率
-- metrics.md gives the name only; rulebook.md 2: "mean response time ≤ 1 h" is the only bound of an answer: answered
-- within an hour of receipt ÷ complaints received in the month. Credited to who handled it.
WITH counted AS (
    SELECT
        store,
        handled_by AS person,
        CASE WHEN answered_at <= received_at + INTERVAL 1 HOUR THEN 1 ELSE 0 END AS numerator,
        1 AS denominator
    FROM complaints
    WHERE received_at >= getvariable('utc_begin') AND received_at < getvariable('utc_end')
)
SELECT level, subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM (
    SELECT 'person' AS level, person AS subject, numerator, denominator FROM counted WHERE person IS NOT NULL
    UNION ALL
    SELECT 'store', store, numerator, denominator FROM counted
)
GROUP BY level, subject
ORDER BY level, subject;
