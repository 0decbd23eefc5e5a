# SPDX-License-Identifier: Apache-2.0
#
# What all plots share: how a script is called, colours, a page measured in pixels, axes of time.
#
#   gnuplot -d -c scripts/plot/cdf.gp data.tsv picture.svg          (or .png)
#   gnuplot -d -c scripts/plot/cdf.gp data.tsv picture FORMAT [ID]
#
# FORMAT is svg or png. A picture "-" is standard output. With an ID the picture is to stand inside
# of a page: it has no title and no background, and gnuplot names its parts ID_...
#
# nestbench pipes this file and the script's into gnuplot as one, with the same arguments. Every
# script begins with these two lines, of which the first is for whoever runs it alone:
#
#   if (!exists("nb_begin")) load ARG0[1:strlen(ARG0)-strlen("NAME.gp")] . "common.gp"
#   eval nb_begin
#
# and has these variables then:
#
#   data     file to read: tab-separated, "#" begins a comment, "nan" is not known
#   output   file to write, "" for standard output
#   format   "svg" or "png"
#   id       "" for a picture of its own
#   W        width of the page in pixels, 960; a script may change it before nb_open
#   top      pixels at the top that the title takes: 0 inside of a page; lay out below it
#
# When the script knows its height (which grows with its rows), it says
#
#   H = top + ...
#   eval nb_open("Title of the plot")       # terminal, output, title, multiplot
#   ... set margins at screen nb_x(pixels), nb_y(pixels from the top), and plot ...
#   eval nb_close
#
# A picture without anything in it has to fail: nb_fail("why") is what a script evaluates then.
#
# Colours are named by words, never by numbers of gnuplot's own: the SVG inside of a page gets the
# page's custom properties for exactly these values (harness/plot/svg_tag.c has the same table). A page
# must define all of them, for light and for dark. It has viewBox, width 100 %, class "nb-plot", role
# "img" and a label, inherits the page's font, and refers to nothing outside of itself:
#
#   variable     property    light      dark, suggested
#   nb_ink       --ink       #1b1b1b    #e8e8e8    text, axes
#   nb_muted     --muted     #5a5a5b    #a9a9aa    ticks, notes
#   nb_grid      --grid      #dcdcdd    #3b3b3c    lines of the grid
#   nb_surface   --surface   #fffffe    #16181c    what is behind; halos round points
#   nb_band      --band      #e6edf4    #263341    bands and stripes
#   nb_c(1)      --c1        #0072b2    #56b4e9    blue         L1
#   nb_c(2)      --c2        #d55e00    #f08a4b    vermilion    L2
#   nb_c(3)      --c3        #009e73    #2fc79a    green        L0
#   nb_c(4)      --c4        #b0568a    #e09ac4    purple       L3
#   nb_c(5)      --c5        #b47c00    #e69f00    orange
#   nb_c(6)      --c6        #3d9bd4    #9bd5f7    sky blue
#   nb_c(7)      --c7        #8a7a00    #f0e442    yellow
#   nb_c(8)      --c8        #6b6b6c    #b5b5b6    grey
#
# They are those of Okabe and Ito (2008), darkened where they are too pale for lines on white, so
# that people with any colour vision can tell them apart. Even so colour is never the only
# difference: line i has dash nb_dash(i) and point nb_point(i) too.

set encoding utf8
set datafile separator "\t"
set datafile missing "nan"
set termoption noenhanced

nb_ink = "#1b1b1b"
nb_muted = "#5a5a5b"
nb_grid = "#dcdcdd"
nb_surface = "#fffffe"
nb_band = "#e6edf4"
nb_colours = "#0072b2 #d55e00 #009e73 #b0568a #b47c00 #3d9bd4 #8a7a00 #6b6b6c"
nb_c(i) = word(nb_colours, (int(i) - 1) % 8 + 1)
nb_rgb(i) = int("0x" . substr(nb_c(i), 2, 7))           # for "lc rgb variable"
# Solid, dashes, dots, dash-dot, dash-dot-dot.
nb_dashes = "1 2 3 4 5"
nb_dash(i) = int(word(nb_dashes, (int(i) - 1) % 5 + 1))
# Full circle, square, triangle up, triangle down, diamond; then the same ones hollow.
nb_points = "7 5 9 11 13 6 4 8 10 12"
nb_point(i) = int(word(nb_points, (int(i) - 1) % 10 + 1))

W = 960
H = 400
nb_x(px) = real(px) / W
nb_y(px) = 1 - real(px) / H

# Text is about so many pixels wide: no terminal tells beforehand, so this is on the safe side.
nb_width(text) = 6.7 * strlen(text)
nb_cut(text, columns) = strlen(text) <= columns ? text : substr(text, 1, columns - 1) . "…"
nb_fit(text, px) = nb_cut(text, int(px / 6.7))

nb_begin = 'if (ARGC < 2) { printerr "usage: gnuplot -d -c " . ARG0 . " data.tsv picture.svg"; exit status 2 };' \
	. 'data = ARG1; output = ARG2 eq "-" ? "" : ARG2;' \
	. 'format = ARGC > 2 ? ARG3 : output[strlen(output)-3:*] eq ".png" ? "png" : "svg";' \
	. 'id = ARGC > 3 ? ARG4 : "";' \
	. 'top = id eq "" ? 38 : 0'

nb_fail(why) = sprintf("printerr '%s'; exit status 1", why)

# Sizes of fonts are pixels in SVG and points in PNG, which are a third larger: fontscale sees to
# it, so that ",11" is 11 pixels in both. PNG twice as fine as it is large, but for pages so high that no program would open them.
nb_scale(height) = height > 4000 ? 1 : 2
nb_svg(w, h) = sprintf("set terminal svg size %d,%d dynamic noenhanced font 'sans-serif,12' name '%s' butt dashlength 0.8%s", \
	w, h, id eq "" ? "nb" : id, id eq "" ? " background '" . nb_surface . "'" : "")
nb_cairo = strstrt(GPVAL_TERMINALS, " pngcairo ") > 0
nb_png(w, h, scale) = sprintf("set terminal %s size %d,%d noenhanced font 'sans,12' fontscale %g linewidth %g %s background '%s'", \
	nb_cairo ? "pngcairo" : "png truecolor", w * scale, h * scale, 0.75 * scale, scale, \
	nb_cairo ? sprintf("pointscale %g dashlength 0.6", scale) : "", nb_surface)
nb_terminal(w, h) = format eq "png" ? nb_png(w, h, nb_scale(h)) : nb_svg(w, h)

nb_open(title) = (nb_title = title, nb_terminal(W, H) . "; set termoption noenhanced;" \
	. "if (output ne \"\") { set output output }; set multiplot; unset key;" . nb_furniture)
nb_close = "unset multiplot; unset output"

# What is the same in all panels: thin axes at the left and below, a grid that stays behind.
nb_furniture = 'set border 3 lw 0.8 lc rgb nb_muted;' \
	. 'set tics nomirror scale 0.5 textcolor rgb nb_muted;' \
	. 'set grid lt 1 dt 1 lw 0.6 lc rgb nb_grid; set style data lines;' \
	. 'if (id eq "") { set label 9999 nb_title at screen nb_x(14), nb_y(20) left front font ",14" textcolor rgb nb_ink noenhanced }'

# An axis of time. Values are in ns; nb_time(x) is "1 µs", nb_time_ticks(low, high, n) is a list of
# ticks for a logarithmic axis on which n labels would just fit without touching:
#
#   eval "set xtics " . nb_time_ticks(low, high, 5)
#
# nb_log_ticks(low, high, n, unit) does the same for any other unit, or "" for none.
nb_time(ns) = ns < 999.5 ? sprintf("%.4g ns", ns) : ns < 999.5e3 ? sprintf("%.4g µs", ns * 1e-3) : \
	ns < 999.5e6 ? sprintf("%.4g ms", ns * 1e-6) : sprintf("%.4g s", ns * 1e-9)
# To three digits, for texts.
nb_rough(x) = (nb_p = 10.0**(floor(log10(x)) - 2), nb_p * floor(x / nb_p + 0.5))
nb_rough_time(ns) = ns > 0 ? nb_time(nb_rough(ns)) : "0 ns"
nb_number(x) = sprintf("%.3g", x)
nb_quantity(x) = nb_unit eq "ns" ? nb_time(x) : sprintf("%.4g%s", x, nb_unit)
nb_tick(x) = (nb_count = nb_count + 1, \
	nb_list = nb_list . sprintf('%s"%s" %.9g', nb_count > 1 ? ", " : "", nb_quantity(x), x), 0)
nb_tick_within(x, low, high) = x < low * 0.999 || x > high * 1.001 ? 0 : nb_tick(x)
# Steps within a decade with the least distance between two of them, coarse and fine.
nb_steps(gap) = gap <= 0.04 ? "1 1.1 1.2 1.3 1.4 1.5 1.6 1.8 2 2.2 2.4 2.7 3 3.3 3.6 4 4.5 5 5.5 6 6.6 7.3 8 9" : \
	gap <= 0.12 ? "1 1.5 2 3 4 5 7" : gap <= 0.3 ? "1 2 5" : gap <= 0.47 ? "1 3" : "1"
nb_decade_ticks(low, high, steps, every) = \
	sum [d = int(floor(log10(low))) : int(ceil(log10(high)))] ( d % every != 0 ? 0 : \
	sum [s = 1 : words(steps)] nb_tick_within(real(word(steps, s)) * 10.0**d, low, high))
# Where the axis is so short that no step of the above lies on it.
nb_round_step(x) = (nb_p = 10.0**floor(log10(x)), nb_m = x / nb_p, \
	nb_p * (nb_m <= 1 ? 1 : nb_m <= 2 ? 2 : nb_m <= 5 ? 5 : 10))
nb_short_ticks(low, high, n) = (nb_count = 0, nb_list = "", nb_step = nb_round_step((high - low) / n), \
	sum [i = int(ceil(low / nb_step)) : int(floor(high / nb_step))] nb_tick(i * nb_step))
nb_log_ticks(low, high, n, unit) = (nb_unit = unit, nb_count = 0, nb_list = "", \
	nb_gap = log10(real(high) / low) / n, \
	nb_decade_ticks(real(low), real(high), nb_steps(nb_gap), nb_gap > 1 ? int(ceil(nb_gap)) : 1), \
	nb_count < 2 ? nb_short_ticks(real(low), real(high), n) : 0, "(" . nb_list . ")")
nb_time_ticks(low, high, n) = nb_log_ticks(low, high, n, "ns")

# Small panels side by side, for tables of harness/plot/panels.c: column 1 is the panel, 2 its
# title, 3 the label of a line, 4 its colour, 5 its dash. The line is the part of the panel's block.
#
#   eval nb_panels_read("$6")               # of what the least and the greatest are wanted
#   eval nb_panels_layout                   # sets H
#   eval nb_open("...")
#   nb_y_title = "..."                      # at the left, however wide the ticks are
#   do for [p = 0 : nb_panels - 1] {
#       eval nb_panel_frame                 # margins, title, legend; nb_low[p + 1], nb_high[p + 1]
#       ... set axes ...
#       plot for [l = 0 : nb_lines[p + 1] - 1] data index p every :::l::l using 6:7 \
#           lc rgb nb_line_colour(p, l) dt nb_line_dash(p, l)
#   }
nb_lines_max = 32
nb_at(p, l) = int(p) * nb_lines_max + (l < nb_lines_max ? int(l) : nb_lines_max - 1) + 1
nb_line_colour(p, l) = nb_c(nb_line_colours[nb_at(p, l)])
nb_line_dash(p, l) = nb_dash(nb_line_dashes[nb_at(p, l)])
# A function can only assign to arrays that were there when it was defined.
array nb_titles[1]
array nb_labels[1]
array nb_line_colours[1]
array nb_line_dashes[1]
array nb_lines[1]
array nb_low[1]
array nb_high[1]
nb_panel_note(p, title, l, label, colour, dash, value) = (nb_k = nb_at(p, l), nb_i = p + 1, \
	nb_l = int(l) + 1, (nb_titles[nb_i] = title), (nb_labels[nb_k] = label), \
	(nb_line_colours[nb_k] = colour), (nb_line_dashes[nb_k] = dash), \
	(nb_lines[nb_i] = nb_l > nb_lines[nb_i] ? nb_l : nb_lines[nb_i]), \
	(nb_low[nb_i] = value < nb_low[nb_i] ? value : nb_low[nb_i]), \
	(nb_high[nb_i] = value > nb_high[nb_i] ? value : nb_high[nb_i]), 0)
nb_panels_read(value) = 'stats data using 1 nooutput; nb_panels = int(STATS_max) + 1;' \
	. 'array nb_titles[nb_panels]; array nb_lines[nb_panels];' \
	. 'array nb_low[nb_panels]; array nb_high[nb_panels];' \
	. 'array nb_labels[nb_panels * nb_lines_max]; array nb_line_colours[nb_panels * nb_lines_max];' \
	. 'array nb_line_dashes[nb_panels * nb_lines_max];' \
	. 'do for [i = 1 : nb_panels] { nb_lines[i] = 0; nb_low[i] = 1e300; nb_high[i] = -1e300 };' \
	. sprintf('stats data using (nb_panel_note(int($1), strcol(2), column(-1), strcol(3), int($4), int($5), %s)) nooutput', value)

# As wide as three columns allow; a row is as high as its longest legend asks for.
nb_panels_layout = 'nb_columns = nb_panels < 3 ? nb_panels : 3; nb_rows = (nb_panels + nb_columns - 1) / nb_columns;' \
	. 'nb_panel_w = real(W) / nb_columns; nb_panel_h = nb_columns == 1 ? 280 : nb_columns == 2 ? 220 : 160;' \
	. 'array nb_row_y[nb_rows + 1]; array nb_row_head[nb_rows + 1]; nb_row_y[1] = top;' \
	. 'do for [r = 1 : nb_rows] { nb_longest = 1;' \
	. '  do for [p = (r - 1) * nb_columns + 1 : r * nb_columns] {' \
	. '    if (p <= nb_panels) { nb_longest = nb_lines[p] > nb_longest ? nb_lines[p] : nb_longest } };' \
	. '  nb_row_head[r] = 30 + 15 * nb_longest; nb_row_y[r + 1] = nb_row_y[r] + nb_row_head[r] + nb_panel_h + 54 };' \
	. 'H = nb_row_y[nb_rows + 1]'

# The width changes from line to line because gnuplot's SVG does not notice that a dash does.
nb_panel_frame = 'nb_r = p / nb_columns + 1; nb_left = (p % nb_columns) * nb_panel_w; nb_top = nb_row_y[nb_r];' \
	. 'unset label; unset arrow; if (id eq "" && p == 0) { set label 9999 nb_title at screen nb_x(14), nb_y(20) left front font ",14" textcolor rgb nb_ink };' \
	. 'set lmargin at screen nb_x(nb_left + 70); set rmargin at screen nb_x(nb_left + nb_panel_w - 22);' \
	. 'set tmargin at screen nb_y(nb_top + nb_row_head[nb_r]); set bmargin at screen nb_y(nb_top + nb_row_head[nb_r] + nb_panel_h);' \
	. 'set label 1 nb_fit(nb_titles[p + 1], nb_panel_w - 30) at screen nb_x(nb_left + 14), nb_y(nb_top + 12) left textcolor rgb nb_ink;' \
	. 'set label 3000 nb_y_title at screen nb_x(nb_left + 10), nb_y(nb_top + nb_row_head[nb_r] + nb_panel_h / 2) center rotate by 90 font ",11" textcolor rgb nb_muted;' \
	. 'do for [l = 0 : nb_lines[p + 1] - 1] { nb_line_y = nb_top + 28 + 15 * l;' \
	. '  set arrow l + 1 from screen nb_x(nb_left + 14), nb_y(nb_line_y) to screen nb_x(nb_left + 46), nb_y(nb_line_y) nohead lw 2 + 0.01 * l lc rgb nb_line_colour(p, l) dt nb_line_dash(p, l);' \
	. '  set label l + 2 nb_fit(nb_labels[nb_at(p, l)], nb_panel_w - 66) at screen nb_x(nb_left + 52), nb_y(nb_line_y) left font ",11" textcolor rgb nb_muted }'
# Room left and right of what a logarithmic axis has to show.
nb_axis_low(x) = x / (10 ** 0.05)
nb_axis_high(x) = x * (10 ** 0.05)
