# SPDX-License-Identifier: Apache-2.0
#
# The same operation at each level, side by side, and how many times longer the deeper one takes.
# Data: block 0 notes (kind, text); block 1 bars (place, operation, level, group, vantage, upper
# group, p50, low, high, ratio, ratio low, ratio high, published low, published high; in ns).

if (!exists("nb_begin")) load ARG0[1:strlen(ARG0)-strlen("tax.gp")] . "common.gp"
eval nb_begin

min(a, b) = a < b ? a : b
max(a, b) = a > b ? a : b
known(v) = valid(v) && column(v) > 0
# A row in which an unknown number is looked at is no row at all to gnuplot.
or(v, other) = known(v) ? column(v) : other
groups = 0
notes = 0
is_group(kind) = strlen(kind) == 1
stats data index 0 using (is_group(strcol(1)) ? (groups = groups + 1) : 0, notes = notes + 1, 1) nooutput
bars = 0
last = 0
widest = 0
lo = 1e300
hi = 0
published = 0
intervals = 0
levels = ""
stats data index 1 using ( \
	bars = bars + 1, last = $1, widest = max(widest, strlen(strcol(2))), \
	known(8) ? (intervals = 1) : 0, levels = levels . " L" . strcol(3), lo = min(lo, known(8) ? column(8) : $7), hi = max(hi, known(9) ? column(9) : $7), \
	known(13) ? (published = 1, lo = min(lo, column(13)), hi = max(hi, column(14))) : 0, 1) nooutput
if (bars == 0) eval nb_fail("no bars in the data")

# Bars begin a little left of the shortest: on a logarithmic axis there is no zero.
row = 14
letters = groups > 1 ? 20 : 0
left = min(6.2 * widest + 14, 372)
x0 = left + letters + 34
x1 = W - 16
start = lo / (hi / lo) ** 0.12 / 1.15
# Room for the ratio behind the longest bar.
end = hi * (hi / start) ** (170.0 / (x1 - x0 - 170))
y0 = top + 34
y1 = y0 + row * (last + 0.9)
H = y1 + 58 + 17 * notes + 8
y(place) = y0 + row * place
small = ",11"

eval nb_open("Nesting tax")

# L0 green, L1 blue, L2 vermilion, L3 purple, as everywhere; what is deeper is grey.
colour(level) = nb_c(level == 0 ? 3 : level <= 2 ? level : level == 3 ? 4 : 8)
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
unset border
unset tics
unset grid
set xrange [0:W]
set yrange [H:0]
key = 16
do for [i = 0 : 9] {
	if (strstrt(levels . " ", sprintf(" L%d ", i))) {
		set object i + 1 rectangle from key, top + 7 to key + 14, top + 17 fs solid 1 noborder fc rgb colour(i)
		set label i + 1 sprintf("L%d", i) at key + 20, top + 12 left font small textcolor rgb nb_ink
		key = key + 58
	}
}
if (intervals > 0) {
	set arrow 1 from key, top + 12 to key + 16, top + 12 nohead lw 1.2 lc rgb nb_ink
	set label 20 "interval of the median" at key + 22, top + 12 left font small textcolor rgb nb_ink
	key = key + 180
}
if (published > 0) {
	set object 20 rectangle from key, top + 6 to key + 18, top + 18 fs solid 1 border lc rgb nb_muted fc rgb nb_band
	set label 21 "what others published for this step" at key + 24, top + 12 left font small textcolor rgb nb_ink
}
before = ""
place = 0
named(text) = (shown = text eq before ? "" : text, before = text, nb_cut(shown, int((left - 14) / 6.0)))
note(kind, text) = is_group(kind) ? (groups > 1 ? kind . ": " : "") . text : text
plot data index 1 using (left):(y($1)):(named(strcol(2))) with labels right font small tc rgb nb_ink, \
	data index 1 using (left + 14):(y($1)):(groups > 1 ? strcol(4) : "") with labels center font small tc rgb nb_muted, \
	data index 1 using (x0 - 8):(y($1)):("L" . strcol(3)) with labels right font small tc rgb nb_muted, \
	data index 0 using (14):(place = place + 1, y1 + 66 + 17 * (place - 1)):(nb_fit(note(strcol(1), strcol(2)), W - 28)) \
		with labels left font small tc rgb nb_muted

# The title stands once, not in every panel.
unset label 9999
do for [i = 1 : 21] {
	unset label i
	unset object i
}
if (intervals > 0) { unset arrow 1 }
set lmargin at screen nb_x(x0)
set rmargin at screen nb_x(x1)
set tmargin at screen nb_y(y0)
set bmargin at screen nb_y(y1)
set border 3 lw 0.8 lc rgb nb_muted
set xrange [start:end]
set yrange [y1:y0]
set logscale x 10
set xtics nomirror scale 0.5 textcolor rgb nb_muted font small
eval "set xtics " . nb_time_ticks(start, hi * 1.001, 6)
set grid xtics lt 1 dt 1 lw 0.6 lc rgb nb_grid
set xlabel "median time of one operation (log scale)" font small textcolor rgb nb_ink offset 0, 0.3
digits(r) = r >= 100 ? sprintf("%.0f", r) : sprintf("%.3g", r)
ratio(r) = "×" . digits(r) . (known(11) ? sprintf("  (%s–%s)", digits(column(11)), digits(column(12))) : "") \
	. (strlen(strcol(6)) ? " to " . strcol(6) : "")
plot data index 1 using (known(13) ? column(13) : NaN):(y($1)):(or(13, $7)):(or(14, $7)):(y($1) - 0.48 * row):(y($1) + 0.48 * row) \
		with boxxyerror fs solid 1 border lc rgb nb_muted fc rgb nb_band lw 0.6, \
	for [level = 0 : 9] data index 1 using ($3 == level ? $7 : NaN):(y($1)):(start):($7):(y($1) - 0.34 * row):(y($1) + 0.34 * row) \
		with boxxyerror fs solid 1 noborder fc rgb colour(level), \
	data index 1 using (known(8) ? column(8) : $7):(y($1)):(known(8) ? column(9) - column(8) : 0):(0) with vectors nohead lw 1.2 lc rgb nb_ink, \
	data index 1 using (max(known(9) ? column(9) : $7, known(14) ? column(14) : 0)):(y($1)):(known(10) ? ratio(column(10)) : "") \
		with labels left offset 0.8, 0 font small tc rgb nb_ink
eval nb_close
