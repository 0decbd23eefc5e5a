# SPDX-License-Identifier: Apache-2.0
#
# Ratio of each series to the base with its 95 % interval; the shaded band is the margin in which
# nothing counts as a change. Data: block 0 notes (kind, text); block 1 rows (place, series, group,
# verdict, indicative, better, unit, ratio, low, high, margin, base p50, candidate p50).

if (!exists("nb_begin")) load ARG0[1:strlen(ARG0)-strlen("forest.gp")] . "common.gp"
eval nb_begin

# What there is: groups and notes, rows, the longest label, the range of ratios.
groups = 0
notes = 0
is_group(kind) = strlen(kind) == 1
stats data index 0 using (is_group(strcol(1)) ? (groups = groups + 1) : 0, notes = notes + 1, 1) nooutput
rows = 0
last = 0
widest = 0
lo = 1
hi = 1
higher = 0
hollow = 0
seen = ""
min(a, b) = a < b ? a : b
max(a, b) = a > b ? a : b
# Intervals so wide that they would squeeze everything else are cut.
reach = 2.5
known(v) = valid(v) && column(v) > 0
stats data index 1 using ( \
	rows = rows + 1, last = $1, widest = max(widest, strlen(strcol(2))), \
	seen = seen . " " . strcol(4), hollow = hollow + $5, higher = higher + (strcol(6) eq "higher"), \
	lo = min(lo, min($8, known(9) ? max(column(9), $8 / reach) : $8)), \
	hi = max(hi, max($8, known(10) ? min(column(10), $8 * reach) : $8)), \
	lo = min(lo, 1 / (1 + 1.6 * column(11))), hi = max(hi, 1 + 1.6 * column(11)), 1) nooutput
if (rows == 0) eval nb_fail("no ratios in the data")
pad = (hi / lo) ** 0.04
lo = lo / pad
hi = hi * pad

# Columns of the page in pixels: labels, letters of groups, the ratios, change and values.
row = 17
letters = groups > 1 ? 22 : 0
left = min(6.2 * widest + 14, 372)
x0 = left + letters + 12
x1 = W - 236
y0 = top + 34
y1 = y0 + row * (last + 0.8)
H = y1 + 58 + 17 * notes + 8
y(place) = y0 + row * (place - 0.1)

small = ",11"
# Points of SVG are the larger ones.
size = format eq "svg" ? 0.6 : 0.85

amount(v, unit) = unit eq "ns" ? nb_time(v) : nb_number(v) . " " . unit
change(r) = r >= 2 || r <= 0.5 ? sprintf("×%.3g", r) : abs(r - 1) < 0.0005 ? "0.0 %" : \
	sprintf("%s%.1f %%", r < 1 ? "−" : "+", 100 * abs(r - 1))
both(v) = amount(column(v), strcol(7)) . " → " . amount(column(v + 1), strcol(7))
labelled(text) = (shown = text eq before ? "" : text, before = text, nb_cut(shown, int((left - 14) / 6.0)))

eval nb_open("Change against the base")

# Verdicts by colour and by shape; hollow is what never counts as a change by itself.
names = "regressed improved inconclusive invalid same"
colours = "2 1 5 4 8"
full = "9 11 13 5 7"
empty = "8 10 12 4 6"
colour(i) = nb_c(int(word(colours, i)))

# Texts: a page measured in pixels. The key first: what is there, side by side.
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
unset border
unset tics
unset grid
set xrange [0:W]
set yrange [H:0]
key = 22
do for [i = 1 : words(names)] {
	if (strstrt(seen, word(names, i))) {
		set label i "" at key, top + 12 point pt int(word(full, i)) ps size lc rgb colour(i)
		set label 20 + i word(names, i) at key + 12, top + 12 left font small textcolor rgb nb_ink
		key = key + 34 + 6.2 * strlen(word(names, i))
	}
}
if (hollow > 0) {
	set label 10 "" at key, top + 12 point pt 6 ps size lw 1.3 lc rgb nb_muted
	set label 30 "hollow: indicative, never a gate" at key + 12, top + 12 left font small textcolor rgb nb_ink
	key = key + 34 + 6.2 * 31
}
set label 31 "margin" at key + 18, top + 12 left font small textcolor rgb nb_ink
set object 1 rectangle from key - 6, top + 6 to key + 12, top + 18 fs solid 1 border lc rgb nb_grid fc rgb nb_band

before = ""
place = 0
line(n) = y1 + 66 + 17 * n
note(kind, text) = kind eq "base" ? "base: " . text : is_group(kind) ? (groups > 1 ? kind . ": " : "") . text : text
plot data index 1 using (left):(y($1)):(labelled(strcol(2))) with labels right font small tc rgb nb_ink, \
	data index 1 using (left + 14):(y($1)):(groups > 1 ? strcol(3) : "") with labels center font small tc rgb nb_muted, \
	data index 1 using (x1 + 70):(y($1)):(change($8)) with labels right font small tc rgb nb_ink, \
	data index 1 using (x1 + 82):(y($1)):(both(12)) with labels left font small tc rgb nb_muted, \
	data index 0 using (14):(place = place + 1, line(place - 1)):(nb_fit(note(strcol(1), strcol(2)), W - 28)) \
		with labels left font small tc rgb nb_muted

# Ratios.
# The title stands once, not in every panel.
unset label 9999
do for [i = 1 : 31] { unset label i }
unset object 1
set lmargin at screen nb_x(x0)
set rmargin at screen nb_x(x1)
set tmargin at screen nb_y(y0)
set bmargin at screen nb_y(y1)
set border 1 lw 0.8 lc rgb nb_muted
set xrange [lo:hi]
set yrange [y1:y0]
set logscale x 10
steps = hi / lo < 1.15 ? "0.9 0.92 0.94 0.96 0.98 1 1.02 1.04 1.06 1.08 1.1" : \
	hi / lo < 1.5 ? "0.7 0.75 0.8 0.85 0.9 0.95 1 1.05 1.1 1.15 1.2 1.25 1.3 1.4" : \
	hi / lo < 3.2 ? "0.4 0.5 0.6 0.7 0.8 0.9 1 1.1 1.25 1.5 1.75 2 2.5" : \
	hi / lo < 16 ? "0.1 0.15 0.2 0.3 0.5 0.7 1 1.5 2 3 5 7 10" : \
	hi / lo < 300 ? "0.005 0.01 0.02 0.05 0.1 0.2 0.5 1 2 5 10 20 50 100 200" : \
	"0.00001 0.0001 0.001 0.01 0.1 1 10 100 1000 10000 100000"
ticks = ""
do for [i = 1 : words(steps)] {
	s = real(word(steps, i))
	if (s > lo && s < hi) { ticks = ticks . (strlen(ticks) ? ", " : "") . sprintf("'×%g' %g", s, s) }
}
set xtics nomirror scale 0.5 textcolor rgb nb_muted font small
eval "set xtics (" . ticks . ")"
unset mxtics
set grid xtics lt 1 dt 1 lw 0.6 lc rgb nb_grid
set xlabel "ratio of medians, candidate to base (×, log scale)" . \
	(higher == 0 ? "    ← faster    slower →" : higher == rows ? "    ← less    more →" : "") \
	font small textcolor rgb nb_ink offset 0,0.3

is(i) = strcol(4) eq word(names, i)
at(i, which) = is(i) && $5 == which ? $8 : NaN
from(v) = max(known(v) ? column(v) : $8, lo)
to(v) = min(known(v) ? column(v) : $8, hi)
plot data index 1 using (1):(y($1)):(1 / (1 + column(11))):(1 + column(11)):(y($1) - 0.55 * row):(y($1) + 0.55 * row) \
		with boxxyerror fs solid 1 noborder fc rgb nb_band notitle, \
	data index 1 using (1):(y($1) - row / 2.0):(0):(row) with vectors nohead lw 1 lc rgb nb_muted notitle, \
	for [i = 1 : words(names)] data index 1 using (is(i) ? from(9) : NaN):(y($1)):(to(10) - from(9)):(0) \
		with vectors nohead lw 1.6 lc rgb colour(i) notitle, \
	for [i = 1 : words(names)] data index 1 using (at(i, 0)):(y($1)) \
		with points pt int(word(full, i)) ps size lc rgb colour(i) notitle, \
	for [i = 1 : words(names)] data index 1 using (at(i, 1)):(y($1)) \
		with points pt 7 ps size lc rgb nb_surface notitle, \
	for [i = 1 : words(names)] data index 1 using (at(i, 1)):(y($1)) \
		with points pt int(word(empty, i)) ps size lw 1.3 lc rgb colour(i) notitle
eval nb_close
