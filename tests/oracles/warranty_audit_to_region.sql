-- warranty_audit_to_region 索赔稽核与区域均值比
-- commission.md, Figures of the manufacturer: "score over the regional average"; where there is no average the score is
-- not compared.
WITH counted AS (
    SELECT store, score AS numerator, regional_average AS denominator
    FROM factory_scores
    WHERE kind = 'warranty_audit' AND month = strftime(getvariable('month_first'), '%Y-%m')
        AND score IS NOT NULL AND regional_average IS NOT NULL
)
SELECT 'store' AS level, store AS subject, sum(numerator) AS numerator, sum(denominator) AS denominator
FROM counted
GROUP BY store
ORDER BY store;
