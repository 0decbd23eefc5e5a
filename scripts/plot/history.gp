# SPDX-License-Identifier: Apache-2.0
#
# The session medians of series over time, a panel each, with change points and what happened when.
# Data: block 0 notes (kind, text, x); then a block for each panel (series, unit, kind, x, p50, end,
# ratio, verdict, slot), x and end in seconds since 1970-01-01 UTC or numbers of sessions.

if (!exists("nb_begin")) load ARG0[1:strlen(ARG0)-strlen("history.gp")] . "common.gp"
eval nb_begin

min(a, b) = a < b ? a : b
max(a, b) = a > b ? a : b
stats data using (1) nooutput
panels = STATS_blocks - 1
if (panels < 1) eval nb_fail("no series in the data")
timed = 0
marks = 0
more = 0
is_mark(kind) = kind eq "event" || kind eq "environment"
stats data index 0 using (strcol(1) eq "scale" && strcol(2) eq "time" ? (timed = 1) : 0, \
	is_mark(strcol(1)) ? (marks = marks + 1) : strcol(1) eq "more" ? (more = more + 1) : 0, 1) nooutput

array name[panels]
array unit[panels]
array lo[panels]
array hi[panels]
array changed[panels]
array disturbed[panels]
first = 1e300
last = -1e300
verdicts = ""
left_out = 0
do for [i = 1 : panels] {
	text = ""
	u = ""
	low = 1e300
	high = 0
	count = 0
	bad = 0
	stats data index i using (text = strcol(1), u = strcol(2), \
		first = min(first, $4), last = max(last, $4), \
		column(5) > 0 ? (low = min(low, column(5)), high = max(high, column(5))) : 0, \
		strcol(3) eq "change" ? (count = count + 1, verdicts = verdicts . " " . strcol(8)) : 0, \
		strcol(3) eq "disturbed" ? (bad = bad + 1) : 0, 1) nooutput
	name[i] = text
	unit[i] = u
	lo[i] = low
	hi[i] = high
	changed[i] = count
	disturbed[i] = bad
	left_out = left_out + bad
}
span = max(last - first, timed ? 60 : 1)

# Few panels have the whole width each, more stand in two columns.
columns = panels <= 3 ? 1 : 2
rows = int(ceil(real(panels) / columns))
cell = real(W - 8) / columns
height = panels <= 3 ? 150 : 104
head = marks > 0 ? 36 : 22
foot = 80
y0 = top + 24
y1 = y0 + rows * (head + height) + (rows > 1 ? (rows - 1) * 16 : 0) + foot
H = y1 + 17 * (marks + more) + 12
panel_x(i) = 62 + cell * ((i - 1) % columns)
panel_y(i) = y0 + ((i - 1) / columns) * (head + height + 16) + head
wide = cell - 62 - 18
small = ",11"

colour(verdict) = nb_c(verdict eq "regressed" ? 2 : verdict eq "improved" ? 1 : 8)

eval nb_open("History")
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
unset border
unset tics
unset grid
set xrange [0:W]
set yrange [H:0]

# Key: what is there.
key = 20
key_y = top + 10
set label 1 "" at key, key_y point pt 7 ps 0.6 lc rgb nb_ink
set label 2 "median of a session" at key + 10, key_y left font small textcolor rgb nb_ink
key = key + 152
if (left_out > 0) {
	set label 3 "" at key, key_y point pt 6 ps 0.7 lc rgb nb_muted
	set label 4 "disturbed, does not count" at key + 10, key_y left font small textcolor rgb nb_ink
	key = key + 186
}
do for [v in "regressed improved same"] {
	if (strstrt(verdicts, v)) {
		n = 10 + strlen(v)
		d = v eq "regressed" ? 1 : 2
		c = colour(v)
		shown = v eq "same" ? "within the margin" : v
		set arrow n from key, key_y - 6 to key, key_y + 6 nohead lw 2 lc rgb c dt d
		set label n shown at key + 8, key_y left font small textcolor rgb nb_ink
		key = key + 34 + 6.2 * strlen(v)
		if (v eq "same") { key = key + 80 }
	}
}
if (marks > 0) {
	set arrow 30 from key, key_y - 6 to key, key_y + 6 nohead lw 1 dt 3 lc rgb nb_muted
	set label 30 "event or change of the environment, listed below" at key + 8, key_y left font small textcolor rgb nb_ink
}
do for [i = 1 : panels] {
	set label 100 + i nb_cut(name[i], int(wide / 6.2)) at panel_x(i), panel_y(i) - head + 12 left font small textcolor rgb nb_ink
}
number = 0
place = 0
listed(kind, text) = is_mark(kind) ? (number = number + 1, sprintf("%d  %s", number, text)) : text
line(kind) = is_mark(kind) || kind eq "more" ? (place = place + 1, y1 + 17 * (place - 1)) : NaN
plot data index 0 using (14):(line(strcol(1))):(nb_fit(listed(strcol(1), strcol(2)), W - 28)) \
	with labels left font small tc rgb nb_muted
# The title stands once, not in every panel.
unset label 9999
do for [i = 1 : 30] { unset label i }
unset arrow
do for [i = 1 : panels] { unset label 100 + i }

# Ticks of time: so many of a round step as there is room for, in two lines.
steps = "60 300 900 1800 3600 7200 10800 21600 43200 86400 172800 604800 1209600 2592000 7776000 15552000 31536000"
room = wide / 78.0
step = 63072000.0
do for [i = words(steps) : 1 : -1] {
	if (span / real(word(steps, i)) <= room) { step = real(word(steps, i)) }
}
x_title = timed ? "start of the session (UTC)" : "number of the session"
x_ticks = ""
if (timed) {
	do for [k = int(ceil(first / step)) : int(floor(last / step))] {
		x_ticks = x_ticks . (strlen(x_ticks) ? ", " : "") . sprintf('"%s" %.0f', \
			strftime(step < 86400 ? "%H:%M" : "%d %b", k * step) . '\n' . \
			strftime(step < 86400 ? "%d %b %Y" : "%Y", k * step), k * step)
	}
} else {
	step = 1
	do for [s in "100000 50000 20000 10000 5000 2000 1000 500 200 100 50 20 10 5 2 1"] {
		if (span / real(s) <= wide / 40.0) { step = int(s) }
	}
	do for [k = int(ceil(first / step)) : int(floor(last / step))] {
		x_ticks = x_ticks . (strlen(x_ticks) ? ", " : "") . sprintf('"%d" %d', k * step, k * step)
	}
}

# The same places without words, for the panels above.
x_bare = ""
do for [k = int(ceil(first / step)) : int(floor(last / step))] {
	x_bare = x_bare . (strlen(x_bare) ? ", " : "") . sprintf('"" %.0f', k * step)
}

scale(u, v) = u ne "ns" ? 1 : v < 999.5 ? 1 : v < 999.5e3 ? 1e3 : v < 999.5e6 ? 1e6 : 1e9
word_of(u, v) = u ne "ns" ? u : v < 999.5 ? "ns" : v < 999.5e3 ? "µs" : v < 999.5e6 ? "ms" : "s"
y_tick(v) = sprintf("%.4g", v)
set border 3 lw 0.8 lc rgb nb_muted
is(kind) = strcol(3) eq kind
kinds = "regressed improved same"
dash(k) = k > 1 ? 2 : 1
do for [i = 1 : panels] {
	f = scale(unit[i], hi[i])
	low = lo[i] / f
	high = hi[i] / f
	logarithmic = high / low > 8
	# Above the points there is room for up to three lines of ratios.
	air = changed[i] > 0 ? 0.45 : 0.12
	if (logarithmic) {
		bottom = low / (high / low) ** 0.12
		ceiling = high * (high / low) ** air
	} else {
		reach = max(high - low, high * 0.04)
		bottom = max(0, low - 0.15 * reach)
		ceiling = high + air * reach
	}
	x = panel_x(i)
	y = panel_y(i)
	set lmargin at screen nb_x(x)
	set rmargin at screen nb_x(x + wide)
	set tmargin at screen nb_y(y)
	set bmargin at screen nb_y(y + height)
	unset logscale y
	set xrange [first - 0.02 * span : last + 0.02 * span]
	set yrange [bottom : ceiling]
	set ytics nomirror scale 0.5 textcolor rgb nb_muted font small
	if (logarithmic) {
		set logscale y 10
		nb_unit = ""
		eval "set ytics " . nb_log_ticks(bottom, ceiling, 4, "")
		unset mytics
	} else {
		# About four ticks of a round step.
		raw = (ceiling - bottom) / 4.0
		ten = 10.0 ** floor(log10(raw))
		nice = raw / ten <= 1.2 ? 1 : raw / ten <= 2.4 ? 2 : raw / ten <= 6 ? 5 : 10
		set ytics nice * ten
			}
	set grid ytics lt 1 dt 1 lw 0.6 lc rgb nb_grid
	set ylabel "p50 [" . word_of(unit[i], hi[i]) . "]" font small textcolor rgb nb_ink offset 1, 0
	# The axis is written below the last panel of each column.
	set xtics nomirror scale 0.5 textcolor rgb nb_muted font small
	eval "set xtics (" . x_ticks . ")"
	if (i > panels - columns) {
		set xlabel x_title font small textcolor rgb nb_ink offset 0, timed ? (format eq "svg" ? -0.5 : -0.9) : 0.2
	} else {
		set xtics format ""
		unset xlabel
		eval "set xtics (" . x_bare . ")"
	}
	bar(slot) = logarithmic ? bottom * (ceiling / bottom) ** (0.94 - 0.11 * slot) : bottom + (ceiling - bottom) * (0.94 - 0.11 * slot)
	plot data index 0 using (is_mark(strcol(1)) ? column(3) : NaN):(bottom):(0):(ceiling - bottom) \
			with vectors nohead lw 1 dt 3 lc rgb nb_muted, \
		for [k = 1 : 3] data index i using (is("change") && strcol(8) eq word(kinds, k) ? $4 : NaN):(bottom):(0):(ceiling - bottom) \
			with vectors nohead lw 2 dt dash(k) lc rgb colour(word(kinds, k)), \
		data index i using (is("segment") ? $4 : NaN):(is("segment") ? column(5) / f : 0):(is("segment") ? column(6) - $4 : 0):(0) with vectors nohead lw 1.4 lc rgb nb_c(1), \
		data index i using (is("point") ? $4 : NaN):(is("point") ? column(5) / f : 0) with points pt 7 ps (format eq "svg" ? 0.4 : 0.5) lc rgb nb_ink, \
		data index i using (is("disturbed") ? $4 : NaN):(is("disturbed") ? column(5) / f : 0) with points pt 6 ps (format eq "svg" ? 0.5 : 0.6) lc rgb nb_muted, \
		data index i using (is("change") ? $4 : NaN):(bar($9)):(strcol(7)) with labels left offset 0.5, 0 font small tc rgb nb_ink
	# Numbers of the marks above the panel: their own plot, since labels are not drawn outside.
	if (marks > 0) {
		set tmargin at screen nb_y(y - 18)
		set bmargin at screen nb_y(y)
		unset border
		unset tics
		unset grid
		unset xlabel
		unset ylabel
		unset logscale y
		set yrange [0:1]
		plot data index 0 using (strcol(1) eq "label" ? column(3) : NaN):(0.5):(strcol(2)) with labels center font small tc rgb nb_muted
		set border 3 lw 0.8 lc rgb nb_muted
	}
}
eval nb_close
