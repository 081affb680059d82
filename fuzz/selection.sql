-- Each construct of the scope language, over the columns that the targets know.
serial BETWEEN '00042500' AND '00042700'
serial >= 'LJ-24A100' AND serial < 'LJ-25Z2000'
serial IN ('00042505', 'LJ-25B70', 'odd 4', 'X2005010')
serial LIKE 'LJ-2_B%' OR serial LIKE '%9' OR serial LIKE '%1%2%'
serial = MASK('000425##', '#') OR serial = MASK('LJ-25*', '*')
serial BETWEEN MASK('X20**0##', '*#') AND MASK('X22**1##', '*#')
SUBSTRING(serial FROM 4 FOR 2) = '25' AND NOT LEFT(serial, 1) = 'X'
RIGHT(serial, 2) BETWEEN '10' AND '55' OR CHAR_LENGTH(serial) > 8
SPLIT_PART(serial, '-', 2) LIKE '25%' OR UPPER(t) = 'BRNO'
serial.made BETWEEN '2021-W05' AND '2023-W40'
serial.made >= '2022' AND serial.w < 20 OR serial.y = 2024
serial.yy = 25 AND serial.line IN ('A', 'B') AND serial.n > 500
serial.n IN (1, 2, 3) OR serial.line IS NULL
g BETWEEN 'T0100' AND 'T0900' OR g.n IN (5, 950)
g LIKE 'T%' AND NOT g.kind = 'Z' OR g IS NULL
t = 'Leipzig' OR t <> 'Brno' AND t IS NOT NULL
t IN ('', 'F%_') OR t LIKE 'F!%_' ESCAPE '!'
t IS NOT DISTINCT FROM 'Brno' OR i IS DISTINCT FROM 9
m BETWEEN '2025-03-01' AND '2025-03-09' AND NOT d > '2025-03-01'
m >= TIMESTAMP '2025-03-30 02:30:00+01:00' OR m < '2025-03-01T00:30:00Z'
EXTRACT(HOUR FROM m) BETWEEN 6 AND 14 AND CAST(m AS DATE) = '2025-03-04'
CAST(m AS TIME) > '22:15' OR EXTRACT(DOW FROM d) = 1
EXTRACT(MONTH FROM d) = 2 OR EXTRACT(YEAR FROM m) = 2025
i BETWEEN -9 AND 40 OR i = 9223372036854775807
f > 3.5 AND f <= 17.25 OR f = -2.875
b = TRUE OR NOT b
v < '4.9' AND v >= '4.2' OR v = '4.10'
c = 'CB2' OR c IN ('CB0', 'CB7') AND c <> 'CB1'
(t = 'Brno' AND i > 5 OR d IS NULL) AND NOT (f < 2 OR v = '4.3')
namespace = '' AND serial > 'A' OR namespace IS NULL
(t = 'Brno' AND serial BETWEEN '00042500' AND '00042600') OR (t = 'Leipzig' AND serial BETWEEN '00042600' AND '00042650') OR (t = 'F%_' AND serial > 'LJ-24A1')
