# SPDX-License-Identifier: Apache-2.0
# Tail by percentile, as HdrHistogram draws it: the axis is the logarithm of 1 / (1 - p), so that
# 99 % and 99.9 % have as much room as 90 %. It ends where there are too few samples to tell.
# Table: panel, benchmark, line, colour, dash, percentile [%], 1/(1-p), value [ns].
if (!exists("nb_begin")) load ARG0[1:strlen(ARG0)-strlen("percentiles.gp")] . "common.gp"
eval nb_begin

eval nb_panels_read("$6 >= 5 ? $8 : NaN")
array lowest[nb_panels]
array highest[nb_panels]
do for [i = 1 : nb_panels] { lowest[i] = nb_low[i]; highest[i] = nb_high[i] }
eval nb_panels_read("$7")
eval nb_panels_layout
eval nb_open("Tail by percentile")
set logscale xy
set xtics ("50 %%" 2, "90 %%" 10, "99 %%" 100, "99.9 %%" 1000, "99.99 %%" 1e4, "99.999 %%" 1e5, \
	"99.9999 %%" 1e6, "99.99999 %%" 1e7) font ",11"
set xlabel "percentile of the operations" offset 0,0.4 font ",11" textcolor rgb nb_muted
nb_y_title = "time of an operation (log scale)"
do for [p = 0 : nb_panels - 1] {
	eval nb_panel_frame
	set xrange [1 / 0.95 : nb_high[p + 1] * 1.1]
	low = nb_axis_low(lowest[p + 1]); high = nb_axis_high(highest[p + 1])
	set yrange [low : high]
	eval "set ytics font ',11' " . nb_time_ticks(low, high, 6)
	plot for [l = 0 : nb_lines[p + 1] - 1] data index p every :::l::l using 7:8 with lines \
		lw 1.6 lc rgb nb_line_colour(p, l) dt nb_line_dash(p, l)
}
eval nb_close
