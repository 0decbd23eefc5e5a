# SPDX-License-Identifier: Apache-2.0
# Storage by file system: every benchmark's median on each place, with its interval, one below the
# other. Table: entry, row, benchmark, number of place, place, mode, p50 [ns], low [ns], high [ns].
if (!exists("nb_begin")) load ARG0[1:strlen(ARG0)-strlen("io.gp")] . "common.gp"
eval nb_begin

stats data using 1 nooutput
entries = int(STATS_max) + 1
stats data using 2 nooutput
rows = int(STATS_max) + 1
stats data using 4 nooutput
places = int(STATS_max)
stats data using 8 nooutput
low = nb_axis_low(STATS_min)
stats data using 9 nooutput
high = nb_axis_high(STATS_max)
array place_names[places]
array row_names[rows]
array row_first[rows]
array row_last[rows]
array modes[entries]
array values[entries]
array row_of[entries]
note(e, r, name, n, place, mode, p50) = ((place_names[n] = place), (row_names[r] = name), \
	(row_first[r] = row_last[r] < 0 ? e - 1 : row_first[r]), (row_last[r] = e - 1), \
	(modes[e] = mode), (values[e] = p50), (row_of[e] = r - 1), 0)
do for [r = 1 : rows] { row_first[r] = -1; row_last[r] = -1 }
stats data using (note(int($1) + 1, int($2) + 1, strcol(3), int($4), strcol(5), strcol(6), $7)) nooutput

# Pixels: an entry is 15 high, between two benchmarks there are 11 more.
entry_y(e, r) = 15 * (e + 0.5) + 11 * (r + 0.5)
longest = 1
do for [i = 1 : places] { longest = strlen(place_names[i]) > longest ? strlen(place_names[i]) : longest }
longest = longest > 40 ? 40 : longest
cell = 7 * longest + 40
columns = int((W - 28) / cell) < 1 ? 1 : int((W - 28) / cell)
legend_rows = (places + columns - 1) / columns
head = 16 * legend_rows + 30
body = 15 * entries + 11 * rows
H = top + head + body + 54
eval nb_open("Storage by file system")
do for [i = 1 : places] {
	x = 20 + ((i - 1) % columns) * cell
	y = top + 12 + 16 * ((i - 1) / columns)
	set label i "" at screen nb_x(x), nb_y(y) point pt nb_point(i) ps 0.9 lc rgb nb_c(i)
	set label 50 + i nb_cut(place_names[i], 40) at screen nb_x(x + 12), nb_y(y) left font ",11" textcolor rgb nb_ink
}
set label 90 "benchmark" at screen nb_x(14), nb_y(top + head - 10) left font ",11" textcolor rgb nb_muted
set label 91 "median, mode" at screen nb_x(W - 190), nb_y(top + head - 10) left font ",11" textcolor rgb nb_muted
do for [r = 1 : rows] {
	if (r % 2 == 1) {
		set object r rectangle from screen 0, nb_y(top + head + entry_y(row_first[r], r - 1) - 13) \
			to screen 1, nb_y(top + head + entry_y(row_last[r], r - 1) + 13) behind fc rgb nb_band fs solid 0.5 noborder
	}
	set label 100 + r nb_fit(row_names[r], 190) at screen nb_x(14), \
		nb_y(top + head + entry_y(row_first[r], r - 1)) left font ",11" textcolor rgb nb_ink
}
do for [e = 1 : entries] {
	set label 400 + e nb_rough_time(values[e]) . (modes[e] eq "-" ? "" : " " . nb_cut(modes[e], 18)) \
		at screen nb_x(W - 190), nb_y(top + head + entry_y(e - 1, row_of[e])) left font ",11" textcolor rgb nb_muted
}
set lmargin at screen nb_x(206)
set rmargin at screen nb_x(W - 204)
set tmargin at screen nb_y(top + head)
set bmargin at screen nb_y(top + head + body)
set border 1
set logscale x
set xrange [low : high]
set yrange [body : 0]
unset ytics
eval "set xtics font ',11' " . nb_time_ticks(low, high, (W - 410) / 56.0)
set xlabel "time of an operation, median and its interval (log scale)" offset 0,0.4 font ",11" textcolor rgb nb_muted
plot for [i = 1 : places] data using ($4 == i ? $7 : NaN):(entry_y($1, $2)):8:9 with xerrorbars \
	pt nb_point(i) ps 0.8 lw 1.4 lc rgb nb_c(i)
eval nb_close
