# SPDX-License-Identifier: Apache-2.0
# Latency distribution: what part of the operations took at most so long. One panel a benchmark,
# one line for each level, group and variant. What is expected of its caller: see common.gp.
# Table: panel, benchmark, line, colour, dash, value [ns], part [%].
if (!exists("nb_begin")) load ARG0[1:strlen(ARG0)-strlen("cdf.gp")] . "common.gp"
eval nb_begin

# The lowest twentieth must not push the rest to the right: what is net of the empty operation may
# be next to nothing.
eval nb_panels_read("$7 >= 5 ? $6 : NaN")
eval nb_panels_layout
eval nb_open("Latency distribution")
set logscale x
set yrange [0:103]
set ytics ("0 %%" 0, "25 %%" 25, "50 %%" 50, "75 %%" 75, "100 %%" 100) font ",11"
set xlabel "time of an operation (log scale)" offset 0,0.4 font ",11" textcolor rgb nb_muted
nb_y_title = "part of the operations"
do for [p = 0 : nb_panels - 1] {
	eval nb_panel_frame
	set xrange [nb_axis_low(nb_low[p + 1]) : nb_axis_high(nb_high[p + 1])]
	eval "set xtics font ',11' " . nb_time_ticks(nb_axis_low(nb_low[p + 1]), nb_axis_high(nb_high[p + 1]), (nb_panel_w - 82) / 48.0)
	plot for [l = 0 : nb_lines[p + 1] - 1] data index p every :::l::l using 6:7 with lines \
		lw 1.6 lc rgb nb_line_colour(p, l) dt nb_line_dash(p, l)
}
eval nb_close
