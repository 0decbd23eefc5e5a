# SPDX-License-Identifier: Apache-2.0
#
# Time of a dependent load by the size of the working set: the steps are where TLBs and caches end.
# Data: block 0 notes (kind, text); then a block for each line (line, working set in bytes, p50,
# low, high in ns per load).

if (!exists("nb_begin")) load ARG0[1:strlen(ARG0)-strlen("walk.gp")] . "common.gp"
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
stats data using (1) nooutput
lines = STATS_blocks - 1
if (lines < 1) eval nb_fail("no lines in the data")
array name[lines]
lo = 1e300
hi = 0
small = 1e300
large = 0
widest = 0
do for [i = 1 : lines] {
	text = ""
	stats data index i using (text = strcol(1), lo = min(lo, known(4) ? column(4) : $3), \
		hi = max(hi, known(5) ? column(5) : $3), \
		small = min(small, $2), large = max(large, $2), 1) nooutput
	name[i] = nb_cut(text, 60)
	widest = max(widest, strlen(name[i]))
}
pad = (hi / lo) ** 0.06 * 1.05
lo = lo / pad
hi = hi * pad

# The key below: as many columns as fit.
cell = 6.4 * widest + 56
columns = max(1, min(lines, int((W - 104) / cell)))
key_rows = int(ceil(real(lines) / columns))
y0 = top + 14
y1 = y0 + 330
y2 = y1 + 72
H = y2 + 18 * key_rows + 17 * notes + 20
fine = ",11"
# Points of SVG are the larger ones.
size = format eq "svg" ? 0.6 : 0.8
key_x(i) = 92 + cell * ((i - 1) % columns)
key_y(i) = y2 + 18 * ((i - 1) / columns)

eval nb_open("Page-walk curve")
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
unset border
unset tics
unset grid
set xrange [0:W]
set yrange [H:0]
do for [i = 1 : lines] {
	set arrow i from key_x(i), key_y(i) to key_x(i) + 30, key_y(i) nohead lw 2 dt nb_dash(i) lc rgb nb_c(i)
	set label i "" at key_x(i) + 15, key_y(i) point pt nb_point(i) ps size lc rgb nb_c(i)
	set label 100 + i name[i] at key_x(i) + 38, key_y(i) left font fine textcolor rgb nb_ink
}
place = 0
note(kind, text) = is_group(kind) ? (groups > 1 ? kind . ": " : "") . text : text
plot data index 0 using (14):(place = place + 1, y2 + 18 * key_rows + 8 + 17 * (place - 1)):(nb_fit(note(strcol(1), strcol(2)), W - 28)) \
	with labels left font fine tc rgb nb_muted
# The title stands once, not in every panel.
unset label 9999
do for [i = 1 : lines] {
	unset arrow i
	unset label i
	unset label 100 + i
}

set lmargin at screen nb_x(92)
set rmargin at screen nb_x(W - 24)
set tmargin at screen nb_y(y0)
set bmargin at screen nb_y(y1)
set border 3 lw 0.8 lc rgb nb_muted
set xrange [small / 1.3 : large * 1.3]
set yrange [lo:hi]
set logscale x 2
set logscale y 10
bytes(x) = x < 2.0 ** 20 ? sprintf("%.4g KiB", x / 2.0 ** 10) : x < 2.0 ** 30 ? sprintf("%.4g MiB", x / 2.0 ** 20) : \
	sprintf("%.4g GiB", x / 2.0 ** 30)
ticks = ""
# Every second power of two of the range, so that their labels stand apart.
first = int(floor(log(small) / log(2) + 0.5))
last = int(floor(log(large) / log(2) + 0.5))
step = last - first > 11 ? 2 : 1
do for [p = first : last : step] { ticks = ticks . (strlen(ticks) ? ", " : "") . sprintf("'%s' %.0f", bytes(2.0 ** p), 2.0 ** p) }
set xtics nomirror scale 0.5 textcolor rgb nb_muted font fine
set ytics nomirror scale 0.5 textcolor rgb nb_muted font fine
eval "set xtics (" . ticks . ")"
eval "set ytics " . nb_time_ticks(lo, hi, 7)
unset mxtics
unset mytics
set grid xtics ytics lt 1 dt 1 lw 0.6 lc rgb nb_grid
set xlabel "working set (log scale)" font fine textcolor rgb nb_ink
set ylabel "median time per load (log scale)" font fine textcolor rgb nb_ink offset 0.5, 0
plot for [i = 1 : lines] data index i using 2:(or(4, $3)):(or(5, $3)) \
		with filledcurves fc rgb nb_c(i) fs transparent solid 0.15 noborder, \
	for [i = 1 : lines] data index i using 2:3 with lines lw 2 dt nb_dash(i) lc rgb nb_c(i), \
	for [i = 1 : lines] data index i using 2:3 with points pt nb_point(i) ps size lc rgb nb_c(i)
eval nb_close
