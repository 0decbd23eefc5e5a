# SPDX-License-Identifier: Apache-2.0
# Over the session: every round in the order they ran. A few series have a panel each with times;
# many are strips one below the other, each relative to its own median, so that a disturbance of
# the whole machine is seen as a column. Table: row, series, session, round, p50 [ns], p99 [ns],
# p50 to its median, p99 to its median, guards ("-": none).
if (!exists("nb_begin")) load ARG0[1:strlen(ARG0)-strlen("tail.gp")] . "common.gp"
eval nb_begin

# A round without a p99 still has a median: no line of the table is to be passed over for one "nan".
set datafile missing
stats data using 1 nooutput
rows = int(STATS_max) + 1
stats data using 4 nooutput
rounds = int(STATS_max)
array names[rows]
array medians[rows]
array farthest[rows]
array lowest[rows]
array highest[rows]
array tagged[rows]
do for [i = 1 : rows] { medians[i] = NaN; farthest[i] = 0; lowest[i] = 1e300; highest[i] = -1e300; tagged[i] = 0 }
note(i, name, p50, p99, ratio, tags) = ((names[i] = name), \
	(medians[i] = ratio > 0 ? p50 / ratio : medians[i]), \
	(farthest[i] = abs(ratio - 1) > abs(farthest[i]) ? ratio - 1 : farthest[i]), \
	(lowest[i] = p50 > 0 && p50 < lowest[i] ? p50 : lowest[i]), \
	(highest[i] = p50 > highest[i] ? p50 : highest[i]), \
	(highest[i] = p99 > highest[i] ? p99 : highest[i]), \
	(tagged[i] = tags eq "-" ? tagged[i] : tagged[i] + 1), 0)
known(column_) = strcol(column_) eq "nan" ? NaN : column(column_)
stats data using (note(int($1) + 1, strcol(2), known(5), known(6), known(7), strcol(9))) nooutput
every_round = rounds <= 24 ? 1 : rounds <= 60 ? 5 : 10 ** int(ceil(log10(rounds / 12.0)))
few = rows <= 4
set format x "%.0f"

# The legend is the same for both: what a line and a mark mean.
legend = 'set arrow 1 from screen nb_x(14), nb_y(y) to screen nb_x(40), nb_y(y) nohead lw 2 lc rgb nb_c(1);' \
	. 'set label 101 "median of the round" at screen nb_x(46), nb_y(y) left font ",11" textcolor rgb nb_muted;' \
	. 'set arrow 2 from screen nb_x(186), nb_y(y) to screen nb_x(212), nb_y(y) nohead lw 1.5 lc rgb nb_c(8) dt 3;' \
	. 'set label 102 "its p99" at screen nb_x(218), nb_y(y) left font ",11" textcolor rgb nb_muted;' \
	. 'set label 103 "" at screen nb_x(290), nb_y(y) point pt 2 ps 1 lw 2 lc rgb nb_c(2);' \
	. 'set label 109 "a guard marked it" at screen nb_x(302), nb_y(y) left font ",11" textcolor rgb nb_muted'

if (few) {
	head = 24
	height = rows == 1 ? 260 : 190
	H = top + head + rows * (height + 82)
	eval nb_open("Over the session")
	y = top + 12
	set logscale y
	set xrange [0.5 : rounds + 0.5]
	set xtics every_round, every_round font ",11"
	set xlabel "round, in the order they ran" offset 0,0.4 font ",11" textcolor rgb nb_muted
	set ylabel "time of an operation (log scale)" offset 1.2,0 font ",11" textcolor rgb nb_muted
	do for [r = 0 : rows - 1] {
		if (r == 0) { eval legend } else { unset label; unset arrow }
		row_top = top + head + r * (height + 82)
		set label 104 nb_fit(names[r + 1], W - 40) at screen nb_x(14), nb_y(row_top + 14) left textcolor rgb nb_ink
		set lmargin at screen nb_x(82)
		set rmargin at screen nb_x(W - 22)
		set tmargin at screen nb_y(row_top + 30)
		set bmargin at screen nb_y(row_top + 30 + height)
		low = lowest[r + 1] / 1.1; high = highest[r + 1] * 1.25
		set yrange [low : high]
		eval "set ytics font ',11' " . nb_time_ticks(low, high, height / 26.0)
		plot data every :::r::r using 4:6 with linespoints lw 1.2 lc rgb nb_c(8) dt 3 pt 4 ps 0.5, \
			data every :::r::r using 4:5 with linespoints lw 1.8 lc rgb nb_c(1) pt 7 ps 0.5, \
			data every :::r::r using 4:(strcol(9) eq "-" ? NaN : $5) with points pt 2 ps 1.2 lw 2 lc rgb nb_c(2), \
			data every :::r::r using 4:(strcol(9) eq "-" ? NaN : $5):(nb_cut(strcol(9), 24)) with labels \
				offset 0,0.9 font ",10" textcolor rgb nb_c(2)
	}
} else {
	# A strip shows from two thirds to half as much again; what is farther stands at its edge.
	head = 46
	strip = 26
	H = top + head + rows * strip + 52
	eval nb_open("Over the session")
	y = top + 12
	eval legend
	set label 104 "" at screen nb_x(440), nb_y(y) point pt 9 ps 0.9 lc rgb nb_c(1)
	set label 105 "outside of the strip: its edges are 2/3 and 3/2 of the series' median" at screen nb_x(452), nb_y(y) left \
		font ",11" textcolor rgb nb_muted
	clip(ratio) = ratio > 1.5 ? 1 : ratio < 1 / 1.5 ? -1 : log(ratio) / log(1.5)
	place(r, ratio) = r + 0.5 - 0.4 * clip(ratio)
	set label 106 "series" at screen nb_x(14), nb_y(top + 36) left font ",11" textcolor rgb nb_muted
	set label 107 "median" at screen nb_x(404), nb_y(top + 36) right font ",11" textcolor rgb nb_muted
	set label 108 "farthest from it" at screen nb_x(W - 14), nb_y(top + 36) right font ",11" textcolor rgb nb_muted
	do for [r = 0 : rows - 1] {
		y = top + head + (r + 0.5) * strip
		if (r % 2 == 0) {
			set object r + 1 rectangle from screen 0, nb_y(y - 0.5 * strip) to screen 1, nb_y(y + 0.5 * strip) \
				behind fc rgb nb_band fs solid 0.5 noborder
		}
		set label 200 + r nb_cut(names[r + 1], 48) at screen nb_x(14), nb_y(y) left font ",11" textcolor rgb nb_ink
		set label 400 + r nb_rough_time(medians[r + 1]) at screen nb_x(404), nb_y(y) right font ",11" textcolor rgb nb_muted
		set label 600 + r sprintf("%s %%%s", abs(farthest[r + 1]) < 0.0005 ? "0.0" : sprintf("%+.1f", 100 * farthest[r + 1]), tagged[r + 1] > 0 ? sprintf(", %d marked", tagged[r + 1]) : "") \
			at screen nb_x(W - 14), nb_y(y) right font ",11" textcolor rgb nb_muted
	}
	set lmargin at screen nb_x(420)
	set rmargin at screen nb_x(W - 140)
	set tmargin at screen nb_y(top + head)
	set bmargin at screen nb_y(top + head + rows * strip)
	set border 1
	set xrange [0.5 : rounds + 0.5]
	set yrange [rows : 0]
	unset ytics
	set xtics every_round, every_round font ",11"
	set xlabel "round, in the order they ran" offset 0,0.4 font ",11" textcolor rgb nb_muted
	plot data using 4:(place($1, $8)) with lines lw 1.1 lc rgb nb_c(8) dt 3, \
		data using 4:(place($1, $7)) with linespoints lw 1.5 lc rgb nb_c(1) pt 7 ps 0.3, \
		data using 4:($7 > 1.5 ? place($1, $7) : NaN) with points pt 9 ps 0.9 lc rgb nb_c(1), \
		data using 4:($7 < 1 / 1.5 ? place($1, $7) : NaN) with points pt 11 ps 0.9 lc rgb nb_c(1), \
		data using 4:(strcol(9) eq "-" ? NaN : place($1, $7)) with points pt 2 ps 1 lw 2 lc rgb nb_c(2)
}
eval nb_close
