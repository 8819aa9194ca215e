-- ssi_score 厂家SSI得分率
-- commission.md, Figures of the manufacturer: "score over full score" of the rows of that kind in the month they count
-- for. A row without one of the two says nothing of the other.
WITH counted AS (
    SELECT store, score AS numerator, full_score AS denominator
    FROM factory_scores
    WHERE kind = 'ssi' AND month = strftime(getvariable('month_first'), '%Y-%m')
        AND score IS NOT NULL AND full_score IS NOT NULL
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
