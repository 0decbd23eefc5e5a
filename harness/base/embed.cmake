# cmake -DFILES="a.sql;b.sql" -DSYMBOL=nb_x -DOUTPUT=x.c -P embed.cmake
#
# Writes a C file with SYMBOL, a list of struct nb_embedded: the files' names without their
# extension and their bytes, each closed by a NUL that does not count; a name NULL ends the list.
# Bytes and not a string literal, as C promises room for 4 095 characters only.
set(text "/* SPDX-License-Identifier: Apache-2.0 */\n/* Made by embed.cmake. */\n")
string(APPEND text "#include \"nestbench/base.h\"\n\n")
set(list "")
set(number 0)
foreach(file IN LISTS FILES)
	math(EXPR number "${number} + 1")
	file(READ ${file} bytes HEX)
	string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
	string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
	string(APPEND text "static const unsigned char file_${number}[] = {\n${bytes}0 };\n\n")
	get_filename_component(name ${file} NAME_WLE)
	string(APPEND list
		"\t{ \"${name}\", (const char *)file_${number}, sizeof(file_${number}) - 1 },\n")
endforeach()
string(APPEND text "extern const struct nb_embedded ${SYMBOL}[];\n")
string(APPEND text "const struct nb_embedded ${SYMBOL}[] = {\n${list}\t{ NULL, NULL, 0 },\n};\n")
file(WRITE ${OUTPUT} "${text}")
